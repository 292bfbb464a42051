import { classicalSe, leastSquares } from "../regression/least-squares.ts";
import { neweyWestSe } from "../regression/robust-errors.ts";
import { tTwoSided } from "../special/p-value.ts";

export interface SegmentedRegression {
  /** Jump and change of slope after t0. */
  readonly level: number | null;
  readonly slope: number | null;
  readonly seLevelOls: number | null;
  readonly seLevelHac: number | null;
  readonly seSlopeHac: number | null;
  /** With the small-sample factor n/(n−k). */
  readonly seLevelHacAdjusted: number | null;
  readonly pLevelHacAdjusted: number | null;
  /** Near 2 = no serial correlation. */
  readonly durbinWatson: number | null;
  readonly reason?: string;
}

/**
 * Interrupted time series y ~ t + post + post·(t − t0), t = 1…n, post = t > t0, with Newey–West errors. Weak evidence: nothing
 * untreated is compared. Source: Bernal et al. (2017); sandwich::NeweyWest(prewhite = FALSE).
 */
export function segmentedRegression(y: readonly number[], t0: number, lag: number): SegmentedRegression {
  const fit = leastSquares(segmentedDesign(y.length, t0), y);
  const squares = fit?.residuals.reduce((sum, r) => sum + r * r, 0) ?? 0;
  if (!fit || fit.df < 1 || !(squares > 0)) {
    return {
      level: fit?.coefficients[2] ?? null,
      slope: fit?.coefficients[3] ?? null,
      seLevelOls: null,
      seLevelHac: null,
      seSlopeHac: null,
      seLevelHacAdjusted: null,
      pLevelHacAdjusted: null,
      durbinWatson: null,
      reason: fit ? "the model leaves no residual" : "needs two observations on each side at least",
    };
  }
  const level = fit.coefficients[2] ?? 0;
  const adjusted = neweyWestSe(fit, 2, lag, true);
  const steps = fit.residuals.slice(1).reduce((sum, r, i) => sum + (r - (fit.residuals[i] ?? 0)) ** 2, 0);
  return {
    level,
    slope: fit.coefficients[3] ?? 0,
    seLevelOls: classicalSe(fit, 2),
    seLevelHac: neweyWestSe(fit, 2, lag, false),
    seSlopeHac: neweyWestSe(fit, 3, lag, false),
    seLevelHacAdjusted: adjusted,
    pLevelHacAdjusted: tTwoSided(level / adjusted, fit.df),
    durbinWatson: steps / squares,
  };
}

/** Columns 1, t, post, post·(t − t0). */
export function segmentedDesign(n: number, t0: number): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const t = i + 1;
    const post = t > t0 ? 1 : 0;
    return [1, t, post, post * (t - t0)];
  });
}
