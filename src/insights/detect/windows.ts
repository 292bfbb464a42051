import { twoSided } from "./discrete-tails.ts";
import type { Track } from "./track.ts";

/** The sum of the last days against the level before them. */
export interface WindowSum {
  readonly value: number;
  readonly mean: number;
  /** As if days were independent. */
  readonly variance: number;
  readonly cases: number;
  readonly days: number;
}

/** Share of a window's days that must have been observed. */
const OBSERVED_MIN = 0.6;
const WINSOR = 3;

/**
 * Days `start` to `end` summed, each winsorised at 3 standard deviations, so that one odd day is not a shift; expected with the level known
 * before `start`. Null where too few days were observed.
 */
export function windowSum(track: Track, start: number, end: number): WindowSum | null {
  let [value, mean, variance, cases, days] = [0, 0, 0, 0, 0];
  for (let t = start; t <= end; t++) {
    if (Number.isNaN(track.score[t] ?? Number.NaN)) continue;
    const reference = track.expectedFrom(t, start);
    if (Number.isNaN(reference)) continue;
    const own = track.variance[t] ?? 0;
    const limit = WINSOR * Math.sqrt(own);
    const observed = track.observed[t] ?? 0;
    value += winsorised(observed, reference, limit);
    mean += reference;
    variance += own;
    cases += track.exposure[t] ?? 0;
    days += 1;
  }
  return days >= OBSERVED_MIN * (end - start + 1) ? { value, mean, variance, cases, days } : null;
}

/** Whole numbers stay whole. */
function winsorised(observed: number, reference: number, limit: number): number {
  if (Math.abs(observed - reference) <= limit || limit === 0) return observed;
  const end = observed > reference ? reference + limit : reference - limit;
  return Number.isInteger(observed) ? (observed > reference ? Math.ceil(end) : Math.floor(end)) : end;
}

/** How much more sums of `length` days vary than independent days would, by past windows; `windows` of them would fit side by side. */
export function windowInflation(track: Track, length: number, before: number): { inflation: number; windows: number } {
  const squares: number[] = [];
  const stride = Math.max(1, Math.floor(length / 4));
  for (let end = before; end - length + 1 >= WARM_UP_DAYS; end -= stride) {
    const sum = windowSum(track, end - length + 1, end);
    if (sum && sum.variance > 0) squares.push((sum.value - sum.mean) ** 2 / sum.variance);
  }
  if (squares.length === 0) return { inflation: 1, windows: 0 };
  const first = meanOf(squares, Number.POSITIVE_INFINITY);
  const clipped = meanOf(squares, 6 * Math.max(medianOf(squares) / 0.455, 0.25 * first));
  return { inflation: 1.05 * clipped, windows: Math.max(1, (before - WARM_UP_DAYS) / length) };
}

const WARM_UP_DAYS = 14;

const meanOf = (values: readonly number[], most: number): number =>
  values.reduce((sum, value) => sum + Math.min(value, most), 0) / values.length;

export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[sorted.length >> 1] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? upper)) / 2;
}

/** Two-sided p of a sum, its variance inflated. */
export const windowP = (track: Track, sum: WindowSum, inflation: number): number =>
  twoSided(track.tails(sum.value, sum.mean, sum.variance * inflation, sum.cases));
