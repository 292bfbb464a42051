import type { Catalog } from "../catalog/catalog.ts";
import type { Moment, Period, Question } from "../kernel/question.ts";
import { civil } from "./calendar.ts";
import type { Comparison } from "./comparison.ts";
import { timesOf } from "./times.ts";
import { LAST_SEVEN_DAYS, resolveWindow, type Span, type Window } from "./window.ts";
import { knownZone, parseWall, printWall } from "./zone.ts";

/** The time of a Question as it was said, so that it can be put on the calendar anew. Plain JSON; null = not said, the kind's default. */
export interface Said {
  readonly window: Window | null;
  readonly comparison: Comparison | null;
  /** The IANA zone that the words named. */
  readonly zone: string | null;
}
export const nothingSaid: Said = { window: null, comparison: null, zone: null };

/**
 * What a thread's new Question says of its time: what its words named, else what it took over unchanged from the Question before. Null
 * where neither tells (a click that brought a period of its own).
 */
export function saidAfter(
  question: Question,
  named: Said | null,
  before: { readonly question: Question; readonly said: Said | null } | null,
): Said | null {
  if (named?.window) return named;
  const kept = before && sameTime(before.question, question) ? before : null;
  if (named === null && kept === null) return null;
  if (kept && kept.said === null) return null;
  const old = kept?.said ?? nothingSaid;
  const keepsCompare = question.compare !== null && same(kept?.question.compare ?? null, question.compare);
  return {
    window: old.window,
    comparison: named?.comparison ?? (keepsCompare ? old.comparison : null),
    zone: named?.zone ?? old.zone,
  };
}

const sameTime = (a: Question, b: Question): boolean =>
  a.options.at !== undefined || b.options.at !== undefined
    ? (a.options.at === undefined) === (b.options.at === undefined)
    : same(a.period, b.period);
/** Whatever the order of keys: a thread that was kept in the database has them in another. */
const same = (a: Period | Moment | null, b: Period | Moment | null): boolean => textOf(a) === textOf(b);
const textOf = (time: Period | Moment | null): string =>
  time === null ? "" : "at" in time ? time.at : `${time.from}/${time.to}`;

/** The same Question at another moment: its period, moment and comparison on the calendar of `now` (epoch milliseconds) in `zone`. */
export function resolveAnew(
  question: Question,
  said: Said,
  context: { readonly catalog: Catalog; readonly now: number; readonly zone: string },
): Question {
  const grain = question.options.at === undefined && question.grain !== "total" ? question.grain : null;
  const { period, compare, at } = timesOf(
    {
      slots: { zone: said.zone, window: said.window, comparison: said.comparison, grain },
      base: null,
      kind: question.kind,
      metrics: question.metrics,
      filters: question.filters,
    },
    context,
  );
  const { at: _, ...options } = question.options;
  return { ...question, period, compare, options: at === null ? options : { ...options, at } };
}

/**
 * The words that would give this Question's time at `now`: "last 7 days" for the seven days before today. A period that has no such words
 * stays the days that it is.
 */
export function inferSaid(question: Question, now: number, zone: string): Said {
  const known = knownZone(zone);
  if (question.period === null) return nothingSaid;
  const window = windowOf(question.period, now, known);
  return {
    window,
    comparison: question.compare && comparisonOf(question.compare, question.period, now, known),
    zone: null,
  };
}

function windowOf(period: Period, now: number, zone: string): Window {
  const days = daysBetween(period);
  const usual: readonly Window[] = [
    LAST_SEVEN_DAYS,
    ...(days > 0 ? [{ kind: "lastUnits", unit: "day", count: days } as const] : []),
    ...(["day", "week", "month", "quarter", "year"] as const).flatMap((unit): Window[] => [
      { kind: "unit", unit, offset: 0 },
      { kind: "unit", unit, offset: -1 },
      { kind: "toDate", unit },
    ]),
  ];
  const span = spanOf(period, zone);
  return usual.find((window) => sameSpan(resolveWindow(window, now, zone), span, zone)) ?? fixed(period);
}

function comparisonOf(compare: Period | Moment, period: Period, now: number, zone: string): Comparison {
  if ("at" in compare) return { kind: "shift", unit: "week" };
  const span = spanOf(period, zone);
  const back = Date.parse(period.from.slice(0, 10)) - Date.parse(compare.from.slice(0, 10));
  if (back === 7 * DAY_MS) return { kind: "shift", unit: "week" };
  if (back === DAY_MS && daysBetween(period) !== 1) return { kind: "shift", unit: "day" };
  if (compare.to === period.from && daysBetween(compare) === daysBetween(period)) return { kind: "previous" };
  const [own, other] = [civil(span.from.day), civil(spanOf(compare, zone).from.day)];
  if (own.day === other.day && own.month === other.month && own.year === other.year + 1)
    return { kind: "shift", unit: "year" };
  if (own.day === other.day) return { kind: "shift", unit: "month" };
  return { kind: "window", window: windowOf(compare, now, zone) };
}

const DAY_MS = 86_400_000;
const daysBetween = ({ from, to }: Period): number =>
  from.includes("T") || to.includes("T") ? 0 : Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

function spanOf({ from, to }: Period, zone: string): Span {
  const midnight = { day: 0, minute: 0, offset: null };
  return { from: parseWall(from, zone) ?? midnight, to: parseWall(to, zone) ?? midnight };
}
const sameSpan = (a: Span, b: Span, zone: string): boolean =>
  printWall(a.from, zone) === printWall(b.from, zone) && printWall(a.to, zone) === printWall(b.to, zone);

/** Exactly these days. */
function fixed({ from, to }: Period): Window {
  const date = (text: string, last: boolean): Window => {
    const [year = 0, month = 1, day = 1] = (last && !text.includes("T") ? dayBefore(text) : text.slice(0, 10))
      .split("-")
      .map(Number);
    return { kind: "date", year, month, day };
  };
  return { kind: "range", from: date(from, false), to: date(to, true) };
}
const dayBefore = (day: string): string => new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);

/** Whether a window means other days tomorrow than today. */
export function isRelative(window: Window | null): boolean {
  if (window === null) return true;
  switch (window.kind) {
    case "unit":
    case "toDate":
    case "lastUnits":
    case "rolling":
    case "weekend":
    case "weekday":
    case "ofYear":
      return true;
    case "clock":
      return isRelative(window.day);
    case "range":
      return window.to === null || (isRelative(window.from) && isRelative(window.to));
    case "date":
      return window.month === null;
    default:
      return window.kind !== "yearOf" && window.year === null;
  }
}
