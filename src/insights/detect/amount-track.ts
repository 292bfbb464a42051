import { tSf } from "../distributions/t.ts";
import { logGamma } from "../special/stirling.ts";
import type { ScanSeries } from "./series.ts";
import type { Shock } from "./shock.ts";
import { type Track, weekdaysOf } from "./track.ts";

const SEASON_GAIN = 0.15;
const WINSOR = 3;
const SCALE_DAYS = 120;
const LEARN_DAYS = 8;
const GAINS = [0.03, 0.07, 0.15, 0.3] as const;

/**
 * Baseline of an amount: level and weekday effect by exponential smoothing, in logarithms where all values are positive; the gain that
 * erred least on the past; labelled days go with the Sunday and their learned difference. Scale: a mix of median, 90th and 95th percentile
 * of the last 120 errors, so that neither calm nor one bad day sets it.
 */
export function trackAmount(series: ScanSeries, until: number, shock: Shock | null): Track {
  const logged = isPositive(series, until);
  const y = Float64Array.from({ length: until + 1 }, (_, t) => {
    const value = series.values[t] ?? Number.NaN;
    return logged ? Math.log(value) : value;
  });
  const runs = GAINS.map((gain) => smooth(series, y, gain, shock));
  const { level, plain, expected, errors } = runs.reduce((best, run) => (run.loss < best.loss ? run : best));
  const score = new Float64Array(y.length).fill(Number.NaN);
  const variance = new Float64Array(y.length).fill(Number.NaN);
  const recent: number[] = [];
  for (let t = 0; t < y.length; t++) {
    const scale = mixedScale(recent);
    variance[t] = scale * scale;
    const error = errors[t] ?? Number.NaN;
    if (Number.isNaN(error)) continue;
    score[t] = scale > 0 ? error / scale : error === 0 ? 0 : Math.sign(error) * NEVER_BEFORE;
    if (t >= LEARN_DAYS) recent.push(Math.abs(error));
    if (recent.length > SCALE_DAYS) recent.shift();
  }
  return {
    observed: y,
    plain,
    expected,
    variance,
    score,
    dispersion: 0,
    days: recent.length,
    precision: () => 0,
    exposure: new Float64Array(y.length).fill(1),
    expectedFrom: (t, start) => (expected[t] ?? Number.NaN) + (level[start] ?? 0) - (level[t] ?? 0),
    tails: amountTails(TAIL_FREEDOM),
  };
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

/** Are all amounts before and on the day positive? */
export const isPositive = (series: ScanSeries, until: number): boolean =>
  series.values.slice(0, until + 1).every((value) => value === null || value > 0);

function smooth(series: ScanSeries, y: Float64Array, gain: number, shock: Shock | null) {
  const week = weekdaysOf(series.days);
  const length = y.length;
  const [level, plain, expected, errors] = Array.from({ length: 4 }, () => new Float64Array(length).fill(Number.NaN));
  const season = new Float64Array(7);
  const seen = new Float64Array(7);
  const labels = new Map<string, { seen: number; sum: number }>();
  let [now, spread, count, loss] = [firstLevel(y), 0, 0, 0];
  for (let t = 0; t < length; t++) {
    const day = week[t] ?? 0;
    const label = series.calendar[t] ?? null;
    const value = y[t] ?? Number.NaN;
    const pull = shock?.size[t] ?? 0;
    const own = now + (season[day] ?? 0);
    const sunday = now + (season[0] ?? 0);
    const learned = label === null ? undefined : labels.get(label);
    const forecast =
      label === null
        ? own
        : learned
          ? sunday + learned.sum / (learned.seen + 0.5)
          : Math.min(Math.max(own, sunday), Math.max(Math.min(own, sunday), Number.isNaN(value) ? own : value - pull));
    if (level) level[t] = now;
    if (plain) plain[t] = forecast;
    if (expected) expected[t] = forecast + pull;
    if (Number.isNaN(value) || series.masked[t]) continue;
    const error = value - forecast - pull;
    if (errors) errors[t] = error;
    const limit = count >= LEARN_DAYS ? WINSOR * 1.25 * spread : Number.POSITIVE_INFINITY;
    const kept = Math.min(limit, Math.max(-limit, error));
    if (t < length - 1 && count >= LEARN_DAYS) loss += Math.min(Math.abs(error), limit);
    spread = count === 0 ? Math.abs(kept) : spread + Math.max(0.05, 1 / (count + 1)) * (Math.abs(kept) - spread);
    count += 1;
    if (label !== null) {
      const so = learned ?? { seen: 0, sum: 0 };
      labels.set(label, { seen: so.seen + 1, sum: so.sum + value - pull - sunday });
      continue;
    }
    now += Math.max(gain, 1 / (count + 1)) * kept;
    const times = (seen[day] ?? 0) + 1;
    seen[day] = times;
    season[day] = (season[day] ?? 0) + Math.max(SEASON_GAIN, 1 / (times + 1)) * kept * (1 - gain);
  }
  const none = new Float64Array(0);
  return { level: level ?? none, plain: plain ?? none, expected: expected ?? none, errors: errors ?? none, loss };
}

/** Median of the first week. */
function firstLevel(y: Float64Array): number {
  const first = y
    .filter((value) => !Number.isNaN(value))
    .subarray(0, 7)
    .slice()
    .sort();
  return first[first.length >> 1] ?? 0;
}

/** (1.4826·median + q90/1.645 + q95/1.96) / 3 of absolute errors: each alone is the standard deviation of normal errors. */
export function mixedScale(errors: readonly number[]): number {
  if (errors.length === 0) return 0;
  const sorted = Float64Array.from(errors).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return (1.4826 * at(0.5) + at(0.9) / 1.645 + at(0.95) / 1.96) / 3;
}

const FREEDOMS = [3, 4, 6, 9, 15] as const;

/**
 * Degrees of freedom of Student's t that fit the scores before the last day best: own likelihood and, with the weight of 120 days, the mean
 * of the group's. Never as thin as the normal: few days say little about a tail.
 */
export function tailFreedoms(tracks: readonly Track[]): number[] {
  const fits = tracks.map(({ score }) => {
    const known = score.subarray(2 * LEARN_DAYS, score.length - 1).filter((value) => !Number.isNaN(value));
    return { days: known.length, likelihoods: FREEDOMS.map((freedom) => likelihoodOf(known, freedom)) };
  });
  const days = fits.reduce((sum, fit) => sum + fit.days, 0);
  return fits.map((own) => {
    const values = FREEDOMS.map((_, i) => {
      const group = fits.reduce((sum, { likelihoods }) => sum + (likelihoods[i] ?? 0), 0);
      return (own.likelihoods[i] ?? 0) + (SCALE_DAYS * group) / Math.max(1, days);
    });
    return days >= SCALE_DAYS / 2 ? (FREEDOMS[values.indexOf(Math.max(...values))] ?? TAIL_FREEDOM) : TAIL_FREEDOM;
  });
}

function likelihoodOf(scores: Float64Array, freedom: number): number {
  const constant = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - Math.log(freedom) / 2;
  let sum = 0;
  for (const score of scores) sum += constant - ((freedom + 1) / 2) * Math.log1p((score * score) / freedom);
  return sum;
}

/** The same for one series: the freedom that fits its scores best; the usual one where there are few. */
export function bestFreedom(scores: Float64Array): number {
  if (scores.length < SCALE_DAYS / 2) return TAIL_FREEDOM;
  const values = FREEDOMS.map((freedom) => likelihoodOf(scores, freedom));
  return FREEDOMS[values.indexOf(Math.max(...values))] ?? TAIL_FREEDOM;
}
