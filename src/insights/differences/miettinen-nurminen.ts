import { normalCritical } from "../distributions/normal.ts";
import { badLevel, type Interval, noInterval } from "../interval.ts";
import { brentRoot } from "../special/brent.ts";
import { badTwoProportions, shareDifference, type TwoProportions } from "./two-proportions.ts";

/**
 * Score interval of p₂ − p₁: all δ with |d − δ| ≤ z·√V(δ), V from the shares most likely under p₂ − p₁ = δ, times N/(N−1).
 * Source: Miettinen & Nurminen (1985).
 */
export function miettinenNurminen(data: TwoProportions, level: number): Interval {
  const bad = badTwoProportions(data) ?? badLevel(level);
  if (bad) return noInterval(bad);
  const z = normalCritical(level);
  const d = shareDifference(data);
  const excess = (delta: number) => Math.abs(d - delta) - z * Math.sqrt(restrictedVariance(data, delta));
  return { estimate: d, low: limit(excess, d, -1), high: limit(excess, d, 1) };
}

/** The δ between d and the end (−1 or 1) where the statistic passes z. */
function limit(excess: (delta: number) => number, d: number, end: number): number {
  if (d === end || excess(end) <= 0) return end;
  return brentRoot(excess, d, end);
}

/** p₁q₁/n₁ + p₂q₂/n₂ at the shares that maximise the likelihood under p₂ − p₁ = δ, times N/(N−1). */
function restrictedVariance({ x1, n1, x2, n2 }: TwoProportions, delta: number): number {
  const n = n1 + n2;
  const p1 = restrictedShare(x1, n1, x2, n2, delta);
  const p2 = Math.min(1, Math.max(0, p1 + delta));
  return ((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2) * (n / (n - 1));
}

/**
 * The first share under p₂ − p₁ = δ: the root of the cubic score equation between max(0, −δ) and min(1, 1 − δ). The
 * trigonometric root is only the start: two bisected Newton steps give it its last digits.
 */
function restrictedShare(x1: number, n1: number, x2: number, n2: number, delta: number): number {
  const low = Math.max(0, -delta);
  const high = Math.min(1, 1 - delta);
  if (high <= low) return low;
  const score = (p: number) => scoreTimesBounds(p, x1, n1, x2, n2, delta);
  const atLow = score(low);
  const atHigh = score(high);
  if (atLow <= 0) return low;
  if (atHigh >= 0) return high;
  return brentRoot(score, low, high);
}

/** d log L/dp₁ times p₁q₁p₂q₂: a cubic that falls through zero at the restricted maximum. */
function scoreTimesBounds(p1: number, x1: number, n1: number, x2: number, n2: number, delta: number): number {
  const p2 = p1 + delta;
  return (x1 - n1 * p1) * p2 * (1 - p2) + (x2 - n2 * p2) * p1 * (1 - p1);
}
