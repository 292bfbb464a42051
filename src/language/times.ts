import type { Catalog } from "../catalog/catalog.ts";
import type { Moment, Period, Question, QuestionKind } from "../kernel/question.ts";
import { type Comparison, comparedMoment, comparedSpan, defaultBaseline } from "./comparison.ts";
import type { FilterMap } from "./merge.ts";
import { isTodayWord } from "./period-words.ts";
import type { Slots } from "./slots.ts";
import { isMoment, LAST_SEVEN_DAYS, resolveWindow, type Span, spanMinutes, type Window } from "./window.ts";
import { knownZone, parseWall, printWall, type Wall, wallOf } from "./zone.ts";

export interface Times {
  readonly period: Period | null;
  readonly compare: Period | Moment | null;
  /** The moment of moment metrics. */
  readonly at: string | null;
  /** Length of the period; 0 without one. */
  readonly minutes: number;
}
interface Asked {
  readonly slots: Pick<Slots, "zone" | "window" | "comparison" | "grain">;
  readonly base: Question | null;
  readonly kind: QuestionKind;
  readonly metrics: readonly string[];
  readonly filters: FilterMap;
}
interface Context {
  readonly catalog: Catalog;
  readonly now: number;
  readonly zone: string;
}

/** When a Question is about: its period or moment and what it is compared with, on the clock of zone R (READING-RULES §2, §5, §6). */
export function timesOf(asked: Asked, context: Context): Times {
  const clock = clockOf(asked, context);
  const time = timeOf(asked, context, clock);
  const none = { period: null, compare: null, at: null, minutes: 0 };
  if (time === null) return none;
  const compare = COMPARING.has(asked.kind) ? compareOf(asked, time, context, clock) : null;
  if (time.what === "moment") return { ...none, at: clock.instant(time.at), compare };
  return { ...none, period: clock.period(time.span), compare, minutes: spanMinutes(time.span, clock.zone) };
}

/** The zone R of a Question's calendar: the one named, else that of the single market filtered, else the asker's. */
export function zoneOf(filters: FilterMap, named: string | null, asker: string, catalog: Catalog): string {
  if (named !== null) return knownZone(named);
  const values = catalog.zoned ? filters[catalog.zoned.dimension] : undefined;
  const own = values?.length === 1 ? catalog.zoned?.zones.get(values[0] ?? "") : undefined;
  return own ?? knownZone(asker);
}

/** The zone R with its way to write ends. A zone that was named writes instants only. */
const clockOf = ({ slots, filters }: Asked, { catalog, zone }: Context): Clock =>
  new Clock(zoneOf(filters, slots.zone, zone, catalog), slots.zone !== null);

class Clock {
  readonly zone: string;
  private readonly exact: boolean;
  constructor(zone: string, exact: boolean) {
    this.zone = zone;
    this.exact = exact;
  }
  instant(wall: Wall): string {
    return printWall(wall, this.zone, true);
  }
  period({ from, to }: Span): Period {
    return { from: printWall(from, this.zone, this.exact), to: printWall(to, this.zone, this.exact) };
  }
}

type Time =
  | { readonly what: "moment"; readonly at: Wall; readonly inherited: boolean }
  | { readonly what: "span"; readonly span: Span; readonly inherited: boolean };

const MOMENTARY: ReadonlySet<QuestionKind> = new Set(["metric", "why", "changes", "schedule", "watch", "status"]);
const COMPARING: ReadonlySet<QuestionKind> = new Set(["metric", "why", "changes", "schedule", "watch"]);
/** Kinds whose period is null unless words name one. */
const TIMELESS: ReadonlySet<QuestionKind> = new Set(["forecast", "experiment", "power", "impact", "status"]);

function timeOf(asked: Asked, { now, catalog }: Context, { zone }: Clock): Time | null {
  const { slots, base, kind } = asked;
  const momentary =
    MOMENTARY.has(kind) &&
    slots.grain === null &&
    asked.metrics.length > 0 &&
    asked.metrics.every((id) => catalog.metrics.get(id)?.moment);
  const named = momentary ? slots.window : withoutMoment(slots.window);
  if (named !== null) {
    if (momentary && isTodayWord(named)) return { what: "moment", at: wallOf(now, zone), inherited: false };
    const span = resolveWindow(named, now, zone);
    return isMoment(named)
      ? { what: "moment", at: span.from, inherited: false }
      : { what: "span", span, inherited: false };
  }
  const known = base && inheritedTime(base, zone);
  if (known?.what === "moment" && momentary) return known;
  if (known?.what === "span") {
    const reachesNow = known.span.from.day === known.span.to.day && known.span.from.minute === 0;
    return momentary && reachesNow ? { what: "moment", at: known.span.to, inherited: true } : known;
  }
  if (momentary) return { what: "moment", at: wallOf(now, zone), inherited: false };
  if (TIMELESS.has(kind)) return null;
  return { what: "span", span: resolveWindow(LAST_SEVEN_DAYS, now, zone), inherited: false };
}

/** A single time of day says nothing to a metric over a period, but its day does. */
const withoutMoment = (window: Window | null): Window | null => (window && isMoment(window) ? window.day : window);

function inheritedTime(base: Question, zone: string): Time | null {
  if (base.options.at !== undefined) {
    const at = parseWall(base.options.at, zone);
    return at && { what: "moment", at, inherited: true };
  }
  const span = base.period && inheritedSpan(base.period, zone);
  return span && { what: "span", span, inherited: true };
}
function inheritedSpan(period: Period, zone: string): Span | null {
  const from = parseWall(period.from, zone);
  const to = parseWall(period.to, zone);
  return from && to && { from, to };
}

function compareOf(asked: Asked, time: Time, { now }: Context, clock: Clock): Period | Moment | null {
  const { slots, base, kind } = asked;
  const always = kind === "why" || kind === "changes";
  if (slots.comparison) return compared(slots.comparison, time, now, clock);
  const known = time.inherited && base?.compare ? rewritten(base.compare, time, clock) : null;
  if (known) return known;
  if (!always) return null;
  if (time.what === "moment") return compared({ kind: "shift", unit: "week" }, time, now, clock);
  return clock.period(defaultBaseline(time.span, clock.zone)(time.span));
}

function compared(comparison: Comparison, time: Time, now: number, clock: Clock): Period | Moment {
  return time.what === "moment"
    ? { at: clock.instant(comparedMoment(comparison, time.at, now, clock.zone)) }
    : clock.period(comparedSpan(comparison, time.span, now, clock.zone));
}

/** An inherited comparison on this zone's clock; one that no longer fits the time is dropped. */
function rewritten(compare: Period | Moment, time: Time, clock: Clock): Period | Moment | null {
  if ("at" in compare) {
    const at = parseWall(compare.at, clock.zone);
    return at && time.what === "moment" ? { at: clock.instant(at) } : null;
  }
  const span = inheritedSpan(compare, clock.zone);
  if (!span) return null;
  return time.what === "moment" ? { at: clock.instant(span.to) } : clock.period(span);
}
