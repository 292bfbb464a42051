import { classicalSe, leastSquares } from "../regression/least-squares.ts";

export interface AnytimeCoefficient {
  readonly estimate: number | null;
  readonly t: number | null;
  readonly pValue: number | null;
  /** ±Infinity while the sample is too small to bound the coefficient. */
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/**
 * Always-valid inference for one coefficient of a linear model, by a mixture of precision g over its effect.
 * ln G = ½ ln r + (ν+1)/2·[ln(1+t²/ν) − ln(1+r t²/ν)], r = g/(g+n). Source: Lindon, Ham, Tingley & Bojinov (2022); avlm.
 */
export function anytimeCoefficient(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  j: number,
  options: { readonly g: number; readonly level: number },
): AnytimeCoefficient {
  const fit = leastSquares(rows, y);
  if (!fit || fit.df < 1) {
    return {
      estimate: null,
      t: null,
      pValue: null,
      low: null,
      high: null,
      reason: "too few observations for the model",
    };
  }
  const n = y.length;
  const nu = fit.df;
  const estimate = fit.coefficients[j] ?? 0;
  const se = classicalSe(fit, j);
  if (!(se > 0))
    return { estimate, t: null, pValue: null, low: null, high: null, reason: "the model leaves no residual" };
  const r = options.g / (options.g + n);
  const t = estimate / se;
  const logG = 0.5 * Math.log(r) + ((nu + 1) / 2) * (Math.log1p((t * t) / nu) - Math.log1p((r * t * t) / nu));
  const logBound = (Math.log(r) + 2 * Math.log(1 - options.level)) / (nu + 1);
  const free = Math.exp(logBound) - r;
  const radius = free > 0 ? Math.sqrt((nu * -Math.expm1(logBound)) / free) : Number.POSITIVE_INFINITY;
  return {
    estimate,
    t,
    pValue: Math.min(1, Math.exp(-logG)),
    low: estimate - radius * se,
    high: estimate + radius * se,
  };
}
