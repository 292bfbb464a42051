import { normalSf } from "../distributions/normal.ts";
import { adjustP } from "../multiplicity/adjust-p.ts";
import type { Segment } from "./decompose.ts";

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

function countScore({ before, after }: Segment, dispersion: number): number {
  const variance = dispersion * (before.hits + after.hits);
  return variance > 0 ? (after.hits - before.hits) / Math.sqrt(variance) : 0;
}

function rateScore({ before, after }: Segment, dispersion: number): number {
  if (before.weight <= 0 || after.weight <= 0) return 0;
  const variance = varianceOf(before, after, dispersion);
  return variance > 0 ? (after.hits / after.weight - before.hits / before.weight) / Math.sqrt(variance) : 0;
}

function varianceOf(before: Segment["before"], after: Segment["after"], dispersion: number): number {
  if (before.variance !== undefined && after.variance !== undefined) return before.variance + after.variance;
  const pooled = (before.hits + after.hits) / (before.weight + after.weight);
  const isShare = before.hits <= before.weight && after.hits <= after.weight;
  const each = Math.max(0, isShare ? pooled * (1 - pooled) : pooled);
  return dispersion * each * (1 / before.weight + 1 / after.weight);
}
