import { tCritical } from "../distributions/t.ts";
import { badLevel, type Interval, noInterval, symmetric } from "../interval.ts";

/** Student's interval for a mean: mean ± t(n−1)·√(variance/n), `variance` with divisor n − 1. Null limits below two observations. */
export function tInterval(mean: number, variance: number, n: number, level: number): Interval {
  const bad = badLevel(level);
  if (bad) return noInterval(bad);
  if (!(n >= 1)) return noInterval("no observations");
  if (n < 2) return noInterval("one observation has no spread", mean);
  if (!(variance >= 0)) return noInterval("the variance must not be negative", mean);
  return symmetric(mean, tCritical(level, n - 1) * Math.sqrt(variance / n));
}
