import { COMPONENTS, historyOf } from "./components.ts";

/** One rolling origin: what each forecaster said about a window before it was seen. */
interface Rehearsal {
  /** Where the window begins. */
  readonly origin: number;
  readonly forecasts: readonly (Float64Array | null)[];
  /** Mean absolute error of each forecaster over what was observed; null where it gave nothing. */
  readonly errors: readonly (number | null)[];
}

export interface Combination {
  readonly point: Float64Array;
  /** Share of each forecaster, by its name; those that take part. */
  readonly weights: Readonly<Record<string, number>>;
  readonly rehearsals: readonly Rehearsal[];
  /** For each rehearsal the combination weighted without that window: honest forecasts of the past. */
  readonly honest: readonly Float64Array[];
}

export interface CombinationInput {
  /** Filled values to learn from. */
  readonly y: Float64Array;
  /** What was observed; NaN where nothing was. Errors are counted on these only. */
  readonly observed: Float64Array;
  readonly periods: readonly number[];
  /** Steps ahead; rehearsed over as many, or fewer where the history is short. */
  readonly horizon: number;
  /** Applied to every forecast, e.g. counts are not below 0. */
  readonly clip: (value: number) => number;
}

/** Windows rehearsed, for the bands and the back-test; the weights look at the last three. */
const ORIGINS = 4;
const WEIGHED = 3;
const DECAY = 0.8;
const POWER = 4;

/**
 * Weighted mean of simple forecasters: w ∝ (least error / error)⁴, the error from three rolling windows as long as the horizon, older
 * ones counting 0.8 each step back. Sources: Bates & Granger (1969); Makridakis et al. (2020) on combinations in M4.
 */
export function combine({ y, observed, periods, horizon, clip }: CombinationInput): Combination {
  const names = Object.keys(COMPONENTS);
  const forecastFrom = (n: number, steps: number): (Float64Array | null)[] => {
    const history = historyOf(y.subarray(0, n), periods);
    return Object.values(COMPONENTS).map((component) => sane(component(history, steps), clip));
  };
  const window = windowOf(y.length, periods, horizon);
  const rehearsals = originsOf(y.length, periods, window).map((origin): Rehearsal => {
    const forecasts = forecastFrom(origin, window);
    return { origin, forecasts, errors: forecasts.map((forecast) => errorOf(forecast, observed, origin)) };
  });
  const now = forecastFrom(y.length, horizon);
  const weights = weigh(rehearsals, now);
  return {
    point: mix(now, weights, horizon),
    weights: Object.fromEntries(names.flatMap((name, i) => ((weights[i] ?? 0) > 0 ? [[name, weights[i] ?? 0]] : []))),
    rehearsals,
    honest: rehearsals.map((own, k) =>
      mix(
        own.forecasts,
        weigh(
          rehearsals.filter((_, other) => other !== k),
          own.forecasts,
        ),
        window,
      ),
    ),
  };
}

/** Values that must lie before a rehearsed window: two seasons of the shortest period. */
const leastBefore = (periods: readonly number[]): number => Math.max(4, 2 * (periods[0] ?? 1) + 1);

/** Length of a window: the horizon, at least two short seasons or eight steps, at most a part of what there is beyond the least history. */
function windowOf(n: number, periods: readonly number[], horizon: number): number {
  const [season = 1] = periods;
  const wanted = Math.max(horizon, season > 1 && season <= 24 ? 2 * season : 8);
  return Math.max(1, Math.min(wanted, Math.floor((n - leastBefore(periods)) / ORIGINS)));
}

/** Last window first; none where the history is too short for one. */
function originsOf(n: number, periods: readonly number[], window: number): number[] {
  return Array.from({ length: ORIGINS }, (_, k) => n - (k + 1) * window).filter(
    (origin) => origin >= leastBefore(periods),
  );
}

/** A forecaster that left the range of numbers says nothing. */
function sane(forecast: Float64Array | null, clip: (value: number) => number): Float64Array | null {
  if (!forecast?.every((value) => Number.isFinite(value))) return null;
  return forecast.map(clip);
}

function errorOf(forecast: Float64Array | null, observed: Float64Array, origin: number): number | null {
  if (!forecast) return null;
  let [sum, count] = [0, 0];
  for (let j = 0; j < forecast.length; j++) {
    const actual = observed[origin + j] ?? Number.NaN;
    if (Number.isNaN(actual)) continue;
    sum += Math.abs(actual - (forecast[j] ?? 0));
    count += 1;
  }
  return count > 0 ? sum / count : null;
}

/** Weights of those that give a forecast now; equal where nothing was rehearsed. */
function weigh(rehearsals: readonly Rehearsal[], now: readonly (Float64Array | null)[]): number[] {
  const errors = now.map((forecast, i) => (forecast ? decayedError(rehearsals, i) : null));
  const known = errors.filter((error) => error !== null);
  const least = Math.min(...known);
  const raw = now.map((forecast, i) => {
    if (!forecast) return 0;
    if (known.length === 0) return 1;
    const error = errors[i] ?? null;
    if (error === null) return 0;
    return error > 0 ? (least / error) ** POWER : 1;
  });
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}

function decayedError(rehearsals: readonly Rehearsal[], component: number): number | null {
  let [sum, total] = [0, 0];
  for (const [k, { errors }] of rehearsals.slice(0, WEIGHED).entries()) {
    const error = errors[component] ?? null;
    if (error === null) continue;
    sum += DECAY ** k * error;
    total += DECAY ** k;
  }
  return total > 0 ? sum / total : null;
}

/** Around the first forecast, so that forecasts that agree are given back to the last bit. */
function mix(forecasts: readonly (Float64Array | null)[], weights: readonly number[], horizon: number): Float64Array {
  const first = forecasts.find((forecast, i) => forecast && (weights[i] ?? 0) > 0) ?? new Float64Array(horizon);
  const out = Float64Array.from(first);
  forecasts.forEach((forecast, i) => {
    const weight = weights[i] ?? 0;
    if (!forecast || weight === 0) return;
    for (let j = 0; j < horizon; j++) out[j] = (out[j] ?? 0) + weight * ((forecast[j] ?? 0) - (first[j] ?? 0));
  });
  return out;
}
