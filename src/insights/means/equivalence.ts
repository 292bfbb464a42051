import { tSf, tUpperQuantile } from "../distributions/t.ts";
import type { Moments } from "./moments.ts";
import { badMoments, welchError } from "./welch.ts";

export interface Equivalence {
  /** p of "second − first ≤ marginLow": small = not worse than the margin. */
  readonly pNoninferior: number | null;
  /** p of "second − first ≥ marginHigh". */
  readonly pNonsuperior: number | null;
  /** The larger of both: small = equivalent. */
  readonly pEquivalence: number | null;
  /** One-sided limits at level 1 − α each, i.e. the two-sided 1 − 2α interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** Two one-sided Welch tests against a margin below and one above. Source: Schuirmann (1987). */
export function equivalenceTest(
  first: Moments,
  second: Moments,
  margins: { readonly low: number; readonly high: number },
  alpha: number,
): Equivalence {
  const none = { pNoninferior: null, pNonsuperior: null, pEquivalence: null, low: null, high: null };
  const bad = badMoments(first) ?? badMoments(second);
  if (bad) return { ...none, reason: bad };
  const diff = second.mean - first.mean;
  const { se, df } = welchError(first, second);
  if (!(se > 0)) return { ...none, reason: "neither side varies" };
  const pNoninferior = tSf((diff - margins.low) / se, df);
  const pNonsuperior = tSf((margins.high - diff) / se, df);
  const reach = tUpperQuantile(alpha, df) * se;
  return {
    pNoninferior,
    pNonsuperior,
    pEquivalence: Math.max(pNoninferior, pNonsuperior),
    low: diff - reach,
    high: diff + reach,
  };
}
