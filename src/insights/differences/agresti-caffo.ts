import { normalCritical } from "../distributions/normal.ts";
import { badLevel, type Interval, noInterval } from "../interval.ts";
import { badTwoProportions, shareDifference, type TwoProportions } from "./two-proportions.ts";

/** Agresti–Caffo interval of p₂ − p₁: Wald's after one success and one failure more on each side. Source: Agresti & Caffo (2000). */
export function agrestiCaffo(data: TwoProportions, level: number): Interval {
  const bad = badTwoProportions(data) ?? badLevel(level);
  if (bad) return noInterval(bad);
  const more = { x1: data.x1 + 1, n1: data.n1 + 2, x2: data.x2 + 1, n2: data.n2 + 2 };
  const p1 = more.x1 / more.n1;
  const p2 = more.x2 / more.n2;
  const centre = shareDifference(more);
  const margin = normalCritical(level) * Math.sqrt((p1 * (1 - p1)) / more.n1 + (p2 * (1 - p2)) / more.n2);
  return { estimate: shareDifference(data), low: centre - margin, high: centre + margin };
}
