import { ridgeAutoregression } from "./ridge-autoregression.ts";
import { adjusted, classicalIndices, isSeasonal, seasoned } from "./seasonal.ts";
import { exponentialSmoothing } from "./smoothing.ts";
import { type Decomposition, mstl } from "./stl.ts";
import { dynamicTheta } from "./theta.ts";

/** What the simple forecasters of one history share. */
export interface History {
  readonly y: Float64Array;
  /** Seasons of which there are at least two, ascending. */
  readonly periods: readonly number[];
  readonly lags: readonly number[];
  readonly split: () => Decomposition;
  readonly robustSplit: () => Decomposition;
}

/** A simple forecaster; null where the history is too short or has the wrong sign for it. */
export type Component = (history: History, horizon: number) => Float64Array | null;

/** The simple forecasters that the combination weighs. */
export const COMPONENTS: Readonly<Record<string, Component>> = {
  "seasonal naive": ({ y, periods }, horizon) => repeatSeason(y, periods[periods.length - 1] ?? 1, horizon),
  "naive of the short season": ({ y, periods }, horizon) =>
    periods.length > 1 ? repeatSeason(y, periods[0] ?? 1, horizon) : null,
  "mean of last seasons": ({ y, periods }, horizon) => ofLastSeasons(y, periods, 8, horizon, meanOf),
  "median of last seasons": ({ y, periods }, horizon) => ofLastSeasons(y, periods, 12, horizon, medianOf),
  "dynamic theta": ({ y, periods }, horizon) => seasonalTheta(y, periods[0] ?? 1, horizon),
  "STL + ETS": (history, horizon) => recompose(history.split(), history, horizon),
  "robust STL + ETS": (history, horizon) => recompose(history.robustSplit(), history, horizon),
  autoregression: ({ y, lags }, horizon) => ridgeAutoregression(y, lags, horizon),
  "autoregression of logarithms": ({ y, lags }, horizon) => loggedRegression(y, lags, horizon),
  "recent autoregression": ({ y, lags, periods }, horizon) => {
    const recent = recentLength(periods);
    if (y.length <= 1.2 * recent) return null;
    return ridgeAutoregression(y.slice(-recent), lagsWithin(lags, recent), horizon);
  },
};

/** Values looked at by the forecasters of recent behaviour. */
const recentLength = (periods: readonly number[]): number =>
  Math.max(250, Math.min(500, 3 * (periods[periods.length - 1] ?? 1)));

/** The history of filled values; `periods` ascending, those of which there are fewer than two seasons are dropped. */
export function historyOf(y: Float64Array, periods: readonly number[]): History {
  const seasons = periods.filter((period) => period >= 2 && y.length >= 2 * period + 1);
  return {
    y,
    periods: seasons,
    lags: lagsWithin(lagsOf(periods), y.length),
    split: () => mstl(y, seasons, false),
    robustSplit: () => mstl(y, seasons, true),
  };
}

/** Logarithm with a small share of the mean added where there are zeros, so that scaling the series scales the forecast. */
function logged(y: Float64Array): { y: Float64Array; back: (value: number) => number } | null {
  let [least, sum] = [Number.POSITIVE_INFINITY, 0];
  for (const value of y) {
    least = Math.min(least, value);
    sum += value;
  }
  if (least < 0 || !(sum > 0)) return null;
  const mean = sum / y.length;
  const shift = least > 0.01 * mean ? 0 : 0.1 * mean;
  return { y: y.map((value) => Math.log(value + shift)), back: (value) => Math.exp(value) - shift };
}

export function repeatSeason(y: Float64Array, period: number, horizon: number): Float64Array {
  const season = Math.min(period, y.length);
  return Float64Array.from({ length: horizon }, (_, j) => y[y.length - season + (j % season)] ?? 0);
}

/** Each phase of the longest season summarised over the last few of them; the last values where there is no season. */
function ofLastSeasons(
  y: Float64Array,
  periods: readonly number[],
  most: number,
  horizon: number,
  summarise: (values: Float64Array) => number,
): Float64Array {
  const period = periods[periods.length - 1] ?? 1;
  const seasons = Math.min(most, Math.floor(y.length / period));
  const own = new Float64Array(seasons);
  return Float64Array.from({ length: horizon }, (_, j) => {
    for (let k = 0; k < seasons; k++) own[k] = y[y.length - (k + 1) * period + (j % period)] ?? 0;
    return summarise(own);
  });
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function seasonalTheta(y: Float64Array, period: number, horizon: number): Float64Array {
  if (!isSeasonal(y, period)) return dynamicTheta(y, horizon);
  const indices = classicalIndices(y, period);
  return seasoned(dynamicTheta(adjusted(y, indices), horizon), indices, y.length);
}

/** Smooths the series without its seasons, then adds each season's last round. */
function recompose({ seasonal, trend, remainder }: Decomposition, { periods }: History, horizon: number): Float64Array {
  const out = exponentialSmoothing(
    trend.map((value, i) => value + (remainder[i] ?? 0)),
    horizon,
  );
  periods.forEach((period, k) => {
    const season = repeatSeason(seasonal[k] ?? new Float64Array(1), period, horizon);
    for (let j = 0; j < horizon; j++) out[j] = (out[j] ?? 0) + (season[j] ?? 0);
  });
  return out;
}

function loggedRegression(y: Float64Array, lags: readonly number[], horizon: number): Float64Array | null {
  const own = logged(y);
  return own && (ridgeAutoregression(own.y, lags, horizon)?.map(own.back) ?? null);
}

/**
 * Lags of the autoregression. A week of days: two weeks, the third and fourth, a year. A day of hours: the day and around the second one.
 * Longer seasons: eight, and around the season. Around each further season.
 */
function lagsOf([short = 1, ...longer]: readonly number[]): number[] {
  const lags = new Set<number>();
  const through = (from: number, to: number): void => {
    for (let lag = Math.max(1, from); lag <= to; lag++) lags.add(lag);
  };
  through(1, short === 7 ? 14 : short <= 30 ? Math.max(8, short) : 8);
  if (short === 7) for (const lag of [21, 28, 364]) lags.add(lag);
  else if (short > 30) through(short - 1, short + 1);
  else if (short > 1) through(2 * short - 1, 2 * short + 1);
  for (const long of longer) through(long - 1, long + 1);
  return [...lags].sort((a, b) => a - b);
}

/** Lags that leave two fifths of the values to learn from. */
const lagsWithin = (lags: readonly number[], length: number): number[] => lags.filter((lag) => lag <= 0.6 * length);
