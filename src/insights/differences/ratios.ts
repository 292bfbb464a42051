import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import { badTwoProportions, type TwoProportions } from "./two-proportions.ts";

export interface RatioInterval {
  /** Second over first; Infinity where only the first is 0, null where both are. */
  readonly ratio: number | null;
  /** Standard error of ln ratio; Infinity where a count is 0. */
  readonly logSe: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** Risk ratio p₂/p₁ with Katz' log interval: se² = q₁/x₁ + q₂/x₂. Source: Katz et al. (1978). */
export function riskRatio(data: TwoProportions, level: number): RatioInterval {
  const bad = badTwoProportions(data) ?? badLevel(level);
  if (bad) return { ratio: null, logSe: null, low: null, high: null, reason: bad };
  const { x1, n1, x2, n2 } = data;
  const logSe = Math.sqrt((n1 - x1) / n1 / x1 + (n2 - x2) / n2 / x2);
  return logInterval((x2 / n2) * (n1 / x1), logSe, level);
}

/** Odds ratio (x₂/(n₂−x₂)) / (x₁/(n₁−x₁)) with Woolf's log interval: se² = Σ 1/cell. Source: Woolf (1955). */
export function oddsRatio(data: TwoProportions, level: number): RatioInterval {
  const bad = badTwoProportions(data) ?? badLevel(level);
  if (bad) return { ratio: null, logSe: null, low: null, high: null, reason: bad };
  const { x1, n1, x2, n2 } = data;
  const logSe = Math.sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x2 + 1 / (n2 - x2));
  return logInterval((x2 / (n2 - x2)) * ((n1 - x1) / x1), logSe, level);
}

/** ratio · e^(±z·se); undefined, with the reason, where a count of 0 makes the logarithm or its error infinite. */
export function logInterval(ratio: number, logSe: number, level: number): RatioInterval {
  if (Number.isNaN(ratio)) return { ratio: null, logSe: null, low: null, high: null, reason: "0 events on both sides" };
  if (!Number.isFinite(logSe)) return { ratio, logSe, low: null, high: null, reason: "a count of 0 has no logarithm" };
  const factor = Math.exp(normalCritical(level) * logSe);
  return { ratio, logSe, low: ratio / factor, high: ratio * factor };
}
