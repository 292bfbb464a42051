import type { Tails } from "../special/incomplete-gamma.ts";

/**
 * What a series was expected to be on each day, knowing only the days before it. All arrays have one entry a day, NaN where nothing can be said.
 * Hits and counts are in events, amounts in the unit in which their errors are additive.
 */
export interface Track {
  readonly observed: Float64Array;
  /** Without the parent's shock. */
  readonly plain: Float64Array;
  readonly expected: Float64Array;
  /** One-step variance, over-dispersion and the uncertainty of the baseline included. */
  readonly variance: Float64Array;
  /** (observed − expected) / √variance; NaN where not observed or masked. */
  readonly score: Float64Array;
  /** Dispersion as estimated from this series alone, and the days behind it. */
  readonly dispersion: number;
  readonly days: number;
  /** 1 / variance of that estimate, were this the dispersion. */
  readonly precision: (dispersion: number) => number;
  /** What day t would have been expected to be with the level known before day `start`. */
  readonly expectedFrom: (t: number, start: number) => number;
  /** Tails of a sum over days with this mean, variance and number of cases. */
  readonly tails: (value: number, mean: number, variance: number, cases: number) => Tails;
  /** Cases of a day; 1 for counts and amounts. */
  readonly exposure: Float64Array;
  /** From the track's unit to the series' own. */
  readonly back: (value: number) => number;
}

/** What the days have in common whatever the series: filled once per list of days. */
const weekdays = new WeakMap<readonly string[], Uint8Array>();

/** 0 = Sunday. */
export function weekdaysOf(days: readonly string[]): Uint8Array {
  const known = weekdays.get(days);
  if (known) return known;
  const first = new Date(`${days[0] ?? "2000-01-02"}T00:00Z`).getUTCDay();
  const made = Uint8Array.from(days, (_, i) => (first + i) % 7);
  weekdays.set(days, made);
  return made;
}
