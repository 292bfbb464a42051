import { plainMeasures } from "../catalog/assemble.ts";
import type { Catalog, Dimension, Metric } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import type { Grain, Moment, Period, Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { MeasureContext } from "./measure.ts";
import { nearest } from "./nearest.ts";
import { type Bucket, bucketsOf, instantOf, isDay, secondsOf, spanOf } from "./periods.ts";

const DAY_MS = 86_400_000;

/** Values of one dimension that are wanted, or (`exclude`) not wanted. */
export interface Filter {
  readonly dimension: string;
  readonly values: readonly string[];
  readonly exclude: boolean;
}

/**
 * Whose days count. `one`: one zone for every row. `own`: each row's own, by its value of `dimension`; rows whose value has no zone of
 * its own take `zone`.
 */
export type Zoning =
  | { readonly kind: "one"; readonly zone: string }
  | {
      readonly kind: "own";
      readonly zone: string;
      readonly dimension: string;
      readonly zones: ReadonlyMap<string, string>;
    };

/** What is asked of one metric over one period or at one moment. */
export interface MetricPlan {
  readonly metric: Metric;
  readonly by: readonly string[];
  /** Splits that are read in the same pass, this one among them; absent = it is asked alone. */
  readonly sets?: readonly (readonly string[])[];
  readonly filters: readonly Filter[];
  readonly zoning: Zoning;
  readonly now: number;
  readonly when:
    | { readonly kind: "period"; readonly period: Period; readonly grain: Grain }
    | { readonly kind: "moment"; readonly at: string };
  /** Buckets by zone; one entry where there is one zone. */
  readonly buckets: ReadonlyMap<string, readonly Bucket[]>;
  /** Seconds; only of metrics that have an age. */
  readonly age: { readonly gt: number | null; readonly lt: number | null };
  /** Dimensions that narrow the hits of a share and leave its rows alone. */
  readonly narrowing: readonly string[];
}

export interface Plan {
  readonly main: readonly MetricPlan[];
  readonly compare: readonly MetricPlan[] | null;
  readonly zoning: Zoning;
}

/** A Question as what is to be computed, or the reason why it cannot be. Nothing is read yet. */
export function plan(question: Question, context: MeasureContext): Result<Plan, Refusal> {
  try {
    return planned(question, context);
  } catch (cause) {
    // Temporal says by a RangeError that a date or a zone is none; a Question from outside may hold any text there.
    if (cause instanceof RangeError) return err({ code: "fault", params: {}, cause });
    throw cause;
  }
}

function planned(question: Question, context: MeasureContext): Result<Plan, Refusal> {
  const metrics = metricsOf(question, context.catalog);
  if (!metrics.ok) return metrics;
  const filters = filtersOf(question);
  const refusal =
    unknownDimension(question, filters, context.catalog) ??
    (question.by.length > (context.asParts ? limits.partDimensionsMax : limits.dimensionsMax)
      ? refuse("too_many_dimensions", { n: question.by.length })
      : null) ??
    unknownValue(question, filters, context.catalog) ??
    first(metrics.value.map((metric) => misfit(metric, question, filters, context.catalog)));
  if (refusal) return err(refusal);
  const zoning = zoningOf(question, filters, context);
  const main = planEach(question, question.period, question.options.at, {
    metrics: metrics.value,
    filters,
    zoning,
    context,
  });
  if (!main.ok) return main;
  if (question.compare === null) return ok({ main: main.value, compare: null, zoning });
  const [period, at] = isMoment(question.compare) ? [null, question.compare.at] : [question.compare, undefined];
  const compare = planEach(question, period, at, { metrics: metrics.value, filters, zoning, context });
  return compare.ok ? ok({ main: main.value, compare: compare.value, zoning }) : compare;
}

const isMoment = (compare: Period | Moment): compare is Moment => "at" in compare;
const refuse = (code: Refusal["code"], params: Refusal["params"], instead: readonly Question[] = []): Refusal => ({
  code,
  params,
  instead,
});
const first = (refusals: readonly (Refusal | null)[]): Refusal | null =>
  refusals.find((found) => found !== null) ?? null;

/** The metrics asked; one that shows others stands for those. */
function metricsOf(question: Question, catalog: Catalog): Result<readonly Metric[], Refusal> {
  const metrics: Metric[] = [];
  for (const id of question.metrics) {
    const metric = catalog.metrics.get(id);
    if (!metric) {
      const instead = nearest(id, [...catalog.metrics.keys()]).map((near) => ({
        ...question,
        metrics: question.metrics.map((asked) => (asked === id ? near : asked)),
      }));
      return err(refuse("unknown_metric", { value: id }, instead));
    }
    const shown =
      metric.shows.length > 0 ? metric.shows.flatMap((other) => catalog.metrics.get(other) ?? []) : [metric];
    for (const one of shown) if (!metrics.includes(one)) metrics.push(one);
  }
  return ok(metrics);
}

const filtersOf = (question: Question): Filter[] =>
  Object.entries(question.filters).map(([key, values]) => ({
    dimension: key.replace(/^!/, ""),
    values,
    exclude: key.startsWith("!"),
  }));

function unknownDimension(question: Question, filters: readonly Filter[], catalog: Catalog): Refusal | null {
  const asked = [...question.by, ...filters.map(({ dimension }) => dimension)];
  const unknown = asked.find((dimension) => !catalog.dimensions.has(dimension));
  if (unknown === undefined) return null;
  const near = nearest(unknown, [...catalog.dimensions.keys()]);
  const instead = question.by.includes(unknown)
    ? near.map((dimension) => ({ ...question, by: question.by.map((one) => (one === unknown ? dimension : one)) }))
    : [];
  return refuse("unknown_dimension", { value: unknown }, instead);
}

/** A value that a closed set lacks. (Of an open set nobody knows before the data are read: see `unknownOpenValue`.) */
function unknownValue(question: Question, filters: readonly Filter[], catalog: Catalog): Refusal | null {
  for (const filter of filters) {
    const known = (catalog.dimensions.get(filter.dimension) as Dimension).values.map(({ id }) => id);
    const unknown = known.length === 0 ? undefined : filter.values.find((value) => !known.includes(value));
    if (unknown !== undefined) return unknownValueRefusal(question, filter, unknown, known);
  }
  return null;
}

/** The refusal of a value, with the same Question for each of the nearest ones. */
export function unknownValueRefusal(
  question: Question,
  filter: Filter,
  unknown: string,
  known: readonly string[],
): Refusal {
  const key = filter.exclude ? `!${filter.dimension}` : filter.dimension;
  const near = nearest(unknown, known);
  const instead = near.map((value) => ({
    ...question,
    filters: {
      ...question.filters,
      [key]: [...new Set(filter.values.map((one) => (one === unknown ? value : one)))].sort(),
    },
  }));
  const params = { dimension: filter.dimension, value: unknown, nearest: near.join(", ") };
  return refuse("unknown_value", params, instead);
}

/** What the metric cannot be asked for: a dimension that its facts lack, a grain finer than they are, an age. */
function misfit(metric: Metric, question: Question, filters: readonly Filter[], catalog: Catalog): Refusal | null {
  const shown = metric.dimensions.filter((id) => !catalog.dimensions.get(id)?.private);
  const possible = shown.join(", ");
  const lacking =
    question.by.find((dimension) => !shown.includes(dimension)) ??
    filters.find(({ dimension }) => !metric.dimensions.includes(dimension))?.dimension;
  if (lacking !== undefined) {
    const params = { metric: metric.id, dimension: lacking, possible };
    return refuse("dimension_not_of_metric", params, [without(question, lacking)]);
  }
  if (!metric.grains.includes(question.grain)) {
    const instead = metric.grains
      .filter((grain) => grain !== "hour")
      .slice(0, limits.nearestMax)
      .map((grain) => ({ ...question, grain }));
    return refuse("grain_not_of_metric", { metric: metric.id, grain: question.grain }, instead);
  }
  if (question.options.age && !metric.aged) {
    const { age: _, ...options } = question.options;
    return refuse("option_not_of_metric", { metric: metric.id, option: "age" }, [{ ...question, options }]);
  }
  return null;
}

function without(question: Question, dimension: string): Question {
  const filters = Object.entries(question.filters).filter(([key]) => key.replace(/^!/, "") !== dimension);
  return { ...question, by: question.by.filter((one) => one !== dimension), filters: Object.fromEntries(filters) };
}

/** Days are those of the market when one is filtered, of each row's own when it is split by, else the asker's (metrics.md, "Days"). */
function zoningOf(question: Question, filters: readonly Filter[], { catalog, zone, asParts }: MeasureContext): Zoning {
  const zoned = catalog.zoned;
  if (!zoned) return { kind: "one", zone };
  const included = filters.find(({ dimension, exclude }) => dimension === zoned.dimension && !exclude)?.values;
  const single = included?.length === 1 ? zoned.zones.get(included[0] as string) : undefined;
  if (single !== undefined) return { kind: "one", zone: single };
  if (asParts || !question.by.includes(zoned.dimension)) return { kind: "one", zone };
  const zones = included ? new Map([...zoned.zones].filter(([value]) => included.includes(value))) : zoned.zones;
  return { kind: "own", zone, dimension: zoned.dimension, zones };
}

interface Surroundings {
  readonly metrics: readonly Metric[];
  readonly filters: readonly Filter[];
  readonly zoning: Zoning;
  readonly context: MeasureContext;
}

function planEach(
  question: Question,
  period: Period | null,
  at: string | undefined,
  around: Surroundings,
): Result<readonly MetricPlan[], Refusal> {
  const { filters, zoning, context } = around;
  const plans: MetricPlan[] = [];
  for (const metric of around.metrics) {
    const base = {
      metric,
      by: question.by,
      ...(context.pass && zoning.kind === "one" ? { sets: context.pass.sets } : {}),
      filters,
      zoning,
      now: context.now,
      age: ageOf(question),
      narrowing: narrowingOf(metric, context.catalog),
    };
    if (metric.moment && period === null) {
      const moment = at ?? new Date(context.now).toISOString();
      instantOf(moment, zoning.zone); // throws here, before anything is compiled, when it is no instant
      plans.push({ ...base, when: { kind: "moment", at: moment }, buckets: new Map() });
      continue;
    }
    if (period === null) return err(refuse("option_not_of_metric", { metric: metric.id, option: "at" }));
    const refusal = tooLong(period, zoning.zone) ?? misaligned(metric, question, period, around);
    if (refusal) return err(refusal);
    const grain = question.grain;
    const buckets = new Map(zonesOf(zoning).map((zone) => [zone, bucketsOf(period, grain, zone, limits.bucketsMax)]));
    if ([...buckets.values()].some((list) => list.length > limits.bucketsMax)) {
      return err(refuse("too_many_rows", { limit: limits.bucketsMax }));
    }
    plans.push({ ...base, when: { kind: "period", period, grain }, buckets });
  }
  return ok(plans);
}

const narrowingOf = ({ definition }: Metric, catalog: Catalog): string[] =>
  plainMeasures(definition).flatMap(({ fact }) =>
    Object.entries(catalog.facts.get(fact)?.definition.dimensions ?? {})
      .filter(([, { narrowsHit }]) => narrowsHit)
      .map(([id]) => id),
  );

const ageOf = ({ options }: Question): MetricPlan["age"] => ({
  gt: options.age?.gt === undefined ? null : secondsOf(options.age.gt),
  lt: options.age?.lt === undefined ? null : secondsOf(options.age.lt),
});

const zonesOf = (zoning: Zoning): string[] =>
  zoning.kind === "one" ? [zoning.zone] : [...new Set([zoning.zone, ...zoning.zones.values()])];

function tooLong(period: Period, zone: string): Refusal | null {
  const { from, to } = spanOf(period, zone);
  return to - from > limits.periodDaysMax * DAY_MS ? refuse("period_too_long", { limit: limits.periodDaysMax }) : null;
}

/** Totals by month answer for whole months only: half a month cannot be taken out of a sum. */
function misaligned(metric: Metric, question: Question, period: Period, around: Surroundings): Refusal | null {
  if (metric.grains.includes("day")) return null;
  const reachesNow = !isDay(period.to) || period.to > new Date(around.context.now).toISOString().slice(0, 10);
  const from = `${period.from.slice(0, 7)}-01`;
  if (period.from === from && (reachesNow || period.to.endsWith("-01"))) return null;
  const to = monthAfter(period.to);
  return refuse("grain_not_of_metric", { metric: metric.id, grain: "day" }, [{ ...question, period: { from, to } }]);
}

function monthAfter(end: string): string {
  if (isDay(end) && end.endsWith("-01")) return end;
  const [year, month] = [Number(end.slice(0, 4)), Number(end.slice(5, 7))];
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, "0")}-01`;
}
