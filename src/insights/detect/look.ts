import { twoSided } from "./discrete-tails.ts";
import { chanceGoesOn } from "./goes-on.ts";
import type { Judgement } from "./series.ts";
import { type SpreadTest, spreadTest } from "./spread.ts";
import type { Track } from "./track.ts";
import { inflationOver, type Tracked } from "./tracks.ts";
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
const SHARES = { day: 0.6, 4: 0.14, 7: 0.16, 28: 0.03, spread: 0.07 } as const;
const LOOKED_BACK = [4, 7, 28] as const;

/**
 * Five looks at one series, the p of each divided by its share of α, joined by their harmonic mean; told is the strongest one. Null where there
 * is too little to judge. Source: Wilson (2019), The harmonic mean p-value.
 */
export function lookAt(tracked: Tracked, at: number, minVolume: number): Look | null {
  const { track, series } = tracked;
  const score = track.score[at] ?? Number.NaN;
  if (Number.isNaN(score) || observedBefore(track.score, at) < HISTORY_DAYS_MIN) return null;
  const enough = (cases: number, mean: number): boolean =>
    series.kind === "amount" || (series.kind === "rate" ? cases : mean) >= minVolume;
  const [mean, cases] = [track.expected[at] ?? 0, track.exposure[at] ?? 0];
  const looks = LOOKED_BACK.flatMap((days) => windowLook(tracked, at, days, enough) ?? []);
  if (enough(cases, mean)) {
    looks.push(dayLook(track, at));
    const spread = series.kind === "amount" || mean >= SPREAD_EVENTS_MIN ? spreadTest(track.score, at) : null;
    if (spread) looks.push(spreadLook(spread));
  }
  if (looks.length === 0) return null;
  const best = looks.reduce((least, look) => (look.p < least.p ? look : least));
  const restless = looks.find((look) => look.by === "spread" && look.ratio > 1 && look.p < RESTLESS_P);
  const harmonic = 1 / looks.reduce((sum, { p }) => sum + 1 / p, 0);
  return { ...(restless ?? best), p: Math.min(1, harmonic) };
}

const directionOf = (isAbove: boolean): Judgement["direction"] => (isAbove ? "up" : "down");

function dayLook(track: Track, at: number): Look {
  const [value, mean] = [track.observed[at] ?? 0, track.expected[at] ?? 0];
  const p = twoSided(track.tails(value, mean, track.variance[at] ?? 0, track.exposure[at] ?? 0));
  return { p: p / SHARES.day, by: "day", direction: directionOf(value > mean), ratio: 1 };
}

/** Null where too few days are known, too little happened, or the change may be over. */
function windowLook(
  tracked: Tracked,
  at: number,
  days: (typeof LOOKED_BACK)[number],
  enough: (cases: number, mean: number) => boolean,
): Look | null {
  const start = at - days + 1;
  const sum = start >= HISTORY_DAYS_MIN ? windowSum(tracked.track, start, at) : null;
  if (!sum || !enough(sum.cases, sum.mean)) return null;
  const direction = directionOf(sum.value > sum.mean);
  if (chanceGoesOn(tracked.track, start, at, direction) < GOES_ON_MIN) return null;
  const p = windowP(tracked.track, sum, inflationOver(tracked.inflation, days));
  return { p: p / SHARES[days], by: "window", direction, ratio: 1 };
}

/** What the sum says of its last day: a window that only remembers a change which has ended is no finding. */
const GOES_ON_MIN = 0.95;

function spreadLook({ p, ratio }: SpreadTest): Look {
  return { p: p / SHARES.spread, by: "spread", direction: directionOf(ratio > 1), ratio };
}

/** From here on restlessness is what explains an odd day. */
const RESTLESS_P = 0.01;

/** Scores of fewer events are too coarse to have a spread. */
const SPREAD_EVENTS_MIN = 10;

function observedBefore(score: Float64Array, at: number): number {
  let days = 0;
  for (let t = 0; t < at; t++) if (!Number.isNaN(score[t] ?? Number.NaN)) days += 1;
  return days;
}
