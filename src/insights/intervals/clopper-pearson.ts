import { betaQuantile, betaUpperQuantile } from "../distributions/beta.ts";
import { badLevel, badProportion, type Interval, noInterval } from "../interval.ts";

/**
 * Clopper–Pearson "exact" interval for x of n: beta quantiles B(α/2; x, n−x+1) and B(1−α/2; x+1, n−x); at least the nominal
 * coverage always. x and n may be fractional (Korn & Graubard's effective n). Source: Clopper & Pearson (1934).
 */
export function clopperPearson(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const tail = (1 - level) / 2;
  return {
    estimate: x / n,
    low: x === 0 ? 0 : betaQuantile(tail, x, n - x + 1),
    high: x === n ? 1 : betaUpperQuantile(tail, x + 1, n - x),
  };
}
