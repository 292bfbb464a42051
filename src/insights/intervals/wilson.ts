import { normalCritical } from "../distributions/normal.ts";
import { badLevel, badProportion, type Interval, noInterval } from "../interval.ts";

/**
 * Wilson's score interval for x of n: the roots π of (1+z²/n)π² − (2p+z²/n)π + p² = 0. The lower root comes from the product of
 * the roots, so that it keeps its digits where p is small. x and n may be fractional (effective n of a weighted sample).
 * Source: Wilson (1927); Newcombe (1998a) method 3.
 */
export function wilson(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const { low, high } = scoreRoots(x / n, n, normalCritical(level));
  return { estimate: x / n, low: x === 0 ? 0 : low, high: x === n ? 1 : high };
}

/**
 * Wilson's interval with Yates' continuity correction, ½ or |x − n/2| if that is less, as R's prop.test takes it.
 * Source: Newcombe (1998a) method 4; R stats::prop.test.
 */
export function wilsonContinuity(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const z = normalCritical(level);
  const shift = Math.min(0.5, Math.abs(x - n / 2)) / n;
  const p = x / n;
  return {
    estimate: p,
    low: p - shift <= 0 ? 0 : scoreRoots(p - shift, n, z).low,
    high: p + shift >= 1 ? 1 : scoreRoots(p + shift, n, z).high,
  };
}

function scoreRoots(p: number, n: number, z: number): { low: number; high: number } {
  const s = (z * z) / n;
  const high = (2 * p + s + z * Math.sqrt((s + 4 * p * (1 - p)) / n)) / (2 * (1 + s));
  return { low: (p * p) / ((1 + s) * high), high: Math.min(1, high) };
}
