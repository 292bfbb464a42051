import type { Catalog, Metric } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import { type Flag, type MetricState, OTHER, type RowKey } from "../kernel/measurement.ts";
import type { Options } from "../kernel/question.ts";
import { rankSize, rankValue } from "../kernel/rank-value.ts";
import { type Cell, cellKey, isEmpty } from "./cells.ts";
import { unite } from "./compose.ts";
import type { MeasuredRow } from "./measure.ts";
import { type Bucket, instantOf, isDay, spanOf } from "./periods.ts";
import type { MetricPlan } from "./plan.ts";

const DAY_MS = 86_400_000;

/** The split values that are shown by name, in their order; `null` = all. Everything else is folded into OTHER. */
export interface Shown {
  readonly order: readonly string[];
  readonly folds: boolean;
}
type Values = Cell["values"];
const splitKey = (values: Values): string => JSON.stringify(values);

/**
 * Which split values are shown, and in which order: as `limit` and `order` ask, ranked by the metric's value over the whole period;
 * else as the catalog lists the values. Rows too small to be shown are ranked last.
 */
export function shownValues(plan: MetricPlan, cells: readonly Cell[], options: Options, catalog: Catalog): Shown {
  const totals = unite(cells.map((cell) => ({ ...cell, bucket: null })));
  const listed = [...totals, ...askedByName(plan, totals)].sort((a, b) =>
    byCatalog(a.values, b.values, plan.by, catalog),
  );
  if (options.limit === undefined && options.order === undefined) {
    return { order: listed.map(({ values }) => splitKey(values)), folds: false };
  }
  const rule = { quantile: plan.metric.quantile, unitCosts: plan.metric.costSheet?.unitCosts ?? null };
  const ranked = listed
    .map(({ values, state }) => ({ values, value: rankable(state) ? rankValue(state, rule) : null }))
    .sort((a, b) => byValue(a.value, b.value, options.order === "asc"));
  const kept = ranked.slice(0, options.limit ?? ranked.length);
  return { order: kept.map(({ values }) => splitKey(values)), folds: kept.length < ranked.length };
}

/** Filtered values of a single split that no row has: asked for by name, so they are answered by name. */
function askedByName(plan: MetricPlan, found: readonly Cell[]): Cell[] {
  if (plan.by.length !== 1) return [];
  const asked = plan.filters.find(({ dimension, exclude }) => dimension === plan.by[0] && !exclude)?.values ?? [];
  const known = new Set(found.map(({ values }) => values[0]));
  return asked
    .filter((value) => !known.has(value))
    .map((value) => ({ values: [value], bucket: null, state: emptyState(plan.metric) }));
}

function rankable(state: MetricState): boolean {
  const size = rankSize(state);
  return !isEmpty(state) && (size === null || size >= limits.cellMin);
}

function byValue(a: number | null, b: number | null, ascending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return ascending ? a - b : b - a;
}

/** In the order in which the catalog lists the values, unlisted ones by code point, NULL last. */
function byCatalog(a: Values, b: Values, by: readonly string[], catalog: Catalog): number {
  for (const [index, dimension] of by.entries()) {
    const [one = null, other = null] = [a[index], b[index]];
    if (one === other) continue;
    if (one === null || other === null) return one === null ? 1 : -1;
    const listed = (catalog.dimensions.get(dimension)?.values ?? []).map(({ id }) => id);
    const [rankOne, rankOther] = [listed.indexOf(one), listed.indexOf(other)];
    if (rankOne !== rankOther)
      return (rankOne < 0 ? listed.length : rankOne) - (rankOther < 0 ? listed.length : rankOther);
    return one < other ? -1 : 1;
  }
  return 0;
}

export interface Arranged {
  readonly rows: readonly MeasuredRow[];
  /** True when there would be more rows than `limits.rowsMax`. */
  readonly tooMany: boolean;
}

/** Cells as rows: the rest folded, every bucket present, buckets ascending, each with what the clock says about it. */
export function arrange(plan: MetricPlan, cells: readonly Cell[], shown: Shown, through: number): Arranged {
  const grain = plan.when.kind === "period" ? plan.when.grain : "total";
  const keyed = cells.map((cell) => (grain === "hour" ? { ...cell, bucket: Number(cell.bucket) } : cell));
  const split = plan.by.length > 0;
  const other: Values = plan.by.map(() => OTHER);
  const isShown = new Set(shown.order);
  const rest = keyed.filter(({ values }) => split && !isShown.has(splitKey(values)));
  const named = new Map(
    keyed.filter(({ values }) => !split || isShown.has(splitKey(values))).map((cell) => [cellKey(cell), cell]),
  );
  for (const cell of fold(plan, rest, other)) named.set(cellKey(cell), cell);

  const groups: Values[] = split ? shown.order.map((key) => JSON.parse(key) as Values) : [[]];
  if (split && shown.folds) groups.push(other);
  const buckets = groups.map((values) => bucketsFor(plan, values));
  const longest = Math.max(0, ...buckets.map((list) => list.length));
  if (groups.length * longest > limits.rowsMax) return { rows: [], tooMany: true };

  const rows: MeasuredRow[] = [];
  for (let index = 0; index < longest; index += 1) {
    groups.forEach((values, group) => {
      const bucket = buckets[group]?.[index];
      if (!bucket) return;
      const key = grain === "hour" ? bucket.from : bucket.key;
      rows.push(rowOf(plan, values, bucket, named.get(cellKey({ values, bucket: key })), through));
    });
  }
  return { rows, tooMany: false };
}

/** The rest as one cell per bucket. Where a split narrows the hits only, its rows share their denominators, which then count once. */
function fold(plan: MetricPlan, rest: readonly Cell[], other: Values): Cell[] {
  const narrowed = plan.by.findIndex((dimension) => plan.narrowing.includes(dimension));
  const whole = narrowed < 0 ? rest : uniteNarrowed(rest, narrowed);
  return unite(whole.map((cell) => ({ ...cell, values: other })));
}

function uniteNarrowed(cells: readonly Cell[], position: number): Cell[] {
  const united = new Map<string, Cell>();
  for (const cell of cells) {
    const values = cell.values.map((value, index) => (index === position ? OTHER : value));
    const key = cellKey({ values, bucket: cell.bucket });
    const known = united.get(key);
    united.set(key, known ? { ...known, state: addHits(known.state, cell.state) } : { ...cell, values });
  }
  return [...united.values()];
}

function addHits(a: MetricState, b: MetricState): MetricState {
  if (a.kind !== "weighted" || b.kind !== "weighted") throw new RangeError("only weighted shares have hits to narrow");
  return { ...a, swy: a.swy + b.swy, sw2y: a.sw2y + b.sw2y, x: a.x + b.x };
}

const MOMENT: Bucket = { key: null, from: 0, to: 0 };

/** The buckets of a row's own calendar. */
function bucketsFor(plan: MetricPlan, values: Values): readonly Bucket[] {
  if (plan.when.kind === "moment") {
    const at = instantOf(plan.when.at, plan.zoning.zone);
    return [{ ...MOMENT, from: at, to: at }];
  }
  return plan.buckets.get(zoneOf(plan, values)) ?? [];
}

function zoneOf({ zoning, by }: MetricPlan, values: Values): string {
  if (zoning.kind === "one") return zoning.zone;
  return zoning.zones.get(values[by.indexOf(zoning.dimension)] ?? "") ?? zoning.zone;
}

function rowOf(plan: MetricPlan, values: Values, bucket: Bucket, cell: Cell | undefined, through: number): MeasuredRow {
  const key: Record<string, string | number | null> = {};
  plan.by.forEach((dimension, index) => {
    key[dimension] = values[index] ?? null;
  });
  if (bucket.key !== null) {
    key.bucket = bucket.key;
  }
  const future = plan.when.kind === "period" && bucket.from >= plan.now;
  const state = cell && !future ? cell.state : emptyState(plan.metric);
  const flags = flagsOf(plan, bucket, isEmpty(state), future ? undefined : cell?.labels, future, through);
  const row = { metric: plan.metric.id, key: key as RowKey, state, flags };
  const isYoung = plan.metric.maturityDays !== null && flags.includes("immature");
  return isYoung ? { ...row, ages: agesOf(plan, values, bucket, through) } : row;
}

/** How old the rows of a bucket are: those within the period that was asked, and not after now. */
function agesOf(
  plan: MetricPlan,
  values: Values,
  bucket: Bucket,
  through: number,
): { youngest: number; oldest: number } {
  const span = plan.when.kind === "period" ? spanOf(plan.when.period, zoneOf(plan, values)) : bucket;
  const last = Math.min(bucket.to, span.to, plan.now);
  return { youngest: (through - last) / DAY_MS, oldest: (through - Math.max(bucket.from, span.from)) / DAY_MS };
}

function flagsOf(
  plan: MetricPlan,
  bucket: Bucket,
  empty: boolean,
  labels: Cell["labels"],
  future: boolean,
  through: number,
): Flag[] {
  if (future) return ["no_data"];
  const clock = clockFlag(plan, bucket, labels, through);
  return [...(empty ? (["no_data"] as const) : []), ...(clock ? [clock] : [])];
}

/** `immature` replaces `partial`: what is too young is so whatever the watermark says. */
function clockFlag(plan: MetricPlan, bucket: Bucket, labels: Cell["labels"], through: number): Flag | null {
  const { maturityDays, labelsNeeded } = plan.metric;
  if (maturityDays !== null && bucket.to + maturityDays * DAY_MS > through) return "immature";
  if (labelsNeeded !== null && labels && labels.drawn > 0 && labels.in < labelsNeeded * labels.drawn) return "immature";
  return bucket.to > through || reachesNow(plan, bucket) ? "partial" : null;
}

/** "Today" and "this week" end at the minute of asking: whatever the watermark, their last day is not over. */
function reachesNow({ when, now }: MetricPlan, bucket: Bucket): boolean {
  if (when.kind !== "period" || !isDay(when.period.from) || isDay(when.period.to)) return false;
  return bucket.to > now - 60_000;
}

/** The state of no rows. */
function emptyState({ definition }: Metric): MetricState {
  const { kind } = definition;
  switch (kind) {
    case "count":
      return { kind, n: 0 };
    case "open":
      return definition.value === "count" ? { kind: "count", n: 0 } : { kind: "max", value: null, n: 0 };
    case "sum":
      return { kind, sum: 0, n: 0 };
    case "ratio":
    case "joined_ratio":
      return { kind: "ratio", numerator: 0, denominator: 0, n: 0 };
    case "proportion":
      return { kind, x: 0, n: 0 };
    case "mean":
      return { kind, n: 0, sum: 0, sumsq: 0, ...(definition.bins && { bins: [] }) };
    case "weighted":
      return { kind, sw: 0, swy: 0, sw2: 0, sw2y: 0, n: 0, x: 0, drawn: 0 };
    case "lifetimes":
      return { kind, bins: [] };
    case "pairs":
      return { kind: "agreement", items: 0, agreed: 0, ratings: {} };
    case "parts":
      return { kind, parts: {} };
    default:
      return kind satisfies never;
  }
}
