import type { Catalog } from "../../catalog/catalog.ts";
import type { PlainMeasure } from "../../catalog/definition.ts";
import { limits } from "../../kernel/limits.ts";
import type { Period } from "../../kernel/question.ts";
import type { Scope } from "../compile-scope.ts";
import { dayOf, instantOf, isDay, type Span, spanOf } from "../periods.ts";
import { type Calendar, dateOf, dayNumber, HOUR, hasWholeHours, OWN, startOfDay } from "./calendar.ts";
import type { Cuboid } from "./cuboids.ts";
import type { RollupState } from "./state.ts";
import { measureKey, type Reading, type Stream, type Streams, tablesOf } from "./streams.ts";
import { type Asked, lastHour, tellsDay, tellsHour, zonesOfDays } from "./told.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Half-open, in day numbers or in hours since the epoch. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** How a measure is answered from cells: which ones, and the parts of the period that are left to events. */
export interface Cover {
  readonly stream: Stream;
  readonly reading: Reading;
  readonly cuboid: Cuboid;
  readonly rolled: readonly Range[];
  /** The same ranges as periods of the scope, for the rows that a later watermark can still change. */
  readonly rolledPeriods: readonly Period[];
  /** Of dates that go on: their hours that are told already. */
  readonly hours: readonly HourPart[];
  readonly events: readonly EventPart[];
}
/** Hours of UTC (`range`, half-open, since the epoch) of a part of the period. */
export interface HourPart {
  readonly cuboid: Cuboid;
  readonly period: Period;
  readonly range: Range;
}
/** A part of the period, or what of it is from an instant on, milliseconds since the epoch. */
export interface EventPart {
  readonly period: Period;
  readonly since: number | null;
}

/**
 * The cheapest cuboid that has the split's and the filters' dimensions in the days asked. A date counts as rolled up when its cells are there
 * and clean, it is over or followed up to now, and its rows no longer depend on the watermark. Of a date that goes on somewhere, the hours before the first
 * change are told by hourly cells; everything else is left to events. Null: events are as cheap.
 */
export function coverOf(
  measure: PlainMeasure,
  scope: Scope,
  streams: Streams,
  state: RollupState,
  zoned: Catalog["zoned"],
): Cover | null {
  const stream = streams.byMeasure.get(measureKey(measure));
  const known = stream && state.streams.get(stream.id);
  if (!stream || !known || known.fingerprint !== stream.fingerprint) return null;
  if (scope.when.kind !== "period" || scope.age.gt !== null || scope.age.lt !== null) return null;
  const wanted = new Set([...scope.by, ...scope.filters.map(({ dimension }) => dimension)]);
  if ([...wanted].some((dimension) => !stream.dimensions.includes(dimension))) return null;
  const reading = stream.readings.get(measureKey(measure)) as Reading;
  const { period, grain } = scope.when;
  const seenUntil = state.seenUntil(tablesOf(stream));
  const asked: Asked = { stream, known, reading, scope, period, grain, zoned, seenUntil };
  const fitting = known.cuboids.filter(
    (cuboid) =>
      (reading.histogram === null || cuboid.histograms) &&
      [...wanted].every((dimension) => cuboid.dimensions.includes(dimension)) &&
      fitsCalendar(cuboid, asked),
  );
  const calendars = new Map<Calendar, Split | null>();
  let best: { readonly cuboid: Cuboid; readonly split: Split; readonly cost: number } | null = null;
  for (const cuboid of fitting) {
    const split = calendars.get(cuboid.calendar) ?? splitPeriod(cuboid.calendar, asked);
    calendars.set(cuboid.calendar, split);
    if (!split || split.rolled.length === 0) continue;
    const cost = split.rolledDays * cuboid.cells + split.eventDays * known.rowsADay;
    if (!best || cost < best.cost) best = { cuboid, split, cost };
  }
  const hourly = best?.cuboid.calendar === HOUR ? null : hourlyCuboid(wanted, asked);
  if (!best) {
    const parts = withHours([period], hourly, asked);
    return hourly && parts.hours.length > 0
      ? { stream, reading, cuboid: hourly, rolled: [], rolledPeriods: [], ...parts }
      : null;
  }
  if (best.cost > (best.split.rolledDays + best.split.eventDays) * known.rowsADay) return null;
  const { rolled, rolledPeriods, events } = best.split;
  return { stream, reading, cuboid: best.cuboid, rolled, rolledPeriods, ...withHours(events, hourly, asked) };
}

/** The smallest hourly cuboid that has the dimensions, and tells whose days its rows are of. */
function hourlyCuboid(wanted: ReadonlySet<string>, { known, reading, scope }: Asked): Cuboid | null {
  if (reading.dependsOnWatermark) return null;
  const { zoning } = scope;
  const needed = zoning.kind === "own" ? [...wanted, zoning.dimension] : [...wanted];
  return known.cuboids
    .filter(
      ({ calendar, dimensions, histograms }) =>
        calendar === HOUR &&
        (reading.histogram === null || histograms) &&
        needed.every((dimension) => dimensions.includes(dimension)),
    )
    .reduce<(typeof known.cuboids)[number] | null>((a, b) => (a && a.cells <= b.cells ? a : b), null);
}

/** Parts of the period that no day's cells tell: their hours up to the first that is not told, and from there on the events. */
function withHours(periods: readonly Period[], hourly: Cuboid | null, asked: Asked): Pick<Cover, "hours" | "events"> {
  const hours: HourPart[] = [];
  const events: EventPart[] = [];
  for (const period of periods) {
    const span = widestSpan(period, asked);
    const range = hourly && toldHours(span, asked);
    if (!hourly || !range) {
      events.push({ period, since: null });
      continue;
    }
    hours.push({ cuboid: hourly, period, range });
    if (range.to * HOUR_MS < span.to) events.push({ period, since: range.to * HOUR_MS });
  }
  return { hours, events };
}

/** From the first beginning to the last end in any zone, but not beyond now. */
function widestSpan(period: Period, { scope }: Asked): Span {
  const spans = zonesOfDays(scope).map((zone) => spanOf(period, zone));
  return {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.min(scope.now, Math.max(...spans.map(({ to }) => to))),
  };
}

/** Hours from the beginning of a span up to the first that hourly cells do not tell; null when that is the first one. */
function toldHours({ from, to }: Span, asked: Asked): Range | null {
  const [first, end] = [from / HOUR_MS, lastHour(to, asked)];
  const [firstDay, endDay] = [Math.floor(first / 24), Math.ceil(end / 24)];
  if (!Number.isInteger(first) || !zonesOfDays(asked.scope).every((zone) => hasWholeHours(zone, firstDay, endDay)))
    return null;
  let until = first;
  while (until < end && tellsHour(until, asked)) until += 1;
  return until > first ? { from: first, to: until } : null;
}

/** Whether a cuboid's days are those of the question. */
function fitsCalendar(cuboid: Cuboid, { scope, grain, zoned }: Asked): boolean {
  const { calendar } = cuboid;
  const needsHours = grain === "hour" || grain === "hour_of_day";
  if (calendar === HOUR) return scope.zoning.kind === "one";
  if (needsHours) return false;
  if (calendar !== OWN) return scope.zoning.kind === "one";
  if (!zoned || !cuboid.dimensions.includes(zoned.dimension)) return false;
  return scope.zoning.kind === "own" || marketZone(scope, zoned) === scope.zoning.zone;
}

/** The zone of the one market that is filtered. */
function marketZone(scope: Scope, zoned: NonNullable<Catalog["zoned"]>): string | undefined {
  const included = scope.filters.filter(({ dimension, exclude }) => dimension === zoned.dimension && !exclude);
  const [only] = included;
  return included.length === 1 && only?.values.length === 1 ? zoned.zones.get(only.values[0] as string) : undefined;
}

interface Split {
  readonly rolled: readonly Range[];
  readonly rolledPeriods: readonly Period[];
  readonly events: readonly Period[];
  readonly rolledDays: number;
  readonly eventDays: number;
}

const splitPeriod = (calendar: Calendar, asked: Asked): Split | null =>
  calendar === HOUR ? splitHours(asked) : splitDays(calendar, asked);

function splitDays(calendar: Calendar, asked: Asked): Split | null {
  const { scope, period, known } = asked;
  const zones = zonesOfDays(scope);
  const first = firstWholeDay(period.from, zones);
  const end = lastWholeDay(period.to, zones);
  if (first >= end) return null;
  if (calendar !== OWN && !haveSameDays(calendar, scope.zoning.zone, first, end)) return null;
  const usable = (day: number): boolean =>
    zones.every((zone) => tellsDay(day, zone, asked)) &&
    (calendar !== OWN || [day - 1, day, day + 1].every((near) => (known.units.get(near)?.strays ?? 0) === 0));
  const rolled = joinGaps(runsOf(first, end, usable), first, end);
  const gaps = gapsOf(rolled, first, end).map(({ from, to }) => ({ from: dateOf(from), to: dateOf(to) }));
  const head = { from: period.from, to: dateOf(first) };
  const tail = { from: dateOf(end), to: period.to };
  const events = [head, ...gaps, tail].filter((part) => !isNothing(part, zones, scope.now));
  const rolledDays = daysIn(rolled);
  const all = Math.max(
    1,
    (Math.min(scope.now, spanOf(period, scope.zoning.zone).to) - spanOf(period, scope.zoning.zone).from) / DAY_MS,
  );
  return {
    rolled,
    rolledPeriods: rolled.map(({ from, to }) => ({ from: dateOf(from), to: dateOf(to) })),
    events,
    rolledDays,
    eventDays: Math.max(0, all - rolledDays),
  };
}

function firstWholeDay(from: string, zones: readonly string[]): number {
  if (isDay(from)) return dayNumber(from);
  const at = instantOf(from, "UTC");
  return Math.max(
    ...zones.map((zone) => {
      const day = dayNumber(dayOf(at, zone));
      return startOfDay(day, zone) === at ? day : day + 1;
    }),
  );
}

function lastWholeDay(to: string, zones: readonly string[]): number {
  if (isDay(to)) return dayNumber(to);
  const at = instantOf(to, "UTC");
  return Math.min(...zones.map((zone) => dayNumber(dayOf(at, zone))));
}

function haveSameDays(a: string, b: string, first: number, end: number): boolean {
  if (a === b) return true;
  for (let day = first; day <= end; day += 1) if (startOfDay(day, a) !== startOfDay(day, b)) return false;
  return true;
}

/** A part of the period in which nothing can have happened. */
const isNothing = (part: Period, zones: readonly string[], now: number): boolean =>
  part.from === part.to ||
  zones.every((zone) => {
    const { from, to } = spanOf(part, zone);
    return from >= Math.min(to, now);
  });

function splitHours(asked: Asked): Split | null {
  const { scope, period } = asked;
  const { zone } = scope.zoning;
  const span = spanOf(period, zone);
  const until = Math.min(span.to, scope.now);
  const [first, end] = [Math.ceil(span.from / HOUR_MS), lastHour(until, asked)];
  if (first >= end || !hasWholeHours(zone, Math.floor(first / 24), Math.ceil(end / 24))) return null;
  const rolled = joinGaps(
    runsOf(first, end, (hour) => tellsHour(hour, asked)),
    first,
    end,
  );
  const iso = (hour: number): string => new Date(hour * HOUR_MS).toISOString();
  const asPeriod = ({ from, to }: Range): Period => ({ from: iso(from), to: iso(to) });
  const head = { from: new Date(span.from).toISOString(), to: iso(first) };
  const tail = { from: iso(end), to: new Date(until).toISOString() };
  const events = [head, ...gapsOf(rolled, first, end).map(asPeriod), tail].filter(
    (part) => !isNothing(part, [zone], scope.now),
  );
  const rolledDays = daysIn(rolled) / 24;
  return {
    rolled,
    rolledPeriods: rolled.map(asPeriod),
    events,
    rolledDays,
    eventDays: (until - span.from) / DAY_MS - rolledDays,
  };
}

const daysIn = (ranges: readonly Range[]): number => ranges.reduce((sum, { from, to }) => sum + to - from, 0);

function runsOf(first: number, end: number, usable: (at: number) => boolean): Range[] {
  const runs: Range[] = [];
  let from: number | null = null;
  for (let at = first; at <= end; at += 1) {
    const use = at < end && usable(at);
    if (use && from === null) from = at;
    if (!use && from !== null) {
      runs.push({ from, to: at });
      from = null;
    }
  }
  return runs;
}

/** The shortest runs are given up until there are few gaps: each gap is a statement of its own. */
function joinGaps(runs: readonly Range[], first: number, end: number): Range[] {
  const kept = [...runs];
  while (gapsOf(kept, first, end).length > limits.rollupGapsMax) {
    const shortest = kept.reduce((a, b) => (b.to - b.from < a.to - a.from ? b : a));
    kept.splice(kept.indexOf(shortest), 1);
  }
  return kept;
}

function gapsOf(runs: readonly Range[], first: number, end: number): Range[] {
  const edges = [{ from: first, to: first }, ...runs, { from: end, to: end }];
  return edges
    .slice(1)
    .map((run, index) => ({ from: (edges[index] as Range).to, to: run.from }))
    .filter(({ from, to }) => from < to);
}
