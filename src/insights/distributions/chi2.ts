import { rootFrom } from "../special/brent.ts";
import { incompleteGamma } from "../special/incomplete-gamma.ts";
import { logGamma } from "../special/stirling.ts";

/** χ² with `df` > 0 degrees of freedom (any real number); tails and quantiles to 1e-10 relative. */

/** P(X ≤ x). */
export function chi2Cdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).lower;
}

/** P(X > x). */
export function chi2Sf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).upper;
}

/** ln P(X > x), also where the probability underflows. */
export function chi2LogSf(x: number, df: number): number {
  const { lower, upper } = incompleteGamma(df / 2, x / 2);
  if (lower < 0.5) return Math.log1p(-lower);
  if (upper > 1e-290) return Math.log(upper);
  return logUpperGamma(df / 2, x / 2);
}

/** ln Q(a, x) for x far above a: x^(a−1) e^−x / Γ(a) times a short continued fraction. */
function logUpperGamma(a: number, x: number): number {
  let fraction = 0;
  for (let k = 200; k >= 1; k--) fraction = (k * (k - a)) / (x + 2 * k + 1 - a - fraction);
  return a * Math.log(x) - x - logGamma(a) - Math.log(x + 1 - a - fraction);
}

/** x with P(X ≤ x) = p. */
export function chi2Quantile(p: number, df: number): number {
  return 2 * gammaQuantile(p, 1 - p, df / 2);
}

/** x with P(X > x) = q. */
export function chi2UpperQuantile(q: number, df: number): number {
  return 2 * gammaQuantile(1 - q, q, df / 2);
}

/** Quantile of the standard gamma with shape a, given both tails p + q = 1: Brent in ln x on the log of the smaller tail. */
export function gammaQuantile(p: number, q: number, a: number): number {
  if (!(a > 0) || !(p >= 0 && q >= 0)) return Number.NaN;
  if (p === 0) return 0;
  if (q === 0) return Number.POSITIVE_INFINITY;
  const lower = p <= q;
  const target = Math.log(lower ? p : q);
  const f = (u: number) => {
    const tails = incompleteGamma(a, Math.exp(u));
    return Math.log(Math.max(lower ? tails.lower : tails.upper, 5e-324)) - target;
  };
  const smallStart = (target + logGamma(a + 1)) / a;
  const guess = lower && a < 1 ? smallStart : Math.log(a);
  return Math.exp(rootFrom(f, guess, 2 / Math.sqrt(a)));
}
