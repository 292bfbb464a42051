/** Arithmetic on local calendar days, counted from 1970-01-01 (proleptic Gregorian). No zones, no clocks. */

/** Day number of a date; months and days may overflow. */
export const dayOf = (year: number, month: number, day: number): number =>
  Math.floor(Date.UTC(year, month - 1, day) / 86_400_000);

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
export function civil(day: number): CivilDate {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Monday 1 … Sunday 7. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
export const mondayOf = (day: number): number => day - weekdayOf(day) + 1;

export const isDate = (year: number, month: number, day: number): boolean => {
  const back = civil(dayOf(year, month, day));
  return back.month === month && back.day === day;
};

/** Monday of ISO week `week` of `year`: the week that holds 4 January is week 1. */
export const isoWeekStart = (year: number, week: number): number => mondayOf(dayOf(year, 1, 4)) + 7 * (week - 1);

/** The `nth` Monday of a month. */
export function nthMonday(year: number, month: number, nth: number): number {
  const first = dayOf(year, month, 1);
  return first + ((8 - weekdayOf(first)) % 7) + 7 * (nth - 1);
}

/** The same day of the month `months` later; clamped to the month's last day. */
export function addMonths(day: number, months: number): number {
  const date = civil(day);
  const first = dayOf(date.year, date.month + months, 1);
  const { year, month } = civil(first);
  const last = dayOf(year, month + 1, 1) - 1;
  return Math.min(first + date.day - 1, last);
}

export type CalendarUnit = "day" | "week" | "month" | "quarter" | "year";

/** First day of the unit that holds `day`. */
export function startOf(unit: CalendarUnit, day: number): number {
  const { year, month } = civil(day);
  if (unit === "day") return day;
  if (unit === "week") return mondayOf(day);
  if (unit === "month") return dayOf(year, month, 1);
  if (unit === "quarter") return dayOf(year, month - ((month - 1) % 3), 1);
  return dayOf(year, 1, 1);
}

/** The day `count` units later; for months and longer the same day of the month, clamped. */
export function addUnits(unit: CalendarUnit, day: number, count: number): number {
  if (unit === "day") return day + count;
  if (unit === "week") return day + 7 * count;
  return addMonths(day, count * (unit === "month" ? 1 : unit === "quarter" ? 3 : 12));
}

export function isoDay(day: number): string {
  const { year, month, day: date } = civil(day);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
}
export const two = (value: number): string => String(value).padStart(2, "0");
