import { type Effect, effectOf, noEffect } from "../experiments/effect.ts";
import { leastSquares } from "./least-squares.ts";
import { robustSe } from "./robust-errors.ts";

/**
 * Lin's estimator of an average effect: y ~ d + x̃ + d·x̃ with x̃ centred, HC2 error, t on n − 4. Never less precise than the plain
 * difference in large samples. Source: Lin (2013); estimatr::lm_lin.
 */
export function linEstimator(y: readonly number[], d: readonly number[], x: readonly number[], level: number): Effect {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const rows = y.map((_, i) => {
    const [treated, centred] = [d[i] ?? 0, (x[i] ?? 0) - mean];
    return [1, treated, centred, treated * centred];
  });
  const fit = leastSquares(rows, y);
  if (!fit || fit.df < 1) return noEffect("too few observations, or a constant covariate or arm");
  return effectOf(fit.coefficients[1] ?? 0, robustSe(fit, 1, "HC2"), fit.df, level);
}
