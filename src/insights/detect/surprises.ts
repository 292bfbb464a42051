import { Combined, LagRegression, SmoothedSeason } from "./one-step.ts";
import { RecentErrors } from "./recent-errors.ts";

/** What was expected of each bucket knowing only those before it, and how far off it was. NaN where nothing can be said. */
export interface Surprises {
  readonly expected: Float64Array;
  /** (value − expected) / scale, in the transformed unit. */
  readonly score: Float64Array;
  /** The value at that many scales from the expected one. */
  readonly at: (bucket: number, scores: number) => number;
}

/** Values that are never negative are raised to this power: their spread grows with their size, though not in proportion. */
const POWER = 0.8;
const WINSOR = 3;
const ERROR_CLIP = 4;
const SCALE_SEASONS = 52;
const LEARN_ERRORS = 20;

/**
 * One-step forecasts of a series: the mean of a ridge regression on its own lags and of a smoothed level and season, both on winsorised
 * history, so that an anomaly does not become normal. The scale mixes median, 90th and 95th percentile of past errors. `values` NaN where missing; `periods` ascending.
 */
export function surprisesOf(values: Float64Array, periods: readonly number[]): Surprises {
  const power = values.every((value) => Number.isNaN(value) || value >= 0) ? POWER : 1;
  const y = values.map((value) => value ** power);
  const scaleOver = SCALE_SEASONS * Math.min(periods[0] ?? 7, 24);
  const start = startOf(y, periods[0] ?? 1);
  const model = new Combined([
    new LagRegression(y.length, start, periods),
    new SmoothedSeason(start, periods[periods.length - 1] ?? 1),
  ]);
  const [expected, score, scales] = [nans(y.length), nans(y.length), nans(y.length)];
  const errors = new RecentErrors(scaleOver);
  for (let t = 0; t < y.length; t++) {
    const forecast = model.forecast(t) ?? start;
    const { scale } = errors;
    if (errors.count >= LEARN_ERRORS) {
      expected[t] = Math.max(power === 1 ? Number.NEGATIVE_INFINITY : 0, forecast);
      scales[t] = scale;
    }
    const value = y[t] ?? Number.NaN;
    if (Number.isNaN(value)) {
      model.learn(t, forecast);
      continue;
    }
    const gap = value - forecast;
    const error = Math.abs(gap) > ROUNDING * Math.abs(value) ? gap : 0;
    if (errors.count >= LEARN_ERRORS)
      score[t] = scale > 0 ? error / scale : error === 0 ? 0 : Math.sign(error) * NEVER_BEFORE;
    const limit = errors.count >= LEARN_ERRORS ? scale : Number.POSITIVE_INFINITY;
    model.learn(t, forecast + Math.min(WINSOR * limit, Math.max(-WINSOR * limit, error)));
    if (t >= (periods[0] ?? 1))
      errors.push(limit > 0 ? Math.min(Math.abs(error), ERROR_CLIP * limit) : Math.abs(error));
  }
  const back = (x: number): number => (power === 1 ? x : Math.max(0, x) ** (1 / power));
  return {
    expected: expected.map(back),
    score,
    at: (bucket, scores) => back((expected[bucket] ?? Number.NaN) + scores * (scales[bucket] ?? Number.NaN)),
  };
}

/** An error below this share of the value is rounding. */
const ROUNDING = 1e-9;
/** The score of a first change. */
const NEVER_BEFORE = 20;
const nans = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);

/** Median of the first season, a week at least. */
function startOf(y: Float64Array, period: number): number {
  const first = y.subarray(0, Math.max(7, period)).filter((value) => !Number.isNaN(value));
  return first.sort()[first.length >> 1] ?? 0;
}
