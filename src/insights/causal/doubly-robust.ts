import { inverse, Matrix } from "ml-matrix";

export type DidMethod = "dr" | "reg" | "ipw";

export interface DidInfluence {
  readonly att: number;
  /** One unit's influence on it, on the scale of the units given: Var(att) = Σ influence²/n². */
  readonly influence: readonly number[];
}

/**
 * Effect on the treated from changes over time: doubly robust, regression adjustment or inverse propensity, given covariates
 * (a leading 1 included). With only that 1 all three are the difference of mean changes. Null where the logit or the regression is
 * not identified. Source: Sant'Anna & Zhao (2020); DRDID drdid_panel, reg_did_panel, std_ipw_did_panel.
 */
export function doublyRobustDid(
  change: readonly number[],
  treated: readonly number[],
  covariates: readonly (readonly number[])[],
  method: DidMethod,
): DidInfluence | null {
  const n = change.length;
  const x = new Matrix(covariates.map((row) => [...row]));
  const propensity = method === "reg" ? null : logit(x, treated);
  const outcome = method === "ipw" ? null : controlRegression(x, change, treated);
  if (propensity === null && method !== "reg") return null;
  if (outcome === null && method !== "ipw") return null;
  const residual = change.map((value, i) => value - (outcome?.fitted[i] ?? 0));
  const control = treated.map((d, i) => {
    if (propensity === null) return 0;
    const p = Math.min(propensity.fitted[i] ?? 0, 1 - 1e-6);
    return d === 1 ? 0 : p / (1 - p);
  });
  const share = mean(treated);
  const etaTreated = mean(treated.map((d, i) => d * (residual[i] ?? 0))) / share;
  const controlMean = mean(control);
  const etaControl = propensity ? mean(control.map((w, i) => w * (residual[i] ?? 0))) / controlMean : 0;
  const fromOutcome = (weights: readonly number[]) => outcome?.through(columnMeans(x, weights)) ?? zeros(n);
  const outcomeTreated = fromOutcome(treated);
  const outcomeControl = fromOutcome(control);
  const fromPropensity =
    propensity?.through(
      columnMeans(
        x,
        control.map((w, i) => w * ((residual[i] ?? 0) - etaControl)),
      ),
    ) ?? zeros(n);
  const influence = change.map((_, i) => {
    const [d, r, w] = [treated[i] ?? 0, residual[i] ?? 0, control[i] ?? 0];
    const own = (d * (r - etaTreated) - (outcomeTreated[i] ?? 0)) / share;
    if (!propensity) return own;
    return own - (w * (r - etaControl) + (fromPropensity[i] ?? 0) - (outcomeControl[i] ?? 0)) / controlMean;
  });
  return { att: etaTreated - etaControl, influence };
}

interface Nuisance {
  readonly fitted: readonly number[];
  /** Each unit's influence on v'β. */
  readonly through: (v: Matrix) => number[];
}

/** Least squares of the change on the covariates among controls. */
function controlRegression(x: Matrix, change: readonly number[], treated: readonly number[]): Nuisance | null {
  const n = x.rows;
  const k = x.columns;
  const gram = Matrix.zeros(k, k);
  const cross = Matrix.zeros(k, 1);
  for (let i = 0; i < n; i++) {
    if (treated[i] === 1) continue;
    const row = x.getRowVector(i).transpose();
    gram.add(row.mmul(row.transpose()));
    cross.add(Matrix.mul(row, change[i] ?? 0));
  }
  const bread = inverted(gram);
  if (!bread) return null;
  const fitted = x.mmul(bread.mmul(cross)).to1DArray();
  const through = (v: Matrix) =>
    x
      .mmul(bread)
      .mmul(v)
      .to1DArray()
      .map((value, i) => (treated[i] === 1 ? 0 : n * value * ((change[i] ?? 0) - (fitted[i] ?? 0))));
  return { fitted, through };
}

/** Logistic regression of treatment on the covariates by Newton's method. */
function logit(x: Matrix, treated: readonly number[]): Nuisance | null {
  const n = x.rows;
  let beta = Matrix.zeros(x.columns, 1);
  for (let round = 0; round < 100; round++) {
    const fitted = x
      .mmul(beta)
      .to1DArray()
      .map((u) => 1 / (1 + Math.exp(-u)));
    const information = x.transpose().mmul(
      scaleRows(
        x,
        fitted.map((p) => p * (1 - p)),
      ),
    );
    const bread = inverted(information);
    if (!bread) return null;
    const score = x.transpose().mmul(Matrix.columnVector(fitted.map((p, i) => (treated[i] ?? 0) - p)));
    const step = bread.mmul(score);
    beta = Matrix.add(beta, step);
    if (step.norm() > 1e-12 * (1 + beta.norm())) continue;
    const through = (v: Matrix) =>
      x
        .mmul(bread)
        .mmul(v)
        .to1DArray()
        .map((value, i) => n * value * ((treated[i] ?? 0) - (fitted[i] ?? 0)));
    return { fitted, through };
  }
  return null;
}

function inverted(m: Matrix): Matrix | null {
  try {
    const out = inverse(m);
    return out.to1DArray().every(Number.isFinite) ? out : null;
  } catch {
    return null;
  }
}

function scaleRows(x: Matrix, weights: readonly number[]): Matrix {
  const out = x.clone();
  weights.forEach((weight, i) => {
    out.mulRow(i, weight);
  });
  return out;
}

const columnMeans = (x: Matrix, weights: readonly number[]): Matrix =>
  x
    .transpose()
    .mmul(Matrix.columnVector([...weights]))
    .div(x.rows);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const zeros = (n: number): number[] => new Array<number>(n).fill(0);
