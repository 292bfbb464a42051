export interface Allocation {
  /** Labels per stratum, not rounded. */
  readonly allocation: readonly number[] | null;
  /** Standard error of the stratified mean under it, with the finite-population correction. */
  readonly seMean: number | null;
  readonly reason?: string;
}

/**
 * Neyman's allocation of n labels over strata: n_h ∝ N_h·sd_h, the smallest error for the money.
 * The error is √((ΣN sd)²/n − ΣN sd²)/N. Source: Neyman (1934); Cochran (1977) eq. 5.27.
 */
export function neymanAllocation(N: readonly number[], sd: readonly number[], n: number): Allocation {
  const parts = N.map((size, h) => size * (sd[h] ?? 0));
  const sum = parts.reduce((a, b) => a + b, 0);
  const total = N.reduce((a, b) => a + b, 0);
  if (!(sum > 0 && n > 0)) return { allocation: null, seMean: null, reason: "nothing varies, or there are no labels" };
  const sampled = N.reduce((acc, size, h) => acc + size * (sd[h] ?? 0) ** 2, 0);
  const variance = ((sum / total) * sum) / total / n - sampled / total / total;
  return { allocation: parts.map((part) => (n * part) / sum), seMean: Math.sqrt(Math.max(0, variance)) };
}
