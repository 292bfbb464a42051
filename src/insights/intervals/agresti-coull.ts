import { normalCritical } from "../distributions/normal.ts";
import { badLevel, badProportion, type Interval, noInterval } from "../interval.ts";

/** Agresti–Coull interval: Wald's at x + z²/2 of n + z², clipped to [0, 1]. Source: Agresti & Coull (1998). */
export function agrestiCoull(x: number, n: number, level: number): Interval {
  const bad = badLevel(level) ?? badProportion(x, n);
  if (bad) return noInterval(bad);
  const z = normalCritical(level);
  const trials = n + z * z;
  const p = (x + (z * z) / 2) / trials;
  const margin = z * Math.sqrt((p * (1 - p)) / trials);
  return { estimate: x / n, low: Math.max(0, p - margin), high: Math.min(1, p + margin) };
}
