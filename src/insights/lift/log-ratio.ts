import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments } from "../means/welch.ts";

export interface LogRatio {
  /** m₂/m₁. */
  readonly ratio: number | null;
  readonly logSe: number | null;
  /** Limits of the lift m₂/m₁ − 1. */
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** Ratio of means with the interval formed on the log scale: se² = Σ v/(n m²). Needs means of one sign. */
export function logRatio(first: Moments, second: Moments, level: number): LogRatio {
  const none = { logSe: null, low: null, high: null };
  const bad = badLevel(level) ?? badMoments(first) ?? badMoments(second);
  if (bad) return { ratio: null, ...none, reason: bad };
  if (first.mean === 0) return { ratio: null, ...none, reason: "the first mean is 0" };
  const ratio = second.mean / first.mean;
  if (!(ratio > 0)) return { ratio, ...none, reason: "means of opposite sign, or 0, have no log ratio" };
  const logSe = Math.sqrt(second.variance / second.n / second.mean ** 2 + first.variance / first.n / first.mean ** 2);
  const margin = normalCritical(level) * logSe;
  const centre = Math.log1p((second.mean - first.mean) / first.mean);
  return { ratio, logSe, low: Math.expm1(centre - margin), high: Math.expm1(centre + margin) };
}
