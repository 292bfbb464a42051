import type { Metric } from "../../catalog/catalog.ts";
import {
  type Decomposition,
  decomposeCount,
  decomposeRate,
  type Segment,
  type SegmentSide,
} from "../../insights/drivers/decompose.ts";
import { dispersionOf } from "../../insights/drivers/dispersion.ts";
import { type SegmentTest, segmentTests, separation } from "../../insights/drivers/segment-tests.ts";
import { limits } from "../../kernel/limits.ts";
import type { Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Result } from "../../kernel/result.ts";
import { type MeasureContext, type Measurement, onePass } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { valueName } from "../names.ts";
import { addSides, NOTHING, type Side, sideOf } from "./sides.ts";

/** Splits tried. */
const SPLITS_MAX = 9;

/** What one split says about the change. */
export interface Explained {
  readonly dimension: string;
  readonly decomposition: Decomposition;
  readonly measurement: Measurement;
  readonly segments: readonly Segment[];
  /** False for counts and amounts: then all of it is volume. */
  readonly isRate: boolean;
  /** By the segment's name: did it change by more than chance, with all segments of the split tested together. */
  readonly tests: ReadonlyMap<string, SegmentTest>;
  /** How surely the segments did not move alike, −ln p. */
  readonly separation: number;
}

/** One pass over the metric's rows: its whole, and its split along every dimension that is still open. */
export interface WholeAndSplits {
  readonly whole: Promise<Result<Measurement, Refusal>>;
  /** Those that can be had. */
  readonly splits: Promise<readonly Split[]>;
}
export interface Split {
  readonly dimension: string;
  readonly measurement: Measurement;
}

/** Reads a metric's whole and its splits at once. */
export function readSplits(plain: Question, metric: Metric, asking: Asking): WholeAndSplits {
  const dimensions = openDimensions(plain, metric, asking);
  const pass = onePass([[], ...dimensions.map((dimension) => [dimension])]);
  const context: MeasureContext = { catalog: asking.catalog, now: asking.now, zone: asking.zone, asParts: true, pass };
  const splits = dimensions.map(async (dimension): Promise<Split[]> => {
    const measured = await asking.measure({ ...plain, by: [dimension] }, context);
    return measured.ok ? [{ dimension, measurement: measured.value }] : [];
  });
  return { whole: asking.measure(plain, context), splits: Promise.all(splits).then((all) => all.flat()) };
}

/** What each split says about the change; those that say nothing are left out. */
export const explainSplits = (splits: readonly Split[], asking: Asking): Explained[] =>
  splits.flatMap(({ dimension, measurement }) => explain(measurement, dimension, asking) ?? []);

/**
 * Splits with more than one value left: those that a filter pins down explain nothing, and those that only narrow the hits of a share are no
 * parts of it.
 */
function openDimensions(question: Question, metric: Metric, asking: Asking): string[] {
  const { definition } = metric;
  const fact = "fact" in definition ? asking.catalog.facts.get(definition.fact)?.definition : undefined;
  return metric.dimensions
    .filter((id) => question.filters[id]?.length !== 1 && !asking.catalog.dimensions.get(id)?.private)
    .filter((id) => !fact?.dimensions[id]?.narrowsHit)
    .slice(0, SPLITS_MAX);
}

function explain(measurement: Measurement, dimension: string, asking: Asking): Explained | null {
  if (measurement.compare === null) return null;
  const segments = segmentsOf(measurement, dimension, asking);
  if (segments.length < 2 || isDefinition(segments)) return null;
  const isRate = segments.some((segment) => segment.before.weight > 0 || segment.after.weight > 0);
  const decomposition = isRate ? decomposeRate(segments) : decomposeCount(segments);
  if (!decomposition) return null;
  const dispersion = dispersionBetween(segments, isRate);
  const tested = segmentTests(segments, isRate, dispersion);
  const tests = new Map(tested.map((test, at) => [segments[at]?.name ?? "", test]));
  return {
    dimension,
    decomposition,
    measurement,
    segments,
    isRate,
    tests,
    separation: separation(segments, isRate, dispersion),
  };
}

/** A split whose every segment has all hits or none is the number's own definition ("automated" by who decided), and no cause of it. */
const isDefinition = (segments: readonly Segment[]): boolean =>
  segments
    .flatMap(({ before, after }) => [before, after])
    .every(({ hits, weight }) => (weight > 0 ? hits === 0 || hits === weight : hits === 0));

/** Of the segments around their common movement (the median of the segments' own), which is itself no dispersion. */
function dispersionBetween(segments: readonly Segment[], isRate: boolean): number {
  const level = ({ hits, weight }: SegmentSide): number => (isRate ? (weight > 0 ? hits / weight : 0) : hits);
  const growths = segments
    .filter(({ before, after }) => level(before) > 0 && level(after) > 0)
    .map(({ before, after }) => level(after) / level(before))
    .sort((a, b) => a - b);
  const growth = growths[growths.length >> 1] ?? 1;
  const expected = segments.map(({ before, after }) => (isRate ? after.weight : 1) * level(before) * growth);
  return dispersionOf(Float64Array.from(segments.map(({ after }) => after.hits)), Float64Array.from(expected));
}

/**
 * Both periods by segment. Where either side is too small to be shown, the segment goes into "other", so that the parts still add up and
 * none can be worked out from its effect.
 */
function segmentsOf(measurement: Measurement, dimension: string, asking: Asking): Segment[] {
  const sides = new Map<string, { before: Side; after: Side }>();
  for (const [when, rows] of [
    ["after", measurement.rows],
    ["before", measurement.compare ?? []],
  ] as const) {
    for (const row of rows) {
      const side = row.flags.includes("no_data") ? NOTHING : sideOf(row.state);
      if (side === null) return [];
      const name = valueName(row.key[dimension], asking);
      const known = sides.get(name) ?? { before: NOTHING, after: NOTHING };
      sides.set(name, { ...known, [when]: side });
    }
  }
  const segments = [...sides].map(([name, both]) => ({ name, ...both }));
  const small = hiddenTogether(segments);
  if (small.length === 0) return segments;
  return [...segments.filter((segment) => !small.includes(segment)), { name: asking.say("other"), ...together(small) }];
}

/** A segment whose sides know how many rows they stand for. */
type Counted = { readonly name: string; readonly before: Side; readonly after: Side };

/** The segments with a small side, and the next smallest until they hide one another (complementary suppression, Cox 1980). */
function hiddenTogether(segments: readonly Counted[]): Counted[] {
  const size = ({ before, after }: Pick<Counted, "before" | "after">): number => Math.min(before.n, after.n);
  const [small, rest] = [segments.filter(hasSmallSide), segments.filter((one) => !hasSmallSide(one))];
  const next = [...rest].sort((a, b) => size(a) - size(b));
  while (small.length > 0 && next.length > 0 && (small.length === 1 || hasSmallSide(together(small)))) {
    small.push(next.shift() as Counted);
  }
  return small;
}

const hasSmallSide = ({ before, after }: Pick<Counted, "before" | "after">): boolean =>
  [before, after].some(({ n }) => n > 0 && n < limits.cellMin);

const together = (segments: readonly Counted[]): Pick<Counted, "before" | "after"> => ({
  before: segments.map(({ before }) => before).reduce(addSides, NOTHING),
  after: segments.map(({ after }) => after).reduce(addSides, NOTHING),
});
