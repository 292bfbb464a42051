/** Expected size of the error of a bucket with such a forecast, relative to the usual one. `bucket` counts from the start of the history. */
export type Unevenness = (forecast: number, bucket: number) => number;

const PHASE_POWER = 0.75;
const LEVEL_POWER = 0.5;
const SEASONS_MAX = 52;
/** Squares beyond this quantile count as it: one broken day is no pattern. */
const CAP = 0.98;
const LEAST_PHASE = 0.2;
const LEAST_LEVEL = 0.05;

/**
 * Sundays scatter otherwise than Mondays, and large values more than small ones: the root mean square of the differences to the season before,
 * by phase, to the power ¾; times the forecast over the usual one to the power ½ (as counts do) where values are amounts from 0 on.
 * The powers are drawn towards 0 from what fits best, for few seasons tell little.
 */
export function unevennessOf(
  y: Float64Array,
  period: number,
  forecasts: readonly Float64Array[],
  isAmount: boolean,
): Unevenness {
  const phases = period >= 2 && y.length >= 3 * period ? scatterByPhase(y, period) : null;
  const usual = isAmount ? meanSize(forecasts) : 0;
  return (forecast, bucket) => {
    const phase = phases ? Math.max(LEAST_PHASE, phases[bucket % period] ?? 1) ** PHASE_POWER : 1;
    const level = usual > 0 ? Math.max(LEAST_LEVEL, Math.abs(forecast) / usual) ** LEVEL_POWER : 1;
    return phase * level;
  };
}

/** Of each phase, relative to all; null where nothing scatters. */
function scatterByPhase(y: Float64Array, period: number): Float64Array | null {
  const from = Math.max(period, y.length - SEASONS_MAX * period);
  const squares = Float64Array.from({ length: y.length - from }, (_, i) => {
    const difference = (y[from + i] ?? 0) - (y[from + i - period] ?? 0);
    return difference * difference;
  });
  const cap = Float64Array.from(squares).sort()[Math.floor(CAP * squares.length)] ?? Number.POSITIVE_INFINITY;
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  squares.forEach((square, i) => {
    const phase = (from + i) % period;
    sums[phase] = (sums[phase] ?? 0) + Math.min(cap, square);
    counts[phase] = (counts[phase] ?? 0) + 1;
  });
  const overall = sums.reduce((sum, own) => sum + own, 0) / squares.length;
  return overall > 0 ? sums.map((sum, phase) => Math.sqrt(sum / (counts[phase] || 1) / overall)) : null;
}

function meanSize(forecasts: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  for (const forecast of forecasts)
    for (const value of forecast) {
      sum += Math.abs(value);
      count += 1;
    }
  return count > 0 ? sum / count : 0;
}
