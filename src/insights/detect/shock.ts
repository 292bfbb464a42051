import type { Track } from "./track.ts";
import { medianOf } from "./windows.ts";

/** Events' worth of doubt that the rest of the parent moved at all … */
const PRIOR_HITS = 50;
/** … and on days where the parent plainly did. */
const PRIOR_HITS_SHOCKED = 5;
const SHOCKED_SCORE = 3.5;

export interface Shock {
  /** By day: a factor for hits and counts, a difference for amounts. */
  readonly size: Float64Array;
  /** Days on which the parent plainly moved: by one of the others or by all of them, so a child may have moved along or not. */
  readonly open: Uint8Array;
}

/**
 * The factor by which the parent without this child moved, day by day: (hits + c) / (expected + c), leave-one-out, so that a child's own
 * event is not divided out of itself.
 */
export function hitsShock(parent: Track, child: Track): Shock {
  const size = parent.observed.map((hits, t) => {
    const [own, expected] = [child.observed[t] ?? Number.NaN, child.plain[t] ?? Number.NaN];
    const rest = (parent.plain[t] ?? Number.NaN) - (Number.isNaN(own) ? 0 : expected);
    const seen = hits - (Number.isNaN(own) ? 0 : own);
    if (Number.isNaN(rest) || Number.isNaN(seen) || rest <= 0 || seen < 0) return 1;
    const inflation = Math.max(1, (parent.variance[t] ?? 0) / Math.max(parent.expected[t] ?? 0, 1e-9));
    const prior = Math.abs(parent.score[t] ?? 0) > SHOCKED_SCORE ? PRIOR_HITS_SHOCKED : PRIOR_HITS;
    return (seen + prior * Math.sqrt(inflation)) / (rest + prior * Math.sqrt(inflation));
  });
  return { size, open: Uint8Array.from(parent.score, (score) => (Math.abs(score) > SHOCKED_SCORE ? 1 : 0)) };
}

/**
 * Amounts do not add, and each goes along with its siblings in its own measure: where the others were on that day (in their standard deviations), times
 * the slope with which this one followed them on the days before the last, drawn towards none. Fewer than three others say nothing: of two that
 * part, nobody knows which one moved. Of many siblings one hardly moves their centre, so it is not left out of it.
 */
export function amountShocks(siblings: readonly Track[]): (Shock | null)[] {
  if (siblings.length <= SIBLINGS_MIN) return siblings.map(() => null);
  const all = siblings.length > SIBLINGS_MANY ? movedTogether(siblings) : null;
  return siblings.map((own) => shockOf(own, all ?? movedTogether(siblings.filter((other) => other !== own))));
}

function shockOf(own: Track, moved: Float64Array): Shock {
  let [along, square] = [0, SLOPE_PRIOR];
  for (let t = 0; t < moved.length - 1; t++) {
    const score = own.score[t] ?? Number.NaN;
    if (Number.isNaN(score)) continue;
    along += (moved[t] ?? 0) * clipped(score, SCORE_MAX);
    square += (moved[t] ?? 0) ** 2;
  }
  const slope = Math.max(0, along / square);
  return {
    size: moved.map((common, t) => slope * common * Math.sqrt(own.variance[t] ?? 0)),
    open: new Uint8Array(moved.length),
  };
}

function movedTogether(tracks: readonly Track[]): Float64Array {
  return Float64Array.from({ length: tracks[0]?.score.length ?? 0 }, (_, t) => {
    const known = tracks.map(({ score }) => score[t] ?? Number.NaN).filter((score) => !Number.isNaN(score));
    return known.length < SIBLINGS_MIN ? 0 : clipped(centreOf(known), SCORE_MAX);
  });
}

/** One step from the median towards the mean, so that a sibling's own incident hardly moves it. Source: Huber (1964), k = 1.345. */
function centreOf(scores: readonly number[]): number {
  const median = medianOf(scores);
  const most = HUBER * 1.4826 * medianOf(scores.map((score) => Math.abs(score - median)));
  return median + scores.reduce((sum, score) => sum + clipped(score - median, most), 0) / scores.length;
}

const clipped = (score: number, most: number): number => Math.max(-most, Math.min(most, score));
const HUBER = 1.345;
const SIBLINGS_MIN = 3;
const SIBLINGS_MANY = 20;
const SCORE_MAX = 3;
/** Days' worth of trust in none. */
const SLOPE_PRIOR = 10;
