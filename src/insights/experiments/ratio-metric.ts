import { deltaLift } from "../lift/delta.ts";
import type { Moments } from "../means/moments.ts";
import { welchError } from "../means/welch.ts";
import { covarianceFromSums } from "../special/product-difference.ts";
import { type Effect, type EffectScale, effectOf, noEffect } from "./effect.ts";

/** Sums over an arm's n units (users, moderators) of the metric's numerator m and denominator d. */
export interface RatioSums {
  readonly n: number;
  readonly num: number;
  readonly num2: number;
  readonly den: number;
  readonly den2: number;
  readonly numDen: number;
}

export interface RatioEffect extends Effect {
  readonly ratio1: number | null;
  readonly ratio2: number | null;
}

/**
 * Effect on a ratio of sums (decisions per hour, overturns per appeal): delta-method variance of Σm/Σd over units, Welch df.
 * Source: Deng et al. (2018); gbstats RatioStatistic.
 */
export function ratioEffect(first: RatioSums, second: RatioSums, scale: EffectScale, level: number): RatioEffect {
  if (!(first.n >= 2 && second.n >= 2)) {
    return { ratio1: null, ratio2: null, ...noEffect("a side needs two units at least") };
  }
  if (first.den === 0 || second.den === 0) {
    return { ratio1: null, ratio2: null, ...noEffect("a denominator is 0") };
  }
  const [one, two] = [ratioMoments(first), ratioMoments(second)];
  const ratios = { ratio1: one.mean, ratio2: two.mean };
  if (scale === "relative") {
    const { lift, ...rest } = deltaLift(one, two, level);
    return { ...ratios, effect: lift, ...rest };
  }
  const { se, df } = welchError(one, two);
  return { ...ratios, ...effectOf(two.mean - one.mean, se, df, level) };
}

/** Σm/Σd with the variance of one unit's linearised contribution. */
export function ratioMoments({ n, num, num2, den, den2, numDen }: RatioSums): Moments {
  const ratio = num / den;
  const base = den / n;
  const variance =
    covarianceFromSums(n, num, num, num2) -
    2 * ratio * covarianceFromSums(n, num, den, numDen) +
    ratio * ratio * covarianceFromSums(n, den, den, den2);
  return { n, mean: ratio, variance: Math.max(0, variance) / (base * base) };
}
