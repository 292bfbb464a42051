import { tCritical } from "../distributions/t.ts";
import { badLevel } from "../interval.ts";
import { tTwoSided } from "../special/p-value.ts";

/** An experiment's effect, second arm − first, with t interval. */
export interface Effect {
  readonly effect: number | null;
  readonly se: number | null;
  readonly df: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/** Whether an effect is a difference or a share of the first arm's mean. */
export type EffectScale = "absolute" | "relative";

export function effectOf(effect: number, se: number, df: number, level: number): Effect {
  const none = { df: null, low: null, high: null, pValue: null };
  const bad = badLevel(level) ?? (se > 0 && df > 0 ? null : "the sums leave no variance");
  if (bad) return { effect, se: Number.isNaN(se) ? null : Math.max(0, se), ...none, reason: bad };
  const margin = tCritical(level, df) * se;
  return { effect, se, df, low: effect - margin, high: effect + margin, pValue: tTwoSided(effect / se, df) };
}

export const noEffect = (reason: string): Effect => ({
  effect: null,
  se: null,
  df: null,
  low: null,
  high: null,
  pValue: null,
  reason,
});

/** Moments of an arm whose relative effect is taken of another base than its own mean (CUPED). */
export interface AdjustedArm {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
  /** The mean before adjustment: the base of a relative effect. */
  readonly base: number;
  readonly baseVariance: number;
  readonly covariance: number;
}

/**
 * Error of (m₂ − m₁)/b₁ where b₁ is correlated with m₁: (v₂/n₂ + v₁/n₁ + 2L·cov/n₁ + L²·v_b/n₁)/b₁², L = the lift.
 * With b₁ = m₁ it is the plain delta method. Source: Deng et al. (2018).
 */
export function relativeSe(first: AdjustedArm, second: AdjustedArm, lift: number): number {
  const variance =
    second.variance / second.n +
    (first.variance + 2 * lift * first.covariance + lift * lift * first.baseVariance) / first.n;
  return Math.sqrt(Math.max(0, variance)) / Math.abs(first.base);
}
