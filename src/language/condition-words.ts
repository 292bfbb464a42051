import type { Options } from "../kernel/question.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";

type Op = ">" | "<" | ">=" | "<=";

/** "> 6h", "drops below 90%", 超过5000: a comparison with a number. */
export interface Bound {
  readonly op: Op;
  /** Said as an age only ("older than"): never a watch's condition. */
  readonly age: boolean;
  readonly value: number;
  readonly unit: "h" | "min" | "s" | "d" | "%" | null;
  readonly start: number;
  readonly end: number;
}

/** All comparisons with a number, in order. */
export function readBounds(sentence: Sentence): Bound[] {
  const bounds: Bound[] = [];
  for (let place = 0; place < sentence.length; place += 1) {
    const bound = boundAt(sentence, place);
    if (!bound) continue;
    bounds.push(bound);
    place = bound.end - 1;
  }
  return bounds;
}

function boundAt(sentence: Sentence, place: number): Bound | null {
  const op = opAt(sentence, place);
  if (!op) return null;
  let at = sentence.skip(place + 1);
  if (opAt(sentence, at)) at = sentence.skip(at + 1);
  const quantity = quantityAt(sentence, at);
  return quantity && { ...op, ...quantity, start: place };
}

function opAt(sentence: Sentence, place: number): { op: Op; age: boolean } | null {
  if (!sentence.isFree(place)) return null;
  const marks: Readonly<Record<string, Op>> = { ">": ">", "<": "<", "≥": ">=", "≤": "<=" };
  const mark = marks[sentence.at(place)?.mark ?? ""];
  if (mark) return { op: mark, age: false };
  if (sentence.is(place, "ge")) return { op: ">=", age: false };
  if (sentence.is(place, "le")) return { op: "<=", age: false };
  if (sentence.is(place, "gt")) return { op: ">", age: false };
  if (sentence.is(place, "lt")) return { op: "<", age: false };
  if (sentence.is(place, "age.gt")) return { op: ">", age: true };
  return sentence.is(place, "age.lt") ? { op: "<", age: true } : null;
}

/** A number with its unit: 5k = 5000, "6h", "90 %", 24小时. */
export function quantityAt(
  sentence: Sentence,
  place: number,
): { value: number; unit: Bound["unit"]; end: number } | null {
  const number = sentence.number(place);
  if (number === null) return null;
  let value = number;
  let end = place + 1;
  const times = roleAfter(sentence.at(end), "times.");
  if (times !== null && sentence.isFree(end)) {
    value = Number((number * Number(times)).toPrecision(15));
    end += 1;
  }
  const unitPlace = hasRole(sentence.at(end), "counter") ? end + 1 : end;
  const unit = unitOf(sentence, unitPlace);
  return { value, unit, end: unit === null ? end : unitPlace + 1 };
}

function unitOf(sentence: Sentence, place: number): Bound["unit"] {
  if (sentence.is(place, "unit.hour")) return "h";
  if (sentence.is(place, "unit.minute")) return "min";
  if (sentence.is(place, "unit.second")) return "s";
  if (sentence.is(place, "unit.day")) return "d";
  return sentence.is(place, "percent") ? "%" : null;
}

/** "alert me if tat > 6h": the condition of a watch. Takes its words; null when the message is no watch. */
export function readWatch(sentence: Sentence): { when: NonNullable<Options["when"]>; bounds: readonly Bound[] } | null {
  const alone = sentence.find("watch.alone");
  const verb = sentence.find("watch.verb");
  const isWatch = alone >= 0 || (verb >= 0 && sentence.has("watch.if"));
  if (!isWatch) return null;
  const bounds = readBounds(sentence);
  const condition = bounds.filter((bound) => !bound.age).at(-1);
  if (!condition) return null;
  const place = alone >= 0 ? alone : verb;
  sentence.take(place, place + 1, "kind");
  sentence.take(condition.start, condition.end, "condition");
  const { op, value, unit } = condition;
  return {
    when: unit === null ? { op, value } : { op, unit, value },
    bounds: bounds.filter((bound) => bound !== condition),
  };
}

/** "older than 3 days", "4-12h", ">24h": the age of open cases. Takes its words. */
export function readAge(sentence: Sentence): NonNullable<Options["age"]> | null {
  const range = ageRange(sentence);
  if (range) return range;
  const age: { gt?: string; lt?: string } = {};
  for (const bound of readBounds(sentence)) {
    const minutes = minutesOf(bound.value, bound.unit);
    if (minutes === null || bound.op === ">=" || bound.op === "<=") continue;
    age[bound.op === ">" ? "gt" : "lt"] ??= duration(minutes);
    sentence.take(bound.start, bound.end, "age");
  }
  return age.gt !== undefined || age.lt !== undefined ? age : null;
}

function ageRange(sentence: Sentence): NonNullable<Options["age"]> | null {
  for (let place = 0; place < sentence.length; place += 1) {
    const from = sentence.number(place);
    const sign = sentence.mark(place + 1, "-", "→") || sentence.is(place + 1, "to");
    const isBetween = hasRole(sentence.at(place - 1), "from") && hasRole(sentence.at(place + 1), "and");
    if (from === null || !(sign || isBetween)) continue;
    const to = quantityAt(sentence, place + 2);
    const low = to && minutesOf(from, to.unit);
    const high = to && minutesOf(to.value, to.unit);
    if (!to || low === null || high === null || low >= high) continue;
    if (hasRole(sentence.at(to.end), "last.after", "ago")) continue;
    sentence.take(place, to.end, "age");
    return { gt: duration(low), lt: duration(high) };
  }
  return null;
}

function minutesOf(value: number, unit: Bound["unit"]): number | null {
  if (unit === "h") return value * 60;
  if (unit === "d") return value * 1440;
  return unit === "min" ? value : null;
}
/** Whole hours as PT<n>H, else PT<n>M. */
function duration(minutes: number): string {
  const whole = Math.round(minutes);
  return whole % 60 === 0 ? `PT${whole / 60}H` : `PT${whole}M`;
}
