import { chi2Sf } from "../distributions/chi2.ts";

/** One duration: when, whether it ended (1) or was censored (0), and its group. */
export interface GroupedLife {
  readonly time: number;
  readonly event: number;
  readonly group: number;
}

/** The risk set at one time at which something ended: at risk and ended, in all and in the second group. */
export interface RiskSet {
  readonly time: number;
  readonly atRisk: number;
  readonly atRisk2: number;
  readonly events: number;
  readonly events2: number;
}

export interface LogRank {
  readonly chi2: number | null;
  readonly df: number | null;
  readonly pValue: number | null;
  readonly observed: readonly number[] | null;
  readonly expected: readonly number[] | null;
  /** Peto–Peto's variant, weighted towards early times. */
  readonly petoChi2: number | null;
  readonly reason?: string;
}

/**
 * Log-rank test of two groups' durations under censoring, and its Peto–Peto variant with weights S(t−).
 * Source: Mantel (1966); Harrington & Fleming (1982); survival::survdiff(rho = 0 / 1).
 */
export function logRank(lives: readonly GroupedLife[]): LogRank {
  const none = { chi2: null, df: null, pValue: null, observed: null, expected: null, petoChi2: null };
  const { sets, groups } = riskSets(lives);
  if (groups !== 2) return { ...none, reason: "needs two groups" };
  const plain = weighted(sets, () => 1);
  const observed = [plain.events - plain.observed2, plain.observed2];
  const expected = [plain.events - plain.expected2, plain.expected2];
  if (!(plain.variance > 0)) return { ...none, observed, expected, reason: "no time compares the two groups" };
  const chi2 = (plain.observed2 - plain.expected2) ** 2 / plain.variance;
  const peto = weighted(sets, (survival) => survival);
  return {
    chi2,
    df: 1,
    pValue: chi2Sf(chi2, 1),
    observed,
    expected,
    petoChi2: (peto.observed2 - peto.expected2) ** 2 / peto.variance,
  };
}

function weighted(sets: readonly RiskSet[], weight: (survivalBefore: number) => number) {
  const sums = { observed2: 0, expected2: 0, variance: 0, events: 0 };
  let survival = 1;
  for (const { atRisk, atRisk2, events, events2 } of sets) {
    const w = weight(survival);
    const share = atRisk2 / atRisk;
    sums.events += events;
    sums.observed2 += w * events2;
    sums.expected2 += w * events * share;
    if (atRisk > 1) sums.variance += (w * w * events * share * (1 - share) * (atRisk - events)) / (atRisk - 1);
    survival *= 1 - events / atRisk;
  }
  return sums;
}

/** Risk sets in the order of time, at times with events; the larger group label is the second group. */
export function riskSets(lives: readonly GroupedLife[]): {
  readonly sets: readonly RiskSet[];
  readonly groups: number;
} {
  const labels = [...new Set(lives.map(({ group }) => group))].sort((a, b) => a - b);
  const second = labels[1];
  const sorted = [...lives].sort((a, b) => a.time - b.time);
  const sets: RiskSet[] = [];
  let atRisk = sorted.length;
  let atRisk2 = sorted.filter(({ group }) => group === second).length;
  for (let i = 0; i < sorted.length; ) {
    const time = sorted[i]?.time ?? 0;
    const now = [];
    for (; i < sorted.length && sorted[i]?.time === time; i++) now.push(sorted[i] as GroupedLife);
    const ended = now.filter(({ event }) => event === 1);
    const events2 = ended.filter(({ group }) => group === second).length;
    if (ended.length > 0) sets.push({ time, atRisk, atRisk2, events: ended.length, events2 });
    atRisk -= now.length;
    atRisk2 -= now.filter(({ group }) => group === second).length;
  }
  return { sets, groups: labels.length };
}
