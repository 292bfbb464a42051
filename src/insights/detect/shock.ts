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

/** Amounts do not add: the median of the siblings' surprises, drawn towards none where there are few. */
export function amountShock(siblings: readonly Track[], length: number): Shock {
  const size = Float64Array.from({ length }, (_, t) => {
    const errors = siblings
      .map(({ observed, plain, score }) =>
        Number.isNaN(score[t] ?? Number.NaN) ? Number.NaN : (observed[t] ?? 0) - (plain[t] ?? 0),
      )
      .filter((error) => !Number.isNaN(error));
    return errors.length === 0 ? 0 : (medianOf(errors) * errors.length) / (errors.length + SIBLINGS_PRIOR);
  });
  return { size, open: new Uint8Array(length) };
}

const SIBLINGS_PRIOR = 3;
