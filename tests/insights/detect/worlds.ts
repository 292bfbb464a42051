import type { ScanSeries } from "../../../src/insights/detect/scan.ts";

/** Seeded random numbers in [0, 1): mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const normal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** Days from 2026-01-01 (a Thursday). */
export const days = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 86_400_000).toISOString().slice(0, 10));

const WEEK = [0.8, 1, 1.1, 1.05, 1, 1.2, 0.9];

/** A quiet series of that kind with a weekly pattern: Poisson hits and counts (by the normal law above 50), log-normal amounts. */
export function quiet(
  id: string,
  kind: ScanSeries["kind"],
  length: number,
  level: number,
  uniform: () => number,
  cases = 2000,
): ScanSeries {
  const dated = days(length);
  const meanOf = (t: number): number => level * (WEEK[t % 7] ?? 1) * (kind === "rate" ? cases : 1);
  const values = dated.map((_, t) =>
    kind === "amount" ? meanOf(t) * Math.exp(0.1 * normal(uniform)) : poisson(meanOf(t), uniform),
  );
  return {
    id,
    parent: null,
    kind,
    days: dated,
    values,
    denominators: kind === "rate" ? dated.map(() => cases) : null,
    masked: dated.map(() => false),
    calendar: dated.map(() => null),
  };
}

function poisson(mean: number, uniform: () => number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(uniform)));
  let [product, count] = [uniform(), 0];
  for (; product > Math.exp(-mean); product *= uniform()) count += 1;
  return count;
}

/** The same series with its values of some days replaced. */
export const changed = (
  series: ScanSeries,
  from: number,
  to: number,
  change: (value: number, t: number) => number,
) => ({
  ...series,
  values: series.values.map((value, t) => (t >= from && t <= to && value !== null ? change(value, t) : value)),
});
