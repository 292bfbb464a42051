import { chi2Sf } from "../distributions/chi2.ts";
import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";

/** One cell: x of n in stratum s and group g (0 = control, 1 = treatment). */
export interface StratumCell {
  readonly s: number | string;
  readonly g: number;
  readonly n: number;
  readonly x: number;
}

export interface CommonOddsRatio {
  readonly oddsRatio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly chi2: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/**
 * Cochran–Mantel–Haenszel: the common odds ratio Σ ad/N / Σ bc/N over strata, its Robins–Breslow–Greenland interval on the log
 * scale, and the test without continuity correction. A guard against Simpson's paradox. Source: R stats::mantelhaen.test.
 */
export function cochranMantelHaenszel(cells: readonly StratumCell[], level: number): CommonOddsRatio {
  const none = { oddsRatio: null, low: null, high: null, chi2: null, pValue: null };
  const bad = badLevel(level);
  if (bad) return { ...none, reason: bad };
  if (cells.some(({ x, n }) => !(x >= 0 && x <= n))) return { ...none, reason: "the count must lie between 0 and n" };
  const sums = { ad: 0, bc: 0, pr: 0, psqr: 0, qs: 0, excess: 0, variance: 0 };
  for (const { x1, n1, x2, n2 } of strataOf(cells)) {
    const n = n1 + n2;
    const [a, b, c, d] = [x2, n2 - x2, x1, n1 - x1];
    const [ad, bc] = [(a * d) / n, (b * c) / n];
    sums.ad += ad;
    sums.bc += bc;
    sums.pr += ((a + d) / n) * ad;
    sums.psqr += ((a + d) / n) * bc + ((b + c) / n) * ad;
    sums.qs += ((b + c) / n) * bc;
    sums.excess += a - ((a + c) * n2) / n;
    sums.variance += n > 1 ? (((a + c) * (b + d)) / n / n) * ((n1 * n2) / (n - 1)) : 0;
  }
  if (sums.variance === 0) return { ...none, reason: "no stratum compares the two groups" };
  const chi2 = sums.excess ** 2 / sums.variance;
  const test = { chi2, pValue: chi2Sf(chi2, 1) };
  if (sums.ad === 0 && sums.bc === 0)
    return { ...none, ...test, reason: "no stratum has both outcomes in both groups" };
  const oddsRatio = sums.ad / sums.bc;
  if (sums.ad === 0 || sums.bc === 0) {
    return { oddsRatio, low: null, high: null, ...test, reason: "an odds ratio at its bound has no log interval" };
  }
  const variance = sums.pr / (2 * sums.ad ** 2) + sums.psqr / (2 * sums.ad * sums.bc) + sums.qs / (2 * sums.bc ** 2);
  const factor = Math.exp(normalCritical(level) * Math.sqrt(variance));
  return { oddsRatio, low: oddsRatio / factor, high: oddsRatio * factor, ...test };
}

/** The strata in which both groups were seen, as two shares. */
export function strataOf(cells: readonly StratumCell[]) {
  const strata = new Map<number | string, { x1: number; n1: number; x2: number; n2: number }>();
  for (const { s, g, n, x } of cells) {
    const stratum = strata.get(s) ?? { x1: 0, n1: 0, x2: 0, n2: 0 };
    if (g === 0) {
      stratum.x1 += x;
      stratum.n1 += n;
    } else {
      stratum.x2 += x;
      stratum.n2 += n;
    }
    strata.set(s, stratum);
  }
  return [...strata.values()].filter(({ n1, n2 }) => n1 + n2 > 0);
}
