import { createHash } from "node:crypto";
import { plainMeasures } from "../../catalog/assemble.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { CatalogSql, FactDefinition, PlainMeasure, ScopedMeasure } from "../../catalog/definition.ts";
import { thresholdsOf } from "./settled.ts";
import { type Histogram, type Slot, slotsOf } from "./slots.ts";

/**
 * A stream: the measures of one fact that are counted on the same time. It is read in one scan, and has one roll-up table by day and one
 * by hour whose columns are the distinct slots of its measures.
 */
export interface Stream {
  /** `decisions_decided_at`; a table's name begins with it. */
  readonly id: string;
  readonly fact: FactDefinition;
  /** Instant that puts a row into a bucket. */
  readonly on: CatalogSql;
  /** Dimensions that cells may be split by: none that is private or that narrows hits only. */
  readonly dimensions: readonly string[];
  readonly slots: readonly Slot[];
  readonly histograms: readonly Histogram[];
  /** By `measureKey`. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** Conditions that make a row's numbers independent of the watermark, once it is at `:through`. Empty: they always are. */
  readonly settled: readonly CatalogSql[];
  /** Changes with anything that the cells depend on. */
  readonly fingerprint: string;
  /** What the names of its tables begin with: `rollup.decisions_decided_at`. */
  readonly tables: string;
}
/** Where a measure's numbers stand: name → index of the slot. */
export interface Reading {
  readonly measure: ScopedMeasure;
  readonly numbers: Readonly<Record<string, number>>;
  readonly presence: number;
  readonly histogram: number | null;
  readonly dependsOnWatermark: boolean;
}

/** Streams of a catalog, and why some measures stay with events. */
export interface Streams {
  readonly all: readonly Stream[];
  readonly byMeasure: ReadonlyMap<string, Stream>;
  readonly left: readonly { readonly metric: string; readonly reason: string }[];
}

/** Every table whose rows decide what a stream's cells say. */
export const tablesOf = ({ fact }: Stream): string[] => [
  ...new Set([
    fact.table,
    ...fact.joins.flatMap(({ table }) => table ?? []),
    ...fact.touchedBy.map(({ table }) => table),
  ]),
];

/** A measure's identity: two metrics that measure the same share it. */
export const measureKey = (measure: PlainMeasure): string => JSON.stringify(measure);

/** Everything of the catalog that can be rolled up. */
export function streamsOf(catalog: Catalog): Streams {
  const groups = new Map<string, ScopedMeasure[]>();
  const left: { metric: string; reason: string }[] = [];
  for (const metric of catalog.metrics.values()) {
    for (const measure of plainMeasures(metric.definition)) {
      const reason = whyLeft(measure, catalog);
      if (reason !== null) left.push({ metric: metric.id, reason });
      else if (measure.kind !== "open") {
        const id = `${measure.fact}_${measure.on}`;
        const known = groups.get(id) ?? [];
        if (!known.some((one) => measureKey(one) === measureKey(measure))) groups.set(id, [...known, measure]);
      }
    }
  }
  const all = [...groups].map(([id, measures]) => streamOf(id, measures, catalog));
  const byMeasure = new Map(all.flatMap((stream) => [...stream.readings.keys()].map((key) => [key, stream] as const)));
  return { all, byMeasure, left };
}

/** Null when a measure's cells add up to what its events say; else the reason, as a sentence's end. */
function whyLeft(measure: PlainMeasure, catalog: Catalog): string | null {
  if (measure.kind === "open") return "what is open at a moment is no sum over buckets";
  if (measure.kind === "pairs") return "pairs of labels meet across rows";
  const fact = catalog.facts.get(measure.fact)?.definition;
  if (!fact) return "its fact is not in the catalog";
  if (fact.grain !== "event" || fact.times[measure.on]?.kind !== "instant") return "its rows are totals already";
  const known = new Set(fact.touchedBy.map(({ table }) => table));
  const unknown = tablesIn([...fragmentsOf(fact), ...fragmentsIn(measure)]).find((table) => !known.has(table));
  if (unknown !== undefined) return `its fact does not say which rows a change of ${unknown} concerns (touched_by)`;
  if (thresholdsOf(measure) === null) return "it compares with the watermark in a way that cannot be settled";
  return null;
}

const fragmentsOf = (fact: FactDefinition): string[] => [
  fact.where ?? "",
  ...fact.joins.map(({ select }) => select ?? ""),
  ...Object.values(fact.dimensions).map(({ expr }) => expr),
  ...Object.values(fact.times).map(({ expr }) => expr),
];
const fragmentsIn = (measure: ScopedMeasure): string[] =>
  Object.values(measure).filter((value): value is string => typeof value === "string");
/** Tables that catalog fragments read in sub-queries. */
export const tablesIn = (fragments: readonly string[]): string[] =>
  fragments.flatMap((text) =>
    [...text.matchAll(/(?<!\bdistinct\s+)\b(?:from|join)\s+([a-z_]\w*\.[a-z_]\w*)/gi)].map(
      ([, name]) => name as string,
    ),
  );

function streamOf(id: string, measures: readonly ScopedMeasure[], catalog: Catalog): Stream {
  const [first] = measures as readonly [ScopedMeasure, ...ScopedMeasure[]];
  const fact = (catalog.facts.get(first.fact) as { definition: FactDefinition }).definition;
  const slots = new Register<Slot>();
  const histograms = new Register<Histogram>();
  const readings = new Map<string, Reading>();
  const settled = new Set<CatalogSql>();
  for (const measure of measures) {
    if (measure.kind === "pairs") continue;
    const { numbers, presence, histogram } = slotsOf(measure);
    const thresholds = thresholdsOf(measure) ?? [];
    for (const threshold of thresholds) settled.add(threshold);
    readings.set(measureKey(measure), {
      measure,
      numbers: Object.fromEntries(Object.entries(numbers).map(([name, slot]) => [name, slots.add(slot)])),
      presence: slots.add(presence),
      histogram: histogram && histograms.add(histogram),
      dependsOnWatermark: thresholds.length > 0,
    });
  }
  const dimensions = Object.entries(fact.dimensions)
    .filter(([name, { narrowsHit }]) => !narrowsHit && catalog.dimensions.get(name)?.private === false)
    .map(([name]) => name);
  const on = (fact.times[first.on] as { expr: CatalogSql }).expr;
  const parts = { id, fact, on, dimensions, slots: slots.all, histograms: histograms.all, settled: [...settled] };
  const zones = catalog.zoned && [catalog.zoned.dimension, [...catalog.zoned.zones]];
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([FORMAT, parts, zones]))
    .digest("hex")
    .slice(0, 16);
  return { ...parts, readings, fingerprint, tables: `rollup.${id}` };
}

/** Raised when cells are written in another way, so that older ones are not read. */
const FORMAT = 2;

/** Distinct values, numbered in order of appearance. */
class Register<T> {
  readonly all: T[] = [];
  readonly #known = new Map<string, number>();

  add(value: T): number {
    const key = JSON.stringify(value);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.all.length);
    return this.all.push(value) - 1;
  }
}
