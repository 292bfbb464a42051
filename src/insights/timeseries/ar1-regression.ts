import { inverse, Matrix } from "ml-matrix";
import { leastSquares } from "../regression/least-squares.ts";
import { segmentedDesign } from "./segmented-regression.ts";

export interface Ar1Interruption {
  /** Serial correlation of the errors. */
  readonly phi: number | null;
  readonly level: number | null;
  readonly slope: number | null;
  readonly seLevel: number | null;
  readonly sigma2: number | null;
  readonly loglik: number | null;
  readonly reason?: string;
}

/**
 * Interrupted time series with AR(1) errors by exact maximum likelihood: for a given φ the coefficients are least squares of the
 * whitened rows, φ maximises the profile; errors from the Hessian of the concentrated likelihood in (φ, coefficients) together.
 * Source: Brockwell & Davis (1991) §8.7; R stats::arima(c(1,0,0), xreg, method = "ML").
 */
export function ar1Interruption(y: readonly number[], t0: number): Ar1Interruption {
  const rows = segmentedDesign(y.length, t0);
  const none = { phi: null, level: null, slope: null, seLevel: null, sigma2: null, loglik: null };
  const start = whitenedFit(rows, y, 0);
  if (!start || y.length < 6 || !(start.rss > 0)) return { ...none, reason: "too few observations for the model" };
  const objective = (phi: number) =>
    concentrated(whitenedFit(rows, y, phi)?.rss ?? Number.POSITIVE_INFINITY, phi, y.length);
  const phi = minimum(objective, -0.999_999, 0.999_999);
  const fit = whitenedFit(rows, y, phi);
  if (!fit) return { ...none, reason: "the model is not identified" };
  const n = y.length;
  const sigma2 = fit.rss / n;
  return {
    phi,
    level: fit.coefficients[2] ?? 0,
    slope: fit.coefficients[3] ?? 0,
    seLevel: levelError(rows, y, phi, fit.coefficients),
    sigma2,
    loglik: -0.5 * n * (Math.log(2 * Math.PI * sigma2) + 1) + 0.5 * Math.log(1 - phi * phi),
  };
}

/** n/2·ln(RSS/n) − ½ ln(1 − φ²). */
const concentrated = (rss: number, phi: number, n: number): number =>
  0.5 * n * Math.log(rss / n) - 0.5 * Math.log1p(-phi * phi);

function whitenedFit(rows: readonly (readonly number[])[], y: readonly number[], phi: number) {
  const root = Math.sqrt(1 - phi * phi);
  const fit = leastSquares(
    rows.map((row, t) => row.map((value, j) => (t === 0 ? root * value : value - phi * (rows[t - 1]?.[j] ?? 0)))),
    y.map((value, t) => (t === 0 ? root * value : value - phi * (y[t - 1] ?? 0))),
  );
  return fit && { coefficients: fit.coefficients, rss: fit.residuals.reduce((sum, r) => sum + r * r, 0) };
}

/** Least of a function on an interval: best of a grid, then golden section. */
function minimum(f: (x: number) => number, from: number, to: number): number {
  const grid = Array.from({ length: 201 }, (_, i) => from + ((to - from) * i) / 200);
  const best = grid.reduce((a, b) => (f(b) < f(a) ? b : a));
  const step = (to - from) / 200;
  let [low, high] = [Math.max(from, best - step), Math.min(to, best + step)];
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 60; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** Error of the level from the inverse Hessian of the concentrated objective over (φ, β), by central differences. */
function levelError(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  phi: number,
  coefficients: readonly number[],
): number {
  const n = y.length;
  const scale = coefficients.map((_, j) => 1 / Math.sqrt(rows.reduce((sum, row) => sum + (row[j] ?? 0) ** 2, 0)));
  const objective = (p: readonly number[]) => {
    const [at = 0, ...shift] = p;
    const errors = y.map((value, t) =>
      (rows[t] ?? []).reduce(
        (sum, x, j) => sum - x * ((coefficients[j] ?? 0) + (shift[j] ?? 0) * (scale[j] ?? 1)),
        value,
      ),
    );
    const rss = errors.reduce(
      (sum, e, t) => sum + (t === 0 ? (1 - at * at) * e * e : (e - at * (errors[t - 1] ?? 0)) ** 2),
      0,
    );
    return concentrated(rss, at, n);
  };
  const size = coefficients.length + 1;
  const steps = [1e-4, ...coefficients.map(() => 1e-3)];
  const moved = (i: number, a: number, j: number, b: number) =>
    objective(
      Array.from(
        { length: size },
        (_, k) => (k === 0 ? phi : 0) + (k === i ? a * (steps[i] ?? 0) : 0) + (k === j ? b * (steps[j] ?? 0) : 0),
      ),
    );
  const hessian = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const second = moved(i, 1, j, 1) - moved(i, 1, j, -1) - moved(i, -1, j, 1) + moved(i, -1, j, -1);
      hessian.set(i, j, second / (4 * (steps[i] ?? 1) * (steps[j] ?? 1)));
    }
  }
  return Math.sqrt(inverse(hessian).get(3, 3)) * (scale[2] ?? 1);
}
