import { rootFrom } from "../special/brent.ts";
import { incompleteBeta, logLowerBeta } from "../special/incomplete-beta.ts";
import { logBeta } from "../special/stirling.ts";
import { normalLogSf, normalQuantile, normalSf } from "./normal.ts";

/** Student's t with `df` > 0 degrees of freedom (any real number); tails and quantile to 1e-10 relative up to df = 1e9. */

/** P(T ≤ x). */
export function tCdf(x: number, df: number): number {
  return tSf(-x, df);
}

/** P(T > x). */
export function tSf(x: number, df: number): number {
  if (df === Number.POSITIVE_INFINITY) return normalSf(x);
  const outside = outsideOf(x, df);
  return x >= 0 ? outside.upper / 2 : outside.lower / 2 + 0.5;
}

/** ln P(T > x), also where the probability underflows. */
export function tLogSf(x: number, df: number): number {
  if (df === Number.POSITIVE_INFINITY) return normalLogSf(x);
  const p = tSf(x, df);
  if (p > 1e-290) return Math.log(p);
  const square = x * x;
  if (square === Number.POSITIVE_INFINITY)
    return (df / 2) * (Math.log(df) - 2 * Math.log(x)) - Math.log(df) - logBeta(df / 2, 0.5);
  return logLowerBeta(df / 2, 0.5, df / (df + square), square / (df + square)) - Math.LN2;
}

/** P(|T| > |x|) as `upper` and P(|T| ≤ |x|) as `lower`; y = x²/(df+x²) is formed directly, not as 1 − w. */
function outsideOf(x: number, df: number) {
  const square = x * x;
  if (square === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  return incompleteBeta(0.5, df / 2, square / (df + square), df / (df + square));
}

/** x with P(T ≤ x) = p. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (p >= 1) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  return p < 0.5 ? -tUpperQuantile(p, df) : tUpperQuantile(1 - p, df);
}

/** x ≥ 0 with P(T > x) = q, q ≤ ½: Brent in ln x on the log of the tail, or of the centre where that is smaller. */
export function tUpperQuantile(q: number, df: number): number {
  if (!(df > 0) || !(q >= 0 && q <= 1)) return Number.NaN;
  if (q === 0.5) return 0;
  if (q > 0.5) return -tUpperQuantile(1 - q, df);
  if (q <= 0) return Number.POSITIVE_INFINITY;
  if (df === Number.POSITIVE_INFINITY) return -normalQuantile(q);
  const tail = q < 0.25;
  const target = Math.log(tail ? 2 * q : 1 - 2 * q);
  const f = (u: number) => {
    const x = Math.exp(u);
    return (tail ? Math.LN2 + tLogSf(x, df) : Math.log(Math.max(outsideOf(x, df).lower, 5e-324))) - target;
  };
  return Math.exp(rootFrom(f, Math.log(-normalQuantile(q)), 0.2 + 2 / df));
}

/** The two-sided critical value of a confidence level. */
export function tCritical(level: number, df: number): number {
  return tUpperQuantile((1 - level) / 2, df);
}
