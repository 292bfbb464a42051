import { tCritical } from "../distributions/t.ts";
import { badLevel } from "../interval.ts";
import { tTwoSided, tTwoSidedLog10 } from "../special/p-value.ts";
import type { Moments } from "./moments.ts";

export interface WelchTest {
  readonly diff: number | null;
  readonly se: number | null;
  readonly t: number | null;
  readonly df: number | null;
  readonly pValue: number | null;
  readonly log10P: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/**
 * Welch's t test of mean₂ − mean₁ with unequal variances and Satterthwaite's degrees of freedom.
 * Undefined below two observations a side; without any spread only the difference is given. Source: Welch (1947).
 */
export function welchTest(first: Moments, second: Moments, level: number): WelchTest {
  const none = { se: null, t: null, df: null, pValue: null, log10P: null, low: null, high: null };
  const bad = badLevel(level) ?? badMoments(first) ?? badMoments(second);
  if (bad) return { diff: null, ...none, reason: bad };
  const diff = second.mean - first.mean;
  const { se, df } = welchError(first, second);
  if (!(se > 0)) return { diff, ...none, se: 0, reason: "neither side varies" };
  const t = diff / se;
  const margin = tCritical(level, df) * se;
  return {
    diff,
    se,
    t,
    df,
    pValue: tTwoSided(t, df),
    log10P: tTwoSidedLog10(t, df),
    low: diff - margin,
    high: diff + margin,
  };
}

export function badMoments({ n, variance }: Moments): string | null {
  if (!(n >= 2)) return "a side needs two observations at least";
  return variance >= 0 ? null : "the variance must not be negative";
}

/** se = √(v₁/n₁ + v₂/n₂) and Satterthwaite's df, formed from shares of the variance so that nothing under- or overflows. */
export function welchError(first: Moments, second: Moments): { readonly se: number; readonly df: number } {
  const a = first.variance / first.n;
  const b = second.variance / second.n;
  const sum = a + b;
  const df = 1 / ((a / sum) ** 2 / (first.n - 1) + (b / sum) ** 2 / (second.n - 1));
  return { se: Math.sqrt(sum), df };
}
