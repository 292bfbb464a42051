import type { Catalog } from "../catalog/catalog.ts";
import type { Flag, LagCurve, MetricState, RowKey, SqlRecord } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import type { Result } from "../kernel/result.ts";
import type { Ran } from "./run.ts";

/** One row of a metric: its key, its state, and what the clock says about its bucket. */
export interface MeasuredRow {
  readonly metric: string;
  readonly key: RowKey;
  readonly state: MetricState;
  /** `partial` (bucket ends after the watermark), `immature` (cohort too young, labels not in), `no_data` (no rows, or wholly future). */
  readonly flags: readonly Flag[];
  /** Of an immature cohort: days from its last and its first possible row to the watermark (negative: after it). */
  readonly ages?: { readonly youngest: number; readonly oldest: number };
}
export interface Measurement {
  /** Rows in the order asked: metric by metric, buckets ascending, splits sorted as `options.order`/`limit` ask. */
  readonly rows: readonly MeasuredRow[];
  /** The same for `question.compare`, keys aligned by position of the bucket; null without a comparison. */
  readonly compare: readonly MeasuredRow[] | null;
  /** Metric → the lag curve of mature cohorts; only of metrics that have immature rows and say when a hit happens. */
  readonly lags: ReadonlyMap<string, LagCurve>;
  readonly sql: readonly SqlRecord[];
  /** ISO instant; null when no watermark is known. */
  readonly dataThrough: string | null;
  /** Per table: how complete, so that an answer can say which one is late. */
  readonly watermarks: readonly { readonly source: string; readonly completeThrough: string }[];
  /** Zone in which date-only ends are read; null = each row's own market. */
  readonly zone: string | null;
}
export interface MeasureContext {
  readonly catalog: Catalog;
  readonly now: number;
  /** Asker's zone. */
  readonly zone: string;
  /** Who may see the answer, where rights differ: answers are shared within one audience only. */
  readonly audience?: string;
  /**
   * Rows are read as parts of one whole: days in one zone for all of them, also where split by what has a zone of its own, and up to
   * `limits.partDimensionsMax` splits at once.
   */
  readonly asParts?: true;
  /** What is asked at the same moment about the same rows: splits of one pass are read by as few statements as can be. */
  readonly pass?: OnePass;
}
/** Questions that differ in their split only, asked together. */
export interface OnePass {
  /** The splits, that of the question among them. */
  readonly sets: readonly (readonly string[])[];
  /** Statements that run or ran, by their text and values. */
  readonly running: Map<string, Promise<Result<Ran, Refusal>>>;
}
export const onePass = (sets: OnePass["sets"]): OnePass => ({ sets, running: new Map() });
export type Measure = (question: Question, context: MeasureContext) => Promise<Result<Measurement, Refusal>>;
