import { betaQuantile, betaUpperQuantile } from "../distributions/beta.ts";
import { badLevel, badProportion, type Interval, noInterval } from "../interval.ts";

/**
 * Jeffreys' interval for x of n: equal-tailed quantiles of Beta(x+½, n−x+½), 0 at x = 0 and 1 at x = n.
 * Source: Brown, Cai & DasGupta (2001).
 */
export function jeffreys(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const tail = (1 - level) / 2;
  return {
    estimate: x / n,
    low: x === 0 ? 0 : betaQuantile(tail, x + 0.5, n - x + 0.5),
    high: x === n ? 1 : betaUpperQuantile(tail, x + 0.5, n - x + 0.5),
  };
}
