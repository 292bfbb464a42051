import { twoSided } from "./discrete-tails.ts";
import type { Judgement } from "./series.ts";
import { spreadTest } from "./spread.ts";
import { type Tracked, WINDOWS } from "./tracks.ts";
import { windowP, windowSum } from "./windows.ts";

/** Days of history without which nothing is judged. */
const HISTORY_DAYS_MIN = 21;

/** The strongest of the looks at one series. */
export interface Look {
  readonly p: number;
  readonly by: "day" | "window" | "spread";
  readonly direction: Judgement["direction"];
  /** Of "spread": standard deviation in units of the usual one. */
  readonly ratio: number;
}

/** Shares of α: most goes to the day, where the bulk of true findings is. */
const SHARES = { day: 0.75, 7: 0.15, 28: 0.02, spread: 0.08 } as const;

/** Four looks at one series, the p of each divided by its share of α; the least one. Null where there is too little to judge. */
export function lookAt({ track, series, inflation }: Tracked, at: number, minVolume: number): Look | null {
  const score = track.score[at] ?? Number.NaN;
  if (Number.isNaN(score) || observedBefore(track.score, at) < HISTORY_DAYS_MIN) return null;
  const looks: Look[] = [];
  const [value, mean, cases] = [track.observed[at] ?? 0, track.expected[at] ?? 0, track.exposure[at] ?? 0];
  const enough = (cases: number, mean: number): boolean =>
    series.kind === "amount" || (series.kind === "rate" ? cases : mean) >= minVolume;
  const directionOf = (above: boolean): Judgement["direction"] => (above ? "up" : "down");
  if (enough(cases, mean)) {
    const p = twoSided(track.tails(value, mean, track.variance[at] ?? 0, cases));
    looks.push({ p: p / SHARES.day, by: "day", direction: directionOf(value > mean), ratio: 1 });
  }
  for (const days of WINDOWS) {
    const sum = at - days + 1 >= HISTORY_DAYS_MIN ? windowSum(track, at - days + 1, at) : null;
    if (!sum || !enough(sum.cases, sum.mean)) continue;
    const direction = directionOf(sum.value > sum.mean);
    if (!lasts(track.score, at, direction)) continue;
    looks.push({ p: windowP(track, sum, inflation[days]) / SHARES[days], by: "window", direction, ratio: 1 });
  }
  const spread =
    enough(cases, mean) && (series.kind === "amount" || mean >= SPREAD_EVENTS_MIN) ? spreadTest(track.score, at) : null;
  if (spread)
    looks.push({
      p: spread.p / SHARES.spread,
      by: "spread",
      direction: directionOf(spread.ratio > 1),
      ratio: spread.ratio,
    });
  if (looks.length === 0) return null;
  const best = looks.reduce((least, look) => (look.p < least.p ? look : least));
  const restless = looks.find((look) => look.by === "spread" && look.ratio > 1 && look.p < RESTLESS_P);
  return { ...(restless ?? best), p: Math.min(1, best.p) };
}

/** Does the change still go on? Else the window only remembers one that has ended. */
function lasts(score: Float64Array, at: number, direction: Judgement["direction"]): boolean {
  const last = [score[at] ?? 0, score[at - 1] ?? Number.NaN].filter((value) => !Number.isNaN(value));
  const sum = last.reduce((total, value) => total + Math.min(3, Math.max(-3, value)), 0) / Math.sqrt(last.length);
  return (direction === "up" ? sum : -sum) > LASTING_SCORE;
}

const LASTING_SCORE = 0.7;

/** From here on restlessness is what explains an odd day. */
const RESTLESS_P = 0.01;

/** Scores of fewer events are too coarse to have a spread. */
const SPREAD_EVENTS_MIN = 10;

function observedBefore(score: Float64Array, at: number): number {
  let days = 0;
  for (let t = 0; t < at; t++) if (!Number.isNaN(score[t] ?? Number.NaN)) days += 1;
  return days;
}
