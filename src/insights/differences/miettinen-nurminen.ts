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

/**
 * The δ between d and the end (−1 or 1) where the statistic passes z. With both sides all alike V(d) is 0, and the search starts
 * a hair beside d.
 */
function limit(excess: (delta: number) => number, d: number, end: -1 | 1): number {
  if (d === end || excess(end) <= 0) return end;
  const start = excess(d) < 0 ? d : d + end * 1e-12;
  return excess(start) < 0 ? brentRoot(excess, start, end) : d;
}

/** p₁q₁/n₁ + p₂q₂/n₂ at the shares that maximise the likelihood under p₂ − p₁ = δ, times N/(N−1). */
function restrictedVariance({ x1, n1, x2, n2 }: TwoProportions, delta: number): number {
  const n = n1 + n2;
  const p1 = restrictedShare(x1, n1, x2, n2, delta);
  const p2 = Math.min(1, Math.max(0, p1 + delta));
  return ((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2) * (n / (n - 1));
}

/** The first share under p₂ − p₁ = δ: where the likelihood is highest between max(0, −δ) and min(1, 1 − δ). */
function restrictedShare(x1: number, n1: number, x2: number, n2: number, delta: number): number {
  if (delta === 0) return (x1 + x2) / (n1 + n2);
  const low = Math.max(0, -delta);
  const high = Math.min(1, 1 - delta);
  if (high <= low) return low;
  const slope = (p: number) => scaledSlope(p, x1, n1, x2, n2, delta);
  if (slope(low) <= 0) return low;
  if (slope(high) >= 0) return high;
  return brentRoot(slope, low, high);
}

/**
 * d log L/dp₁ = Σ ±count/factor over the four outcomes, times the factors of those that occurred: of the same sign, finite at the
 * ends, and without a false root there where a count is 0. The likelihood is log-concave, so it falls through 0 once.
 */
function scaledSlope(p1: number, x1: number, n1: number, x2: number, n2: number, delta: number): number {
  const p2 = p1 + delta;
  const terms = [
    { count: x1, factor: p1 },
    { count: x1 - n1, factor: 1 - p1 },
    { count: x2, factor: p2 },
    { count: x2 - n2, factor: 1 - p2 },
  ].filter(({ count }) => count !== 0);
  return terms.reduce(
    (sum, { count }, i) =>
      sum + terms.reduce((product, { factor }, j) => (i === j ? product : product * factor), count),
    0,
  );
}
