import type { Unit } from "../kernel/measurement.ts";
import type { Grain } from "../kernel/question.ts";
import type { CostSheet, FactDefinition, MeasureDefinition } from "./definition.ts";

/**
 * Catalog: what the words of the field mean on the tables at hand. Loaded from YAML (`load.ts`), validated with zod and against the live
 * database; read-only afterwards. Nothing in the code knows a metric, a dimension or a value by name.
 */
export interface Catalog {
  /** Every metric by id, in the order of the files. */
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly facts: ReadonlyMap<string, Fact>;
  /** The dimension whose values have their own time zone (`market`), or null. */
  readonly zoned: ZonedDimension | null;
  /** The words of the language. */
  readonly lexicon: Lexicon;
  /** Where completeness is written, or null when nothing says so (then data count as complete up to now). */
  readonly watermarks: WatermarkSource | null;
  /** The file and line of an entry, e.g. `["metrics", "overturn", "measure"]`: for messages to the catalog's author. */
  readonly locate: (path: readonly (string | number)[]) => Location;
}

export interface Location {
  readonly file: string;
  readonly line: number;
}

/** A table with one row per source: its name and the instant up to which it is complete. Names are identifiers, never SQL. */
export interface WatermarkSource {
  readonly table: string;
  readonly source: string;
  readonly completeThrough: string;
}

/** Vocabulary by language code (`en`, `zh`, `id`, `vi`, `th`; Melayu and Tagalog stand under `id`). */
export type Words = Readonly<Partial<Record<LexiconLanguage, readonly string[]>>>;
export type LexiconLanguage = "en" | "zh" | "id" | "vi" | "th";

export interface ZonedDimension {
  readonly dimension: string;
  /** value → IANA zone. */
  readonly zones: ReadonlyMap<string, string>;
}

export interface Dimension {
  readonly id: string;
  readonly label: Words;
  /** Words that name the dimension ("market", "country", 市场). */
  readonly words: Words;
  /** Closed set with each value's words; empty = open set (values as typed: team, model_version). */
  readonly values: readonly DimensionValue[];
  /** Named groups of values ("SEA"). */
  readonly groups: readonly { readonly words: Words; readonly values: readonly string[] }[];
  /** Never shown by value (people, sellers). */
  readonly private: boolean;
  /** Its values are groups of people: compared by what chance allows, never ranked. */
  readonly people: boolean;
}
export interface DimensionValue {
  readonly id: string;
  readonly words: Words;
}

export type MetricType = "simple" | "ratio" | "derived" | "cumulative" | "quantile" | "weighted";

export interface Metric {
  readonly id: string;
  readonly type: MetricType;
  /** Display name by language; the first word of `label.en` starts a headline: "Overturn rate". */
  readonly label: Words;
  /** What people call it. */
  readonly words: Words;
  readonly group: "volume" | "quality" | "efficiency" | "cost" | (string & {});
  readonly unit: Unit;
  /** Which way is good. */
  readonly good: "up" | "down" | "neither";
  readonly owner: string;
  readonly version: number;
  /** One sentence by language: what it is. */
  readonly description: Words;
  /** Plain formula for the definition card. */
  readonly formula: string;
  readonly watchOut: string;
  /** Other metrics or readings called by the same name. */
  readonly alsoCalled: readonly string[];
  /** Dimensions that it can be split and filtered by. */
  readonly dimensions: readonly string[];
  /** `day` for line metrics, else `total`. */
  readonly defaultGrain: Grain;
  readonly grains: readonly Grain[];
  /** Read at a moment (backlog …), not over a period. */
  readonly moment: boolean;
  /** `options.age` filters it. */
  readonly aged: boolean;
  /** Days until a cohort's number is final; null = no cohort. */
  readonly maturityDays: number | null;
  /** Share of labels that must be in before a bucket counts (0.9 for QA); null = no labels. */
  readonly labelsNeeded: number | null;
  /** For the definition card: "Wilson", "Kaplan–Meier, Greenwood log–log". */
  readonly interval: string;
  /** Source tables, whose watermarks limit it. */
  readonly reads: readonly string[];
  /** Metrics that it shows instead of itself: tat → tat_p50, tat_p95. Empty = itself. */
  readonly shows: readonly string[];
  /** 0.5 for a median: the quantile that is read from `lifetimes`; null = none. */
  readonly quantile: number | null;
  /** Unit costs that the metric is priced with, with their owner and date; null = none. */
  readonly costSheet: CostSheet | null;
  /** How the daily scan judges it; null = not scanned. */
  readonly scan: ScanRule | null;
  /** How the state is computed: the business of `src/queries`. */
  readonly definition: MeasureDefinition;
}

/** When a movement of a metric is news, where it is looked for, and what it is to the work. */
export interface ScanRule {
  /** Of a finding in the digest's order: 1 = as usual. */
  readonly weight: number;
  /** Smallest change that is news: of a share in absolute terms, of anything else relative. */
  readonly minEffect: number;
  /** Rows a day below which a series is not judged. */
  readonly minVolume: number;
  /** Splits that are scanned beside the whole. */
  readonly by: readonly (readonly string[])[];
  readonly role: "intake" | "automation" | "handling" | "timeliness" | "quality" | "none";
  /** Metrics whose movement moves this one. */
  readonly follows: readonly string[];
  /** True of a count whose silence over hours means that rows are missing. */
  readonly heartbeat: boolean;
  /** Its number of yesterday stands at the head of the digest. */
  readonly headline: boolean;
}

export interface Fact {
  readonly id: string;
  readonly definition: FactDefinition;
}

/**
 * The words of the language (`words.ts` reads them from `catalog/words/*.yaml`): what people call metrics, dimensions and values, and the
 * grammar's words by role: `roles.get("period.day.-1").en = ["yesterday", …]`. Roles are named in `src/language`; no word stands in code.
 */
export interface Lexicon {
  readonly roles: ReadonlyMap<string, Words>;
  /** Words in addition to those of the metric itself. */
  readonly metrics: ReadonlyMap<string, Words>;
  readonly dimensions: ReadonlyMap<string, DimensionWords>;
  /** Plain metric → quantile ("p95") → metric: tat + p95 = tat_p95. */
  readonly quantiles: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Words that stand for several metrics; the asker chooses. */
  readonly ambiguous: readonly { readonly metrics: readonly string[]; readonly words: Words }[];
  /** After "only", the value `of` could as well be `or`; the asker chooses. */
  readonly onlyAmbiguous: readonly { readonly of: ValueRef; readonly or: ValueRef }[];
  /** IANA zone → its names. */
  readonly zones: ReadonlyMap<string, Words>;
  /** IANA zone → places that name it together with a word for time ("Jakarta time"). */
  readonly places: ReadonlyMap<string, Words>;
  /** Words about schedules and watches, by role; read apart from the questions' words. */
  readonly managing: ReadonlyMap<string, Words>;
  /** Words that mean nothing and are no slips of the pen. */
  readonly ordinary: Words;
}
export interface ValueRef {
  readonly dimension: string;
  readonly value: string;
}
export interface DimensionWords {
  readonly words: Words;
  /** The metric that a value of this dimension asks for when no metric is named (action → decisions). */
  readonly alone: string | null;
  /** Regular expression of an open dimension's values, by which they are known without its word. */
  readonly form: string | null;
  /** `bare` = the id alone means the value. */
  readonly values: ReadonlyMap<string, { readonly bare: boolean; readonly words: Words }>;
  readonly groups: readonly { readonly words: Words; readonly values: readonly string[] }[];
}
