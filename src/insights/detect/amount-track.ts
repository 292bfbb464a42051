import { tSf } from "../distributions/t.ts";
import { logGamma } from "../special/stirling.ts";
import { type AmountUnit, jacobianOf, unitsFor } from "./amount-unit.ts";
import { Combined, LagRegression, SmoothedSeason } from "./one-step.ts";
import { RecentErrors } from "./recent-errors.ts";
import type { ScanSeries } from "./series.ts";
import type { Shock } from "./shock.ts";
import { type Track, weekdaysOf } from "./track.ts";

const SEASON_GAIN = 0.15;
const WINSOR = 3;
/** A year: what is usual at the year's end and in its holidays is in it. */
const SCALE_DAYS = 365;
const TAIL_DAYS = 120;
/** Errors without which none is called large. */
const SCALED_FROM = 20;
const LEARN_DAYS = 8;
const GAINS = [0.03, 0.07, 0.15, 0.3] as const;

/**
 * Baseline of an amount: level and weekday effect by exponential smoothing with the gain that erred least on the past, together with a
 * regression on the series' own lags; labelled days go with the Sunday and their learned difference. Scale: a mix of median, 90th and 95th
 * percentile of the last errors, so that neither calm nor one bad day sets it. In logarithms where that fits the past better.
 */
export function trackAmount(series: ScanSeries, until: number): AmountTrack {
  const values = Float64Array.from({ length: until + 1 }, (_, t) => series.values[t] ?? Number.NaN);
  const [first, ...others] = unitsFor(values).map((unit) => inUnit(series, values, unit)) as [InUnit, ...InUnit[]];
  const { y, unit, smoothed } = others.reduce((best, one) => (one.likelihood > best.likelihood ? one : best), first);
  return amountTrack(y, unit, smoothed, forecastsOf(series, y, smoothed), null);
}

interface InUnit {
  readonly unit: AmountUnit;
  readonly y: Float64Array;
  readonly smoothed: Smoothed;
  /** Of the values before the last, up to a constant, were the one-step errors in this unit normal. */
  readonly likelihood: number;
}

function inUnit(series: ScanSeries, values: Float64Array, unit: AmountUnit): InUnit {
  const y = values.map(unit.to);
  const smoothed = GAINS.map((gain) => smooth(series, y, gain)).reduce((best, run) =>
    run.loss < best.loss ? run : best,
  );
  const errors = new RecentErrors(Number.POSITIVE_INFINITY);
  let jacobian = 0;
  for (let t = LEARN_DAYS; t < y.length - 1; t++) {
    const error = (y[t] ?? Number.NaN) - (smoothed.plain[t] ?? Number.NaN);
    if (Number.isNaN(error) || smoothed.masked[t]) continue;
    errors.push(Math.abs(error));
    jacobian += jacobianOf(unit, values[t] ?? 0);
  }
  const likelihood = errors.scale > 0 ? jacobian - errors.count * Math.log(errors.scale) : 0;
  return { unit, y, smoothed, likelihood };
}

/** The same after what its siblings did has been taken out, by as much as it went along with them so far. */
export const besideSiblings = (track: AmountTrack, shock: Shock): AmountTrack =>
  amountTrack(track.observed, track.unit, track.smoothed, track.plain, shock);

export interface AmountTrack extends Track {
  readonly unit: AmountUnit;
  readonly smoothed: Smoothed;
}

function amountTrack(
  y: Float64Array,
  unit: AmountUnit,
  smoothed: Smoothed,
  plain: Float64Array,
  shock: Shock | null,
): AmountTrack {
  const expected = plain.map((forecast, t) => forecast + (shock?.size[t] ?? 0));
  const [score, variance] = [nans(y.length), nans(y.length)];
  const recent = new RecentErrors(SCALE_DAYS);
  for (let t = 0; t < y.length; t++) {
    const { scale } = recent;
    variance[t] = scale * scale;
    if (smoothed.masked[t]) continue;
    const error = (y[t] ?? Number.NaN) - (expected[t] ?? Number.NaN);
    if (Number.isNaN(error)) continue;
    score[t] = scoreOf(error, 0, scale * scale);
    if (t >= LEARN_DAYS) recent.push(Math.abs(error));
  }
  const { level } = smoothed;
  return {
    observed: y,
    unit,
    smoothed,
    plain,
    expected,
    variance,
    score,
    dispersion: 0,
    days: recent.count,
    precision: () => 0,
    exposure: new Float64Array(y.length).fill(1),
    back: unit.back,
    expectedFrom: (t, start) =>
      (smoothed.plain[t] ?? Number.NaN) + (shock?.size[t] ?? 0) + (level[start] ?? 0) - (level[t] ?? 0),
    tails: amountTails(TAIL_FREEDOM),
  };
}

/** Smoothing and regression together, each by how little it erred; a labelled day by its label alone. */
function forecastsOf(series: ScanSeries, y: Float64Array, smoothed: Smoothed): Float64Array {
  const model = new Combined([new LagRegression(y.length, firstLevel(y), [7]), new SmoothedSeason(firstLevel(y), 7)]);
  const errors = new RecentErrors(SCALE_DAYS);
  return y.map((value, t) => {
    const unlabelled = model.forecast(t) ?? Number.NaN;
    const isLabelled = (series.calendar[t] ?? null) !== null;
    if (isLabelled || smoothed.masked[t] || Number.isNaN(value)) {
      model.learn(t, unlabelled);
      return isLabelled ? (smoothed.plain[t] ?? Number.NaN) : unlabelled;
    }
    const error = value - unlabelled;
    const limit = errors.count >= SCALED_FROM ? WINSOR * errors.scale : Number.POSITIVE_INFINITY;
    model.learn(t, unlabelled + Math.min(limit, Math.max(-limit, error)));
    errors.push(Math.abs(error));
    return unlabelled;
  });
}

/** Degrees of freedom of the errors' tail where too little is known. */
const TAIL_FREEDOM = 5;

/** A series that never varied and now does. */
const NEVER_BEFORE = 20;

/** Tails of Student's t with that many degrees of freedom about mean and variance. */
export const amountTails =
  (freedom: number): Track["tails"] =>
  (value, mean, variance) => {
    const z = scoreOf(value, mean, variance);
    return { lower: tSf(-z, freedom), upper: tSf(z, freedom) };
  };

const scoreOf = (value: number, mean: number, variance: number): number =>
  variance > 0 ? (value - mean) / Math.sqrt(variance) : value === mean ? 0 : Math.sign(value - mean) * NEVER_BEFORE;

interface Smoothed {
  readonly level: Float64Array;
  /** Level and weekday effect, with what is known of the day's label. */
  readonly plain: Float64Array;
  readonly masked: readonly boolean[];
  readonly loss: number;
}

function smooth(series: ScanSeries, y: Float64Array, gain: number): Smoothed {
  const week = weekdaysOf(series.days);
  const [level, plain] = [nans(y.length), nans(y.length)];
  const season = new Float64Array(7);
  const seen = new Float64Array(7);
  const labels = new Map<string, { seen: number; sum: number }>();
  let [now, spread, count, loss] = [firstLevel(y), 0, 0, 0];
  for (let t = 0; t < y.length; t++) {
    const day = week[t] ?? 0;
    const label = series.calendar[t] ?? null;
    const value = y[t] ?? Number.NaN;
    const own = now + (season[day] ?? 0);
    const sunday = now + (season[0] ?? 0);
    const learned = label === null ? undefined : labels.get(label);
    const forecast =
      label === null
        ? own
        : learned
          ? sunday + learned.sum / (learned.seen + 0.5)
          : Math.min(Math.max(own, sunday), Math.max(Math.min(own, sunday), Number.isNaN(value) ? own : value));
    level[t] = now;
    plain[t] = forecast;
    if (Number.isNaN(value) || series.masked[t]) continue;
    const error = value - forecast;
    const limit = count >= LEARN_DAYS ? WINSOR * 1.25 * spread : Number.POSITIVE_INFINITY;
    const kept = Math.min(limit, Math.max(-limit, error));
    if (t < y.length - 1 && count >= LEARN_DAYS) loss += Math.min(Math.abs(error), limit);
    spread = count === 0 ? Math.abs(kept) : spread + Math.max(0.05, 1 / (count + 1)) * (Math.abs(kept) - spread);
    count += 1;
    if (label !== null) {
      const so = learned ?? { seen: 0, sum: 0 };
      labels.set(label, { seen: so.seen + 1, sum: so.sum + value - sunday });
      continue;
    }
    now += Math.max(gain, 1 / (count + 1)) * kept;
    const times = (seen[day] ?? 0) + 1;
    seen[day] = times;
    season[day] = (season[day] ?? 0) + Math.max(SEASON_GAIN, 1 / (times + 1)) * kept * (1 - gain);
  }
  return { level, plain, masked: series.masked, loss };
}

const nans = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);

/** Median of the first week. */
function firstLevel(y: Float64Array): number {
  const first = y
    .filter((value) => !Number.isNaN(value))
    .subarray(0, 7)
    .slice()
    .sort();
  return first[first.length >> 1] ?? 0;
}

const FREEDOMS = [3, 4, 6, 9, 15] as const;

/**
 * Degrees of freedom of Student's t that fit the scores before the last day best: own likelihood and, with the weight of 120 days, the mean
 * of the group's. Never as thin as the normal: few days say little about a tail.
 */
export function tailFreedoms(tracks: readonly Track[]): number[] {
  const fits = tracks.map(({ score }) => {
    const known = score.subarray(2 * LEARN_DAYS, score.length - 1).filter((value) => !Number.isNaN(value));
    return { days: known.length, likelihoods: FREEDOMS.map((freedom) => tailLikelihood(known, freedom)) };
  });
  const days = fits.reduce((sum, fit) => sum + fit.days, 0);
  return fits.map((own) => {
    const values = FREEDOMS.map((_, i) => {
      const group = fits.reduce((sum, { likelihoods }) => sum + (likelihoods[i] ?? 0), 0);
      return (own.likelihoods[i] ?? 0) + (TAIL_DAYS * group) / Math.max(1, days);
    });
    return days >= TAIL_DAYS / 2 ? (FREEDOMS[values.indexOf(Math.max(...values))] ?? TAIL_FREEDOM) : TAIL_FREEDOM;
  });
}

function tailLikelihood(scores: Float64Array, freedom: number): number {
  const constant = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - Math.log(freedom) / 2;
  let sum = 0;
  for (const score of scores) sum += constant - ((freedom + 1) / 2) * Math.log1p((score * score) / freedom);
  return sum;
}

/** The same for one series: the freedom that fits its scores best; the usual one where there are few. */
export function bestFreedom(scores: Float64Array): number {
  if (scores.length < TAIL_DAYS / 2) return TAIL_FREEDOM;
  const values = FREEDOMS.map((freedom) => tailLikelihood(scores, freedom));
  return FREEDOMS[values.indexOf(Math.max(...values))] ?? TAIL_FREEDOM;
}
