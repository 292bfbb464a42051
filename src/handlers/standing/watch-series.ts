import type { Metric } from "../../catalog/catalog.ts";
import { estimate } from "../../insights/estimate/estimate.ts";
import { addStates } from "../../kernel/add-states.ts";
import type { Flag, RowKey } from "../../kernel/measurement.ts";
import type { Period, Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import { resolveAnew } from "../../language/said.ts";
import type { MeasuredRow, Measurement } from "../../queries/measure.ts";
import { bucketsOf, dayOf, hourKey, instantOf, spanOf } from "../../queries/periods.ts";
import type { Asking } from "../asking.ts";
import { shownMetrics } from "../names.ts";
import { ruleOf } from "../rule-of.ts";
import type { WatchPayload } from "./payload.ts";

/** One number of one segment as a watch sees it. */
export interface SeenPoint {
  /** When its window ended, epoch milliseconds. */
  readonly at: number;
  readonly period: Period;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Cases behind a rate, mean or quantile; null for a count. */
  readonly n: number | null;
  readonly complete: boolean;
}
export interface WatchSeries {
  readonly metric: Metric;
  readonly step: "hour" | "day" | "week" | "month";
  /** Segment (JSON of its key, `{}` = the whole) → its numbers, ascending. */
  readonly segments: ReadonlyMap<string, { readonly key: RowKey; readonly points: readonly SeenPoint[] }>;
  readonly dataThrough: string | null;
}
export type Watched = Pick<WatchPayload, "question" | "said">;

const LEVEL = 0.95;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The numbers that a watch would have seen from `from` to `asking.now` (epoch milliseconds), each with its window: a series asked by hour,
 * day, week or month gives its buckets; a moment metric its value at each full hour; any other question the value of its own window, as it
 * stood on each day (each hour, where the window ends within a day). Windows of cohort metrics end where the cohort is final.
 */
export async function watchSeries(
  watched: Watched,
  from: number,
  asking: Asking,
): Promise<Result<WatchSeries, Refusal>> {
  const [metric] = shownMetrics(watched.question, asking.catalog);
  if (!metric) return err({ code: "unknown_metric", params: { value: watched.question.metrics[0] ?? "" } });
  const { question } = watched;
  const grain = seriesGrain(question, metric);
  return grain === null
    ? slidingSeries(watched, metric, from, asking)
    : bucketSeries(question, metric, grain, from, asking);
}

/** How often a watch's number can change; null = it is the number of a sliding window. */
function seriesGrain(question: Question, metric: Metric): WatchSeries["step"] | null {
  if (metric.moment && question.options.at !== undefined) return "hour";
  const { grain } = question;
  return grain === "hour" || grain === "day" || grain === "week" || grain === "month" ? grain : null;
}

async function bucketSeries(
  question: Question,
  metric: Metric,
  grain: WatchSeries["step"],
  from: number,
  asking: Asking,
): Promise<Result<WatchSeries, Refusal>> {
  const measured = await measureBuckets(question, metric, grain, { from, to: asking.now }, asking);
  if (!measured.ok) return measured;
  const ends = endsOf({ from, to: asking.now }, grain, asking.zone);
  const { rows } = measured.value;
  const points = grouped(rows).map(({ key, rows: mine }) => ({
    key,
    points: mine.flatMap((row): SeenPoint[] => {
      const bucket = String(row.key.bucket);
      const span = ends.get(grain === "hour" ? String(Date.parse(bucket)) : bucket);
      return span ? [pointOf([row], metric, span.to, periodOf(span, grain, asking.zone))] : [];
    }),
  }));
  return ok({ metric, step: grain, segments: bySegment(points), dataThrough: measured.value.dataThrough });
}

async function slidingSeries(
  watched: Watched,
  metric: Metric,
  from: number,
  asking: Asking,
): Promise<Result<WatchSeries, Refusal>> {
  const step = endsWithinDay(watched, asking) ? "hour" : "day";
  const windows = windowsOf(watched, metric, step, from, asking);
  const spans = windows.map(({ period }) => spanOf(period, asking.zone));
  const whole = { from: Math.min(...spans.map((span) => span.from)), to: Math.max(...spans.map((span) => span.to)) };
  const measured = await measureBuckets(watched.question, metric, step, whole, asking);
  if (!measured.ok) return measured;
  const { rows } = measured.value;
  const points = grouped(rows).map(({ key, rows: mine }) => {
    const at = new Map(mine.map((row) => [placeOf(row, step), row]));
    return {
      key,
      points: windows.map(({ end, period }) =>
        pointOf(
          within(period, step, asking.zone).flatMap((place) => at.get(place) ?? []),
          metric,
          end,
          period,
        ),
      ),
    };
  });
  return ok({ metric, step, segments: bySegment(points), dataThrough: measured.value.dataThrough });
}

/** Whether the window of now ends within a day ("today", "the last 6 hours"). */
function endsWithinDay({ question, said }: Watched, asking: Asking): boolean {
  const { period } = resolveAnew(question, said, asking);
  return period !== null && (period.from.includes("T") || period.to.includes("T")) && !isMidnight(period, asking.zone);
}
const isMidnight = (period: Period, zone: string): boolean =>
  [period.from, period.to].every(
    (end) => !end.includes("T") || instantOf(end, zone) === instantOf(dayOf(instantOf(end, zone), zone), zone),
  );

/** The window of each look, distinct and ascending. */
function windowsOf(
  { question, said }: Watched,
  metric: Metric,
  step: "hour" | "day",
  from: number,
  asking: Asking,
): { readonly end: number; readonly period: Period }[] {
  const settled = (metric.maturityDays ?? 0) * DAY_MS;
  const looks = bucketsOf({ from: isoOf(from), to: isoOf(asking.now + 1) }, step, asking.zone, LOOKS_MAX);
  const found = new Map<number, { end: number; period: Period }>();
  for (const { from: at } of looks) {
    if (at < from || at > asking.now) continue;
    const { period } = resolveAnew(question, said, { catalog: asking.catalog, zone: asking.zone, now: at - settled });
    if (!period) continue;
    const { from: start, to: end } = spanOf(period, asking.zone);
    if (start < end) found.set(end, { end, period });
  }
  return [...found.values()].sort((a, b) => a.end - b.end);
}
const LOOKS_MAX = 2_000;
const isoOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}+00:00`;

/** What is read of a series; of a long hourly one week by week, for what is open costs hours × cases, and no statement may take long. */
async function measureBuckets(
  question: Question,
  metric: Metric,
  grain: WatchSeries["step"],
  span: Ends,
  asking: Asking,
): Promise<Result<Read, Refusal>> {
  const { at: _at, limit: _limit, order: _order, form: _form, ...options } = question.options;
  const rows: MeasuredRow[] = [];
  let dataThrough: string | null = null;
  for (const part of partsOf(span, grain)) {
    const period = periodOf(part, grain, asking.zone);
    const asked: Question = {
      ...question,
      kind: "metric",
      metrics: [metric.id],
      period,
      grain,
      compare: null,
      options,
    };
    const measured = await asking.measure(asked, { catalog: asking.catalog, now: asking.now, zone: asking.zone });
    if (!measured.ok) return measured;
    rows.push(...measured.value.rows.filter((row) => row.metric === metric.id));
    dataThrough = measured.value.dataThrough;
  }
  return ok({ rows, dataThrough });
}
interface Ends {
  readonly from: number;
  readonly to: number;
}
type Read = Pick<Measurement, "rows" | "dataThrough">;

const WEEK_MS = 7 * DAY_MS;

/** Weeks of an hourly series on full hours; everything else in one part. */
function partsOf({ from, to }: Ends, grain: WatchSeries["step"]): Ends[] {
  if (grain !== "hour") return [{ from, to }];
  const start = Math.floor(from / HOUR_MS) * HOUR_MS;
  const count = Math.max(1, Math.ceil((to - start) / WEEK_MS));
  return Array.from({ length: count }, (_, index) => ({
    from: start + index * WEEK_MS,
    to: Math.min(to, start + (index + 1) * WEEK_MS),
  }));
}

/** Whole days as days, so that each market's own can count; hours as instants. */
function periodOf(span: Ends, grain: WatchSeries["step"], zone: string): Period {
  if (grain === "hour") return { from: hourKey(span.from, zone), to: hourKey(span.to, zone) };
  return { from: dayOf(span.from, zone), to: dayOf(span.to, zone) };
}

function endsOf(span: Ends, grain: WatchSeries["step"], zone: string) {
  const period = periodOf(span, grain, zone);
  return new Map(
    bucketsOf(period, grain, zone, LOOKS_MAX).map((bucket) => [
      grain === "hour" ? String(bucket.from) : String(bucket.key),
      bucket,
    ]),
  );
}

/** Names of the buckets that a window consists of. */
const within = (period: Period, step: "hour" | "day", zone: string): string[] =>
  bucketsOf(period, step, zone, LOOKS_MAX).map(({ key, from }) => (step === "hour" ? String(from) : String(key)));
const placeOf = (row: MeasuredRow, step: "hour" | "day"): string =>
  step === "hour" ? String(Date.parse(String(row.key.bucket))) : String(row.key.bucket);

function grouped(rows: readonly MeasuredRow[]): { readonly key: RowKey; readonly rows: readonly MeasuredRow[] }[] {
  const groups = new Map<string, { key: RowKey; rows: MeasuredRow[] }>();
  for (const row of rows) {
    const { bucket: _, ...key } = row.key;
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(name, group);
  }
  return [...groups.values()];
}

const bySegment = (points: readonly { readonly key: RowKey; readonly points: readonly SeenPoint[] }[]) =>
  new Map(points.map((one) => [JSON.stringify(one.key), one]));

const LATE: ReadonlySet<Flag> = new Set(["partial", "immature"]);

/**
 * The number of a window: its buckets' states added up. Complete only when every bucket is. Without a row in complete tables a count is 0 (a
 * backlog that is cleared is over), anything else no number.
 */
function pointOf(rows: readonly MeasuredRow[], metric: Metric, at: number, period: Period): SeenPoint {
  const flags = new Set(rows.flatMap((row) => row.flags));
  const known = rows.filter((row) => !row.flags.includes("no_data"));
  const [first, ...rest] = known;
  const none = { at, period, value: null, low: null, high: null, n: null, complete: false };
  const complete = ![...flags].some((flag) => LATE.has(flag));
  const isCounted = rows.length > 0 && rows.every(({ state }) => state.kind === "count" || state.kind === "sum");
  if (!first) return isCounted && complete ? { ...none, value: 0, complete } : none;
  const state = rest.reduce((sum, row) => addStates(sum, row.state), first.state);
  const made = estimate(state, ruleOf(metric), LEVEL, []);
  const isCount = state.kind === "count" || state.kind === "sum" || state.kind === "max";
  return {
    ...none,
    value: made.value,
    low: made.low,
    high: made.high,
    n: isCount ? null : made.n,
    complete,
  };
}
