import { covarianceFromSums } from "../special/product-difference.ts";

/** Mean and variance (divisor n − 1) of n values. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export interface ShiftedSums {
  readonly n: number;
  /** A rough mean c, taken off every value before summing. */
  readonly shift: number;
  /** Σ(y − c). */
  readonly sum: number;
  /** Σ(y − c)². */
  readonly sumSquares: number;
}

export interface ShiftedMoments {
  readonly mean: number | null;
  readonly variance: number | null;
  readonly reason?: string;
}

/**
 * Mean and variance from sums that SQL took around a rough mean, with the subtraction n·SS − S² done exactly: plain Σy² − (Σy)²/n
 * loses every digit of the variance of epoch-sized values. Source: Chan, Golub & LeVeque (1983); Dekker (1971).
 */
export function momentsFromShifted({ n, shift, sum, sumSquares }: ShiftedSums): ShiftedMoments {
  if (!(n >= 1)) return { mean: null, variance: null, reason: "no observations" };
  const mean = shift + sum / n;
  if (n < 2) return { mean, variance: null, reason: "one observation has no spread" };
  return { mean, variance: Math.max(0, covarianceFromSums(n, sum, sum, sumSquares)) };
}

/** Mean and variance of values at hand, by two passes. */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const rest = values.reduce((sum, value) => sum + (value - mean), 0);
  return { n, mean, variance: n > 1 ? (squares - (rest * rest) / n) / (n - 1) : Number.NaN };
}
