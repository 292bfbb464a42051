import { welchError } from "../means/welch.ts";
import { covarianceFromSums } from "../special/product-difference.ts";
import { type Effect, type EffectScale, effectOf, noEffect } from "./effect.ts";

/** Sums of one arm in one stratum. */
export interface StratumSums {
  readonly n: number;
  readonly sum: number;
  readonly sum2: number;
}
export interface ArmStratum {
  readonly arm1: StratumSums;
  readonly arm2: StratumSums;
}

/**
 * Effect weighted to the strata's shares of all units, with the sampling error of the shares themselves (multinomial); df of the
 * unstratified Welch test. Source: Miratrix, Sekhon & Yu (2013); gbstats EffectMomentsPostStratification.
 */
export function postStratifiedEffect(strata: readonly ArmStratum[], scale: EffectScale, level: number): Effect {
  if (strata.length === 0) return noEffect("no strata");
  if (strata.some(({ arm1, arm2 }) => arm1.n < 2 || arm2.n < 2)) {
    return noEffect("every stratum needs two units of each arm: merge strata");
  }
  const total = strata.reduce((sum, { arm1, arm2 }) => sum + arm1.n + arm2.n, 0);
  const share = strata.map(({ arm1, arm2 }) => (arm1.n + arm2.n) / total);
  const arm = (pick: (stratum: ArmStratum) => StratumSums) => strata.map(pick).map(momentsOfSums);
  const [one, two] = [arm((s) => s.arm1), arm((s) => s.arm2)];
  const mean = (moments: readonly StratumMoments[]) => weighted(moments, share);
  const base = mean(one);
  const between = (a: readonly StratumMoments[], b: readonly StratumMoments[]) =>
    (a.reduce((sum, { mean: m }, s) => sum + (share[s] ?? 0) * m * (b[s]?.mean ?? 0), 0) - mean(a) * mean(b)) / total;
  const variance = (a: readonly StratumMoments[]) =>
    a.reduce((sum, { variance: v, n }, s) => sum + (share[s] ?? 0) ** 2 * (v / n), 0) + between(a, a);
  const difference = mean(two) - base;
  const { df } = welchError(pooled(strata.map((s) => s.arm1)), pooled(strata.map((s) => s.arm2)));
  if (scale === "absolute") {
    const se = Math.sqrt(Math.max(0, variance(one) + variance(two) - 2 * between(one, two)));
    return effectOf(difference, se, df, level);
  }
  if (base === 0) return noEffect("the first mean is 0");
  const ratio = mean(two) / base;
  const spread = variance(two) + ratio * ratio * variance(one) - 2 * ratio * between(one, two);
  return effectOf(difference / Math.abs(base), Math.sqrt(Math.max(0, spread)) / Math.abs(base), df, level);
}

interface StratumMoments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

const momentsOfSums = ({ n, sum, sum2 }: StratumSums): StratumMoments => ({
  n,
  mean: sum / n,
  variance: Math.max(0, covarianceFromSums(n, sum, sum, sum2)),
});
const weighted = (moments: readonly StratumMoments[], share: readonly number[]): number =>
  moments.reduce((sum, { mean }, s) => sum + (share[s] ?? 0) * mean, 0);
const pooled = (strata: readonly StratumSums[]): StratumMoments =>
  momentsOfSums(
    strata.reduce((a, b) => ({ n: a.n + b.n, sum: a.sum + b.sum, sum2: a.sum2 + b.sum2 }), { n: 0, sum: 0, sum2: 0 }),
  );
