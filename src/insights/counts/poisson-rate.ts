import { gammaQuantile } from "../distributions/chi2.ts";
import { badLevel, type Interval, noInterval } from "../interval.ts";

/** Rate x per exposure with Garwood's exact interval: gamma quantiles Γ(α/2; x) and Γ(1−α/2; x+1). Source: Garwood (1936). */
export function poissonRate(x: number, exposure: number, level: number): Interval {
  const bad = badLevel(level) ?? badRate(x, exposure);
  if (bad) return noInterval(bad);
  const tail = (1 - level) / 2;
  return {
    estimate: x / exposure,
    low: x === 0 ? 0 : gammaQuantile(tail, 1 - tail, x) / exposure,
    high: gammaQuantile(1 - tail, tail, x + 1) / exposure,
  };
}

export function badRate(x: number, exposure: number): string | null {
  if (!(exposure > 0)) return "no exposure";
  return x >= 0 ? null : "the count must not be negative";
}
