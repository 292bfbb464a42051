import { normalLogSf, normalSf } from "../distributions/normal.ts";
import { tLogSf, tSf } from "../distributions/t.ts";

/** Two-sided p of a standard normal statistic, from the upper tail (never 2·(1 − cdf)). */
export const normalTwoSided = (z: number): number => 2 * normalSf(Math.abs(z));

/** log₁₀ of it, also where p underflows. */
export const normalTwoSidedLog10 = (z: number): number => (Math.LN2 + normalLogSf(Math.abs(z))) / Math.LN10;

/** Two-sided p of a t statistic. */
export const tTwoSided = (t: number, df: number): number => 2 * tSf(Math.abs(t), df);

/** log₁₀ of it, also where p underflows. */
export const tTwoSidedLog10 = (t: number, df: number): number => (Math.LN2 + tLogSf(Math.abs(t), df)) / Math.LN10;
