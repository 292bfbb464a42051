import { normalCritical } from "../distributions/normal.ts";
import { badLevel, badProportion, type Interval, noInterval } from "../interval.ts";

/**
 * Wald's interval p ± z√(p(1−p)/n), clipped to [0, 1]. Kept for comparison only: its coverage collapses for rare events and it
 * has no width at x = 0 or n. Source: Brown, Cai & DasGupta (2001), who advise against it.
 */
export function wald(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const p = x / n;
  const margin = normalCritical(level) * Math.sqrt((p * (1 - p)) / n);
  return { estimate: p, low: Math.max(0, p - margin), high: Math.min(1, p + margin) };
}
