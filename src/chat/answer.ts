import type { Receipt } from "../kernel/brand.ts";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import type { Estimate, Flag, RowKey, SqlRecord, Unit } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";

/** Languages that replies are written in. */
export const LANGUAGES = ["en", "zh", "id", "vi", "th"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Answer: everything that a platform needs to show, finished in the asker's language. Text alone suffices: headline, echo, table and
 * caveats say all that a chart shows. Renderers own the limits of their platform and say what they left out.
 */
export interface Answer {
  readonly question: Question;
  readonly status: "answered" | "clarify" | "help" | "refused" | "fault";
  /** Why it was refused (a Refusal's code); absent otherwise. */
  readonly code?: string;
  /** False when help is shown because nothing was understood; absent otherwise. */
  readonly understood?: boolean;
  readonly language: Language;
  /** BCP 47 locale of numbers and dates. */
  readonly locale: string;
  /** "Overturn rate 6.1 % (312 of 5,118) · ID 4.4 % … VN 9.0 %, up 1.2 pp vs 16 Feb–1 Mar". Plain text. */
  readonly headline: string;
  /** What was understood, with dates and zone. Plain text, one line; "" where there is nothing to echo. */
  readonly echo: string;
  /** Further paragraphs (help, a definition card, a clarifying question). Plain text, no markup. */
  readonly body: readonly string[];
  readonly values: readonly AnswerValue[];
  /** Machine form: full precision, ids as column names. */
  readonly table: AnswerTable;
  /** Human form of the same table: formatted, in the locale, fewer columns. Null where one number needs no table. */
  readonly view: TableView | null;
  readonly charts: readonly ChartSpec[];
  readonly findings: readonly Finding[];
  readonly caveats: readonly Caveat[];
  /** 3–5 next steps (or the choices of a clarify, the nearest three of a refusal): each label with a complete Question. */
  readonly next: readonly NextStep[];
  readonly sql: readonly SqlRecord[];
  /** Names this answer for "Show SQL", CSV and replay; null when nothing was computed. */
  readonly receipt: Receipt | null;
  /** ISO instant up to which the data are complete; null when no data were read. */
  readonly dataThrough: string | null;
  /** The data-through line in words: "Data through 17 Mar 09:40 (appeals 6 h late)". */
  readonly dataLine: string;
  readonly timing: Timing;
}

export interface AnswerValue extends Estimate {
  readonly metric: string;
  readonly unit: Unit;
  readonly key?: RowKey;
  readonly compare: ComparedValue | null;
}
export interface ComparedValue {
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly n: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly flags: readonly Flag[];
  /** value − compared value, with its interval where both sides are sampled. */
  readonly difference: number | null;
  readonly differenceLow: number | null;
  readonly differenceHigh: number | null;
  readonly verdict: "real" | "within_noise" | null;
}

export interface AnswerTable {
  readonly columns: readonly { readonly id: string; readonly unit: string | null }[];
  readonly rows: readonly (readonly (string | number | null | readonly string[])[])[];
}
export interface TableView {
  readonly columns: readonly { readonly label: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that the view left out and the CSV has. */
  readonly more: number;
}
export interface Finding {
  readonly code: string;
  readonly text: string;
}
export interface Caveat {
  readonly code: string;
  readonly text: string;
}
export interface NextStep {
  readonly label: string;
  readonly question: Question;
}
export interface Timing {
  readonly parse: number;
  readonly query: number;
  readonly insight: number;
  readonly chart: number;
  readonly total: number;
}
