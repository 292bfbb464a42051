import type { Judgement } from "./series.ts";
import type { Track } from "./track.ts";

export interface Change {
  readonly kind: "spike" | "level_shift" | "drift" | "silence";
  readonly from: number;
}

const LOOK_BACK_DAYS = 35;
const SHIFT_DAYS_MIN = 3;
const DRIFT_DAYS_MIN = 10;

/**
 * Which kind of change ends on day `at`, from the scores about the level of five weeks before:
 * - silence: nothing at all where something is usual;
 * - the first day is where the scores, less half of the change's size, sum to the most;
 * - one or two days are a spike;
 * - more are a drift where they lie better on a ramp than on a step, and begin ten days ago or earlier;
 * - else a level shift.
 */
export function changeKind(track: Track, at: number, direction: Judgement["direction"]): Change {
  const sign = direction === "up" ? 1 : -1;
  const earliest = Math.max(0, at - LOOK_BACK_DAYS + 1);
  const scores = Array.from({ length: at - earliest + 1 }, (_, i) => sign * scoreFrom(track, earliest + i, earliest));
  const begin = beginOf(scores);
  const from = earliest + begin;
  if (direction === "down" && isSilent(track, from, at)) return { kind: "silence", from };
  if (direction === "down" && isSilent(track, at, at)) return { kind: "silence", from: at };
  const length = at - from + 1;
  if (length < SHIFT_DAYS_MIN) return { kind: "spike", from };
  return { kind: length >= DRIFT_DAYS_MIN && isRamp(scores) ? "drift" : "level_shift", from };
}

function scoreFrom(track: Track, t: number, start: number): number {
  if (Number.isNaN(track.score[t] ?? Number.NaN)) return Number.NaN;
  const sd = Math.sqrt(track.variance[t] ?? 0);
  return sd > 0 ? ((track.observed[t] ?? 0) - track.expectedFrom(t, start)) / sd : (track.score[t] ?? 0);
}

/** Index of the first changed day: the tail with the largest likelihood gain (Σz)²/n, each score clipped at 6. */
function beginOf(scores: readonly number[]): number {
  let [sum, days, best, begin] = [0, 0, Number.NEGATIVE_INFINITY, scores.length - 1];
  for (let i = scores.length - 1; i >= 0; i--) {
    const score = scores[i] ?? Number.NaN;
    if (Number.isNaN(score)) continue;
    sum += Math.min(6, Math.max(-6, score));
    days += 1;
    const gain = sum > 0 ? (sum * sum) / days : 0;
    if (gain > best) [best, begin] = [gain, i];
  }
  return begin;
}

const isSilent = (track: Track, from: number, to: number): boolean => {
  for (let t = from; t <= to; t++) if (track.observed[t] !== 0 && !Number.isNaN(track.observed[t] ?? 0)) return false;
  return true;
};

/** Least squares of the best step against the best ramp from any day on, both from level 0. */
function isRamp(scores: readonly number[]): boolean {
  return bestFit(scores, (days) => days) > bestFit(scores, () => 1);
}

/** Largest sum of squares explained by a·shape(days since the start) over all starts. */
function bestFit(scores: readonly number[], shape: (days: number) => number): number {
  let best = 0;
  for (let start = 0; start < scores.length; start++) {
    let [cross, square] = [0, 0];
    for (let i = start; i < scores.length; i++) {
      const score = scores[i] ?? Number.NaN;
      if (Number.isNaN(score)) continue;
      const x = shape(i - start + 1);
      cross += x * Math.min(6, Math.max(-6, score));
      square += x * x;
    }
    if (square > 0) best = Math.max(best, (cross * cross) / square);
  }
  return best;
}
