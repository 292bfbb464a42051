import type { ScanSeries } from "../../src/insights/detect/scan.ts";
import { binomialTest } from "../../src/insights/distributions/binomial.ts";
import { normalTwoSided } from "../../src/insights/special/p-value.ts";

/** p of one day of one series by a method that others use; NaN where it cannot say. Baseline: the 56 days before. */
export type RatePeer = (series: ScanSeries, at: number) => number;

const BASELINE_DAYS = 56;

export const RATE_PEERS: Readonly<Record<string, RatePeer>> = {
  "median and MAD of the rate": (series, at) => {
    const { rates, now } = windowOf(series, at);
    const centre = median(rates);
    const scale = 1.4826 * median(rates.map((rate) => Math.abs(rate - centre)));
    return zP(now - centre, scale);
  },
  "mean and sd of the rate": (series, at) => {
    const { rates, now } = windowOf(series, at);
    return zP(now - mean(rates), sd(rates));
  },
  "p-chart": (series, at) => {
    const { pooled, now, n } = windowOf(series, at);
    return zP(now - pooled, Math.sqrt((pooled * (1 - pooled)) / n));
  },
  "exact binomial": (series, at) => {
    const { pooled, n, k } = windowOf(series, at);
    return pooled > 0 && pooled < 1 ? binomialTest(k, n, pooled) : 1;
  },
  "Laney p′": (series, at) => {
    const { pooled, now, n, rates, cases } = windowOf(series, at);
    const sigmaOf = (own: number): number => Math.sqrt((pooled * (1 - pooled)) / own);
    const z = rates.map((rate, i) => (rate - pooled) / sigmaOf(cases[i] ?? 1));
    const moving = mean(z.slice(1).map((value, i) => Math.abs(value - (z[i] ?? 0)))) / 1.128;
    return zP(now - pooled, sigmaOf(n) * moving);
  },
  "same weekday, mean and sd of 8": (series, at) => {
    const own = Array.from({ length: 8 }, (_, k) => rateAt(series, at - 7 * (k + 1))).filter(
      (rate) => !Number.isNaN(rate),
    );
    return zP(rateAt(series, at) - mean(own), sd(own));
  },
};

function windowOf(series: ScanSeries, at: number) {
  const days = Array.from({ length: BASELINE_DAYS }, (_, k) => at - BASELINE_DAYS + k).filter(
    (t) => t >= 0 && !Number.isNaN(rateAt(series, t)),
  );
  const cases = days.map((t) => series.denominators?.[t] ?? 0);
  const hits = days.map((t) => series.values[t] ?? 0);
  const total = cases.reduce((sum, n) => sum + n, 0);
  return {
    rates: days.map((t) => rateAt(series, t)),
    cases,
    pooled: hits.reduce((sum, k) => sum + k, 0) / total,
    now: rateAt(series, at),
    n: series.denominators?.[at] ?? 0,
    k: series.values[at] ?? 0,
  };
}

function rateAt(series: ScanSeries, t: number): number {
  const [value, n] = [series.values[t] ?? null, series.denominators?.[t] ?? 0];
  return value === null || n === 0 ? Number.NaN : value / n;
}

const zP = (difference: number, scale: number): number =>
  scale > 0 ? normalTwoSided(difference / scale) : difference === 0 ? 1 : 0;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
};
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[sorted.length >> 1] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2;
};
