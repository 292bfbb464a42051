/** A ridge regression with an intercept: coefficients in the features' units, the intercept last. */
export type Coefficients = Float64Array;

/**
 * Least squares of `y[t]` on `rows[t]`, t in [from, to), features and target standardised, penalty λ on each coefficient but not on the
 * intercept. Null where the target never varies or the equations are singular. Source: Hoerl & Kennard (1970).
 */
export function ridge(
  rows: readonly Float64Array[],
  y: Float64Array,
  from: number,
  to: number,
  lambda: number,
): Coefficients | null {
  const width = rows[from]?.length ?? 0;
  const { mean, sd } = momentsOf(rows, from, to, width);
  const own = targetMoments(y, from, to);
  if (!(own.sd > ROUNDING * Math.abs(own.mean))) return null;
  const gram = new Float64Array(width * width);
  const right = new Float64Array(width);
  const row = new Float64Array(width);
  for (let t = from; t < to; t++) {
    const features = rows[t] ?? row;
    for (let k = 0; k < width; k++) row[k] = ((features[k] ?? 0) - (mean[k] ?? 0)) / (sd[k] ?? 1);
    const target = ((y[t] ?? 0) - own.mean) / own.sd;
    for (let i = 0; i < width; i++) {
      const x = row[i] ?? 0;
      right[i] = (right[i] ?? 0) + x * target;
      for (let j = 0; j <= i; j++) gram[i * width + j] = (gram[i * width + j] ?? 0) + x * (row[j] ?? 0);
    }
  }
  for (let k = 0; k < width; k++) gram[k * width + k] = (gram[k * width + k] ?? 0) + lambda;
  if (!solveCholesky(gram, right, width)) return null;
  const out = new Float64Array(width + 1);
  out[width] = own.mean;
  for (let k = 0; k < width; k++) {
    out[k] = ((right[k] ?? 0) * own.sd) / (sd[k] ?? 1);
    out[width] = (out[width] ?? 0) - (out[k] ?? 0) * (mean[k] ?? 0);
  }
  return out;
}

/** Variation below this share of the mean is rounding. */
const ROUNDING = 1e-9;

/** The regression's value for one row of features. */
export function predict(coefficients: Coefficients, features: Float64Array): number {
  let sum = coefficients[features.length] ?? 0;
  for (let k = 0; k < features.length; k++) sum += (coefficients[k] ?? 0) * (features[k] ?? 0);
  return sum;
}

/** Features that never vary keep their unit. */
function momentsOf(rows: readonly Float64Array[], from: number, to: number, width: number) {
  const mean = new Float64Array(width);
  const sd = new Float64Array(width);
  const n = to - from;
  for (let t = from; t < to; t++) for (let k = 0; k < width; k++) mean[k] = (mean[k] ?? 0) + (rows[t]?.[k] ?? 0) / n;
  for (let t = from; t < to; t++)
    for (let k = 0; k < width; k++) sd[k] = (sd[k] ?? 0) + ((rows[t]?.[k] ?? 0) - (mean[k] ?? 0)) ** 2 / n;
  return { mean, sd: sd.map((variance) => (variance > 0 ? Math.sqrt(variance) : 1)) };
}

function targetMoments(y: Float64Array, from: number, to: number): { mean: number; sd: number } {
  const own = y.subarray(from, to);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return { mean, sd: Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length) };
}

/** Solves in place, lower triangle row by row; false where the matrix is not positive definite. */
function solveCholesky(a: Float64Array, b: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] ?? 0) * (a[j * size + k] ?? 0);
      if (i !== j) a[i * size + j] = sum / (a[j * size + j] ?? 1);
      else if (sum > 0) a[i * size + i] = Math.sqrt(sum);
      else return false;
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
  return true;
}
