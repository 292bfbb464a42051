import { rootFrom } from "../special/brent.ts";
import { incompleteBeta } from "../special/incomplete-beta.ts";

/** Beta(a, b) distribution on [0, 1], a, b > 0; tails and quantiles to 1e-10 relative, a + b up to 1e9. */

/** P(X ≤ x). */
export function betaCdf(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, x, 1 - x).lower;
}

/** P(X > x). */
export function betaSf(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, x, 1 - x).upper;
}

/** x with P(X ≤ x) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || !(p > 0)) return p === 0 ? 0 : Number.NaN;
  if (p >= 1) return p === 1 ? 1 : Number.NaN;
  return 1 / (1 + Math.exp(-betaLogitQuantile(p, 1 - p, a, b)));
}

/** x with P(X > x) = q. */
export function betaUpperQuantile(q: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || !(q > 0)) return q === 0 ? 1 : Number.NaN;
  if (q >= 1) return q === 1 ? 0 : Number.NaN;
  return 1 / (1 + Math.exp(-betaLogitQuantile(1 - q, q, a, b)));
}

/** ln(x/(1−x)) at the quantile: the scale on which neither end loses digits. Brent on the logarithm of the smaller tail. */
export function betaLogitQuantile(p: number, q: number, a: number, b: number): number {
  const lower = p <= q;
  const target = Math.log(lower ? p : q);
  const f = (u: number) => {
    const tails = incompleteBeta(a, b, 1 / (1 + Math.exp(-u)), 1 / (1 + Math.exp(u)));
    return Math.log(Math.max(lower ? tails.lower : tails.upper, 5e-324)) - target;
  };
  return rootFrom(f, Math.log(a) - Math.log(b), 2 * Math.sqrt(1 / a + 1 / b));
}
