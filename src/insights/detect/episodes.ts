/** Days of a change that came and went, both ends included. */
export interface Episode {
  readonly from: number;
  readonly to: number;
}

/** Half of the least shift worth a segment, in standard deviations a day. */
const REFERENCE = 0.75;
/** What a segment must gain: e^(−2·0.75·5) is the chance that one begins by chance on a day. */
const GAIN_MIN = 5;
const CLIP = 8;
/** Shorter ones may be a weekday that is about to differ, which has to be learned; what lasts longer is the new usual. */
const DAYS_MIN = 3;
const DAYS_MAX = 21;

/**
 * Changes in a series of one-step scores: all maximal stretches in which scores to one side exceed half of the least shift by most.
 * Source: Ruzzo & Tompa (1999); Page (1954) for the reference value.
 */
export function episodesIn(score: Float64Array, first: number, last: number): Episode[] {
  return [1, -1]
    .flatMap((sign) => maximalStretches(score, first, last, sign))
    .filter(({ from, to }) => to - from + 1 >= DAYS_MIN && to - from + 1 <= DAYS_MAX)
    .sort((a, b) => a.from - b.from);
}

interface Stretch extends Episode {
  /** Cumulative gain before its first and after its last day. */
  readonly low: number;
  readonly high: number;
}

function maximalStretches(score: Float64Array, first: number, last: number, sign: number): Stretch[] {
  const found: Stretch[] = [];
  let total = 0;
  for (let t = first; t <= last; t++) {
    const own = score[t] ?? Number.NaN;
    if (Number.isNaN(own)) continue;
    const gain = Math.min(CLIP, Math.max(-CLIP, sign * own)) - REFERENCE;
    total += gain;
    if (gain <= 0) continue;
    let next: Stretch = { from: t, to: t, low: total - gain, high: total };
    for (;;) {
      const before = found.findLastIndex(({ low }) => low < next.low);
      const known = found[before];
      if (!known || known.high >= next.high) break;
      next = { from: known.from, to: t, low: known.low, high: total };
      found.length = before;
    }
    found.push(next);
  }
  return found.filter(({ low, high }) => high - low > GAIN_MIN);
}
