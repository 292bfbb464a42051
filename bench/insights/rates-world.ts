import type { ScanSeries } from "../../src/insights/detect/scan.ts";
import { type Random, randomOf } from "./random.ts";

/** What was planted in one series. */
export interface RateEvent {
  readonly id: string;
  readonly start: number;
  readonly days: number;
  readonly factor: number;
}

export const isoDays = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 86_400_000).toISOString().slice(0, 10));

/** A simulated rate with what nobody who only sees the data can know. */
export interface RateWorldSeries extends ScanSeries {
  /** The rate of each day without its event. */
  readonly truth: readonly number[];
  readonly rho: number;
}

const FACTORS = [0.4, 1.5, 2, 3];

/**
 * Rates as moderation has them: cases a day log-uniform from 5 to 5,000 with a weekly pattern, a rate log-uniform from 5 % to 50 % with a weekly
 * pattern (sd 0.1 in logarithms) and a slow drift (0.5 % a day, mean-reverting), over-dispersion ρ uniform in [0, 0.03]. A share of the series
 * gets one event in its last 100 days: × 0.4, 1.5, 2 or 3 for one day or for seven.
 */
export function rateWorld(count: number, days: number, seed: number, withEvent: number) {
  const random = randomOf(seed);
  const dated = isoDays(days);
  const events: RateEvent[] = [];
  const series = Array.from({ length: count }, (_, i): RateWorldSeries => {
    const event =
      random.uniform() < withEvent
        ? {
            id: `series ${i}`,
            start: days - 100 + Math.floor(random.uniform() * 90),
            days: random.uniform() < 0.5 ? 1 : 7,
            factor: FACTORS[Math.floor(random.uniform() * FACTORS.length)] ?? 1,
          }
        : null;
    if (event) events.push(event);
    return rateSeries(`series ${i}`, dated, random, event);
  });
  return { series, events };
}

function rateSeries(id: string, dated: string[], random: Random, event: RateEvent | null): RateWorldSeries {
  const cases = 5 * 1000 ** random.uniform();
  const rate = 0.05 * 10 ** random.uniform();
  const rho = 0.03 * random.uniform();
  const casesOf = Array.from({ length: 7 }, () => Math.exp(0.2 * random.normal()));
  const rateOf = Array.from({ length: 7 }, () => Math.exp(0.1 * random.normal()));
  let drift = 0;
  const denominators: number[] = [];
  const truth: number[] = [];
  const values = dated.map((_, t) => {
    drift = 0.99 * drift + 0.005 * random.normal();
    const factor = event && t >= event.start && t < event.start + event.days ? event.factor : 1;
    const usual = rate * (rateOf[t % 7] ?? 1) * Math.exp(drift);
    const mean = Math.min(0.95, usual * factor);
    truth.push(Math.min(0.95, usual));
    const n = Math.max(1, random.poisson(cases * (casesOf[t % 7] ?? 1)));
    denominators.push(n);
    return random.binomial(n, overdispersed(mean, rho, random));
  });
  return {
    id,
    parent: null,
    kind: "rate",
    days: dated,
    values,
    denominators,
    masked: dated.map(() => false),
    calendar: dated.map(() => null),
    truth,
    rho,
  };
}

/** Beta with that mean and correlation. */
export function overdispersed(mean: number, rho: number, random: Random): number {
  if (rho < 1e-6) return mean;
  const size = 1 / rho - 1;
  const [a, b] = [random.gamma(mean * size), random.gamma((1 - mean) * size)];
  return a / (a + b);
}
