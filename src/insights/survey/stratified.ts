import { tCritical } from "../distributions/t.ts";
import { badLevel } from "../interval.ts";

/** One stratum of a stratified sample of yes/no items: n of N labelled, x of them positive. */
export interface ShareStratum {
  readonly N: number;
  readonly n: number;
  readonly positives: number;
}

export interface SurveyEstimate {
  readonly estimate: number | null;
  readonly se: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Degrees of freedom of the design: observations (or clusters) − strata. */
  readonly df: number | null;
  readonly reason?: string;
}

/** An estimate's t interval; without limits where the design leaves no freedom. */
export function surveyInterval(estimate: number, se: number, df: number, level: number): SurveyEstimate {
  const bad = badLevel(level) ?? (df > 0 ? null : "the design leaves no degree of freedom");
  if (bad) return { estimate, se, low: null, high: null, df, reason: bad };
  const margin = tCritical(level, df) * se;
  return { estimate, se, low: estimate - margin, high: estimate + margin, df };
}

export const noSurvey = (reason: string): SurveyEstimate => ({
  estimate: null,
  se: null,
  low: null,
  high: null,
  df: null,
  reason,
});

/**
 * Prevalence from a stratified sample: Σ(N_h/N)p_h, variance Σ(N_h/N)²(1−f_h)p_hq_h/(n_h−1), t interval on n − H df. With `fpc` the
 * sampled share f_h = n_h/N_h is taken off. A stratum with one label has no variance: null. Source: Cochran (1977) §5.
 */
export function stratifiedPrevalence(strata: readonly ShareStratum[], level: number, fpc: boolean): SurveyEstimate {
  const total = strata.reduce((sum, stratum) => sum + stratum.N, 0);
  return stratifiedSum(strata, level, fpc, total);
}

/** How many positives there are in all: the prevalence times N. Source: Cochran (1977) §5. */
export function stratifiedTotal(strata: readonly ShareStratum[], level: number, fpc: boolean): SurveyEstimate {
  return stratifiedSum(strata, level, fpc, 1);
}

function stratifiedSum(strata: readonly ShareStratum[], level: number, fpc: boolean, scale: number): SurveyEstimate {
  const bad = badStrata(strata);
  if (bad) return noSurvey(bad);
  const estimate = strata.reduce((sum, { N, n, positives }) => sum + (N / scale) * (positives / n), 0);
  const single = strata.some(({ N, n }) => n < 2 && !(fpc && n >= N));
  if (single) return { ...noSurvey("a stratum with one label has no variance"), estimate };
  const variance = strata.reduce((sum, stratum) => sum + shareVariance(stratum, fpc) * (stratum.N / scale) ** 2, 0);
  const df = strata.reduce((sum, stratum) => sum + stratum.n - 1, 0);
  return surveyInterval(estimate, Math.sqrt(variance), df, level);
}

function badStrata(strata: readonly ShareStratum[]): string | null {
  if (strata.length === 0) return "no strata";
  if (strata.some(({ n }) => !(n > 0))) return "a stratum has no labels: its share is unknown";
  if (strata.some(({ positives, n }) => !(positives >= 0 && positives <= n)))
    return "positives must lie between 0 and n";
  return strata.some(({ N, n }) => N < n) ? "a stratum has more labels than items" : null;
}

/** Variance of p_h: (1 − f) p q/(n − 1). */
function shareVariance({ N, n, positives }: ShareStratum, fpc: boolean): number {
  const free = fpc ? (N - n) / N : 1;
  if (free === 0) return 0;
  return (free * (positives / n) * ((n - positives) / n)) / (n - 1);
}

export interface DesignEffect {
  /** Variance of the design over that of a simple random sample with replacement of the same size. */
  readonly deff: number | null;
  readonly nEff: number | null;
  readonly reason?: string;
}

/** Design effect of a stratified prevalence and the effective sample size n/deff. Source: Kish (1965); survey::svymean(deff="replace"). */
export function designEffect(strata: readonly ShareStratum[]): DesignEffect {
  const { estimate, se, reason } = stratifiedPrevalence(strata, 0.95, false);
  if (estimate === null || se === null) return { deff: null, nEff: null, ...(reason ? { reason } : {}) };
  const n = strata.reduce((sum, stratum) => sum + stratum.n, 0);
  const simple = (estimate * (1 - estimate)) / (n - 1);
  if (!(simple > 0)) return { deff: null, nEff: null, reason: "all labels are alike" };
  const deff = (se * se) / simple;
  return { deff, nEff: deff > 0 ? n / deff : null, ...(deff > 0 ? {} : { reason: "each stratum is all alike" }) };
}
