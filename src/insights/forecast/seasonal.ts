/** Is there a season of this period, at 90 %? The autocorrelation at the lag against Bartlett's limit, as in M4. Source: Makridakis et al. (2020). */
export function isSeasonal(y: Float64Array, period: number): boolean {
  if (period < 2 || y.length < 3 * period) return false;
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const centred = y.map((value) => value - mean);
  const variance = autocovariance(centred, 0);
  if (!(variance > 0)) return false;
  let squares = 0;
  for (let lag = 1; lag < period; lag++) squares += (autocovariance(centred, lag) / variance) ** 2;
  const limit = 1.645 * Math.sqrt((1 + 2 * squares) / y.length);
  return Math.abs(autocovariance(centred, period) / variance) > limit;
}

function autocovariance(centred: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centred.length; i++) sum += (centred[i] ?? 0) * (centred[i - lag] ?? 0);
  return sum;
}

export interface Indices {
  /** One per phase of the first value; factors with mean 1, or differences with mean 0. */
  readonly values: Float64Array;
  readonly kind: "factors" | "differences";
}

/**
 * Classical decomposition by a centred moving average: factors, or differences where a factor would fall below a hundredth.
 * Needs two seasons. Source: stats::decompose; forecTheta for the fallback.
 */
export function classicalIndices(y: Float64Array, period: number): Indices {
  const factors = indices(y, period, (value, trend) => value / trend);
  const mean = factors.reduce((sum, value) => sum + value, 0) / period;
  if (mean > 0 && factors.every((value) => Number.isFinite(value) && value / mean >= 0.01))
    return { values: factors.map((value) => value / mean), kind: "factors" };
  const differences = indices(y, period, (value, trend) => value - trend);
  const shift = differences.reduce((sum, value) => sum + value, 0) / period;
  return { values: differences.map((value) => value - shift), kind: "differences" };
}

/** The series without its season. */
export const adjusted = (y: Float64Array, { values, kind }: Indices): Float64Array =>
  y.map((value, i) => {
    const index = values[i % values.length] ?? 0;
    return kind === "factors" ? value / index : value - index;
  });

/** Gives a forecast that begins `offset` values after the start its season back. */
export const seasoned = (forecast: Float64Array, { values, kind }: Indices, offset: number): Float64Array =>
  forecast.map((value, j) => {
    const index = values[(offset + j) % values.length] ?? 0;
    return kind === "factors" ? value * index : value + index;
  });

function indices(y: Float64Array, period: number, compare: (value: number, trend: number) => number): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const half = period >> 1;
  for (let i = half; i < y.length - half; i++) {
    let trend = 0;
    for (let k = -half; k <= half; k++) trend += (period % 2 === 0 && Math.abs(k) === half ? 0.5 : 1) * (y[i + k] ?? 0);
    const phase = i % period;
    sums[phase] = (sums[phase] ?? 0) + compare(y[i] ?? 0, trend / period);
    counts[phase] = (counts[phase] ?? 0) + 1;
  }
  return sums.map((sum, phase) => sum / (counts[phase] ?? 1));
}
