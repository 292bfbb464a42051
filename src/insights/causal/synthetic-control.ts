/** Outcomes by unit (rows: donors first, then treated) and time; treatment starts at column `t0`. */
export interface BlockPanel {
  readonly y: readonly (readonly number[])[];
  /** Donors. */
  readonly n0: number;
  /** Columns before treatment. */
  readonly t0: number;
}

export interface SyntheticEffect {
  readonly att: number;
  /** Weights of the donors and of the times before treatment. */
  readonly unitWeights: readonly number[];
  readonly timeWeights: readonly number[];
  /** Ridge penalty on the unit weights. */
  readonly zeta: number;
}

const ITERATIONS_MAX = 10_000;
const ITERATIONS_BEFORE_SPARSE = 100;

/**
 * Synthetic difference in differences: donor and time weights by penalised Frank–Wolfe, made sparse once, then a weighted
 * double difference. Source: Arkhangelsky et al. (2021); synthdid::synthdid_estimate.
 */
export function syntheticDid(panel: BlockPanel): SyntheticEffect {
  const { n0, t0 } = panel;
  const noise = noiseLevel(panel);
  const treated = panel.y.length - n0;
  const after = (panel.y[0]?.length ?? 0) - t0;
  const zeta = (treated * after) ** 0.25 * noise;
  const collapsed = collapse(panel);
  const options = { intercept: true, decreaseMin: 1e-5 * noise };
  const timeWeights = sparseWeights(collapsed.slice(0, n0), { ...options, zeta: 1e-6 * noise });
  const columns = Array.from({ length: t0 }, (_, t) => collapsed.map((row) => row[t] ?? 0));
  const unitWeights = sparseWeights(columns, { ...options, zeta });
  return { att: doubleDifference(panel, unitWeights, timeWeights), unitWeights, timeWeights, zeta };
}

/** Synthetic control on outcomes alone: donor weights without intercept, no time weights. Source: Abadie et al. (2010); synthdid::sc_estimate. */
export function syntheticControl(panel: BlockPanel): SyntheticEffect {
  const noise = noiseLevel(panel);
  const zeta = 1e-6 * noise;
  const collapsed = collapse(panel);
  const columns = Array.from({ length: panel.t0 }, (_, t) => collapsed.map((row) => row[t] ?? 0));
  const unitWeights = sparseWeights(columns, { zeta, intercept: false, decreaseMin: 1e-5 * noise });
  const timeWeights = new Array<number>(panel.t0).fill(0);
  return { att: doubleDifference(panel, unitWeights, timeWeights), unitWeights, timeWeights, zeta };
}

/** Plain difference in differences: equal weights. Source: synthdid::did_estimate. */
export function blockDid(panel: BlockPanel): SyntheticEffect {
  const unitWeights = new Array<number>(panel.n0).fill(1 / panel.n0);
  const timeWeights = new Array<number>(panel.t0).fill(1 / panel.t0);
  return { att: doubleDifference(panel, unitWeights, timeWeights), unitWeights, timeWeights, zeta: 0 };
}

/** Treated minus weighted donors at each time: the gap that a placebo compares before and after. */
export function gaps({ y, n0 }: BlockPanel, unitWeights: readonly number[]): number[] {
  const treated = y.slice(n0);
  return (y[0] ?? []).map((_, t) => {
    const own = treated.reduce((sum, row) => sum + (row[t] ?? 0), 0) / treated.length;
    return own - unitWeights.reduce((sum, weight, i) => sum + weight * (y[i]?.[t] ?? 0), 0);
  });
}

function doubleDifference(panel: BlockPanel, unitWeights: readonly number[], timeWeights: readonly number[]): number {
  const gap = gaps(panel, unitWeights);
  const after = gap.slice(panel.t0);
  const before = timeWeights.reduce((sum, weight, t) => sum + weight * (gap[t] ?? 0), 0);
  return after.reduce((a, b) => a + b, 0) / after.length - before;
}

/** Standard deviation of the donors' first differences before treatment. */
function noiseLevel({ y, n0, t0 }: BlockPanel): number {
  const steps = y.slice(0, n0).flatMap((row) => row.slice(1, t0).map((value, t) => value - (row[t] ?? 0)));
  const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
  return Math.sqrt(steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / (steps.length - 1));
}

/** Treated rows averaged into one, times after treatment averaged into one. */
function collapse({ y, n0, t0 }: BlockPanel): number[][] {
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const short = y.map((row) => [...row.slice(0, t0), average(row.slice(t0))]);
  const treated = short.slice(n0);
  return [...short.slice(0, n0), (treated[0] ?? []).map((_, t) => average(treated.map((row) => row[t] ?? 0)))];
}

interface WeightOptions {
  readonly zeta: number;
  readonly intercept: boolean;
  readonly decreaseMin: number;
}

/** A short run, then weights below a quarter of the largest are dropped and the rest refined. */
function sparseWeights(rows: readonly (readonly number[])[], options: WeightOptions): number[] {
  const size = (rows[0]?.length ?? 1) - 1;
  const start = new Array<number>(size).fill(1 / size);
  const rough = frankWolfe(rows, start, options, ITERATIONS_BEFORE_SPARSE);
  const floor = Math.max(...rough) / 4;
  const kept = rough.map((weight) => (weight <= floor ? 0 : weight));
  const sum = kept.reduce((a, b) => a + b, 0);
  return frankWolfe(
    rows,
    kept.map((weight) => weight / sum),
    options,
    ITERATIONS_MAX,
  );
}

/**
 * Weights w on the simplex that minimise ζ²|w|² + |A w − b|²/N, `rows` = [A | b], by Frank–Wolfe with exact line search. The gradient
 * is kept up by one column of the Gram matrix a step, so a step costs no more than reading the weights.
 */
function frankWolfe(
  rows: readonly (readonly number[])[],
  start: readonly number[],
  { zeta, intercept, decreaseMin }: WeightOptions,
  rounds: number,
): number[] {
  const n = rows.length;
  const size = start.length;
  const { gram, target } = normalEquations(intercept ? centreColumns(rows) : rows, size, n * zeta * zeta);
  const w = Float64Array.from(start);
  const gradient = new Float64Array(size);
  for (let round = 1; round <= rounds; round++) {
    if (round % 200 === 1) refresh(gradient, gram, target, w);
    let best = 0;
    let [along, quadratic] = [0, 0];
    for (let j = 0; j < size; j++) {
      const g = gradient[j] ?? 0;
      if (g < (gradient[best] ?? 0)) best = j;
      along += g * (w[j] ?? 0);
      quadratic += (g + (target[j] ?? 0)) * (w[j] ?? 0);
    }
    const column = gram[best] ?? target;
    const slope = (gradient[best] ?? 0) - along;
    const curvature = (column[best] ?? 0) - 2 * ((gradient[best] ?? 0) + (target[best] ?? 0)) + quadratic;
    const step = curvature > 0 ? Math.min(1, Math.max(0, -slope / curvature)) : 0;
    for (let j = 0; j < size; j++) {
      w[j] = (1 - step) * (w[j] ?? 0) + (j === best ? step : 0);
      gradient[j] = (1 - step) * (gradient[j] ?? 0) + step * ((column[j] ?? 0) - (target[j] ?? 0));
    }
    if (round >= 2 && -(2 * slope + step * curvature) * step <= n * decreaseMin ** 2) break;
  }
  return [...w];
}

/** A'A + ridge·I and A'b. */
function normalEquations(rows: readonly (readonly number[])[], size: number, ridge: number) {
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  const target = new Float64Array(size);
  gram.forEach((line, j) => {
    for (let k = 0; k < size; k++) line[k] = rows.reduce((sum, row) => sum + (row[j] ?? 0) * (row[k] ?? 0), 0);
    line[j] = (line[j] ?? 0) + ridge;
    target[j] = rows.reduce((sum, row) => sum + (row[j] ?? 0) * (row[size] ?? 0), 0);
  });
  return { gram, target };
}

/** gradient = gram·w − target, anew, so that rounding does not pile up. */
function refresh(gradient: Float64Array, gram: readonly Float64Array[], target: Float64Array, w: Float64Array): void {
  gram.forEach((line, j) => {
    let sum = -(target[j] ?? 0);
    for (let k = 0; k < line.length; k++) sum += (line[k] ?? 0) * (w[k] ?? 0);
    gradient[j] = sum;
  });
}

function centreColumns(rows: readonly (readonly number[])[]): number[][] {
  const means = (rows[0] ?? []).map((_, j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length);
  return rows.map((row) => row.map((value, j) => value - (means[j] ?? 0)));
}
