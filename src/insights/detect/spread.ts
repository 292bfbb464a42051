import { binomialSf } from "../distributions/binomial.ts";
import { fSf } from "../distributions/f.ts";

/** Did the spread of the last days change against the days before? */
export interface SpreadTest {
  readonly p: number;
  /** Standard deviation of the last days in units of the usual one. */
  readonly ratio: number;
}

const RECENT_DAYS = 14;
const BEFORE_MIN = 42;
const CLIP = 4;
/** Successive differences share scores, and clipped scores still have somewhat heavy tails: squares count as fewer. */
const FREEDOM = 0.6;

/**
 * F test of squared successive differences of clipped one-step scores (von Neumann 1941), which a shift hardly moves: the last 14 days against
 * all before. Null with fewer than six weeks before.
 */
export function spreadTest(score: Float64Array, at: number): SpreadTest | null {
  const recent = known(score, at - RECENT_DAYS + 1, at);
  const before = known(score, LEARN_DAYS, at - RECENT_DAYS);
  if (recent.length < 0.8 * RECENT_DAYS || before.length < BEFORE_MIN) return null;
  const [own, usual] = [squareOf(recent), squareOf(before)];
  if (!(usual > 0)) return null;
  const ratio = own / usual;
  const [few, many] = [FREEDOM * (recent.length - 1), FREEDOM * (before.length - 1)];
  if (ratio >= 1 && !isBroad(recent, before)) return null;
  const p = ratio >= 1 ? fSf(ratio, few, many) : fSf(1 / Math.max(ratio, 1e-12), many, few);
  return { p: Math.min(1, 2 * p), ratio: Math.sqrt(ratio) };
}

const LEARN_DAYS = 8;

/** More restless on many of the days, not only at the edges of a shift: large steps, which a quarter usually are, in a sign test at 2 %. */
function isBroad(recent: readonly number[], before: readonly number[]): boolean {
  const usual = steps(before).sort((a, b) => a - b);
  const large = usual[Math.floor(0.75 * usual.length)] ?? 0;
  const own = steps(recent);
  return binomialSf(own.filter((step) => step > large).length - 1, own.length, 0.25) < 0.02;
}

const steps = (scores: readonly number[]): number[] =>
  scores.slice(1).map((score, i) => Math.abs(score - (scores[i] ?? 0)));

const known = (score: Float64Array, from: number, to: number): number[] =>
  [...score.subarray(Math.max(0, from), to + 1)].filter((value) => !Number.isNaN(value));

function squareOf(scores: readonly number[]): number {
  const clipped = scores.map((score) => Math.min(CLIP, Math.max(-CLIP, score)));
  let sum = 0;
  for (let i = 1; i < clipped.length; i++) sum += ((clipped[i] ?? 0) - (clipped[i - 1] ?? 0)) ** 2;
  return sum / (2 * (scores.length - 1));
}
