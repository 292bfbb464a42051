import { z } from "zod";
import { GRAINS } from "../kernel/question.ts";
import type { CatalogSql } from "./definition.ts";

/**
 * The form of a catalog file. Every key that a file may have stands here with its default; a key that is not here is refused, so that
 * a slip of the pen never passes in silence.
 */
const LANGUAGES = ["en", "zh", "id", "vi", "th"] as const;

const id = z.string().regex(/^[a-z][a-z0-9_]*$/, "write an id of small letters, digits and _");
const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/, "write a table or column name, e.g. mart.cases");
const alias = z.string().regex(/^[a-z][a-z0-9_]*$/, "write a short alias of small letters, e.g. c");

/** A trusted piece of SQL. Statements are never stacked, so a semicolon is a mistake; parameters are ours to give. */
const fragment = z
  .string()
  .min(1)
  .refine((text) => !/;|\$\d/.test(text), "write one SQL expression without ; and without $1")
  .transform((text) => text as CatalogSql);

const oneOrMany = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((text) => (Array.isArray(text) ? text : [text]));
const wordsByLanguage = z.partialRecord(z.enum(LANGUAGES), oneOrMany);
const label = wordsByLanguage.refine((words) => (words.en?.length ?? 0) > 0, "write at least en: a name in English");

const scope = { fact: id, on: id, where: fragment.nullable().default(null) };
const countMeasure = z.strictObject({ kind: z.literal("count"), ...scope, rows: fragment.nullable().default(null) });
const sumMeasure = z.strictObject({ kind: z.literal("sum"), ...scope, expr: fragment });
const plainMeasure = z.discriminatedUnion("kind", [
  countMeasure,
  sumMeasure,
  z.strictObject({ kind: z.literal("ratio"), ...scope, numerator: fragment, denominator: fragment }),
  z
    .strictObject({
      kind: z.literal("proportion"),
      ...scope,
      hit: fragment.nullable().default(null),
      hits: fragment.nullable().default(null),
      rows: fragment.nullable().default(null),
      hit_at: fragment.nullable().default(null),
      miss_at: fragment.nullable().default(null),
    })
    .refine(
      ({ hit, hits, rows }) => (hit === null) !== (hits === null) && (hits === null) === (rows === null),
      "write hit: (a condition per row), or hits: and rows: (counts that a row stands for)",
    )
    .refine(
      ({ hit, hit_at, miss_at }) =>
        (hit_at === null || miss_at === null) && (hit !== null || (hit_at ?? miss_at) === null),
      "write hit_at: or miss_at: beside hit:, not both",
    ),
  z.strictObject({ kind: z.literal("mean"), ...scope, expr: fragment, bins: z.boolean().default(false) }),
  z.strictObject({
    kind: z.literal("weighted"),
    ...scope,
    weight: fragment,
    labelled: fragment,
    among: fragment.nullable().default(null),
    hit: fragment,
  }),
  z.strictObject({
    kind: z.literal("lifetimes"),
    ...scope,
    from: fragment,
    event: fragment,
    censor: fragment.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal("open"),
    fact: id,
    opened: fragment,
    closed: fragment,
    still_open: fragment.nullable().default(null),
    where: fragment.nullable().default(null),
    value: z.enum(["count", "max_age_hours"]).default("count"),
  }),
  z.strictObject({
    kind: z.literal("pairs"),
    ...scope,
    item: fragment,
    rater: fragment,
    rating: fragment,
    labelled: fragment,
  }),
]);
const countOrSum = z.discriminatedUnion("kind", [countMeasure, sumMeasure]);
const measure = z.discriminatedUnion("kind", [
  ...plainMeasure.options,
  z.strictObject({ kind: z.literal("joined_ratio"), numerator: countOrSum, denominator: countOrSum }),
  z.strictObject({
    kind: z.literal("parts"),
    /** A measure, or the id of a metric whose measure it is. */
    parts: z.record(z.string().regex(/^[a-z_]+$/), z.union([plainMeasure, id])),
    each: id.nullable().default(null),
  }),
]);
const costSheet = z.strictObject({
  owner: z.string(),
  date: z.iso.date(),
  dimension: id,
  unit_costs: z.record(
    z.string(),
    z.strictObject({ wrong_removal: z.number().nonnegative(), wrong_approval: z.number().nonnegative() }),
  ),
});

/** How the daily scan judges a metric; without it the metric is not scanned. */
const scan = z.strictObject({
  /** Of the finding in the digest's order: 1 = as usual. */
  weight: z.number().positive().max(10).default(1),
  /** Smallest change that is news: of a share in absolute terms (0.03 = three points), of anything else relative (0.15 = 15 %). */
  min_effect: z.number().positive(),
  /** Rows a day below which a series is not judged. */
  min_volume: z.number().positive().default(10),
  /** Splits that are scanned beside the whole, at most two dimensions each. */
  by: z.array(z.array(id).min(1).max(2)).default([]),
  /** What the metric is to the work, for recommendations. */
  role: z.enum(["intake", "automation", "handling", "timeliness", "quality", "none"]).default("none"),
  /** Metrics whose movement moves this one: in the same segment it is told under theirs. */
  follows: z.array(id).default([]),
  /** True of a count whose silence over hours means that rows of its table are missing. */
  heartbeat: z.boolean().default(false),
  /** Its number of yesterday stands at the head of the digest. */
  headline: z.boolean().default(false),
});

const metricSchema = z.strictObject({
  type: z.enum(["simple", "ratio", "derived", "cumulative", "quantile", "weighted"]),
  label,
  words: wordsByLanguage.default({}),
  group: z.string().min(1),
  unit: z.enum([
    "share",
    "count",
    "hours",
    "seconds",
    "usd",
    "usd_per_decision",
    "usd_per_removal",
    "per_hour",
    "views",
    "number",
  ]),
  good: z.enum(["up", "down", "neither"]),
  owner: z.string().min(1),
  version: z.int().positive(),
  description: label,
  formula: z.string().min(1),
  watch_out: z.string().default(""),
  also_called: z.array(z.string()).default([]),
  /** Left out: every dimension of its facts. */
  dimensions: z.array(id).optional(),
  default_grain: z.enum(GRAINS).default("total"),
  grains: z.array(z.enum(GRAINS)).min(1).optional(),
  maturity_days: z.int().positive().nullable().default(null),
  labels_needed: z.number().gt(0).max(1).nullable().default(null),
  interval: z.string().default("none: every row is counted"),
  shows: z.array(id).default([]),
  quantile: z.number().gt(0).lt(1).nullable().default(null),
  cost_sheet: costSheet.nullable().default(null),
  scan: scan.nullable().default(null),
  measure,
});

const factSchema = z.strictObject({
  table: identifier,
  alias,
  joins: z
    .array(
      z
        .strictObject({
          alias,
          table: identifier.nullable().default(null),
          select: fragment.nullable().default(null),
          on: fragment.nullable().default(null),
          optional: z.boolean().default(false),
          clickhouse: z.strictObject({ select: fragment, on: fragment }).nullable().default(null),
        })
        .refine(
          ({ table, select, on }) => (table === null ? select !== null : select === null && on !== null),
          "write table: and on:, or select: (the query of a lateral join)",
        ),
    )
    .default([]),
  where: fragment.nullable().default(null),
  times: z.record(
    id,
    z.union([
      fragment.transform((expr) => ({ expr, kind: "instant" as const })),
      z.strictObject({ expr: fragment, kind: z.enum(["instant", "date"]) }),
    ]),
  ),
  dimensions: z.record(
    id,
    z.union([
      fragment.transform((expr) => ({ expr, narrows_hit: false })),
      z.strictObject({ expr: fragment, narrows_hit: z.boolean() }),
    ]),
  ),
  touched_by: z.array(z.strictObject({ table: identifier, alias, on: fragment })).default([]),
  grain: z.enum(["event", "day", "month"]).default("event"),
  watermarks: z.array(z.string()).default([]),
});

const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}, "write an IANA time zone, e.g. Asia/Jakarta");

const dimensionSchema = z.strictObject({
  label,
  words: wordsByLanguage.default({}),
  /** Left out or empty: an open set, values as they stand in the data. */
  values: z
    .union([
      z.array(z.string()).transform((ids) => ids.map((value) => [value, null] as const)),
      z
        .record(
          z.string(),
          z.union([wordsByLanguage, z.strictObject({ zone, words: wordsByLanguage.default({}) })]).nullable(),
        )
        .transform((record) => Object.entries(record)),
    ])
    .default([]),
  groups: z.array(z.strictObject({ words: wordsByLanguage, values: z.array(z.string()).min(1) })).default([]),
  private: z.boolean().default(false),
  people: z.boolean().default(false),
});

/** One file: any of the four parts. `defaults` fills keys that its metrics leave out. */
export const fileSchema = z.strictObject({
  facts: z.record(id, factSchema).default({}),
  dimensions: z.record(id, dimensionSchema).default({}),
  metrics: z.record(id, metricSchema).default({}),
  watermarks: z
    .strictObject({ table: identifier, source: identifier, complete_through: identifier })
    .nullable()
    .optional(),
});
export type CatalogFile = z.output<typeof fileSchema>;
export type MetricEntry = z.output<typeof metricSchema>;
export type FactEntry = z.output<typeof factSchema>;
export type DimensionEntry = z.output<typeof dimensionSchema>;

/** Keys that the metrics of a file may share. */
export const DEFAULT_KEYS = ["group", "owner", "version", "good", "interval", "type", "unit"] as const;
