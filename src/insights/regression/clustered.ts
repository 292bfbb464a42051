import { EigenvalueDecomposition, inverse, Matrix } from "ml-matrix";
import { tTwoSided } from "../special/p-value.ts";

/** One row of a regression with the cluster it belongs to. */
export interface ClusteredRow {
  readonly y: number;
  readonly x: readonly number[];
  readonly cluster: string | number;
}

export interface ClusteredFit {
  readonly coefficients: readonly number[];
  readonly rows: number;
  readonly clusters: number;
  /** Cluster-robust covariance with the factor G/(G−1)·(N−1)/(N−K). */
  readonly covariance: Matrix;
  /** Errors that ignore the clusters. */
  readonly naiveSe: readonly number[];
  /** Bias-reduced (CR2) error of coefficient j with Satterthwaite's degrees of freedom. */
  readonly cr2: (j: number) => { readonly se: number; readonly df: number };
}

/**
 * Least squares with errors for clusters. `absorb` takes each cluster's mean off first (a fixed effect per cluster); such effects are
 * nested in the clusters and do not count in K. Null where the columns are not identified.
 * Source: Liang & Zeger (1986); Bell & McCaffrey (2002); Pustejovsky & Tipton (2018); fixest, clubSandwich.
 */
export function clusteredRegression(rows: readonly ClusteredRow[], absorb: boolean): ClusteredFit | null {
  const groups = grouped(rows, absorb);
  const n = rows.length;
  const k = rows[0]?.x.length ?? 0;
  if (k === 0 || n <= k) return null;
  const gram = new Matrix(k, k);
  const cross = Matrix.zeros(k, 1);
  for (const { x, y } of groups) {
    gram.add(x.transpose().mmul(x));
    cross.add(x.transpose().mmul(y));
  }
  const scale = gram.diagonal().map((value) => 1 / Math.sqrt(value));
  if (!scale.every(Number.isFinite)) return null;
  const standardised = scaledBy(gram, scale);
  if (Math.min(...new EigenvalueDecomposition(standardised, { assumeSymmetric: true }).realEigenvalues) < 1e-11)
    return null;
  const bread = scaledBy(inverse(standardised), scale);
  const beta = bread.mmul(cross);
  const fitted = groups.map((group) => ({ ...group, e: Matrix.sub(group.y, group.x.mmul(beta)) }));
  const meat = Matrix.zeros(k, k);
  for (const { x, e } of fitted) {
    const score = x.transpose().mmul(e);
    meat.add(score.mmul(score.transpose()));
  }
  const g = groups.length;
  if (g < 2) return null;
  const freeRows = n - k - (absorb ? g : 0);
  const rss = fitted.reduce((sum, { e }) => sum + e.to1DArray().reduce((acc, value) => acc + value * value, 0), 0);
  return {
    coefficients: beta.to1DArray(),
    rows: n,
    clusters: g,
    covariance: bread
      .mmul(meat)
      .mmul(bread)
      .mul(((g / (g - 1)) * (n - 1)) / (n - k - (absorb ? 1 : 0))),
    naiveSe: bread.diagonal().map((value) => Math.sqrt((value * rss) / freeRows)),
    cr2: (j) => biasReduced(fitted, bread, j, absorb),
  };
}

/** Two-sided p of a coefficient against t(G − 1); null where nothing varies. */
export function clusteredP(fit: ClusteredFit, j: number): number | null {
  const se = Math.sqrt(fit.covariance.get(j, j));
  return se > 0 ? tTwoSided((fit.coefficients[j] ?? 0) / se, fit.clusters - 1) : null;
}

interface Group {
  readonly x: Matrix;
  readonly y: Matrix;
}

function grouped(rows: readonly ClusteredRow[], absorb: boolean): Group[] {
  const members = new Map<string | number, ClusteredRow[]>();
  for (const row of rows) {
    const found = members.get(row.cluster);
    if (found) found.push(row);
    else members.set(row.cluster, [row]);
  }
  return [...members.values()].map((list) => {
    const x = new Matrix(list.map((row) => [...row.x]));
    const y = Matrix.columnVector(list.map((row) => row.y));
    return absorb ? { x: x.center("column"), y: y.center("column") } : { x, y };
  });
}

function scaledBy(m: Matrix, scale: readonly number[]): Matrix {
  const out = m.clone();
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < out.columns; j++) out.set(i, j, m.get(i, j) * (scale[i] ?? 1) * (scale[j] ?? 1));
  }
  return out;
}

/**
 * CR2: each cluster's residuals are multiplied by (I − H_gg)^(−½). With v_g = A_g x_g M c the error is √Σ(v_g'e_g)², and df =
 * tr(B)²/tr(B²) for B_gh = v_g'(I − H)v_h.
 */
function biasReduced(
  groups: readonly (Group & { readonly e: Matrix })[],
  bread: Matrix,
  j: number,
  absorb: boolean,
): { se: number; df: number } {
  const column = bread.getColumnVector(j);
  let variance = 0;
  const own: number[] = [];
  const projected: Matrix[] = [];
  for (const { x, e } of groups) {
    const v = inverseRoot(freedom(x, bread, absorb)).mmul(x.mmul(column));
    const centred = absorb ? v.clone().center("column") : v;
    variance += dot(v, e) ** 2;
    own.push(dot(centred, centred));
    projected.push(x.transpose().mmul(centred));
  }
  return { se: Math.sqrt(variance), df: satterthwaite(own, projected, bread) };
}

/** I − H_gg, with the cluster's own mean in H where it is absorbed. */
function freedom(x: Matrix, bread: Matrix, absorb: boolean): Matrix {
  const size = x.rows;
  const hat = x.mmul(bread).mmul(x.transpose());
  return Matrix.eye(size)
    .sub(hat)
    .sub(absorb ? Matrix.ones(size, size).mul(1 / size) : Matrix.zeros(size, size));
}

/** Symmetric inverse square root; directions without freedom are left out (Moore–Penrose). */
function inverseRoot(m: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(m, { assumeSymmetric: true });
  const roots = realEigenvalues.map((value) => (value > 1e-10 ? 1 / Math.sqrt(value) : 0));
  return eigenvectorMatrix.mmul(Matrix.diag(roots)).mmul(eigenvectorMatrix.transpose());
}

/** tr(B)²/tr(B²) for B_gh = [g = h]·own_g − u_g'M u_h, in O(G·K²): with U the stacked u, tr(B²) needs only U'U and the diagonal. */
function satterthwaite(own: readonly number[], projected: readonly Matrix[], bread: Matrix): number {
  const k = bread.rows;
  const outer = Matrix.zeros(k, k);
  let [trace, squares] = [0, 0];
  projected.forEach((u, g) => {
    const quadratic = dot(u, bread.mmul(u));
    const diagonal = own[g] ?? 0;
    trace += diagonal - quadratic;
    squares += diagonal * diagonal - 2 * diagonal * quadratic;
    outer.add(u.mmul(u.transpose()));
  });
  const product = bread.mmul(outer);
  squares += product.mmul(product).trace();
  return (trace * trace) / squares;
}

const dot = (a: Matrix, b: Matrix): number => a.to1DArray().reduce((sum, value, i) => sum + value * b.get(i, 0), 0);
