/**
 * Measurement: what the event tables say, as additive states; and Estimate: what a state says about the world.
 * Queries produce states, insights turn them into estimates, so that a roll-up's sum and an event scan go through one door.
 */

/** A state adds: `state(A ∪ B) = state(A) + state(B)` for disjoint sets of rows. */
export type MetricState =
  /** n rows. */
  | { readonly kind: "count"; readonly n: number }
  /** Sum of an amount over n rows. */
  | { readonly kind: "sum"; readonly sum: number; readonly n: number }
  /** x of n. */
  | { readonly kind: "proportion"; readonly x: number; readonly n: number }
  /** Two sums: a ratio of totals (cost per decision, decisions per hour). n = rows behind the numerator. */
  | { readonly kind: "ratio"; readonly numerator: number; readonly denominator: number; readonly n: number }
  /** n values, their sum and sum of squares; `bins` (log-spaced, see duration-bins) where a median is wanted too. */
  | {
      readonly kind: "mean";
      readonly n: number;
      readonly sum: number;
      readonly sumsq: number;
      readonly bins?: readonly DurationBin[];
    }
  /**
   * Weighted share of rows with y = 1, w = 1/π: Σw, Σwy, Σw², Σw²y, n rows and x of them with y = 1; `drawn` = labels drawn,
   * of which n are in (for the 90 % rule).
   */
  | {
      readonly kind: "weighted";
      readonly sw: number;
      readonly swy: number;
      readonly sw2: number;
      readonly sw2y: number;
      readonly n: number;
      readonly x: number;
      readonly drawn: number;
    }
  /** Durations in seconds, log-spaced bins, with censored ones: Kaplan–Meier. */
  | { readonly kind: "lifetimes"; readonly bins: readonly DurationBin[] }
  /** The largest of n values. */
  | { readonly kind: "max"; readonly value: number | null; readonly n: number }
  /** Label pairs: how many items, on how many both agree, and the count of each category over all ratings (κ, AC1). */
  | {
      readonly kind: "agreement";
      readonly items: number;
      readonly agreed: number;
      readonly ratings: Readonly<Record<string, number>>;
    }
  /** Named states of a metric that is composed of others (cost per correct removal, error cost, recall). */
  | { readonly kind: "parts"; readonly parts: Readonly<Record<string, MetricState>> };

/**
 * When the hits of cohorts that are final happened: `hits[d]` of them on day d after the cohort's start, d = 0 … maturity − 1. `of`: what
 * the days count; `miss` = a share that starts whole and falls. Adds like a state.
 */
export interface LagCurve {
  readonly of: "hit" | "miss";
  readonly hits: readonly number[];
}

/** One bin: `index` = floor(ln(seconds)/ln(γ)); `seconds` = Σ duration of its events, so that a sparse bin stays exact. */
export interface DurationBin {
  readonly index: number;
  readonly events: number;
  readonly censored: number;
  readonly seconds: number;
}

/** What to mind about a number. `suppressed`, `no_data`: value null. `few`, `partial`, `immature`: given with care. */
export type Flag = "suppressed" | "no_data" | "few" | "partial" | "immature";

/** One number with all that belongs to it. Numbers are full precision; null = unknown, with a flag that says why. */
export interface Estimate {
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly n: number | null;
  readonly neff: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Confidence level of low..high, e.g. 0.95; null without an interval. */
  readonly level: number | null;
  readonly flags: readonly Flag[];
  /** More numbers of the same metric: `{ median: … }`, `{ kappa: …, ac1: … }`, `{ human: …, model: … }`, `{ unweighted: … }`. */
  readonly extra?: Readonly<Record<string, number | null>>;
}

/** The key of a row: dimension id (or `bucket`) → value. `null` value = the row's column is NULL; OTHER = what a limit folded. */
export type RowKey = Readonly<Record<string, string | number | null>>;
export const OTHER = "(other)";

/** One SQL statement that was run, so that any number can be shown and replayed. */
export interface SqlRecord {
  readonly text: string;
  readonly params: readonly unknown[];
  readonly ms: number;
  readonly source: "rollup" | "events" | "cache";
}

/** Units as the catalog names them. Shares are fractions in JSON and percent in words. */
export type Unit =
  | "share"
  | "count"
  | "hours"
  | "seconds"
  | "usd"
  | "usd_per_decision"
  | "usd_per_removal"
  | "per_hour"
  | "views"
  | "number";
