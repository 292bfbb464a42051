import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments } from "../means/welch.ts";

export interface FiellerLift {
  /** m₂/m₁ − 1. */
  readonly lift: number | null;
  /** z²v₁/(n₁m₁²): from 1 on the first mean could be 0 and the set is unbounded. */
  readonly g: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bounded: boolean;
  readonly reason?: string;
}

/**
 * Fieller's interval of a relative lift, for independent means: all ρ − 1 with (m₂ − ρm₁)² ≤ z²(v₂/n₂ + ρ²v₁/n₁). It excludes 0
 * exactly when the z test of the absolute difference rejects. Where g ≥ 1 the set is no interval: null. Source: Fieller (1954).
 */
export function fiellerLift(first: Moments, second: Moments, level: number): FiellerLift {
  const none = { lift: null, g: null, low: null, high: null, bounded: false };
  const bad = badLevel(level) ?? badMoments(first) ?? badMoments(second);
  if (bad) return { ...none, reason: bad };
  if (first.mean === 0) return { ...none, reason: "the first mean is 0: a relative change has no base" };
  const z = normalCritical(level);
  const lift = (second.mean - first.mean) / first.mean;
  const a = (z * z * first.variance) / first.n / first.mean ** 2;
  const b = (z * z * second.variance) / second.n / first.mean ** 2;
  if (a >= 1) {
    const reason = "unbounded: the first mean is not told apart from 0";
    return { lift, g: a, low: null, high: null, bounded: false, reason };
  }
  return { lift, g: a, ...roots(lift, a, b), bounded: true };
}

/** Roots λ of (1−a)λ² − 2(L + a)λ + L² − a − b = 0: the condition written in λ = ρ − 1, so that small lifts keep their digits. */
function roots(lift: number, a: number, b: number): { low: number; high: number } {
  const half = lift + a;
  const ratio = 1 + lift;
  const root = Math.sqrt(a * ratio * ratio + b * (1 - a));
  const product = lift * lift - a - b;
  const far = half >= 0 ? (half + root) / (1 - a) : (half - root) / (1 - a);
  const near = far === 0 ? 0 : product / (1 - a) / far;
  return half >= 0 ? { low: near, high: far } : { low: far, high: near };
}
