import { normalTwoSided } from "../special/p-value.ts";

/** A value with how often each side has it. */
export interface RankBin {
  readonly value: number;
  readonly count1: number;
  readonly count2: number;
}

export interface MannWhitney {
  /** Pairs in which the second side is larger, ties counted half. */
  readonly u2: number | null;
  /** U₂ / (n₁n₂): P(second > first). */
  readonly superiority: number | null;
  /** Without continuity correction. */
  readonly z: number | null;
  readonly pContinuity: number | null;
  readonly pPlain: number | null;
  readonly reason?: string;
}

/**
 * Mann–Whitney test from a histogram, with the tie-corrected normal approximation, with and without continuity correction.
 * Source: Mann & Whitney (1947); scipy.stats.mannwhitneyu.
 */
export function mannWhitney(bins: readonly RankBin[]): MannWhitney {
  const none = { z: null, pContinuity: null, pPlain: null };
  const sorted = [...bins].sort((a, b) => a.value - b.value);
  const n1 = sorted.reduce((sum, bin) => sum + bin.count1, 0);
  const n2 = sorted.reduce((sum, bin) => sum + bin.count2, 0);
  const n = n1 + n2;
  if (n1 === 0 || n2 === 0) return { u2: null, superiority: null, ...none, reason: "one of the two sides is empty" };
  let below = 0;
  let u2 = 0;
  let ties = 0;
  for (const { count1, count2 } of sorted) {
    const t = count1 + count2;
    u2 += count2 * (below + count1 / 2);
    below += count1;
    ties += t * (t * t - 1);
  }
  const superiority = u2 / n1 / n2;
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return { u2, superiority, ...none, reason: "all values are equal" };
  const excess = u2 - (n1 * n2) / 2;
  const sd = Math.sqrt(variance);
  return {
    u2,
    superiority,
    z: excess / sd,
    pContinuity: Math.min(1, normalTwoSided(Math.max(0, Math.abs(excess) - 0.5) / sd)),
    pPlain: normalTwoSided(excess / sd),
  };
}

/** The histogram of two samples of distinct values. */
export function binsOf(sample1: readonly number[], sample2: readonly number[]): RankBin[] {
  const bins = new Map<number, { value: number; count1: number; count2: number }>();
  const bin = (value: number) => {
    const found = bins.get(value) ?? { value, count1: 0, count2: 0 };
    bins.set(value, found);
    return found;
  };
  for (const value of sample1) bin(value).count1 += 1;
  for (const value of sample2) bin(value).count2 += 1;
  return [...bins.values()];
}
