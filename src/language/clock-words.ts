import type { Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

/** A time of day or a range of them; minutes of the day, `to` null = one moment. */
export interface ClockMention {
  readonly from: number;
  readonly to: number | null;
  readonly start: number;
  readonly end: number;
}

/** Reads "18:00", "6pm", "18:00-22:00", "6-10pm", 9点半, "jam 9 pagi", "9 giờ tối", "at 9" that starts at `place`. */
export function readClock(sentence: Sentence, place: number): ClockMention | null {
  const one = oneClock(sentence, place, false);
  if (!one) return betweenClocks(sentence, place) ?? openRange(sentence, place);
  const until = rangeSign(sentence, one.end);
  if (until === null) return { from: one.minute, to: null, start: place, end: one.end };
  const other = oneClock(sentence, until, true);
  // 下午6点到10点: the second hour is of the same half of the day.
  const later = other && one.pm && !other.pm && other.minute + 720 < 1440 && other.minute <= one.minute ? 720 : 0;
  return other
    ? { from: one.minute, to: other.minute + later, start: place, end: other.end }
    : { from: one.minute, to: null, start: place, end: one.end };
}

/** "between 18:00 and 22:00" */
function betweenClocks(sentence: Sentence, place: number): ClockMention | null {
  const one = hasRole(sentence.at(place), "from") ? oneClock(sentence, sentence.skip(place + 1), false) : null;
  const other = one && hasRole(sentence.at(one.end), "and") ? oneClock(sentence, one.end + 1, true) : null;
  return one && other && { from: one.minute, to: other.minute, start: place, end: other.end };
}

/** "6-10pm": the first hour borrows the second one's half of the day. */
function openRange(sentence: Sentence, place: number): ClockMention | null {
  const before = hasRole(sentence.at(place), "clock.before", "from") ? sentence.skip(place + 1) : place;
  const hour = hourAt(sentence, before);
  const until = hour === null ? null : rangeSign(sentence, before + 1);
  if (hour === null || until === null) return null;
  const other = oneClock(sentence, until, hasRole(sentence.at(place), "clock.before"));
  if (!other) return null;
  const from = other.pm && hour < 12 && hour * 60 + 720 < other.minute ? hour + 12 : hour;
  return { from: from * 60, to: other.minute, start: place, end: other.end };
}

interface OneClock {
  readonly minute: number;
  readonly end: number;
  readonly pm: boolean;
}

/** `bareHour` accepts a number alone (behind "18:00 -" or "jam 9 -"). */
function oneClock(sentence: Sentence, place: number, bareHour: boolean): OneClock | null {
  let at = place;
  let half = halfOfDay(sentence, at);
  if (half) at += 1;
  const before = sentence.is(at, "clock.before");
  if (before) at += 1;
  if (!half && halfOfDay(sentence, at)) {
    half = halfOfDay(sentence, at);
    at += 1;
  }
  const clock = sentence.isFree(at) ? sentence.at(at)?.clock : undefined;
  if (clock !== undefined) {
    at += 1;
    const later = half ?? halfOfDay(sentence, at);
    if (!half && later) at += 1;
    if (sentence.is(at, "clock.after")) at += 1;
    return { minute: halved(clock, later), end: at, pm: later === "pm" };
  }
  const dotted = before ? dottedClock(sentence, at) : null;
  if (dotted !== null) return { minute: dotted, end: at + 1, pm: false };
  const hour = hourAt(sentence, at);
  if (hour === null) return null;
  return hourWords(sentence, at, hour, half, before, bareHour);
}

function hourWords(
  sentence: Sentence,
  place: number,
  hour: number,
  half: HalfOfDay | null,
  before: boolean,
  bareHour: boolean,
): OneClock | null {
  let at = place + 1;
  let minute = hour * 60;
  const said = sentence.is(at, "clock.after") && !isDuration(sentence, place, at);
  if (said) at += 1;
  if (said && sentence.is(at, "clock.half")) {
    minute += 30;
    at += 1;
  } else if (said && sentence.number(at) !== null && hasRole(sentence.at(at + 1), "unit.minute")) {
    minute += Math.min(59, sentence.number(at) ?? 0);
    at += 2;
  } else if (said && hasRole(sentence.at(at), "points")) return null;
  const later = halfOfDay(sentence, at);
  if (later && !half) at += 1;
  const known = half ?? later;
  const counted = hasRole(sentence.at(at), "percent", "points") || isUnit(sentence, at) || sentence.mark(at, "/");
  if (!said && !later && !half && (counted || !(before || bareHour))) return null;
  if (!said && !later && before && hasRole(sentence.at(place - 1), "zone.before") && counted) return null;
  return { minute: halved(minute, known), end: at, pm: known === "pm" };
}

const isUnit = (sentence: Sentence, place: number): boolean =>
  hasRole(
    sentence.at(place),
    "unit.second", "unit.minute", "unit.hour", "unit.day", "unit.week", "unit.month", "times.1000", "times.10000",
  ); // biome-ignore format: one list

/** "24 giờ" behind "hơn" or before "qua" counts hours; elsewhere, and in "18 giờ tới #ops", it is a time of day. */
function isDuration(sentence: Sentence, number: number, unit: number): boolean {
  if (!hasRole(sentence.at(unit), "unit.hour")) return false;
  const before = sentence.at(number - 1);
  return (
    hasRole(before, "gt", "lt", "ge", "le", "age.gt", "age.lt", "last", "next") ||
    sentence.mark(number - 1, ">", "<", "≥", "≤") ||
    hasRole(sentence.at(unit + 1), "last.after", "ago") ||
    (hasRole(sentence.at(unit + 1), "next.after") && sentence.at(unit + 2)?.channel === undefined)
  );
}

type HalfOfDay = "am" | "pm";
const halfOfDay = (sentence: Sentence, place: number): HalfOfDay | null =>
  sentence.is(place, "am") ? "am" : sentence.is(place, "pm") ? "pm" : null;

function halved(minute: number, half: HalfOfDay | null): number {
  if (half === "pm" && minute < 720) return minute + 720;
  if (half === "am" && minute >= 720 && minute < 780) return minute - 720;
  return minute;
}

function hourAt(sentence: Sentence, place: number): number | null {
  const value = sentence.number(place);
  return value !== null && Number.isInteger(value) && value >= 0 && value <= 24 ? value : null;
}
/** "jam 18.00" */
function dottedClock(sentence: Sentence, place: number): number | null {
  const match = sentence.isFree(place) ? /^(\d{1,2})\.(\d{2})$/.exec(sentence.at(place)?.text ?? "") : null;
  if (!match || Number(match[1]) > 24 || Number(match[2]) > 59) return null;
  return Number(match[1]) * 60 + Number(match[2]);
}

const rangeSign = (sentence: Sentence, place: number): number | null =>
  sentence.mark(place, "-", "→") || sentence.is(place, "to") ? place + 1 : null;
