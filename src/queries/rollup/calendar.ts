import { dayOf, instantOf, type Span } from "../periods.ts";

const DAY_MS = 86_400_000;
const QUARTER_SECONDS = 900;

/**
 * Whose days a roll-up's cells are of: `own` = each row's own by its market, `hour` = hours of UTC, else the days of that zone. A unit of
 * refreshing is a date: all cells of that date in every calendar (for hours: the date in UTC).
 */
export type Calendar = string;
export const OWN: Calendar = "own";
export const HOUR: Calendar = "hour";

/** Days since 1970-01-01 of a date, and back. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00Z`) / DAY_MS;
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Local midnight of a day, remembered: a question asks for the same few over and over. */
export function startOfDay(day: number, zone: string): number {
  const key = `${zone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  if (starts.size > STARTS_MAX) starts.clear();
  const start = instantOf(dateOf(day), zone);
  starts.set(key, start);
  return start;
}
const starts = new Map<string, number>();
const STARTS_MAX = 100_000;

/** The widest span that dates from `first` up to, not including, `end` take in any of the zones. */
export const spanOfDays = (first: number, end: number, zones: readonly string[]): Span => ({
  from: Math.min(...zones.map((zone) => startOfDay(first, zone))),
  to: Math.max(...zones.map((zone) => startOfDay(end, zone))),
});

/** The local day number of a second in a zone; remembered by quarter of an hour, in which no clock changes. */
export class DayOfSecond {
  readonly #zone: string;
  readonly #known = new Map<number, number>();
  #quarter = Number.NaN;
  #day = 0;

  constructor(zone: string) {
    this.#zone = zone;
  }

  of(second: number): number {
    const quarter = Math.floor(second / QUARTER_SECONDS);
    if (quarter === this.#quarter) return this.#day;
    let day = this.#known.get(quarter);
    if (day === undefined) {
      day = dayNumber(dayOf(quarter * QUARTER_SECONDS * 1_000, this.#zone));
      this.#known.set(quarter, day);
    }
    this.#quarter = quarter;
    this.#day = day;
    return day;
  }
}
