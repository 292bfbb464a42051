import { noncentralTSf } from "../distributions/noncentral-t.ts";
import { normalQuantile, normalSf } from "../distributions/normal.ts";
import { tUpperQuantile } from "../distributions/t.ts";

/** Power of the two-sided pooled t test for a standardised effect d (noncentral t, both tails). Source: R power.t.test(strict = TRUE). */
export function meanPowerT(d: number, n1: number, n2: number, alpha: number): number | null {
  if (!(n1 > 0 && n2 > 0 && n1 + n2 > 2)) return null;
  const df = n1 + n2 - 2;
  const reach = tUpperQuantile(alpha / 2, df);
  const delta = d / Math.sqrt(1 / n1 + 1 / n2);
  return noncentralTSf(reach, df, delta) + noncentralTSf(reach, df, -delta);
}

/** The same with known variance. Source: statsmodels NormalIndPower. */
export function meanPowerZ(d: number, n1: number, n2: number, alpha: number): number {
  const reach = -normalQuantile(alpha / 2);
  const delta = d / Math.sqrt(1 / n1 + 1 / n2);
  return normalSf(reach - delta) + normalSf(reach + delta);
}

/** Least difference of means found with the power: (z_{1−α/2} + z_power)·sd·√(1/n₁+1/n₂); the far tail is left out. */
export function detectableDifference(
  sizes: { readonly n1: number; readonly n2: number },
  sd: number,
  power: number,
  alpha: number,
): number {
  return (normalQuantile(power) - normalQuantile(alpha / 2)) * sd * Math.sqrt(1 / sizes.n1 + 1 / sizes.n2);
}
