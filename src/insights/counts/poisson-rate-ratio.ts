import { logInterval } from "../differences/ratios.ts";
import { betaLogitQuantile } from "../distributions/beta.ts";
import { binomialTest } from "../distributions/binomial.ts";
import { badLevel } from "../interval.ts";
import { normalTwoSided } from "../special/p-value.ts";
import { badRate } from "./poisson-rate.ts";

/** Two counts with their exposures; the ratio is second over first. */
export interface TwoRates {
  readonly x1: number;
  readonly exposure1: number;
  readonly x2: number;
  readonly exposure2: number;
}

export interface RateRatio {
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  readonly logSe?: number | null;
  readonly reason?: string;
}

const none = (reason: string): RateRatio => ({ ratio: null, low: null, high: null, pValue: null, reason });

function badRates({ x1, exposure1, x2, exposure2 }: TwoRates, level: number): string | null {
  const bad = badLevel(level) ?? badRate(x1, exposure1) ?? badRate(x2, exposure2);
  return bad ?? (x1 + x2 === 0 ? "0 events on both sides" : null);
}

/**
 * Rate ratio, exact given the total: x₂ | x₁+x₂ is binomial, so Clopper–Pearson limits of its share give those of the ratio, and p
 * is the two-sided binomial test. Low is 0 at x₂ = 0, high unbounded at x₁ = 0. Source: R stats::poisson.test.
 */
export function rateRatioExact(rates: TwoRates, level: number): RateRatio {
  const bad = badRates(rates, level);
  if (bad) return none(bad);
  const { x1, exposure1, x2, exposure2 } = rates;
  const tail = (1 - level) / 2;
  const scale = exposure1 / exposure2;
  const total = exposure1 + exposure2;
  return {
    ratio: (x2 / x1) * scale,
    low: x2 === 0 ? 0 : scale * Math.exp(betaLogitQuantile(tail, 1 - tail, x2, x1 + 1)),
    high: x1 === 0 ? Number.POSITIVE_INFINITY : scale * Math.exp(betaLogitQuantile(1 - tail, tail, x2 + 1, x1)),
    pValue: binomialTest(x2, x1 + x2, exposure2 / total, exposure1 / total),
  };
}

/** Rate ratio with the log-normal interval, se² = 1/x₁ + 1/x₂ (a Poisson regression's). Undefined where a count is 0. */
export function rateRatioWald(rates: TwoRates, level: number): RateRatio {
  const bad = badRates(rates, level);
  if (bad) return none(bad);
  const { x1, exposure1, x2, exposure2 } = rates;
  const interval = logInterval((x2 / x1) * (exposure1 / exposure2), Math.sqrt(1 / x1 + 1 / x2), level);
  if (interval.reason || interval.ratio === null || interval.logSe === null) return { ...interval, pValue: null };
  return { ...interval, pValue: normalTwoSided(Math.log(interval.ratio) / interval.logSe) };
}
