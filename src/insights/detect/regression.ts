/** A ridge regression with an intercept: coefficients in the features' units, the intercept last. */
export type Coefficients = Float64Array;

/**
 * Sums of a least-squares problem, to which rows are added and from which they are taken again, so that a fit over the last thousand rows costs
 * what its equations cost and not what its rows do. Rows are counted from the first one, which keeps the sums small.
 */
export class RidgeSums {
  readonly #width: number;
  /** Of the rows with the target as their last column. */
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  readonly #row: Float64Array;
  #origin: Float64Array | null = null;
  #count = 0;

  /** `width`: features of a row. */
  constructor(width: number) {
    this.#width = width;
    this.#sums = new Float64Array(width + 1);
    this.#products = new Float64Array((width + 1) * (width + 1));
    this.#row = new Float64Array(width + 1);
  }

  get count(): number {
    return this.#count;
  }

  add(features: Float64Array, target: number): void {
    this.#sum(features, target, 1);
  }

  /** Takes away a row that was added before. */
  remove(features: Float64Array, target: number): void {
    this.#sum(features, target, -1);
  }

  #sum(features: Float64Array, target: number, sign: number): void {
    const [size, row, products] = [this.#width + 1, this.#row, this.#products];
    if (!this.#origin) {
      this.#origin = new Float64Array(size);
      this.#origin.set(features);
      this.#origin[this.#width] = target;
    }
    for (let i = 0; i < size; i++) {
      row[i] = (i < this.#width ? (features[i] ?? 0) : target) - (this.#origin[i] ?? 0);
      const signed = sign * (row[i] ?? 0);
      this.#sums[i] = (this.#sums[i] ?? 0) + signed;
      if (signed === 0) continue;
      for (let j = 0; j <= i; j++) products[i * size + j] = (products[i * size + j] ?? 0) + signed * (row[j] ?? 0);
    }
    this.#count += sign;
  }

  /**
   * Least squares over the rows that are in, features and target standardised, penalty λ on each coefficient but not on the intercept. Null
   * where the target never varies or the equations are singular. Source: Hoerl & Kennard (1970).
   */
  fit(lambda: number): Coefficients | null {
    const [width, n] = [this.#width, this.#count];
    const mean = this.#sums.map((sum) => sum / n);
    const about = (i: number, j: number): number =>
      (this.#products[i * (width + 1) + j] ?? 0) / n - (mean[i] ?? 0) * (mean[j] ?? 0);
    const sd = mean.map((_, i) => Math.sqrt(Math.max(0, about(i, i))));
    const meanOf = (i: number): number => (mean[i] ?? 0) + (this.#origin?.[i] ?? 0);
    const own = sd[width] ?? 0;
    if (!(own > ROUNDING * Math.abs(meanOf(width)))) return null;
    // Features that never vary keep their unit.
    const unit = (i: number): number => ((sd[i] ?? 0) > ROUNDING * Math.abs(meanOf(i)) ? (sd[i] ?? 1) : 1);
    const gram = new Float64Array(width * width);
    const right = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      right[i] = (n * about(width, i)) / (unit(i) * own);
      for (let j = 0; j <= i; j++) gram[i * width + j] = (n * about(i, j)) / (unit(i) * unit(j));
      gram[i * width + i] = (gram[i * width + i] ?? 0) + lambda;
    }
    if (!solveCholesky(gram, right, width)) return null;
    const out = new Float64Array(width + 1);
    out[width] = meanOf(width);
    for (let i = 0; i < width; i++) {
      out[i] = ((right[i] ?? 0) * own) / unit(i);
      out[width] = (out[width] ?? 0) - (out[i] ?? 0) * meanOf(i);
    }
    return out;
  }
}

/** Variation below this share of the mean is rounding. */
const ROUNDING = 1e-7;

/** The regression's value for one row of features. */
export function predict(coefficients: Coefficients, features: Float64Array): number {
  let sum = coefficients[features.length] ?? 0;
  for (let k = 0; k < features.length; k++) sum += (coefficients[k] ?? 0) * (features[k] ?? 0);
  return sum;
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
