import { loess } from "./loess.ts";

export interface Decomposition {
  readonly trend: Float64Array;
  /** One per period, in the order of `periods`. */
  readonly seasonal: readonly Float64Array[];
  readonly remainder: Float64Array;
}

/**
 * Several seasonal patterns by repeated STL, the shortest period first, each taken from what the others leave; two rounds where there is
 * more than one. `robust` adds two rounds of bisquare weights. Needs two full seasons of every period.
 * Source: Bandara, Hyndman & Bergmeir (2021), MSTL; windows 7 + 4i as in R's forecast::mstl.
 */
export function mstl(y: Float64Array, periods: readonly number[], robust: boolean): Decomposition {
  const seasonal: Float64Array[] = periods.map(() => new Float64Array(y.length));
  const rounds = periods.length > 1 ? 2 : 1;
  const left = Float64Array.from(y);
  let trend: Float64Array = new Float64Array(y.length);
  for (let round = 0; round < rounds; round++) {
    periods.forEach((period, k) => {
      const before = seasonal[k] ?? new Float64Array(y.length);
      for (let i = 0; i < y.length; i++) left[i] = (left[i] ?? 0) + (before[i] ?? 0);
      const fit = stl(left, period, 11 + 4 * k, robust);
      seasonal[k] = fit.seasonal;
      trend = fit.trend;
      for (let i = 0; i < y.length; i++) left[i] = (left[i] ?? 0) - (fit.seasonal[i] ?? 0);
    });
  }
  if (periods.length === 0) trend = loess(y, nextOdd(y.length / 3), 1, 3, null, 0, y.length - 1);
  return { trend, seasonal, remainder: left.map((value, i) => value - (trend[i] ?? 0)) };
}

const nextOdd = (x: number): number => {
  const up = Math.max(3, Math.ceil(x));
  return up % 2 === 0 ? up + 1 : up;
};

/** One seasonal pattern and the trend; two inner rounds, or one inside each of three robust rounds. */
function stl(
  y: Float64Array,
  period: number,
  window: number,
  robust: boolean,
): { trend: Float64Array; seasonal: Float64Array } {
  const n = y.length;
  const trendWindow = nextOdd((1.5 * period) / (1 - 1.5 / window));
  const lowWindow = nextOdd(period);
  let trend: Float64Array = new Float64Array(n);
  let seasonal: Float64Array = new Float64Array(n);
  let weights: Float64Array | null = null;
  const detrended = new Float64Array(n);
  const adjusted = new Float64Array(n);
  const rounds = robust ? 3 : 2;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < n; i++) detrended[i] = (y[i] ?? 0) - (trend[i] ?? 0);
    const cycles = smoothCycles(detrended, period, window, weights);
    const low = lowPass(cycles, period, lowWindow);
    seasonal = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      seasonal[i] = (cycles[i + period] ?? 0) - (low[i] ?? 0);
      adjusted[i] = (y[i] ?? 0) - (seasonal[i] ?? 0);
    }
    trend = loess(adjusted, trendWindow, 1, Math.ceil(trendWindow / 10), weights, 0, n - 1);
    if (robust && round < rounds - 1) weights = bisquare(y, trend, seasonal);
  }
  return { trend, seasonal };
}

/** Every phase smoothed over the seasons and extended by one season to both sides: n + 2·period values. */
function smoothCycles(y: Float64Array, period: number, window: number, weights: Float64Array | null): Float64Array {
  const n = y.length;
  const out = new Float64Array(n + 2 * period);
  for (let phase = 0; phase < period; phase++) {
    const count = Math.floor((n - 1 - phase) / period) + 1;
    const own = new Float64Array(count);
    const ownWeights = weights ? new Float64Array(count) : null;
    for (let i = 0; i < count; i++) {
      own[i] = y[phase + i * period] ?? 0;
      if (ownWeights) ownWeights[i] = weights?.[phase + i * period] ?? 0;
    }
    const smooth = loess(own, window, 0, Math.ceil(window / 10), ownWeights, -1, count);
    for (let i = 0; i < count + 2; i++) out[phase + i * period] = smooth[i] ?? 0;
  }
  return out;
}

/** Moving averages of period, period and 3, then loess: what of the cycles is trend. */
function lowPass(cycles: Float64Array, period: number, window: number): Float64Array {
  const average = movingAverage(movingAverage(movingAverage(cycles, period), period), 3);
  return loess(average, window, 1, Math.ceil(window / 10), null, 0, average.length - 1);
}

function movingAverage(y: Float64Array, width: number): Float64Array {
  const out = new Float64Array(y.length - width + 1);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    sum += y[i] ?? 0;
    if (i >= width) sum -= y[i - width] ?? 0;
    if (i >= width - 1) out[i - width + 1] = sum / width;
  }
  return out;
}

/** (1 − (r / 6·median|r|)²)², 0 beyond; all 1 where the fit is exact. */
function bisquare(y: Float64Array, trend: Float64Array, seasonal: Float64Array): Float64Array {
  const size = y.map((value, i) => Math.abs(value - (trend[i] ?? 0) - (seasonal[i] ?? 0)));
  const scale = 6 * (Float64Array.from(size).sort()[size.length >> 1] ?? 0);
  return size.map((r) => {
    if (!(scale > 0)) return 1;
    const u = r / scale;
    if (u >= 0.999) return 0;
    return u <= 0.001 ? 1 : (1 - u * u) ** 2;
  });
}
