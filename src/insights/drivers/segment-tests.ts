import { chi2LogSf } from "../distributions/chi2.ts";
import { normalSf } from "../distributions/normal.ts";
import { adjustP } from "../multiplicity/adjust-p.ts";
import type { Segment, SegmentSide } from "./decompose.ts";

/** p against "this segment did not change", and the same adjusted for all segments that were tested with it (Benjamini–Hochberg). */
export interface SegmentTest {
  readonly p: number;
  readonly q: number;
}

/**
 * A test for every segment. Shares: the difference of two proportions, Var = φ·p(1 − p)(1/n₀ + 1/n₁). Ratios and means: with the spread of a
 * unit's value where it is known, else Poisson's. Counts and amounts: the difference of two Poisson counts, Var = φ(K₀ + K₁). φ: see
 * `dispersionOf`. A segment that is absent in one period cannot have changed its rate: p = 1.
 */
export function segmentTests(segments: readonly Segment[], isRate: boolean, dispersion: number): SegmentTest[] {
  const p = segments.map((segment) => {
    const z = isRate ? rateScore(segment, dispersion) : countScore(segment, dispersion);
    return Math.min(1, 2 * normalSf(Math.abs(z)));
  });
  const q = adjustP(p, "benjamini-hochberg");
  return p.map((value, index) => ({ p: value, q: q[index] ?? 1 }));
}

/**
 * How surely the segments did not all move alike: −ln p of the χ² of every segment's movement around that of the whole. 0 where fewer than two
 * segments can be compared. The split with the largest separates the change best, however large its segments are.
 */
export function separation(segments: readonly Segment[], isRate: boolean, dispersion: number): number {
  const both = segments.filter(({ before, after }) => !isRate || (before.weight > 0 && after.weight > 0));
  const level = ({ hits, weight }: SegmentSide): number => (isRate ? hits / weight : hits);
  const sum = (pick: (segment: Segment) => number): number => both.reduce((all, segment) => all + pick(segment), 0);
  // All alike = by the same factor, at the later weights.
  const weightOf = ({ after }: Segment): number => (isRate ? after.weight : 1);
  const growth =
    sum((segment) => weightOf(segment) * level(segment.after)) /
    Math.max(
      sum((segment) => weightOf(segment) * level(segment.before)),
      Number.MIN_VALUE,
    );
  const squares = both.flatMap(({ before, after }) => {
    const variance = isRate
      ? sideVariance(after, before, dispersion) + growth ** 2 * sideVariance(before, after, dispersion)
      : dispersion * (after.hits + growth ** 2 * before.hits);
    return variance > 0 ? [(level(after) - growth * level(before)) ** 2 / variance] : [];
  });
  if (squares.length < 2) return 0;
  return -chi2LogSf(
    squares.reduce((all, one) => all + one, 0),
    squares.length - 1,
  );
}

function countScore({ before, after }: Segment, dispersion: number): number {
  const variance = dispersion * (before.hits + after.hits);
  return variance > 0 ? (after.hits - before.hits) / Math.sqrt(variance) : 0;
}

function rateScore({ before, after }: Segment, dispersion: number): number {
  if (before.weight <= 0 || after.weight <= 0) return 0;
  const variance = varianceOf(before, after, dispersion);
  return variance > 0 ? (after.hits / after.weight - before.hits / before.weight) / Math.sqrt(variance) : 0;
}

function varianceOf(before: SegmentSide, after: SegmentSide, dispersion: number): number {
  return sideVariance(before, after, dispersion) + sideVariance(after, before, dispersion);
}

/** Variance of one side's rate, with the level of both sides where only the sums are known. */
function sideVariance(own: SegmentSide, other: SegmentSide, dispersion: number): number {
  if (own.variance !== undefined) return own.variance;
  const pooled = (own.hits + other.hits) / (own.weight + other.weight);
  const isShare = own.hits <= own.weight && other.hits <= other.weight;
  return (dispersion * Math.max(0, isShare ? pooled * (1 - pooled) : pooled)) / own.weight;
}
