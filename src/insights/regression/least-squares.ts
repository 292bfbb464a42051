import { Matrix, QrDecomposition, solve } from "ml-matrix";

export interface LeastSquares {
  readonly coefficients: readonly number[];
  readonly residuals: readonly number[];
  /** (X'X)⁻¹. */
  readonly inverse: Matrix;
  readonly x: Matrix;
  /** Hat values hᵢ = xᵢ'(X'X)⁻¹xᵢ. */
  readonly leverage: readonly number[];
  /** Residual degrees of freedom n − k. */
  readonly df: number;
}

/**
 * Ordinary least squares by QR. Null where the columns are not of full rank or there are fewer rows than columns.
 * Source: Golub & Van Loan §5.3; ml-matrix.
 */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): LeastSquares | null {
  const n = rows.length;
  const k = rows[0]?.length ?? 0;
  if (k === 0 || n < k || y.length !== n || !rows.every((row) => row.every(Number.isFinite))) return null;
  const x = new Matrix(rows.map((row) => [...row]));
  const qr = new QrDecomposition(x);
  if (!qr.isFullRank() || !wellConditioned(qr.upperTriangularMatrix, x)) return null;
  const target = Matrix.columnVector([...y]);
  const beta = qr.solve(target);
  const root = solve(qr.upperTriangularMatrix, Matrix.eye(k));
  const inverse = root.mmul(root.transpose());
  return {
    coefficients: beta.to1DArray(),
    residuals: Matrix.sub(target, x.mmul(beta)).to1DArray(),
    inverse,
    x,
    leverage: rows.map((_, i) => quadratic(inverse, x.getRow(i))),
    df: n - k,
  };
}

/** Whether every diagonal of R stands out of the rounding of its column. */
function wellConditioned(r: Matrix, x: Matrix): boolean {
  return Array.from({ length: x.columns }, (_, j) => j).every((j) => {
    const norm = Math.sqrt(x.getColumn(j).reduce((sum, value) => sum + value * value, 0));
    return Math.abs(r.get(j, j)) > 1e-11 * norm;
  });
}

/** v'Mv. */
export function quadratic(m: Matrix, v: readonly number[]): number {
  return v.reduce((sum, a, i) => sum + v.reduce((inner, b, j) => inner + a * m.get(i, j) * b, 0), 0);
}

/** Standard error of coefficient j under equal variances. */
export function classicalSe(fit: LeastSquares, j: number): number {
  const rss = fit.residuals.reduce((sum, r) => sum + r * r, 0);
  return Math.sqrt((rss / fit.df) * fit.inverse.get(j, j));
}
