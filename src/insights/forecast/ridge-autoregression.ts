/**
 * A ridge regression of each value on its own lags (standardised, penalty λ a lag), forecast step by step on its own forecasts.
 * `lags` ascending. Null where fewer than two rows a lag are left. Source: Hoerl & Kennard (1970).
 */
export function ridgeAutoregression(
  y: Float64Array,
  lags: readonly number[],
  horizon: number,
  lambda = 2,
): Float64Array | null {
  const p = lags.length;
  const longest = lags[p - 1] ?? 0;
  const rows = y.length - longest;
  if (p === 0 || rows < 2 * p) return null;
  const { mean, sd } = standardise(y);
  if (!(sd > 0)) return null;
  const z = y.map((value) => (value - mean) / sd);
  const coefficients = solveRidge(z, lags, lambda);
  if (!coefficients) return null;
  const path = new Float64Array(y.length + horizon);
  path.set(z);
  const out = new Float64Array(horizon);
  for (let j = 0; j < horizon; j++) {
    const t = y.length + j;
    let value = coefficients[p] ?? 0;
    for (let k = 0; k < p; k++) value += (coefficients[k] ?? 0) * (path[t - (lags[k] ?? 0)] ?? 0);
    path[t] = value;
    out[j] = mean + sd * value;
  }
  return out;
}

function standardise(y: Float64Array): { mean: number; sd: number } {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const squares = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / y.length) };
}

/** Coefficients of the lags and, last, the intercept (not penalised); Cholesky of the normal equations. */
function solveRidge(z: Float64Array, lags: readonly number[], lambda: number): Float64Array | null {
  const p = lags.length;
  const longest = lags[p - 1] ?? 0;
  const size = p + 1;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  row[p] = 1;
  for (let t = longest; t < z.length; t++) {
    for (let k = 0; k < p; k++) row[k] = z[t - (lags[k] ?? 0)] ?? 0;
    const value = z[t] ?? 0;
    for (let i = 0; i < size; i++) {
      const own = row[i] ?? 0;
      right[i] = (right[i] ?? 0) + own * value;
      for (let j = 0; j <= i; j++) gram[i * size + j] = (gram[i * size + j] ?? 0) + own * (row[j] ?? 0);
    }
  }
  for (let k = 0; k < p; k++) gram[k * size + k] = (gram[k * size + k] ?? 0) + lambda;
  return solveCholesky(gram, right, size);
}

/** Solves in place; the lower triangle of a positive definite matrix, row by row. Null where it is not positive definite. */
function solveCholesky(a: Float64Array, b: Float64Array, size: number): Float64Array | null {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] ?? 0) * (a[j * size + k] ?? 0);
      if (i !== j) a[i * size + j] = sum / (a[j * size + j] ?? 1);
      else if (sum > 0) a[i * size + i] = Math.sqrt(sum);
      else return null;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (a[i * size + k] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (a[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (a[k * size + i] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (a[i * size + i] ?? 1);
  }
  return b;
}
