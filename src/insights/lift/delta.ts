import { tCritical } from "../distributions/t.ts";
import { badLevel } from "../interval.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments, welchError } from "../means/welch.ts";
import { tTwoSided } from "../special/p-value.ts";

export interface Lift {
  readonly lift: number | null;
  readonly se: number | null;
  readonly df: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/**
 * Relative lift (m₂ − m₁)/|m₁| by the delta method, t interval with the Welch df of the absolute difference. Symmetric around the
 * estimate, so too narrow upwards when m₁ is noisy: Fieller's interval is the one to decide by. Source: gbstats; Deng et al. (2018).
 */
export function deltaLift(first: Moments, second: Moments, level: number): Lift {
  const none = { se: null, df: null, low: null, high: null, pValue: null };
  const bad = badLevel(level) ?? badMoments(first) ?? badMoments(second);
  if (bad) return { lift: null, ...none, reason: bad };
  if (first.mean === 0) return { lift: null, ...none, reason: "the first mean is 0: a relative change has no base" };
  const lift = (second.mean - first.mean) / Math.abs(first.mean);
  const se = relativeError(first, second);
  if (!(se > 0)) return { lift, ...none, se: 0, reason: "neither side varies" };
  const { df } = welchError(first, second);
  const margin = tCritical(level, df) * se;
  return { lift, se, df, low: lift - margin, high: lift + margin, pValue: tTwoSided(lift / se, df) };
}

/** √(v₂/(n₂m₁²) + v₁m₂²/(n₁m₁⁴)). */
export function relativeError(first: Moments, second: Moments): number {
  const ratio = second.mean / first.mean;
  return Math.sqrt(second.variance / second.n + (first.variance / first.n) * ratio * ratio) / Math.abs(first.mean);
}
