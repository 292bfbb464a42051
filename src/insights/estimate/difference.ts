import type { Estimate } from "../../kernel/measurement.ts";

export interface Difference {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** `real` when the interval of the difference leaves out 0; null where a side has no interval. */
  readonly verdict: "real" | "within_noise" | null;
}

/**
 * own − before with an interval made of both sides' intervals by squaring and adding (MOVER; Newcombe 1998 method 10 where both are
 * Wilson's; Zou & Donner 2008 for other intervals). Null where a side is unknown.
 */
export function differenceOf(own: Estimate, before: Estimate): Difference | null {
  if (own.value === null || before.value === null) return null;
  const value = own.value - before.value;
  if (own.low === null || own.high === null || before.low === null || before.high === null) {
    return { value, low: null, high: null, verdict: null };
  }
  const low = value - Math.hypot(own.value - own.low, before.high - before.value);
  const high = value + Math.hypot(own.high - own.value, before.value - before.low);
  return { value, low, high, verdict: low > 0 || high < 0 ? "real" : "within_noise" };
}
