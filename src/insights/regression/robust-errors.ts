import type { LeastSquares } from "./least-squares.ts";

export type RobustKind = "HC0" | "HC1" | "HC2" | "HC3";

/** Heteroscedasticity-robust standard error of coefficient j. Source: White (1980); MacKinnon & White (1985); sandwich::vcovHC. */
export function robustSe(fit: LeastSquares, j: number, kind: RobustKind): number {
  const n = fit.residuals.length;
  const influence = influenceOf(fit, j);
  const sum = fit.residuals.reduce((total, residual, i) => {
    const free = 1 - (fit.leverage[i] ?? 0);
    const scale = kind === "HC2" ? 1 / free : kind === "HC3" ? 1 / (free * free) : 1;
    return total + ((influence[i] ?? 0) * residual) ** 2 * scale;
  }, 0);
  return Math.sqrt(kind === "HC1" ? (sum * n) / fit.df : sum);
}

/** Row j of (X'X)⁻¹X': how much each observation moves coefficient j. */
export function influenceOf(fit: LeastSquares, j: number): number[] {
  return fit.x.mmul(fit.inverse.getColumnVector(j)).to1DArray();
}

/**
 * Newey–West error of coefficient j: Bartlett weights 1 − l/(lag+1), no prewhitening; `adjusted` multiplies the variance by n/(n−k).
 * Source: Newey & West (1987); sandwich::NeweyWest.
 */
export function neweyWestSe(fit: LeastSquares, j: number, lag: number, adjusted: boolean): number {
  const n = fit.residuals.length;
  const moves = influenceOf(fit, j).map((value, i) => value * (fit.residuals[i] ?? 0));
  let sum = 0;
  for (let l = 0; l <= Math.min(lag, n - 1); l++) {
    let product = 0;
    for (let i = l; i < n; i++) product += (moves[i] ?? 0) * (moves[i - l] ?? 0);
    sum += l === 0 ? product : 2 * (1 - l / (lag + 1)) * product;
  }
  return Math.sqrt(Math.max(0, adjusted ? (sum * n) / fit.df : sum));
}
