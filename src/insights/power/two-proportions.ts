import { normalCdf, normalQuantile } from "../distributions/normal.ts";
import { brentRoot } from "../special/brent.ts";

export interface TwoShares {
  readonly p1: number;
  readonly p2: number;
}

/**
 * Power of the two-sided z test of two shares: pooled variance under the null, unpooled under the alternative, both tails.
 * Null for sizes or shares that are none. Source: R stats::power.prop.test(strict = TRUE); statsmodels power_proportions_2indep.
 */
export function proportionPower({ p1, p2 }: TwoShares, n1: number, n2: number, alpha: number): number | null {
  if (!(n1 > 0 && n2 > 0) || ![p1, p2].every((share) => share >= 0 && share <= 1)) return null;
  const p = (n1 * p1 + n2 * p2) / (n1 + n2);
  const reach = -normalQuantile(alpha / 2) * Math.sqrt(p * (1 - p) * (1 / n1 + 1 / n2));
  const se = Math.sqrt((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
  const gap = Math.abs(p2 - p1);
  if (se === 0) return gap > reach ? 1 : 0;
  return normalCdf((gap - reach) / se) + normalCdf((-gap - reach) / se);
}

/** Units per arm for a power, not rounded; one tail of the alternative (Fleiss). Null for equal shares. Source: R power.prop.test. */
export function proportionSampleSize({ p1, p2 }: TwoShares, power: number, alpha: number): number | null {
  if (p1 === p2 || ![p1, p2].every((share) => share >= 0 && share <= 1)) return null;
  const both = p1 + p2;
  const underNull = -normalQuantile(alpha / 2) * Math.sqrt(both * (1 - both / 2));
  const underEffect = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return ((underNull + underEffect) / (p2 - p1)) ** 2;
}

/** The least share above p1 that the test finds with the power; null where not even 1 is found. */
export function detectableShare(
  p1: number,
  sizes: { readonly n1: number; readonly n2: number },
  power: number,
  alpha: number,
): number | null {
  const gap = (p2: number) => (proportionPower({ p1, p2 }, sizes.n1, sizes.n2, alpha) ?? 0) - power;
  const start = p1 + 1e-12;
  const end = 1 - 1e-12;
  if (!(sizes.n1 > 0 && sizes.n2 > 0 && start < end) || gap(start) >= 0 || gap(end) <= 0) return null;
  return brentRoot(gap, start, end);
}
