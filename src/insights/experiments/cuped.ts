import { welchError } from "../means/welch.ts";
import { covarianceFromSums } from "../special/product-difference.ts";
import { type AdjustedArm, type Effect, type EffectScale, effectOf, noEffect, relativeSe } from "./effect.ts";

/** Sums over an arm's n units of the metric (post) and of its value before the experiment (pre). */
export interface CupedSums {
  readonly n: number;
  readonly post: number;
  readonly post2: number;
  readonly pre: number;
  readonly pre2: number;
  readonly postPre: number;
}

export interface CupedEffect extends Effect {
  readonly theta: number | null;
  readonly adjMean1: number | null;
  readonly adjMean2: number | null;
  readonly unadjustedSe: number | null;
  /** 1 − (se/unadjusted se)². */
  readonly varianceReduction: number | null;
}

/**
 * CUPED: the effect after taking θ·pre off each unit, θ = cov/var over both arms together. A relative effect is a share of the
 * first arm's unadjusted mean. Source: Deng et al. (2013); gbstats RegressionAdjustedStatistic.
 */
export function cuped(first: CupedSums, second: CupedSums, scale: EffectScale, level: number): CupedEffect {
  const none = { theta: null, adjMean1: null, adjMean2: null, unadjustedSe: null, varianceReduction: null };
  if (!(first.n >= 2 && second.n >= 2)) return { ...none, ...noEffect("a side needs two units at least") };
  const theta = sharedTheta(first, second);
  const [one, two] = [adjustedArm(first, theta), adjustedArm(second, theta)];
  const means = { theta, adjMean1: one.mean, adjMean2: two.mean };
  const relative = scale === "relative";
  if (relative && one.base === 0) return { ...none, ...means, ...noEffect("the first mean is 0") };
  const effect = (two.mean - one.mean) / (relative ? Math.abs(one.base) : 1);
  const { se: absolute, df } = welchError(one, two);
  const plain = (arm: AdjustedArm) => ({ n: arm.n, mean: arm.base, variance: arm.baseVariance });
  const lift = (two.base - one.base) / one.base;
  const se = relative ? relativeSe(one, two, lift) : absolute;
  const unadjustedSe = relative
    ? relativeSe(unadjusted(one), unadjusted(two), lift)
    : welchError(plain(one), plain(two)).se;
  const varianceReduction = unadjustedSe > 0 ? 1 - (se / unadjustedSe) ** 2 : null;
  const found = { ...means, unadjustedSe, varianceReduction, ...effectOf(effect, se, df, level) };
  return varianceReduction === null ? { ...found, reason: "neither side varies" } : found;
}

function sharedTheta(a: CupedSums, b: CupedSums): number {
  const n = a.n + b.n;
  const pre = a.pre + b.pre;
  const variance = covarianceFromSums(n, pre, pre, a.pre2 + b.pre2);
  return variance > 0 ? covarianceFromSums(n, a.post + b.post, pre, a.postPre + b.postPre) / variance : 0;
}

function adjustedArm({ n, post, post2, pre, pre2, postPre }: CupedSums, theta: number): AdjustedArm {
  const baseVariance = Math.max(0, covarianceFromSums(n, post, post, post2));
  const joint = covarianceFromSums(n, post, pre, postPre);
  const preVariance = covarianceFromSums(n, pre, pre, pre2);
  return {
    n,
    mean: (post - theta * pre) / n,
    variance: Math.max(0, baseVariance + theta * theta * preVariance - 2 * theta * joint),
    base: post / n,
    baseVariance,
    covariance: baseVariance - theta * joint,
  };
}

const unadjusted = (arm: AdjustedArm): AdjustedArm => ({
  ...arm,
  mean: arm.base,
  variance: arm.baseVariance,
  covariance: arm.baseVariance,
});
