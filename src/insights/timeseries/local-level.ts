import { inverse, Matrix } from "ml-matrix";
import { quadratic } from "../regression/least-squares.ts";

/** Variances of the local-level model y = xβ + μ_t + ε, μ_{t+1} = μ_t + η. */
export interface LevelVariances {
  readonly observation: number;
  readonly level: number;
}

export interface Counterfactual {
  /** Exact diffuse log-likelihood of the observed part. */
  readonly loglik: number;
  /** What the series would have read after the interruption, with prediction errors. */
  readonly prediction: readonly number[];
  readonly predictionSe: readonly number[];
  readonly averageEffect: number;
  readonly cumulativeEffect: number;
  readonly beta: number;
}

/**
 * Local level with a static regression on a control series, level and coefficient exactly diffuse: the filter runs on the data and
 * on both unknown starts, which are then generalised least squares of the innovations. `y` beyond `t0` is only compared with.
 * Source: de Jong (1991); Durbin & Koopman (2012) §5.7, 6.2. Null where x is constant or the data are too few.
 */
export function localLevelCounterfactual(
  y: readonly number[],
  control: readonly number[],
  t0: number,
  variances: LevelVariances,
): Counterfactual | null {
  if (!(t0 < y.length)) return null;
  const x = centred(control);
  const filtered = augmentedFilter(y.slice(0, t0), x, variances);
  if (!filtered) return null;
  const { delta, covariance, state, stateVariance, loglik } = filtered;
  const beta = delta[1] ?? 0;
  const prediction: number[] = [];
  const predictionSe: number[] = [];
  for (let t = t0; t < y.length; t++) {
    const ahead = t - t0;
    const design = [1 - (state.columns[0] ?? 0), (x[t] ?? 0) - (state.columns[1] ?? 0)];
    prediction.push(state.data + design.reduce((sum, value, j) => sum + value * (delta[j] ?? 0), 0));
    const own = stateVariance + variances.level * ahead + variances.observation;
    predictionSe.push(Math.sqrt(own + quadratic(covariance, design)));
  }
  const effects = prediction.map((value, i) => (y[t0 + i] ?? 0) - value);
  const cumulativeEffect = effects.reduce((a, b) => a + b, 0);
  return {
    loglik,
    prediction,
    predictionSe,
    averageEffect: cumulativeEffect / effects.length,
    cumulativeEffect,
    beta,
  };
}

/** The control around its first value: the same model with another start of the level, without cancellation of large values. */
export const centred = (control: readonly number[]): number[] => control.map((value) => value - (control[0] ?? 0));

/**
 * The filter from a level of 0 known exactly, on y and on the columns 1 (start of the level) and x; GLS over their innovations gives
 * the diffuse parts δ = (μ₁, β). `state` is the level one step ahead for each of them.
 */
export function augmentedFilter(y: readonly number[], x: readonly number[], variances: LevelVariances) {
  const columns = 2;
  let variance = 0;
  const state = { data: 0, columns: [0, 0] };
  const gram = new Matrix(columns, columns);
  const cross = [0, 0];
  let [squares, logDeterminant] = [0, 0];
  for (let t = 0; t < y.length; t++) {
    const f = variance + variances.observation;
    if (!(f > 0)) return null;
    const inputs = [1, x[t] ?? 0];
    const e = (y[t] ?? 0) - state.data;
    const innovations = inputs.map((value, j) => value - (state.columns[j] ?? 0));
    const gain = variance / f;
    state.data += gain * e;
    state.columns = state.columns.map((value, j) => value + gain * (innovations[j] ?? 0));
    variance = variance * (1 - gain) + variances.level;
    squares += (e * e) / f;
    logDeterminant += Math.log(f);
    for (let i = 0; i < columns; i++) {
      cross[i] = (cross[i] ?? 0) + ((innovations[i] ?? 0) * e) / f;
      for (let j = 0; j < columns; j++) {
        gram.set(i, j, gram.get(i, j) + ((innovations[i] ?? 0) * (innovations[j] ?? 0)) / f);
      }
    }
  }
  const determinant = gram.get(0, 0) * gram.get(1, 1) - gram.get(0, 1) ** 2;
  if (!(determinant > 1e-13 * gram.get(0, 0) * gram.get(1, 1))) return null;
  const covariance = inverse(gram);
  const delta = covariance.mmul(Matrix.columnVector(cross)).to1DArray();
  const rss = squares - delta.reduce((sum, value, i) => sum + value * (cross[i] ?? 0), 0);
  const loglik = -0.5 * ((y.length - columns) * Math.log(2 * Math.PI) + logDeterminant + Math.log(determinant) + rss);
  return { delta, covariance, gram, cross, squares, logDeterminant, state, stateVariance: variance, loglik, rss };
}
