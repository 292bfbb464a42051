import type { Brand } from "../kernel/brand.ts";

/**
 * What the catalog's files say about tables and sums, once they are read: the part of the catalog that only `src/queries` looks into.
 * A `CatalogSql` is a trusted fragment from a catalog file (`c.source = 'user_report'`); nothing else may become SQL text.
 * Fragments may name `:through` (the metric's watermark) and, in `still_open`, `:at` (the moment asked about).
 */
export type CatalogSql = Brand<string, "CatalogSql">;

export interface FactDefinition {
  /** Table (schema-qualified identifier), read under `alias`. */
  readonly table: string;
  readonly alias: string;
  /** Added only when an expression names their alias. */
  readonly joins: readonly JoinDefinition[];
  /** Rows of the table that are rows of the fact; null = all. */
  readonly where: CatalogSql | null;
  /** Named times that a metric can be counted on. */
  readonly times: Readonly<Record<string, TimeDefinition>>;
  readonly dimensions: Readonly<Record<string, DimensionExpression>>;
  /** Other tables that sub-queries read: which rows of the fact a changed row of them concerns. Without it nothing is rolled up. */
  readonly touchedBy: readonly TouchDefinition[];
  /** `event`: a row has an instant. `day`, `month`: rows are totals already, dated by their first day; nothing finer can be asked. */
  readonly grain: "event" | "day" | "month";
  /** Names in the watermark table. */
  readonly watermarks: readonly string[];
}
export interface JoinDefinition {
  readonly alias: string;
  /** A table with `on`, or the select of a lateral join. */
  readonly table: string | null;
  readonly select: CatalogSql | null;
  readonly on: CatalogSql | null;
  /** The lateral join again for ClickHouse, which has none: a select over the whole table, and what it is joined on. */
  readonly clickhouse: { readonly select: CatalogSql; readonly on: CatalogSql } | null;
  /** True = rows without a partner stay. */
  readonly optional: boolean;
}
/** A changed row of `table`, under `alias`, concerns the rows of the fact for which `on` holds. */
export interface TouchDefinition {
  readonly table: string;
  readonly alias: string;
  readonly on: CatalogSql;
}
export interface TimeDefinition {
  readonly expr: CatalogSql;
  readonly kind: "instant" | "date";
}
export interface DimensionExpression {
  readonly expr: CatalogSql;
  /** True: a split or filter narrows the hits of a weighted share, never its rows (prevalence by reason). */
  readonly narrowsHit: boolean;
}

interface Scope {
  readonly fact: string;
  /** A name of the fact's `times`. */
  readonly on: string;
  readonly where: CatalogSql | null;
}
export interface CountMeasure extends Scope {
  readonly kind: "count";
  /** How many events one row stands for; null = one. */
  readonly rows: CatalogSql | null;
}
export interface SumMeasure extends Scope {
  readonly kind: "sum";
  readonly expr: CatalogSql;
}
/** Two sums over the same rows. */
export interface RatioMeasure extends Scope {
  readonly kind: "ratio";
  readonly numerator: CatalogSql;
  readonly denominator: CatalogSql;
}
/** Two sums over different facts, joined by bucket and dimension values. */
export interface JoinedRatioMeasure {
  readonly kind: "joined_ratio";
  readonly numerator: CountMeasure | SumMeasure;
  readonly denominator: CountMeasure | SumMeasure;
}
export interface ProportionMeasure extends Scope {
  readonly kind: "proportion";
  /** A condition per row … */
  readonly hit: CatalogSql | null;
  /** … or, over rows that are totals already, the counts that one row stands for. */
  readonly hits: CatalogSql | null;
  readonly rows: CatalogSql | null;
  /** Of a metric with a maturity: when a row became a hit, or NULL; later than the maturity is no hit. Null = not said. */
  readonly hitAt: CatalogSql | null;
  /** The same for a share that starts whole and falls (still standing): when a row stopped being a hit. */
  readonly missAt: CatalogSql | null;
}
export interface MeanMeasure extends Scope {
  readonly kind: "mean";
  /** A number per row; rows where it is NULL are left out. */
  readonly expr: CatalogSql;
  /** Log-spaced bins too, for a median. */
  readonly bins: boolean;
}
/** Weighted share over a sample with known inclusion probabilities. `where` = what was drawn, `labelled` = its label is in. */
export interface WeightedMeasure extends Scope {
  readonly kind: "weighted";
  readonly weight: CatalogSql;
  readonly labelled: CatalogSql;
  /** Labelled rows that the share is over; null = all. */
  readonly among: CatalogSql | null;
  readonly hit: CatalogSql;
}
/** Durations from `from` to `event`; without an event, or with one after the watermark, censored at `censor` (default: the watermark). */
export interface LifetimesMeasure extends Scope {
  readonly kind: "lifetimes";
  readonly from: CatalogSql;
  readonly event: CatalogSql;
  readonly censor: CatalogSql | null;
}
/** What is open at a moment: `opened` ≤ t and not yet `closed` at t. */
export interface OpenMeasure {
  readonly kind: "open";
  readonly fact: string;
  readonly opened: CatalogSql;
  /** The instant of closing, or NULL. */
  readonly closed: CatalogSql;
  /** The same as a condition on `:at`, where that is quicker for a whole table; null = use `closed`. */
  readonly stillOpen: CatalogSql | null;
  /** Further condition on `:at`. */
  readonly where: CatalogSql | null;
  readonly value: "count" | "max_age_hours";
}
/** Items with exactly two ratings by different raters. */
export interface PairsMeasure extends Scope {
  readonly kind: "pairs";
  readonly item: CatalogSql;
  readonly rater: CatalogSql;
  readonly rating: CatalogSql;
  readonly labelled: CatalogSql;
}
/**
 * Several states under one metric. With `each`, a part `p` is given in total (`p`) and for every value of that dimension (`p.high`).
 */
export interface PartsMeasure {
  readonly kind: "parts";
  readonly parts: Readonly<Record<string, PlainMeasure>>;
  readonly each: string | null;
}
export type ScopedMeasure =
  | CountMeasure
  | SumMeasure
  | RatioMeasure
  | ProportionMeasure
  | MeanMeasure
  | WeightedMeasure
  | LifetimesMeasure
  | PairsMeasure;
/** A measure that is one statement. */
export type PlainMeasure = ScopedMeasure | OpenMeasure;
export type MeasureDefinition = PlainMeasure | JoinedRatioMeasure | PartsMeasure;

/** What an error costs, by severity, in USD; shown with every number that it priced. */
export interface CostSheet {
  readonly owner: string;
  /** ISO day on which it was agreed. */
  readonly date: string;
  readonly dimension: string;
  readonly unitCosts: Readonly<Record<string, { readonly wrongRemoval: number; readonly wrongApproval: number }>>;
}
