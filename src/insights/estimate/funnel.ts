import type { Estimate } from "../../kernel/measurement.ts";
import { normalCritical } from "../distributions/normal.ts";

/** Limits of a funnel plot: one in 500 leaves them by chance (Spiegelhalter 2005). */
const FUNNEL_LEVEL = 0.998;

/**
 * True when an estimate stands apart from `centre` by more than chance allows: its interval, widened to the funnel's level side by side,
 * leaves the centre out. Null without an interval, for then nothing can be said.
 */
export function standsApart(own: Pick<Estimate, "value" | "low" | "high" | "level">, centre: number): boolean | null {
  if (own.value === null || own.low === null || own.high === null || own.level === null) return null;
  const widen = normalCritical(FUNNEL_LEVEL) / normalCritical(own.level);
  return centre < own.value - (own.value - own.low) * widen || centre > own.value + (own.high - own.value) * widen;
}
