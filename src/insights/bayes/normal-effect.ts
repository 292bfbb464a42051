import { normalCritical, normalPdf, normalSf } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import { relativeError } from "../lift/delta.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments, welchError } from "../means/welch.ts";

/** A normal prior on the effect (on its own scale); null = flat. */
export type EffectPrior = { readonly mean: number; readonly variance: number } | null;

export interface BayesEffect {
  /** P(effect > 0). */
  readonly chanceToWin: number | null;
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly posteriorSd: number | null;
  /** Expected loss of keeping the first arm, and of choosing the second. */
  readonly riskControl: number | null;
  readonly riskTreatment: number | null;
  readonly reason?: string;
}

/**
 * Posterior of an effect, absolute or relative to |m₁|, from the normal likelihood of its estimate and a normal prior.
 * Source: gbstats EffectBayesianABTest.
 */
export function bayesEffect(
  first: Moments,
  second: Moments,
  options: { readonly prior: EffectPrior; readonly scale: "absolute" | "relative"; readonly level: number },
): BayesEffect {
  const none = {
    chanceToWin: null,
    expected: null,
    low: null,
    high: null,
    posteriorSd: null,
    riskControl: null,
    riskTreatment: null,
  };
  const { prior, scale, level } = options;
  const bad = badLevel(level) ?? badMoments(first) ?? badMoments(second);
  if (bad) return { ...none, reason: bad };
  if (scale === "relative" && first.mean === 0) return { ...none, reason: "the first mean is 0" };
  const relative = scale === "relative";
  const se = relative ? relativeError(first, second) : welchError(first, second).se;
  if (!(se > 0)) return { ...none, reason: "neither side varies" };
  if (prior && !(prior.variance > 0)) return { ...none, reason: "a prior needs a variance" };
  const effect = (second.mean - first.mean) / (relative ? Math.abs(first.mean) : 1);
  const weight = 1 / (se * se);
  const priorWeight = prior ? 1 / prior.variance : 0;
  const expected = (effect * weight + (prior?.mean ?? 0) * priorWeight) / (weight + priorWeight);
  const sd = 1 / Math.sqrt(weight + priorWeight);
  const z = expected / sd;
  const margin = normalCritical(level) * sd;
  return {
    chanceToWin: normalSf(-z),
    expected,
    low: expected - margin,
    high: expected + margin,
    posteriorSd: sd,
    riskControl: sd * (normalPdf(z) + z * normalSf(-z)),
    riskTreatment: sd * (normalPdf(z) - z * normalSf(z)),
  };
}
