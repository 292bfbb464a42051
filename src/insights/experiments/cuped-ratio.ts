import { welchError } from "../means/welch.ts";
import { covarianceFromSums } from "../special/product-difference.ts";
import { type AdjustedArm, type Effect, type EffectScale, effectOf, noEffect, relativeSe } from "./effect.ts";

/** Sums over an arm's n units of numerator and denominator after (num, den) and before (num0, den0), and of all their products. */
export interface CupedRatioSums {
  readonly n: number;
  /** Σ of [num, den, num0, den0]. */
  readonly sums: readonly [number, number, number, number];
  /** Σ of products, by place: products[i][j], i ≤ j. */
  readonly products: readonly (readonly number[])[];
}

export interface CupedRatioEffect extends Effect {
  readonly theta: number | null;
}

/**
 * CUPED for a ratio metric: post and pre ratio are linearised per unit, θ = Σ cov / Σ var over the arms, and the effect is of
 * R − θR₀. Source: Deng et al. (2013, 2018); gbstats RegressionAdjustedRatioStatistic.
 */
export function cupedRatio(
  first: CupedRatioSums,
  second: CupedRatioSums,
  scale: EffectScale,
  level: number,
): CupedRatioEffect {
  if (!(first.n >= 2 && second.n >= 2)) return { theta: null, ...noEffect("a side needs two units at least") };
  if ([first, second].some(({ sums }) => sums[1] === 0 || sums[3] === 0)) {
    return { theta: null, ...noEffect("a denominator is 0") };
  }
  const [one, two] = [linearised(first), linearised(second)];
  const preVariance = one.pre + two.pre;
  const theta = preVariance > 0 ? (one.cross + two.cross) / preVariance : 0;
  const [arm1, arm2] = [adjusted(one, theta), adjusted(two, theta)];
  if (scale === "relative") {
    if (arm1.base === 0) return { theta, ...noEffect("the first ratio is 0") };
    const lift = (arm2.mean - arm1.mean) / arm1.base;
    const effect = (arm2.mean - arm1.mean) / Math.abs(arm1.base);
    return { theta, ...effectOf(effect, relativeSe(arm1, arm2, lift), welchError(arm1, arm2).df, level) };
  }
  const { se, df } = welchError(arm1, arm2);
  return { theta, ...effectOf(arm2.mean - arm1.mean, se, df, level) };
}

interface Linearised {
  readonly n: number;
  readonly ratio: number;
  readonly ratioPre: number;
  /** Variances of one unit's linearised post and pre ratio, and their covariance. */
  readonly post: number;
  readonly pre: number;
  readonly cross: number;
}

function linearised({ n, sums, products }: CupedRatioSums): Linearised {
  const [num, den, num0, den0] = sums;
  const [ratio, ratioPre] = [num / den, num0 / den0];
  const covariance = (i: number, j: number) => {
    const [a, b] = i < j ? [i, j] : [j, i];
    return covarianceFromSums(n, sums[a] ?? 0, sums[b] ?? 0, products[a]?.[b] ?? Number.NaN);
  };
  const gradient = [n / den, (-ratio * n) / den, n / den0, (-ratioPre * n) / den0];
  const form = (left: readonly number[], right: readonly number[]) =>
    left.reduce(
      (sum, i) => sum + right.reduce((acc, j) => acc + (gradient[i] ?? 0) * (gradient[j] ?? 0) * covariance(i, j), 0),
      0,
    );
  return { n, ratio, ratioPre, post: form([0, 1], [0, 1]), pre: form([2, 3], [2, 3]), cross: form([0, 1], [2, 3]) };
}

function adjusted({ n, ratio, ratioPre, post, pre, cross }: Linearised, theta: number): AdjustedArm {
  return {
    n,
    mean: ratio - theta * ratioPre,
    variance: Math.max(0, post + theta * theta * pre - 2 * theta * cross),
    base: ratio,
    baseVariance: post,
    covariance: post - theta * cross,
  };
}
