/**
 * An estimate with its confidence limits. A part that the data do not define is null, and then `reason` says why; an end that is
 * unbounded is ±Infinity.
 */
export interface Interval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** The interval of data that say nothing. */
export function noInterval(reason: string, estimate: number | null = null): Interval {
  return { estimate, low: null, high: null, reason };
}

/** `estimate ± margin`. */
export function symmetric(estimate: number, margin: number): Interval {
  return { estimate, low: estimate - margin, high: estimate + margin };
}

/** Why a level is none, or null. */
export function badLevel(level: number): string | null {
  return level > 0 && level < 1 ? null : "the confidence level must lie between 0 and 1";
}

/** Why x of n is no proportion, or null. x and n may be fractional (effective sample sizes). */
export function badProportion(x: number, n: number): string | null {
  if (!(n > 0) || !Number.isFinite(n)) return "no observations";
  if (!(x >= 0 && x <= n)) return "the count must lie between 0 and n";
  return null;
}
