import { conformalBands, type HalfWidths, type PastError } from "./bands.ts";
import { type Combination, combine } from "./combine.ts";
import { repeatSeason } from "./components.ts";
import { fillGaps } from "./fill.ts";
import { type Unevenness, unevennessOf } from "./unevenness.ts";

export interface ForecastInput {
  /** One value a bucket, oldest first; null where nothing was observed. */
  readonly values: readonly (number | null)[];
  /** Values to learn from where they differ from the observed ones, e.g. rates shrunk for their small denominators. */
  readonly learned?: readonly (number | null)[];
  /** Lengths of the seasons in buckets, ascending; [] for none. */
  readonly periods: readonly number[];
  /** Buckets ahead, at least 1. */
  readonly horizon: number;
  /** What a value can be: counts [0, ∞), shares [0, 1]. */
  readonly range: { readonly low: number; readonly high: number };
  /** Relative size of the error to expect of each bucket, past and then ahead; 1 everywhere if left out. */
  readonly scale?: { readonly past: readonly number[]; readonly ahead: readonly number[] };
}

/** Ends of the band that holds a future value in that share of cases. */
interface Band {
  readonly low: number;
  readonly high: number;
}

export interface Step {
  readonly point: number;
  /** Null where the history is too short to say how wrong the forecast may be. */
  readonly band80: Band | null;
  readonly band95: Band | null;
}

/** Errors of honest forecasts of the past, over windows that the forecast had not seen. */
export interface BackTest {
  readonly windows: number;
  /** Steps of each window. */
  readonly steps: number;
  readonly compared: number;
  readonly meanAbsoluteError: number;
  readonly seasonalNaiveError: number;
  /** Ours divided by seasonal naive's: below 1 is better than repeating the last season. Null where naive was never wrong. */
  readonly ratio: number | null;
  /** Medians of the absolute errors, and of the errors as parts of what came (null where half of it was 0). */
  readonly median: Typical;
  readonly seasonalNaiveMedian: Typical;
}
interface Typical {
  readonly absolute: number;
  readonly relative: number | null;
}

export interface ForecastValues {
  readonly steps: readonly Step[];
  readonly backTest: BackTest | null;
  /** Share of each simple forecaster. */
  readonly weights: Readonly<Record<string, number>>;
  /** Seasons of which there were at least two. */
  readonly periods: readonly number[];
  /** Correlation of the errors of neighbouring steps, 0 … 1; 1 where nothing was rehearsed. */
  readonly persistence: number;
}

/** Point forecasts with 80 % and 95 % bands. Null where nothing was observed or the horizon is not a positive whole number. */
export function forecastValues(input: ForecastInput): ForecastValues | null {
  const { horizon, range } = input;
  if (!Number.isInteger(horizon) || horizon < 1) return null;
  const periods = input.periods.filter((period) => period >= 2 && input.values.length >= 2 * period + 1);
  const y = fillGaps(input.learned ?? input.values, periods[0] ?? 1);
  if (!y) return null;
  const observed = Float64Array.from(input.values, (value) => value ?? Number.NaN);
  const clip = (value: number): number => Math.min(range.high, Math.max(range.low, value));
  const combination = combine({ y, observed, periods, horizon, clip });
  const isAmount = range.low === 0 && range.high === Number.POSITIVE_INFINITY;
  const uneven = unevennessOf(y, periods[0] ?? 1, combination.honest, isAmount);
  const conformal = conformalBands(pastErrors(input, combination, observed, uneven), horizon);
  const widths = conformal ?? randomWalkWidths(observed, horizon);
  const steps = Array.from(combination.point, (point, j): Step => {
    const scale = (input.scale?.ahead[j] ?? 1) * (conformal ? uneven(point, y.length + j) : 1);
    const band = (half: number | undefined): Band | null =>
      half === undefined ? null : { low: clip(point - scale * half), high: clip(point + scale * half) };
    return { point, band80: band(widths?.at80[j]), band95: band(widths?.at95[j]) };
  });
  return {
    steps,
    periods,
    weights: combination.weights,
    backTest: backTestOf(combination, y, observed, periods),
    persistence: persistenceOf(combination, observed),
  };
}

/**
 * What the steps add up to, with its band: errors that hold on for ρ of their size from step to step do not cancel out. A side that was cut at
 * the edge of what is possible counts as wide as the other.
 */
export function sumOfSteps(steps: readonly Step[], persistence: number): Step {
  const point = steps.reduce((sum, step) => sum + step.point, 0);
  const band = (read: (step: Step) => Band | null): Band | null => {
    const bands = steps.map(read);
    if (bands.some((own) => own === null)) return null;
    const sizes = bands.map((own, j) => {
      const at = steps[j]?.point ?? 0;
      return own ? Math.max(at - own.low, own.high - at) : 0;
    });
    const half = spreadOfSum(sizes, persistence);
    const cannotBeNegative = bands.every((own) => (own?.low ?? 0) >= 0);
    return { low: cannotBeNegative ? Math.max(0, point - half) : point - half, high: point + half };
  };
  return { point, band80: band((step) => step.band80), band95: band((step) => step.band95) };
}

/** √ΣΣ s_i s_j ρ^|i−j|, by one pass. */
function spreadOfSum(sizes: readonly number[], rho: number): number {
  let [variance, carried] = [0, 0];
  for (const size of sizes) {
    variance += size * size + 2 * size * carried;
    carried = rho * (carried + size);
  }
  return Math.sqrt(variance);
}

/** Lag-one autocorrelation of the honest errors within their windows, about 0: a bias of a window counts as persistence. */
function persistenceOf({ rehearsals, honest }: Combination, observed: Float64Array): number {
  let [products, squares] = [0, 0];
  rehearsals.forEach(({ origin }, k) => {
    const errors = Array.from(honest[k] ?? [], (forecast, j) => (observed[origin + j] ?? Number.NaN) - forecast);
    for (let j = 1; j < errors.length; j++) {
      const [before, now] = [errors[j - 1] ?? Number.NaN, errors[j] ?? Number.NaN];
      if (Number.isNaN(before) || Number.isNaN(now)) continue;
      products += before * now;
      squares += (before * before + now * now) / 2;
    }
  });
  return squares > 0 ? Math.min(0.98, Math.max(0, products / squares)) : 1;
}

/** Errors as multiples of what their buckets were expected to scatter. */
function pastErrors(
  input: ForecastInput,
  { rehearsals, honest }: Combination,
  observed: Float64Array,
  uneven: Unevenness,
): PastError[] {
  return rehearsals.flatMap(({ origin }, k) =>
    Array.from(honest[k] ?? [], (forecast, j) => ({
      ahead: j + 1,
      error:
        ((observed[origin + j] ?? Number.NaN) - forecast) /
        ((input.scale?.past[origin + j] ?? 1) * uneven(forecast, origin + j)),
    })).filter(({ error }) => Number.isFinite(error)),
  );
}

/** Too short to rehearse: the root mean square of the steps seen, growing as a random walk's. Null with fewer than two steps. */
function randomWalkWidths(observed: Float64Array, horizon: number): HalfWidths | null {
  const known = observed.filter((value) => !Number.isNaN(value));
  if (known.length < 3) return null;
  const steps = known.subarray(1).map((value, i) => value - (known[i] ?? 0));
  const rms = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
  const widening = 1 + 4 / steps.length;
  const spread = (normal: number): Float64Array =>
    Float64Array.from({ length: horizon }, (_, j) => widening * normal * rms * Math.sqrt(j + 1));
  return { at80: spread(1.2816), at95: spread(1.96) };
}

function backTestOf(
  { rehearsals, honest }: Combination,
  y: Float64Array,
  observed: Float64Array,
  periods: readonly number[],
): BackTest | null {
  let [own, naive, compared] = [0, 0, 0];
  const sizes: { ours: number; naive: number; actual: number }[] = [];
  rehearsals.forEach(({ origin }, k) => {
    const forecast = honest[k] ?? new Float64Array(0);
    const repeated = repeatSeason(y.subarray(0, origin), periods[0] ?? 1, forecast.length);
    forecast.forEach((value, j) => {
      const actual = observed[origin + j] ?? Number.NaN;
      if (Number.isNaN(actual)) return;
      const size = { ours: Math.abs(actual - value), naive: Math.abs(actual - (repeated[j] ?? 0)), actual };
      sizes.push(size);
      own += size.ours;
      naive += size.naive;
      compared += 1;
    });
  });
  if (compared === 0) return null;
  return {
    windows: rehearsals.length,
    steps: honest[0]?.length ?? 0,
    compared,
    meanAbsoluteError: own / compared,
    seasonalNaiveError: naive / compared,
    ratio: naive > 0 ? own / naive : null,
    median: typical(sizes.map(({ ours, actual }) => ({ size: ours, actual }))),
    seasonalNaiveMedian: typical(sizes.map(({ naive: size, actual }) => ({ size, actual }))),
  };
}

function typical(errors: readonly { readonly size: number; readonly actual: number }[]): Typical {
  const relative = median(errors.map(({ size, actual }) => size / Math.abs(actual)));
  return { absolute: median(errors.map(({ size }) => size)), relative: Number.isFinite(relative) ? relative : null };
}

function median(values: readonly number[]): number {
  const sorted = values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY;
}
