import { z } from "zod";
import { LEDGER_KINDS } from "./ledger.ts";
import { limits } from "./limits.ts";

/**
 * Question: what was asked, as a plain, serialisable, canonical object. Equal questions are equal JSON (`canonical`), so a
 * Question is a thread's state, a schedule's body, a receipt's key and a cache key.
 */
export const QUESTION_KINDS = [
  "metric", "why", "forecast", "anomalies", "experiment", "power", "impact", "tradeoff", "define", "metrics",
  "changes", "schedule", "watch", "status", "replay", "help", "clarify",
] as const; // biome-ignore format: one list, read as one
export type QuestionKind = (typeof QUESTION_KINDS)[number];

export const GRAINS = ["total", "hour", "day", "week", "month", "hour_of_day", "day_of_week"] as const;
export type Grain = (typeof GRAINS)[number];

/** Half-open. Each end is a local day (`2026-03-09`) when it is local midnight, else minutes with offset (`2026-03-17T10:05+08:00`). */
export interface Period {
  readonly from: string;
  readonly to: string;
}
/** The compared moment of a moment metric. */
export interface Moment {
  readonly at: string;
}

/** About the work on a queue: hours until the SLA may break, or until it is clear; people added from now, for so many hours. */
export interface LoadOption {
  readonly ask: "breach" | "clear";
  readonly within?: number;
  readonly people?: number;
  readonly hours?: number;
  /** Share of cases in time below which it is a breach. */
  readonly target?: number;
}

/** About the sellers' risk of a confirmed violation: of segments, or one by one; within so many days (30 where none is said). */
export interface RiskOption {
  readonly of: "segment" | "seller";
  readonly days?: number;
}

export interface Options {
  readonly horizon?: number;
  readonly experiment?: string;
  readonly limit?: number;
  readonly order?: "asc";
  readonly level?: number;
  readonly form?: "table" | "csv";
  readonly age?: { readonly gt?: string; readonly lt?: string };
  readonly at?: string;
  readonly cron?: string;
  readonly to?: string;
  readonly when?: { readonly op: ">" | "<" | ">=" | "<="; readonly value: number; readonly unit?: string };
  readonly receipt?: string;
  readonly baseline?: number;
  readonly target?: number;
  readonly delta?: number;
  readonly power?: number;
  readonly threshold?: { readonly from?: number; readonly to: number };
  readonly change?: { readonly kind: string; readonly name?: string };
  readonly load?: LoadOption;
  readonly risk?: RiskOption;
  /** An entry for the change ledger; `confirmed` = write it. The period says when, the filters where. */
  readonly event?: { readonly kind?: string; readonly title: string; readonly confirmed?: true };
  readonly choices?: readonly Question[];
  /** What a button wants with a schedule or watch. */
  readonly manage?: ManageOrder;
}

/** `id` names the schedule (or the draft of one); `value` is a new level, a person, or minutes. */
export interface ManageOrder {
  readonly verb: ManageVerb;
  readonly id?: string;
  readonly value?: number | string;
  readonly here?: true;
}
export const MANAGE_VERBS = [
  "list", "save", "discard", "level", "pause", "resume", "stop", "hand_over", "take_over", "keep", "mine", "mute",
] as const; // biome-ignore format: one list
export type ManageVerb = (typeof MANAGE_VERBS)[number];

export interface Question {
  readonly kind: QuestionKind;
  /** Ids of the catalog, in the order asked. */
  readonly metrics: readonly string[];
  /** Dimension ids; `[]` = one total. */
  readonly by: readonly string[];
  /** Dimension → values, sorted; the key `!market` = all but these. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly period: Period | null;
  readonly grain: Grain;
  readonly compare: Period | Moment | null;
  readonly options: Options;
}

const periodSchema = z.strictObject({ from: z.string(), to: z.string() });
const momentSchema = z.strictObject({ at: z.string() });

/** Parses a Question that came from outside (a button, a stored thread, a schedule). Unknown keys are refused. */
export const questionSchema: z.ZodType<Question> = z.lazy(() =>
  z.strictObject({
    kind: z.enum(QUESTION_KINDS),
    metrics: z.array(z.string()).max(12),
    by: z.array(z.string()).max(4),
    filters: z.record(z.string(), z.array(z.string()).max(200)),
    period: periodSchema.nullable(),
    grain: z.enum(GRAINS),
    compare: z.union([periodSchema, momentSchema]).nullable(),
    options: optionsSchema,
  }),
) as z.ZodType<Question>;

const optionsSchema = z.strictObject({
  horizon: z.number().int().positive().optional(),
  experiment: z.string().optional(),
  limit: z.number().int().positive().optional(),
  order: z.literal("asc").optional(),
  level: z.number().gt(0).lt(1).optional(),
  form: z.enum(["table", "csv"]).optional(),
  age: z.strictObject({ gt: z.string().optional(), lt: z.string().optional() }).optional(),
  at: z.string().optional(),
  cron: z.string().optional(),
  to: z.string().optional(),
  when: z
    .strictObject({ op: z.enum([">", "<", ">=", "<="]), value: z.number(), unit: z.string().optional() })
    .optional(),
  receipt: z.string().optional(),
  baseline: z.number().optional(),
  target: z.number().optional(),
  delta: z.number().optional(),
  power: z.number().optional(),
  threshold: z.strictObject({ from: z.number().optional(), to: z.number() }).optional(),
  change: z.strictObject({ kind: z.string(), name: z.string().optional() }).optional(),
  event: z
    .strictObject({
      kind: z.enum(LEDGER_KINDS).optional(),
      title: z.string().max(limits.titleCharsMax),
      confirmed: z.literal(true).optional(),
    })
    .optional(),
  load: z
    .strictObject({
      ask: z.enum(["breach", "clear"]),
      within: z.number().positive().optional(),
      people: z.number().positive().max(limits.addedPeopleMax).optional(),
      hours: z.number().positive().max(limits.addedHoursMax).optional(),
      target: z.number().gt(0).lt(1).optional(),
    })
    .optional(),
  risk: z.strictObject({ of: z.enum(["segment", "seller"]), days: z.number().int().positive().optional() }).optional(),
  choices: z.array(questionSchema).max(4).optional(),
  manage: z
    .strictObject({
      verb: z.enum(MANAGE_VERBS),
      id: z.string().max(100).optional(),
      value: z.union([z.number(), z.string().max(200)]).optional(),
      here: z.literal(true).optional(),
    })
    .optional(),
});

/** The empty Question of a kind: all eight keys, nothing said. */
export function blank(kind: QuestionKind): Question {
  return { kind, metrics: [], by: [], filters: {}, period: null, grain: "total", compare: null, options: {} };
}

/** The one JSON text of a Question: keys of `filters` and `options` sorted by code point, filter values sorted and distinct. */
export function canonical(question: Question): string {
  return JSON.stringify(canonicalQuestion(question));
}

/** The same Question in canonical form (see `canonical`). */
export function canonicalQuestion(question: Question): Question {
  return {
    kind: question.kind,
    metrics: [...question.metrics],
    by: [...question.by],
    filters: Object.fromEntries(
      sortedEntries(question.filters).map(([dimension, values]) => [dimension, [...new Set(values)].sort(byCodePoint)]),
    ),
    period: question.period && { from: question.period.from, to: question.period.to },
    grain: question.grain,
    compare: question.compare && sortKeys(question.compare),
    options: sortKeys(question.options),
  };
}

function sortKeys<T extends object>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? sortKeys(item) : item)) as unknown as T;
  return Object.fromEntries(
    sortedEntries(value as Record<string, unknown>)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [
        key,
        key === "choices" ? (inner as Question[]).map(canonicalQuestion) : isObject(inner) ? sortKeys(inner) : inner,
      ]),
  ) as T;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortedEntries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => byCodePoint(a, b));
