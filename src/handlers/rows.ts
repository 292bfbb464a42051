import type { Catalog, Metric } from "../catalog/catalog.ts";
import type { AnswerValue, ComparedValue } from "../chat/answer.ts";
import { differenceOf } from "../insights/estimate/difference.ts";
import { estimate } from "../insights/estimate/estimate.ts";
import { completenessOf, nowcast } from "../insights/estimate/nowcast.ts";
import { type Cell, suppressSmallCells } from "../insights/estimate/suppress.ts";
import { addStates } from "../kernel/add-states.ts";
import { limits } from "../kernel/limits.ts";
import type { Estimate, Flag, LagCurve, MetricState, RowKey } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { MeasuredRow, Measurement } from "../queries/measure.ts";
import { ruleOf } from "./rule-of.ts";

const DEFAULT_LEVEL = 0.95;

/** Every number of a question: rows metric by metric in the order asked, and each metric's total over its rows. */
export interface Numbers {
  readonly rows: readonly AnswerValue[];
  /** metric → the union of its rows; absent where they are no parts of a whole. */
  readonly totals: ReadonlyMap<string, AnswerValue>;
}

/** Estimates of all rows, small cells hidden, each beside its compared value. */
export function numbersOf(
  measurement: Measurement,
  question: Question,
  metrics: readonly Metric[],
  catalog: Catalog,
): Numbers {
  const level = question.options.level ?? DEFAULT_LEVEL;
  const rows: AnswerValue[] = [];
  const totals = new Map<string, AnswerValue>();
  for (const metric of metrics) {
    const mine = measurement.rows.filter((row) => row.metric === metric.id);
    const theirs = measurement.compare?.filter((row) => row.metric === metric.id) ?? null;
    const lag = measurement.lags.get(metric.id) ?? null;
    const current = shownEstimates(mine, metric, question, level).map((made, index) =>
      withNowcast(made, mine.slice(index, index + 1), lag, level),
    );
    const before = theirs && shownEstimates(theirs, metric, question, level);
    const pair = theirs && before ? pairing(mine, theirs, question) : null;
    mine.forEach((row, index) => {
      const own = current[index];
      if (!own) return;
      const at = pair?.[index] ?? null;
      rows.push(answerValue(metric, row.key, own, at === null ? null : (before?.[at] ?? null), before !== null));
    });
    if (addsUp(metric, question, catalog)) totals.set(metric.id, totalOf(metric, mine, theirs, lag, question, level));
  }
  return { rows, totals };
}

/**
 * Whether the rows are disjoint parts of a whole. Not so for a moment read at many buckets (a case is open at several), nor for a split that
 * only narrows the hits of a share (prevalence by reason: every row has all views below it).
 */
function addsUp(metric: Metric, question: Question, catalog: Catalog): boolean {
  if (metric.moment && question.grain !== "total") return false;
  const measure = metric.definition;
  const fact = "fact" in measure ? catalog.facts.get(measure.fact) : undefined;
  return !question.by.some((dimension) => fact?.definition.dimensions[dimension]?.narrowsHit);
}

function shownEstimates(rows: readonly MeasuredRow[], metric: Metric, question: Question, level: number): Estimate[] {
  const cells = rows.map((row) => cellOf(row.state, metric, level, row.flags));
  // Rows of one bucket are the parts that add up; a series of buckets without a split has no total that gives one away.
  const groups = new Map<string, number[]>();
  rows.forEach((row, index) => {
    const bucket = String(row.key.bucket ?? "");
    groups.set(bucket, [...(groups.get(bucket) ?? []), index]);
  });
  const shown: Estimate[] = [];
  for (const indexes of question.by.length > 0 ? groups.values() : [rows.map((_, index) => index)]) {
    const estimates = suppressSmallCells(
      indexes.map((index) => cells[index] as Cell),
      { cellMin: limits.cellMin, fewBelow: limits.fewBelow, isSplit: question.by.length > 0 },
    );
    indexes.forEach((index, position) => {
      shown[index] = estimates[position] as Estimate;
    });
  }
  return shown;
}

function cellOf(state: MetricState, metric: Metric, level: number, flags: readonly Flag[]): Cell {
  const made = estimate(state, ruleOf(metric), level, flags);
  return { estimate: made, size: sizeOf(state, made) };
}

/** What the small-cell rule reads: a count, or the n of a rate, mean or quantile; sums and extremes have none (metrics.md). */
function sizeOf(state: MetricState, made: Estimate): number | null {
  if (state.kind === "sum" || state.kind === "max") return null;
  return made.n;
}

function totalOf(
  metric: Metric,
  rows: readonly MeasuredRow[],
  before: readonly MeasuredRow[] | null,
  lag: LagCurve | null,
  question: Question,
  level: number,
): AnswerValue {
  const own = withNowcast(unionOf(rows, metric, level), rows, lag, level);
  const compared = before && unionOf(before, metric, level);
  return answerValue(metric, undefined, own, compared, question.compare !== null);
}

function unionOf(rows: readonly MeasuredRow[], metric: Metric, level: number): Estimate {
  const withData = rows.filter((row) => !row.flags.includes("no_data"));
  const first = withData[0];
  if (!first) return estimate({ kind: "count", n: 0 }, { method: "plain" }, level, ["no_data"]);
  const state = withData.slice(1).reduce((sum, row) => addStates(sum, row.state), first.state);
  const flags = [...new Set(withData.flatMap((row) => row.flags))];
  const [shown] = suppressSmallCells([cellOf(state, metric, level, flags)], {
    cellMin: limits.cellMin,
    fewBelow: limits.fewBelow,
    isSplit: false,
  });
  return shown as Estimate;
}

/** The number with what it will be once it is final, where its rows are too young, the lag curve is known, and it is shown at all. */
function withNowcast(made: Estimate, rows: readonly MeasuredRow[], lag: LagCurve | null, level: number): Estimate {
  if (lag === null || made.value === null || !made.flags.includes("immature")) return made;
  let [x, n, settled] = [0, 0, 0];
  for (const { state, ages } of rows) {
    if (state.kind !== "proportion") return made;
    x += state.x;
    n += state.n;
    settled += state.n * (ages ? completenessOf(lag, ages.youngest, ages.oldest) : 1);
  }
  const expected = nowcast({ x, n }, settled / n, lag, level);
  if (expected === null) return made;
  const { value, low, high } = expected;
  return { ...made, extra: { ...made.extra, nowcast: value, nowcast_low: low, nowcast_high: high } };
}

/** For each row the index of its partner: the same split values, and the bucket of the same position in its series. */
function pairing(rows: readonly MeasuredRow[], others: readonly MeasuredRow[], question: Question): (number | null)[] {
  const positions = new Map<string, number>();
  for (const [index, row] of others.entries()) positions.set(pairKey(row.key, others, question), index);
  return rows.map((row) => positions.get(pairKey(row.key, rows, question)) ?? null);
}

const bucketRanks = new WeakMap<readonly MeasuredRow[], Map<string, number>>();

function pairKey(key: RowKey, rows: readonly MeasuredRow[], question: Question): string {
  const split = question.by.map((dimension) => key[dimension] ?? null);
  if (key.bucket === undefined) return JSON.stringify(split);
  const cyclic = question.grain === "hour_of_day" || question.grain === "day_of_week";
  return JSON.stringify([...split, cyclic ? key.bucket : bucketRank(rows, key)]);
}

function bucketRank(rows: readonly MeasuredRow[], key: RowKey): number {
  let ranks = bucketRanks.get(rows);
  if (!ranks) {
    const buckets = [...new Set(rows.map((row) => String(row.key.bucket)))].sort();
    ranks = new Map(buckets.map((bucket, rank) => [bucket, rank]));
    bucketRanks.set(rows, ranks);
  }
  return ranks.get(String(key.bucket)) ?? -1;
}

function answerValue(
  metric: Metric,
  key: RowKey | undefined,
  own: Estimate,
  before: Estimate | null,
  compares: boolean,
): AnswerValue {
  const value = { ...own, metric: metric.id, unit: metric.unit, compare: compares ? comparedOf(own, before) : null };
  return key && Object.keys(key).length > 0 ? { ...value, key } : value;
}

function comparedOf(own: Estimate, before: Estimate | null): ComparedValue {
  const difference = before ? differenceOf(own, before) : null;
  return {
    value: before?.value ?? null,
    numerator: before?.numerator ?? null,
    denominator: before?.denominator ?? null,
    n: before?.n ?? null,
    low: before?.low ?? null,
    high: before?.high ?? null,
    flags: before?.flags ?? ["no_data"],
    difference: difference?.value ?? null,
    differenceLow: difference?.low ?? null,
    differenceHigh: difference?.high ?? null,
    verdict: difference?.verdict ?? null,
  };
}
