import { readClock } from "./clock-words.ts";
import { unitAt, weekdayAt } from "./period-words.ts";
import { isJoin, names, type Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

const DEFAULT_HOUR = 9;

interface Rhythm {
  readonly day: string;
  readonly weekday: string;
  /** Every so many hours; then the time of day says nothing. */
  readonly hours?: string;
  readonly start: number;
  readonly end: number;
}

/**
 * "send … every monday 9am" → "0 9 * * 1". A channel to send to stands for the verb: "… every monday 9am to #ops". Takes the words it used;
 * null (and nothing taken) when the message is no schedule.
 */
export function readCron(sentence: Sentence): string | null {
  const verb = sentence.find("schedule.verb");
  if (verb < 0 && !sentence.tokens.some((token) => token.channel !== undefined)) return null;
  for (let place = 0; place < sentence.length; place += 1) {
    const rhythm = rhythmAt(sentence, place);
    if (!rhythm) continue;
    if (verb >= 0) sentence.take(verb, verb + 1, "kind");
    sentence.take(rhythm.start, rhythm.end, "cron");
    return cron(sentence, rhythm);
  }
  return null;
}

function cron(sentence: Sentence, rhythm: Rhythm): string {
  const minute = timeOfDay(sentence, rhythm.end) ?? DEFAULT_HOUR * 60;
  if (rhythm.hours !== undefined) return `0 ${rhythm.hours} * * *`;
  return `${minute % 60} ${Math.floor(minute / 60) % 24} ${rhythm.day} * ${rhythm.weekday}`;
}

/** The time of day behind the rhythm, else the one anywhere. */
function timeOfDay(sentence: Sentence, from: number): number | null {
  const order = [...sentence.tokens.keys()];
  for (const place of [...order.slice(from), ...order.slice(0, from)]) {
    if (!sentence.isFree(place)) continue;
    const clock = readClock(sentence, place);
    if (!clock) continue;
    sentence.take(clock.start, clock.end, "cron");
    return clock.from;
  }
  return null;
}

function rhythmAt(sentence: Sentence, place: number): Rhythm | null {
  if (!sentence.isFree(place)) return null;
  const next = place + 1;
  if (sentence.is(place, "every.workday")) return { day: "*", weekday: "1-5", start: place, end: next };
  if (sentence.is(place, "every.day")) return { day: "*", weekday: "*", start: place, end: next };
  if (sentence.is(place, "every.week")) return weekly(sentence, place, next);
  if (sentence.is(place, "every.month")) return monthly(sentence, place, next);
  return sentence.is(place, "every") ? everyUnit(sentence, place) : null;
}

function everyUnit(sentence: Sentence, place: number): Rhythm | null {
  const at = sentence.skip(place + 1);
  if (names(sentence.at(at), "dimension")) return null;
  if (sentence.is(at, "workday")) return { day: "*", weekday: "1-5", start: place, end: at + 1 };
  const days = weekdays(sentence, at);
  if (days) return { day: "*", weekday: days.list, start: place, end: days.end };
  const count = sentence.number(at);
  const unitPlace = count === null ? at : at + 1;
  const unit = unitAt(sentence, unitPlace);
  const step = count !== null && Number.isInteger(count) && count > 1 ? `*/${count}` : "*";
  if (unit === "hour") return { day: "*", weekday: "*", hours: step, start: place, end: unitPlace + 1 };
  if (unit === "day") {
    const named = weekdays(sentence, unitPlace + 1);
    return named
      ? { day: "*", weekday: named.list, start: place, end: named.end }
      : { day: step, weekday: "*", start: place, end: unitPlace + 1 };
  }
  if (unit === "week") return weekly(sentence, place, unitPlace + 1);
  if (unit === "month") return monthly(sentence, place, unitPlace + 1);
  return halfOfDay(sentence, place, at);
}

/** "setiap pagi": every day; "mỗi sáng thứ hai": that weekday. */
function halfOfDay(sentence: Sentence, place: number, at: number): Rhythm | null {
  if (!sentence.is(at, "am", "pm")) return null;
  const named = weekdays(sentence, sentence.skip(at + 1));
  return named
    ? { day: "*", weekday: named.list, start: place, end: named.end }
    : { day: "*", weekday: "*", start: place, end: at };
}

/** Every week: on the weekday named behind it, right before it ("thứ 2 hàng tuần"), else on Monday. */
function weekly(sentence: Sentence, place: number, end: number): Rhythm {
  let at = sentence.skip(end);
  if (unitAt(sentence, at) === "day") at = sentence.skip(at + 1);
  const after = weekdays(sentence, at) ?? numberedWeekdays(sentence, end);
  if (after) return { day: "*", weekday: after.list, start: place, end: after.end };
  const before = weekdayAt(sentence, place - 1);
  if (before) return { day: "*", weekday: String(before.weekday % 7), start: place - 1, end };
  return { day: "*", weekday: "1", start: place, end };
}

/** Every month: on the day named, else on the first. */
function monthly(sentence: Sentence, place: number, end: number): Rhythm {
  const at = sentence.skip(end);
  const day = sentence.number(at);
  const isDay =
    day !== null &&
    Number.isInteger(day) &&
    day >= 1 &&
    day <= 31 &&
    hasRole(sentence.at(at + 1), "ordinal.glued", "day.of_month");
  return isDay
    ? { day: String(day), weekday: "*", start: place, end: at + 2 }
    : { day: "1", weekday: "*", start: place, end };
}

/** "mon and thu" → "1,4"; "mon-fri" → "1-5". */
function weekdays(sentence: Sentence, place: number): { list: string; end: number } | null {
  const first = weekdayAt(sentence, place);
  if (!first) return null;
  if (sentence.mark(place + 1, "-") || sentence.is(place + 1, "to")) {
    const last = weekdayAt(sentence, sentence.skip(place + 2));
    if (last && last.weekday > first.weekday && last.weekday < 7)
      return { list: `${first.weekday}-${last.weekday}`, end: sentence.skip(place + 2) + 1 };
  }
  const days = [first.weekday % 7];
  let end = place + 1;
  for (;;) {
    let next = end;
    while (isJoin(sentence, next)) next += 1;
    next = sentence.skip(next);
    const day = next > end ? weekdayAt(sentence, next) : null;
    if (!day) break;
    days.push(day.weekday % 7);
    end = next + 1;
  }
  return { list: listed(days), end };
}

/** 每周一、四: numbers right behind "every week"; 每周日 = Sunday. */
function numberedWeekdays(sentence: Sentence, place: number): { list: string; end: number } | null {
  const days: number[] = [];
  let end = place;
  for (let at = place; at < sentence.length; at += 1) {
    const number = sentence.number(at);
    if (
      number !== null &&
      Number.isInteger(number) &&
      number >= 1 &&
      number <= 6 &&
      !hasRole(sentence.at(at + 1), "clock.after")
    )
      days.push(number);
    else if (hasRole(sentence.at(at), "day.of_month") && at === end) days.push(0);
    else if (isJoin(sentence, at) && days.length > 0) {
      const named = weekdayAt(sentence, at + 1);
      if (!named) continue;
      days.push(named.weekday % 7);
      at += 1;
    } else break;
    end = at + 1;
  }
  return days.length > 0 ? { list: listed(days), end } : null;
}

const listed = (days: readonly number[]): string => [...new Set(days)].sort((a, b) => a - b).join(",");
