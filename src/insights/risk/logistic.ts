import { CholeskyDecomposition, inverse, Matrix } from "ml-matrix";

export interface LogisticFit {
  readonly intercept: number;
  /** One a column, in the columns' units. */
  readonly coefficients: readonly number[];
  /** Standard errors of the intercept and the coefficients from the penalised information. */
  readonly errors: readonly number[];
}

const ITERATIONS_MAX = 60;
const HALVINGS_MAX = 30;
const CONVERGED = 1e-12;

/**
 * Logistic regression by Newton's method with step halving, maximising log-likelihood − penalty/2 · Σ coefficient²; the intercept is not
 * penalised, so that the mean of the fitted chances is the share of ones. `rows`: n × k finite numbers, `labels`: n of 0 or 1. With penalty 0
 * it is maximum likelihood, as R's glm. Null where labels are all alike or the columns are not of full rank and nothing is penalised.
 * Source: le Cessie & van Houwelingen (1992), Ridge estimators in logistic regression.
 */
export function ridgeLogistic(
  rows: readonly ArrayLike<number>[],
  labels: readonly number[],
  penalty: number,
): LogisticFit | null {
  const ones = labels.reduce((sum, y) => sum + y, 0);
  if (rows.length !== labels.length || ones === 0 || ones === labels.length) return null;
  const width = (rows[0]?.length ?? 0) + 1;
  let beta = new Float64Array(width);
  beta[0] = Math.log(ones / (labels.length - ones));
  let height = heightOf(rows, labels, beta, penalty);
  for (let round = 0; round < ITERATIONS_MAX; round++) {
    const { gradient, information } = slopes(rows, labels, beta, penalty);
    const cholesky = new CholeskyDecomposition(information);
    if (!cholesky.isPositiveDefinite()) return null;
    const step = cholesky.solve(Matrix.columnVector(gradient)).to1DArray();
    const moved = halved(step, beta, (at) => heightOf(rows, labels, at, penalty), height);
    if (!moved) break;
    const gain = moved.height - height;
    [beta, height] = [moved.beta, moved.height];
    if (gain < CONVERGED * (1 + Math.abs(height))) break;
  }
  const { information } = slopes(rows, labels, beta, penalty);
  const [intercept = 0, ...coefficients] = beta;
  return { intercept, coefficients, errors: inverse(information).diagonal().map(Math.sqrt) };
}

/** The longest of the step, half of it, a quarter … that does not lose; null where none gains. */
function halved(
  step: readonly number[],
  from: Float64Array<ArrayBuffer>,
  heightAt: (beta: Float64Array) => number,
  height: number,
): { beta: Float64Array<ArrayBuffer>; height: number } | null {
  for (let share = 1, tries = 0; tries < HALVINGS_MAX; share /= 2, tries++) {
    const beta = from.map((value, j) => value + share * (step[j] ?? 0));
    const reached = heightAt(beta);
    if (reached >= height) return { beta, height: reached };
  }
  return null;
}

/** Intercept and columns times their coefficients. */
export function linear(row: ArrayLike<number>, beta: ArrayLike<number>): number {
  let sum = beta[0] ?? 0;
  for (let j = 0; j < row.length; j++) sum += (row[j] ?? 0) * (beta[j + 1] ?? 0);
  return sum;
}

export const expit = (u: number): number => (u >= 0 ? 1 / (1 + Math.exp(-u)) : Math.exp(u) / (1 + Math.exp(u)));

function heightOf(
  rows: readonly ArrayLike<number>[],
  labels: readonly number[],
  beta: Float64Array,
  penalty: number,
): number {
  let height = 0;
  rows.forEach((row, i) => {
    const u = linear(row, beta);
    height += (labels[i] ?? 0) * u - (u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u)));
  });
  for (let j = 1; j < beta.length; j++) height -= (penalty / 2) * (beta[j] ?? 0) ** 2;
  return height;
}

/** First derivatives, and the negated second ones. */
function slopes(
  rows: readonly ArrayLike<number>[],
  labels: readonly number[],
  beta: Float64Array,
  penalty: number,
): { gradient: number[]; information: Matrix } {
  const width = beta.length;
  const gradient = new Float64Array(width);
  const information = new Float64Array(width * width);
  const x = new Float64Array(width);
  x[0] = 1;
  rows.forEach((row, i) => {
    const p = expit(linear(row, beta));
    for (let j = 1; j < width; j++) x[j] = row[j - 1] ?? 0;
    const [residual, weight] = [(labels[i] ?? 0) - p, p * (1 - p)];
    for (let j = 0; j < width; j++) {
      const own = x[j] ?? 0;
      if (own === 0) continue;
      gradient[j] = (gradient[j] ?? 0) + own * residual;
      for (let k = 0; k <= j; k++)
        information[j * width + k] = (information[j * width + k] ?? 0) + own * weight * (x[k] ?? 0);
    }
  });
  for (let j = 1; j < width; j++) {
    gradient[j] = (gradient[j] ?? 0) - penalty * (beta[j] ?? 0);
    information[j * width + j] = (information[j * width + j] ?? 0) + penalty;
  }
  const at = (j: number, k: number): number => information[Math.max(j, k) * width + Math.min(j, k)] ?? 0;
  const full = Array.from({ length: width }, (_, j) => Array.from({ length: width }, (_, k) => at(j, k)));
  return { gradient: [...gradient], information: new Matrix(full) };
}
