import type { CalendarUnit } from "./calendar.ts";
import { type ClockMention, readClock } from "./clock-words.ts";
import { type Mention, readDate } from "./date-words.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";
import { TODAY, type Window } from "./window.ts";

/** Reads the period that starts at `place`, the longest reading first; null when none does. */
export function readPeriod(sentence: Sentence, place: number): Mention | null {
  if (!sentence.isFree(place)) return null;
  return sincePeriod(sentence, place) ?? fromTo(sentence, place) ?? spanOrRange(sentence, place);
}

/** "since X", "ตั้งแต่ A ถึง B" */
function sincePeriod(sentence: Sentence, place: number): Mention | null {
  if (!sentence.is(place, "since")) return null;
  const inner = spanOrRange(sentence, sentence.skip(place + 1));
  if (!inner) return null;
  if (inner.window.kind === "range") return { ...inner, start: place };
  const range = rangeTail(sentence, inner, true);
  return range
    ? { ...range, start: place }
    : { window: { kind: "range", from: inner.window, to: null }, start: place, end: inner.end };
}

/** "from A to B", "between A and B", "từ A đến nay", 从A到B */
function fromTo(sentence: Sentence, place: number): Mention | null {
  if (!sentence.is(place, "from")) return null;
  const at = sentence.skip(place + 1);
  const days = readDate(sentence, at);
  if (days?.window.kind === "range") return { ...days, start: place };
  const inner = days ?? dayOrUnit(sentence, at);
  const range = inner && rangeTail(sentence, inner, true);
  return range && { ...range, start: place };
}

function spanOrRange(sentence: Sentence, place: number): Mention | null {
  const one = dayOrUnit(sentence, place);
  if (!one) return bareDays(sentence, place);
  return rangeTail(sentence, one, false) ?? one;
}

/** "A - B", "A to B", "A to now"; `free` = any period may be an end, not only a named one. */
function rangeTail(sentence: Sentence, first: Mention, free: boolean): Mention | null {
  const { end } = first;
  if (sentence.is(end, "to.now"))
    return { window: { kind: "range", from: first.window, to: null }, start: first.start, end: end + 1 };
  const sign = sentence.mark(end, "-", "→") || sentence.is(end, "to") || (free && hasRole(sentence.at(end), "and"));
  if (!sign || !(free || isNamed(first.window))) return null;
  const other = dayOrUnit(sentence, sentence.skip(end + 1));
  if (!other || other.window.kind === "range") return null;
  const toNow = other.window.kind === "unit" && other.window.unit === "day" && other.window.offset === 0;
  if (!toNow && !(free || isNamed(other.window))) return null;
  return {
    window: { kind: "range", from: first.window, to: toNow ? null : other.window },
    start: first.start,
    end: other.end,
  };
}
const isNamed = ({ kind }: Window): boolean =>
  ["date", "month", "quarterOf", "isoWeek", "yearOf", "ofYear", "weekday"].includes(kind);

/** One period with the time of day that stands beside it. */
function dayOrUnit(sentence: Sentence, place: number): Mention | null {
  const before = readClock(sentence, place);
  if (before) {
    const day = singleDay(sentence, sentence.skip(before.end));
    if (day) return withClock(day.window, before, place, day.end);
    return withClock(null, before, place, before.end);
  }
  const one = plainPeriod(sentence, place);
  if (!one || !isOneDay(one.window)) return one;
  const next = sentence.mark(one.end, ",") ? one.end + 1 : one.end;
  const clock = readClock(sentence, next) ?? readClock(sentence, sentence.skip(next));
  return clock ? withClock(one.window, clock, place, clock.end) : one;
}

const withClock = (day: Window | null, clock: ClockMention, start: number, end: number): Mention => ({
  window: { kind: "clock", day, from: clock.from, to: clock.to },
  start,
  end,
});

function singleDay(sentence: Sentence, place: number): Mention | null {
  const found = plainPeriod(sentence, place);
  return found && isOneDay(found.window) ? found : null;
}
/** Whether a time of day can stand beside the window. */
export const isOneDay = (window: Window): boolean =>
  window.kind === "date" || window.kind === "weekday" || (window.kind === "unit" && window.unit === "day");

function plainPeriod(sentence: Sentence, place: number): Mention | null {
  if (!sentence.isFree(place)) return null;
  return (
    weekdayPeriod(sentence, place) ??
    ofYear(sentence, place) ??
    relative(sentence, place) ??
    lastCount(sentence, place) ??
    countThen(sentence, place) ??
    readDate(sentence, place)
  );
}

/** "feb last year", 去年3月, "q1 năm ngoái": a named period of a year that is told by its distance. */
function ofYear(sentence: Sentence, place: number): Mention | null {
  const first = periodRole(sentence, place);
  const date = readDate(sentence, first?.unit === "year" ? place + 1 : place);
  if (!date || !("year" in date.window) || date.window.year !== null || date.window.kind === "yearOf") return null;
  if (first?.unit === "year")
    return { window: { kind: "ofYear", offset: first.offset, of: date.window }, start: place, end: date.end };
  const at = hasRole(sentence.at(date.end), "date.of") ? date.end + 1 : date.end;
  const year = periodRole(sentence, at);
  return year?.unit === "year" && sentence.isFree(at)
    ? { window: { kind: "ofYear", offset: year.offset, of: date.window }, start: place, end: at + 1 }
    : null;
}

const UNITS: readonly CalendarUnit[] = ["day", "week", "month", "quarter", "year"];

/** "yesterday", "last week", "mtd", "weekend" */
function relative(sentence: Sentence, place: number): Mention | null {
  const token = sentence.at(place);
  if (hasRole(token, "period.weekend")) return { window: { kind: "weekend" }, start: place, end: place + 1 };
  const toDate = roleAfter(token, "todate.");
  if (toDate !== null && isUnit(toDate))
    return { window: { kind: "toDate", unit: toDate }, start: place, end: place + 1 };
  const found = periodRole(sentence, place);
  return found && { window: { kind: "unit", ...found }, start: place, end: place + 1 };
}
/** Unit and offset of a token like "last week". */
export function periodRole(sentence: Sentence, place: number): { unit: CalendarUnit; offset: number } | null {
  const [unit, offset] = (roleAfter(sentence.at(place), "period.") ?? "").split(".");
  return unit !== undefined && isUnit(unit) ? { unit, offset: Number(offset) } : null;
}
const isUnit = (unit: string): unit is CalendarUnit => (UNITS as readonly string[]).includes(unit);

/** "monday", "last tuesday", "thursday last week", "last week thursday", 上周五, "senin minggu lalu" */
function weekdayPeriod(sentence: Sentence, place: number): Mention | null {
  const week = periodRole(sentence, place);
  if (week?.unit === "week") {
    const at = sentence.skip(place + 1);
    const day = weekdayAt(sentence, at) ?? weekdayAt(sentence, at + 1);
    const end = day && (weekdayAt(sentence, at) ? at + 1 : at + 2);
    if (day && end && day.week === null && (weekdayAt(sentence, at) || hasRole(sentence.at(at), "unit.day")))
      return { window: { kind: "weekday", weekday: day.weekday, week: week.offset }, start: place, end };
    return null;
  }
  const at = hasRole(sentence.at(place), "last", "weekday.which", "unit.day") ? place + 1 : place;
  const day = weekdayAt(sentence, at);
  if (!day) return null;
  const next = sentence.skip(at + 1);
  const of = periodRole(sentence, next);
  if (of?.unit === "week" && day.week === null)
    return { window: { kind: "weekday", weekday: day.weekday, week: of.offset }, start: place, end: next + 1 };
  const date = readDate(sentence, sentence.mark(next, ",") ? next + 1 : next);
  if (date?.window.kind === "date") return { ...date, start: place };
  const end =
    hasRole(sentence.at(at + 1), "weekday.which", "ago") && !hasRole(sentence.at(at + 1), "glue") ? at + 2 : at + 1;
  return { window: { kind: "weekday", weekday: day.weekday, week: day.week }, start: place, end };
}

/** Monday 1 … Sunday 7, with the week that the word itself names (上周五). */
export function weekdayAt(sentence: Sentence, place: number): { weekday: number; week: number | null } | null {
  if (!sentence.isFree(place)) return null;
  for (const { meaning } of sentence.at(place)?.senses ?? []) {
    const match = meaning.what === "role" ? /^weekday\.(\d)(?:\.(-?\d))?$/.exec(meaning.role) : null;
    if (match) return { weekday: Number(match[1]), week: match[2] === undefined ? null : Number(match[2]) };
  }
  return null;
}

/** "last 7 days", "past 24 hours", 近7天, L7D, "past week" */
function lastCount(sentence: Sentence, place: number): Mention | null {
  const ahead = hasRole(sentence.at(place), "top") && sentence.language === "zh";
  if (!ahead && !hasRole(sentence.at(place), "last", "last.glued")) return null;
  const at = place + 1;
  const count = sentence.number(at);
  const unitPlace = count === null ? at : hasRole(sentence.at(at + 1), "counter") ? at + 2 : at + 1;
  const unit = unitAt(sentence, unitPlace);
  if (unit === null || (count === null && ahead)) return null;
  if (count !== null && !(Number.isInteger(count) && count > 0)) return null;
  return lastMention(unit, count ?? 1, place, unitPlace + 1);
}

type SpokenUnit = CalendarUnit | "hour" | "minute";
/** The unit at a place; a bare letter only right behind digits. */
export function unitAt(sentence: Sentence, place: number): SpokenUnit | null {
  const token = sentence.at(place);
  if (!token || !sentence.isFree(place)) return null;
  if (/^[a-z]$/.test(token.text) && sentence.at(place - 1)?.number === undefined) return null;
  for (const unit of ["hour", "minute", ...UNITS] as const) if (hasRole(token, `unit.${unit}`)) return unit;
  return null;
}

const COUNT_MAX = 5_000;
function lastMention(unit: SpokenUnit, count: number, start: number, end: number): Mention | null {
  if (count > COUNT_MAX) return null;
  if (unit === "hour" || unit === "minute")
    return { window: { kind: "rolling", minutes: Math.round(count * (unit === "hour" ? 60 : 1)) }, start, end };
  return { window: { kind: "lastUnits", unit, count }, start, end };
}

/** "7 hari terakhir", "3 days ago", "2 minggu lalu", "30d", "12w" */
function countThen(sentence: Sentence, place: number): Mention | null {
  const count = sentence.number(place);
  if (count === null || !Number.isInteger(count) || count < 1 || count > COUNT_MAX) return null;
  const whole = periodRole(sentence, place + 1);
  if (whole?.offset === -1)
    return { window: { kind: "unit", unit: whole.unit, offset: -count }, start: place, end: place + 2 };
  if (sentence.is(place + 1, "day.past")) return lastMention("day", count, place, place + 2);
  if (sentence.is(place + 1, "day.ago"))
    return { window: { kind: "unit", unit: "day", offset: -count }, start: place, end: place + 2 };
  const unitPlace = hasRole(sentence.at(place + 1), "counter") ? place + 2 : place + 1;
  const unit = unitAt(sentence, unitPlace);
  if (unit === null) return null;
  const after = unitPlace + 1;
  if (sentence.is(after, "last.after")) return lastMention(unit, count, place, after + 1);
  if (sentence.is(after, "ago")) {
    if (unit === "hour" || unit === "minute") return null;
    return { window: { kind: "unit", unit, offset: -count }, start: place, end: after + 1 };
  }
  return bareCount(sentence, place, unitPlace, unit, count);
}

/** "30d", "12w" alone: the last N; but a number behind a comparison, before a date or a year is none. */
function bareCount(
  sentence: Sentence,
  place: number,
  unitPlace: number,
  unit: SpokenUnit,
  count: number,
): Mention | null {
  const token = sentence.at(unitPlace);
  const before = sentence.at(place - 1);
  if (sentence.mark(place - 1, ">", "<", "≥", "≤", "-")) return null;
  if (hasRole(before, "gt", "lt", "ge", "le", "age.gt", "age.lt", "next", "every", "to")) return null;
  if (hasRole(sentence.at(unitPlace + 1), "next.after")) return null;
  if (unit === "minute" || unit === "year" || unit === "quarter") return null;
  if (unit === "hour" && !(token?.glued && /^h/.test(token.text))) return null;
  if (unit === "month" && sentence.number(unitPlace + 1) !== null) return null;
  if (unit === "day" && hasRole(token, "date.before") && sentence.number(unitPlace + 1) !== null) return null;
  return lastMention(unit, count, place, unitPlace + 1);
}

/** A bare "1-3": days of this month. */
function bareDays(sentence: Sentence, place: number): Mention | null {
  const from = sentence.number(place);
  const to = sentence.number(place + 2);
  if (from === null || to === null || !sentence.mark(place + 1, "-")) return null;
  if (![from, to].every((day) => Number.isInteger(day) && day >= 1 && day <= 31) || from >= to) return null;
  if (sentence.mark(place - 1, "-", "/", ">", "<") || sentence.mark(place + 3, "-", "/")) return null;
  const next = sentence.at(place + 3);
  const counted = next?.senses.some(
    ({ meaning }) =>
      meaning.what === "role" && /^(unit\.|times\.|percent|points|counter|am$|pm$|ordinal)/.test(meaning.role),
  );
  if (counted) return null;
  const day = (value: number): Window => ({ kind: "date", year: null, month: null, day: value });
  return { window: { kind: "range", from: day(from), to: day(to) }, start: place, end: place + 3 };
}

/** A time of day that stands apart from its day: "yesterday live at 18:00". It says nothing beside a longer period. */
export function attachClock(main: Window, clock: Window & { kind: "clock" }): Window {
  return isOneDay(main) ? { ...clock, day: main } : main;
}
export const isTodayWord = (window: Window): boolean => JSON.stringify(window) === JSON.stringify(TODAY);
