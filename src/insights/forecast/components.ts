import { ridgeAutoregression } from "./ridge-autoregression.ts";
import { adjusted, classicalIndices, isSeasonal, seasoned } from "./seasonal.ts";
import { exponentialSmoothing } from "./smoothing.ts";
import { type Decomposition, mstl } from "./stl.ts";
import { dynamicTheta } from "./theta.ts";

/** What the simple forecasters of one history share: its logarithm and its decompositions are made once. */
export interface History {
  readonly y: Float64Array;
  /** Seasons of which there are at least two, ascending. */
  readonly periods: readonly number[];
  readonly lags: readonly number[];
  readonly log: () => Logged | null;
  readonly split: (kind: "plain" | "robust" | "log") => Decomposition | null;
}

interface Logged {
  readonly y: Float64Array;
  readonly back: (value: number) => number;
}

/** A simple forecaster; null where the history is too short or has the wrong sign for it. */
export type Component = (history: History, horizon: number) => Float64Array | null;

/** The simple forecasters that the combination weighs. */
export const COMPONENTS: Readonly<Record<string, Component>> = {
  "seasonal naive": ({ y, periods }, horizon) => repeatSeason(y, periods[periods.length - 1] ?? 1, horizon),
  "mean of last seasons": ({ y, periods }, horizon) => meanOfSeasons(y, periods[periods.length - 1] ?? 1, horizon),
  "dynamic theta": ({ y, periods }, horizon) => seasonalTheta(y, periods[0] ?? 1, horizon),
  "log STL + theta": (history, horizon) => {
    const [logged, split] = [history.log(), history.split("log")];
    return logged && split ? recompose(split, history, horizon, dynamicTheta).map(logged.back) : null;
  },
  "STL + ETS": (history, horizon) => {
    const split = history.split("plain");
    return split && recompose(split, history, horizon, exponentialSmoothing);
  },
  "robust STL + ETS": (history, horizon) => {
    const split = history.split("robust");
    return split && recompose(split, history, horizon, exponentialSmoothing);
  },
  autoregression: ({ y, lags }, horizon) => ridgeAutoregression(y, lags, horizon),
  "autoregression of logarithms": ({ log, lags }, horizon) => loggedRegression(log(), lags, horizon, null),
  "recent autoregression": ({ y, lags, periods }, horizon) => {
    const recent = recentLength(periods);
    return y.length > 1.2 * recent ? ridgeAutoregression(y.slice(-recent), lags, horizon) : null;
  },
};

/** Values looked at by the forecasters of recent behaviour. */
const recentLength = (periods: readonly number[]): number =>
  Math.max(250, Math.min(500, 3 * (periods[periods.length - 1] ?? 1)));

/** The history of filled values; `periods` ascending, those of which there are fewer than two seasons are dropped. */
export function historyOf(y: Float64Array, periods: readonly number[]): History {
  const seasons = periods.filter((period) => period >= 2 && y.length >= 2 * period + 1);
  const log = once(() => logged(y));
  const plain = once(() => mstl(y, seasons, false));
  const robust = once(() => mstl(y, seasons, true));
  const ofLog = once(() => {
    const own = log();
    return own && mstl(own.y, seasons, false);
  });
  const split = (kind: "plain" | "robust" | "log"): Decomposition | null =>
    kind === "plain" ? plain() : kind === "robust" ? robust() : ofLog();
  return { y, periods: seasons, lags: lagsOf(periods, y.length), log, split };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Logarithm with a small share of the mean added where there are zeros, so that scaling the series scales the forecast. */
function logged(y: Float64Array): Logged | null {
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

/** Mean of each phase over the last eight seasons. */
function meanOfSeasons(y: Float64Array, period: number, horizon: number): Float64Array {
  const seasons = Math.min(8, Math.floor(y.length / period));
  if (seasons < 1) return repeatSeason(y, 1, horizon);
  return Float64Array.from({ length: horizon }, (_, j) => {
    let sum = 0;
    for (let k = 1; k <= seasons; k++) sum += y[y.length - k * period + (j % period)] ?? 0;
    return sum / seasons;
  });
}

function seasonalTheta(y: Float64Array, period: number, horizon: number): Float64Array {
  if (!isSeasonal(y, period)) return dynamicTheta(y, horizon);
  const indices = classicalIndices(y, period);
  return seasoned(dynamicTheta(adjusted(y, indices), horizon), indices, y.length);
}

/** Forecasts the series without its seasons, then adds each season's last round. */
function recompose(
  { seasonal, trend, remainder }: Decomposition,
  { periods }: History,
  horizon: number,
  forecast: (y: Float64Array, horizon: number) => Float64Array,
): Float64Array {
  const out = forecast(
    trend.map((value, i) => value + (remainder[i] ?? 0)),
    horizon,
  );
  periods.forEach((period, k) => {
    const season = repeatSeason(seasonal[k] ?? new Float64Array(1), period, horizon);
    for (let j = 0; j < horizon; j++) out[j] = (out[j] ?? 0) + (season[j] ?? 0);
  });
  return out;
}

function loggedRegression(
  own: Logged | null,
  lags: readonly number[],
  horizon: number,
  recent: number | null,
): Float64Array | null {
  if (!own) return null;
  const fit = ridgeAutoregression(recent === null ? own.y : own.y.slice(-recent), lags, horizon);
  return fit && fit.map(own.back);
}

/**
 * Lags of the autoregression: two short seasons, the third and fourth, around two and seven of a day inside a week, and a year of days
 * or weeks; those above three fifths of the length are dropped.
 */
function lagsOf(periods: readonly number[], length: number): number[] {
  const [short = 1, long] = periods;
  const lags = new Set<number>();
  const through = (from: number, to: number): void => {
    for (let lag = from; lag <= to; lag++) lags.add(lag);
  };
  if (short === 7) {
    through(1, 14);
    for (const lag of [21, 28, 364]) lags.add(lag);
  } else if (short > 30) {
    through(1, 8);
    through(short - 1, short + 1);
  } else if (short < 2) through(1, 8);
  else {
    through(1, short);
    through(2 * short - 1, 2 * short + 1);
  }
  if (long) through(long - 1, long + 1);
  return [...lags].filter((lag) => lag <= 0.6 * length).sort((a, b) => a - b);
}
