import { tTwoSided } from "../special/p-value.ts";
import { momentsOf } from "./moments.ts";

export interface PairedTest {
  readonly diff: number | null;
  readonly t: number | null;
  readonly df: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/** Student's t test of the mean of after − before over pairs. */
export function pairedT(before: readonly number[], after: readonly number[]): PairedTest {
  const none = { t: null, df: null, pValue: null };
  if (before.length !== after.length) return { diff: null, ...none, reason: "every value needs its pair" };
  const differences = after.map((value, i) => value - (before[i] ?? Number.NaN));
  if (differences.length === 0) return { diff: null, ...none, reason: "no observations" };
  const { n, mean, variance } = momentsOf(differences);
  if (n < 2) return { diff: mean, ...none, reason: "one pair has no spread" };
  if (!(variance > 0)) return { diff: mean, ...none, reason: "all differences are equal" };
  const t = mean / Math.sqrt(variance / n);
  return { diff: mean, t, df: n - 1, pValue: tTwoSided(t, n - 1) };
}
