import {
  addUnits,
  type CalendarUnit,
  civil,
  dayOf,
  isDate,
  isoWeekStart,
  mondayOf,
  nthMonday,
  startOf,
  weekdayOf,
} from "./calendar.ts";
import { instantOf, type Wall, wallOf } from "./zone.ts";

/**
 * Window: a period as it was said, before it is known when and where: "last week" = `{kind:"unit", unit:"week", offset:-1}`. Plain JSON,
 * so that a schedule can store it and resolve it anew on every run.
 */
export type Window =
  /** The whole unit `offset` units from the one that holds now; 0 reaches to now. */
  | { readonly kind: "unit"; readonly unit: CalendarUnit; readonly offset: number }
  /** Complete days of the running unit. */
  | { readonly kind: "toDate"; readonly unit: CalendarUnit }
  /** The `count` whole units before the running one. */
  | { readonly kind: "lastUnits"; readonly unit: CalendarUnit; readonly count: number }
  /** The minutes before now. */
  | { readonly kind: "rolling"; readonly minutes: number }
  /** The latest Saturday and Sunday that are over. */
  | { readonly kind: "weekend" }
  /** The latest such weekday before today, or that of the week `week` weeks from this one. */
  | { readonly kind: "weekday"; readonly weekday: number; readonly week: number | null }
  /** `month` null = of this month; `year` null = the latest that has begun. */
  | { readonly kind: "date"; readonly year: number | null; readonly month: number | null; readonly day: number }
  | { readonly kind: "month"; readonly year: number | null; readonly month: number }
  | { readonly kind: "quarterOf"; readonly year: number | null; readonly quarter: number }
  | { readonly kind: "isoWeek"; readonly year: number | null; readonly week: number }
  | { readonly kind: "weekOfMonth"; readonly year: number | null; readonly month: number; readonly week: number }
  | { readonly kind: "yearOf"; readonly year: number }
  /** A named period of the year `offset` years from this one: "feb last year". */
  | { readonly kind: "ofYear"; readonly offset: number; readonly of: Named }
  /** Both ends included; `to` null = up to now. */
  | { readonly kind: "range"; readonly from: Window; readonly to: Window | null }
  /** Minutes of the day `day` (null = today); `to` null = one moment. */
  | { readonly kind: "clock"; readonly day: Window | null; readonly from: number; readonly to: number | null };

export interface Span {
  readonly from: Wall;
  readonly to: Wall;
}

export const TODAY: Window = { kind: "unit", unit: "day", offset: 0 };
export const LAST_SEVEN_DAYS: Window = { kind: "lastUnits", unit: "day", count: 7 };

/** Whether the window is one moment of a day ("yesterday 18:00"). */
export const isMoment = (window: Window): window is Window & { kind: "clock"; to: null } =>
  window.kind === "clock" && window.to === null;

/** Puts a window on the calendar of a zone. `now` is epoch milliseconds. A moment gives a span of no length. */
export function resolveWindow(window: Window, now: number, zone: string): Span {
  return resolve(window, { now, zone, today: wallOf(now, zone) });
}

/** Whether the span ends in the present: its end was cut at now. */
export const sameWall = (a: Wall, b: Wall): boolean => a.day === b.day && a.minute === b.minute;

interface Present {
  readonly now: number;
  readonly zone: string;
  readonly today: Wall;
}
/** Which of the years fits a window without one. */
type Anchor = { readonly notAfter: number } | { readonly notBefore: number };

function resolve(window: Window, present: Present, anchor?: Anchor): Span {
  const { today } = present;
  const T = today.day;
  switch (window.kind) {
    case "unit": {
      const start = addUnits(window.unit, startOf(window.unit, T), window.offset);
      return window.offset === 0 ? { from: midnight(start), to: today } : days(start, addUnits(window.unit, start, 1));
    }
    case "toDate":
      return days(startOf(window.unit, T), T);
    case "lastUnits": {
      const end = startOf(window.unit, T);
      return days(addUnits(window.unit, end, -window.count), end);
    }
    case "rolling":
      return { from: wallOf(present.now - window.minutes * 60_000, present.zone), to: today };
    case "weekend": {
      const saturday = mondayOf(T) - 2;
      return days(saturday, saturday + 2);
    }
    case "weekday": {
      const day =
        window.week === null
          ? latestWeekday(window.weekday, anchor && "notAfter" in anchor ? anchor.notAfter : T - 1)
          : mondayOf(T) + 7 * window.week + window.weekday - 1;
      return cut(days(day, day + 1), present);
    }
    case "range":
      return cut(range(window, present), present);
    case "clock":
      return clock(window, present);
    case "ofYear":
      return cut(named({ ...window.of, year: civil(T).year + window.offset }, present, anchor), present);
    default:
      return cut(named(window, present, anchor), present);
  }
}

export type Named = Extract<Window, { kind: "date" | "month" | "quarterOf" | "isoWeek" | "weekOfMonth" | "yearOf" }>;

function named(window: Named, present: Present, anchor: Anchor | undefined): Span {
  const { year: thisYear, month: thisMonth } = civil(present.today.day);
  if (window.kind === "yearOf") return days(dayOf(window.year, 1, 1), dayOf(window.year + 1, 1, 1));
  if (window.kind === "date" && window.month === null) {
    const day = dayOf(thisYear, thisMonth, window.day);
    return days(day, day + 1);
  }
  const inYear = (year: number): Span => {
    switch (window.kind) {
      case "date": {
        const day = dayOf(year, window.month ?? thisMonth, window.day);
        return days(day, day + 1);
      }
      case "month":
        return days(dayOf(year, window.month, 1), dayOf(year, window.month + 1, 1));
      case "quarterOf":
        return days(dayOf(year, window.quarter * 3 - 2, 1), dayOf(year, window.quarter * 3 + 1, 1));
      case "isoWeek":
        return days(isoWeekStart(year, window.week), isoWeekStart(year, window.week) + 7);
      case "weekOfMonth": {
        const monday = nthMonday(year, window.month, window.week);
        return days(monday, monday + 7);
      }
    }
  };
  if (window.year !== null) return inYear(window.year);
  const leap = window.kind === "date" ? (year: number) => isDate(year, window.month ?? 1, window.day) : () => true;
  return latestThat(inYear, leap, thisYear, anchor ?? { notAfter: present.today.day });
}

/** The latest year whose span has begun by the anchor, or the first one that is not over before it. */
function latestThat(
  inYear: (year: number) => Span,
  exists: (year: number) => boolean,
  around: number,
  anchor: Anchor,
): Span {
  const years = Array.from({ length: 14 }, (_, index) => around + 5 - index).filter(exists);
  if ("notAfter" in anchor) {
    for (const year of years) if (inYear(year).from.day <= anchor.notAfter) return inYear(year);
  } else {
    for (const year of years.reverse()) if (inYear(year).to.day > anchor.notBefore) return inYear(year);
  }
  return inYear(around);
}

const yearless = (window: Window): boolean => "year" in window && window.year === null;

function range(window: Extract<Window, { kind: "range" }>, present: Present): Span {
  if (window.to === null) return { from: resolve(window.from, present).from, to: present.today };
  const free = (end: Window): boolean => yearless(end) && !(end.kind === "date" && end.month === null);
  if (window.from.kind === "weekday" || (free(window.from) && !free(window.to))) {
    const to = resolve(window.to, present);
    const last = to.to.minute === 0 ? to.to.day - 1 : to.to.day;
    return ordered({ from: resolve(window.from, present, { notAfter: last }).from, to: to.to });
  }
  const from = resolve(window.from, present).from;
  const to = free(window.to) ? resolve(window.to, present, { notBefore: from.day }).to : resolve(window.to, present).to;
  return ordered({ from, to });
}

/** A range said backwards is the days that it says. */
const ordered = (span: Span): Span =>
  before(span.from, span.to)
    ? span
    : days(Math.min(span.from.day, span.to.day - 1), Math.max(span.from.day + 1, span.to.day));

function clock(window: Extract<Window, { kind: "clock" }>, present: Present): Span {
  const day = window.day ? resolve(window.day, present).from.day : present.today.day;
  const at = (minute: number): Wall => ({ day: day + Math.floor(minute / 1440), minute: minute % 1440, offset: null });
  const from = at(window.from);
  if (window.to === null) return { from, to: from };
  return { from, to: at(window.to <= window.from ? window.to + 1440 : window.to) };
}

/** What holds now is cut at now; what is wholly in the future stays whole. */
function cut(span: Span, present: Present): Span {
  const now = present.today;
  return !before(now, span.from) && before(now, span.to) ? { from: span.from, to: now } : span;
}

const midnight = (day: number): Wall => ({ day, minute: 0, offset: null });
const days = (from: number, to: number): Span => ({ from: midnight(from), to: midnight(to) });
const before = (a: Wall, b: Wall): boolean => a.day < b.day || (a.day === b.day && a.minute < b.minute);
const latestWeekday = (weekday: number, notAfter: number): number =>
  notAfter - ((weekdayOf(notAfter) - weekday + 7) % 7);

/** Length in minutes of elapsed time. */
export const spanMinutes = (span: Span, zone: string): number =>
  span.from.minute === 0 && span.to.minute === 0
    ? (span.to.day - span.from.day) * 1440
    : (instantOf(span.to, zone) - instantOf(span.from, zone)) / 60_000;
