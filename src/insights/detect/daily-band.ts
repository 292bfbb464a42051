import { tUpperQuantile } from "../distributions/t.ts";
import { byRarerSide } from "./rarer-side.ts";
import type { ScanSeries } from "./series.ts";
import { tracksOf } from "./tracks.ts";

/** What a day was expected to be, knowing only the days before it. Rates as fractions. */
export interface DayBand {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % band of every day up to `at`, for a picture: the baseline's one-step variance, with the tail of a t with five degrees of freedom.
 * Null where nothing can be said. Rates stay between 0 and 1, counts and durations above 0.
 */
export function dailyBand(series: ScanSeries, at: number): (DayBand | null)[] {
  const { series: followed, exchanged } = byRarerSide([{ ...series, parent: null }]);
  const [tracked] = tracksOf(followed, at);
  if (!tracked) return [];
  const told = (band: DayBand): DayBand =>
    exchanged.size > 0 ? { expected: 1 - band.expected, low: 1 - band.high, high: 1 - band.low } : band;
  const { track } = tracked;
  const width = tUpperQuantile(0.025, 5);
  return series.days.map((_, day) => {
    const [expected, variance] = [track.plain[day] ?? Number.NaN, track.variance[day] ?? Number.NaN];
    if (day > at || Number.isNaN(expected) || Number.isNaN(variance)) return null;
    const half = width * Math.sqrt(variance);
    if (series.kind === "amount")
      return { expected: track.back(expected), low: track.back(expected - half), high: track.back(expected + half) };
    const cases = series.kind === "rate" ? (track.exposure[day] ?? 0) : 1;
    if (!(cases > 0)) return null;
    const most = series.kind === "rate" ? 1 : Number.POSITIVE_INFINITY;
    return told({
      expected: expected / cases,
      low: Math.max(0, (expected - half) / cases),
      high: Math.min(most, (expected + half) / cases),
    });
  });
}
