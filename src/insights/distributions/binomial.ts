import { incompleteBeta, logBinomialTerm } from "../special/incomplete-beta.ts";

/** Binomial(n, p), 0 < p < 1; q = 1 − p is an argument where p is near 1. Counts up to 1e9. */

/** P(X = k). */
export function binomialPmf(k: number, n: number, p: number, q = 1 - p): number {
  if (k < 0 || k > n) return 0;
  return Math.exp(logBinomialTerm(k, n - k, p, q));
}

/** P(X ≤ k). */
export function binomialCdf(k: number, n: number, p: number, q = 1 - p): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(n - k, k + 1, q, p).lower;
}

/** P(X > k). */
export function binomialSf(k: number, n: number, p: number, q = 1 - p): number {
  if (k < 0) return 1;
  if (k >= n) return 0;
  return incompleteBeta(n - k, k + 1, q, p).upper;
}

/** Slack for probabilities that are equal in exact arithmetic, as R's tests take it. */
const EQUAL = 1 + 1e-7;

/**
 * Two-sided exact p of x of n against p: the probability of all counts no more likely than x. The far border is found by
 * bisection, since the probabilities fall on each side of the mode. Source: R stats::binom.test ("minlike").
 */
export function binomialTest(x: number, n: number, p: number, q = 1 - p): number {
  const mean = n * p;
  if (x === mean) return 1;
  const limit = binomialPmf(x, n, p, q) * EQUAL;
  if (x < mean) {
    const far = firstTrue(Math.ceil(mean), n + 1, (k) => binomialPmf(k, n, p, q) <= limit);
    return Math.min(1, binomialCdf(x, n, p, q) + binomialSf(far - 1, n, p, q));
  }
  const far = firstTrue(-Math.floor(mean), 1, (k) => binomialPmf(-k, n, p, q) <= limit);
  return Math.min(1, binomialCdf(-far, n, p, q) + binomialSf(x - 1, n, p, q));
}

/** The least whole k in [from, to) with `holds(k)`, for a condition that stays true; `to` where none. */
export function firstTrue(from: number, to: number, holds: (k: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
