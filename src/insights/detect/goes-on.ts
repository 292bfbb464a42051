import type { Judgement } from "./series.ts";
import type { Track } from "./track.ts";

/** Chance that a change which goes on today is over tomorrow. */
const ENDS = 0.1;
const CLIP = 3;

/**
 * The chance that a change which began on day `start` has not ended before day `at`: the likelihood of the scores under a shift of their own mean
 * size against none from some day on, each day being the last one with the same chance. Scores are about the level before `start`.
 * Source: Shiryaev (1963) for the posterior of a change with a geometric prior.
 */
export function chanceGoesOn(track: Track, start: number, at: number, direction: Judgement["direction"]): number {
  const scores: number[] = [];
  for (let t = start; t <= at; t++) {
    const sd = Math.sqrt(track.variance[t] ?? 0);
    if (Number.isNaN(track.score[t] ?? Number.NaN) || !(sd > 0)) continue;
    const own = ((track.observed[t] ?? 0) - track.expectedFrom(t, start)) / sd;
    scores.push((direction === "up" ? 1 : -1) * Math.min(CLIP, Math.max(-CLIP, own)));
  }
  const shift = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  let [evidence, over] = [0, 0];
  for (const score of scores.reverse()) {
    evidence += shift * score - (shift * shift) / 2;
    over += ENDS * Math.exp(-evidence);
  }
  return 1 / (1 + over);
}
