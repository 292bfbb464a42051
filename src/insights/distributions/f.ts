import { incompleteBeta } from "../special/incomplete-beta.ts";
import { betaLogitQuantile } from "./beta.ts";

/** Fisher's F with df1, df2 > 0; tails and quantiles to 1e-10 relative, df up to 1e9. */

/** P(F ≤ x). */
export function fCdf(x: number, df1: number, df2: number): number {
  return tails(x, df1, df2).lower;
}

/** P(F > x). */
export function fSf(x: number, df1: number, df2: number): number {
  return tails(x, df1, df2).upper;
}

/** x with P(F ≤ x) = p. */
export function fQuantile(p: number, df1: number, df2: number): number {
  if (!(df1 > 0 && df2 > 0) || !(p > 0)) return p === 0 ? 0 : Number.NaN;
  if (p >= 1) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  return (df2 / df1) * Math.exp(betaLogitQuantile(p, 1 - p, df1 / 2, df2 / 2));
}

function tails(x: number, df1: number, df2: number) {
  if (x <= 0) return { lower: 0, upper: 1 };
  const scaled = df1 * x;
  return incompleteBeta(df1 / 2, df2 / 2, scaled / (scaled + df2), df2 / (scaled + df2));
}
