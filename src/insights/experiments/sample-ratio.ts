import { chi2LogSf, chi2Sf } from "../distributions/chi2.ts";

export interface SampleRatio {
  readonly chi2: number | null;
  readonly df: number | null;
  readonly pValue: number | null;
  readonly log10P: number | null;
  readonly reason?: string;
}

/**
 * Sample ratio mismatch: χ² of the observed arm sizes against the intended weights. Arms of weight 0 do not count as a degree of
 * freedom; units in one make the split broken: that is a reason, not a number. Source: Fabijan et al. (2019).
 */
export function sampleRatio(observed: readonly number[], weights: readonly number[]): SampleRatio {
  const none = { chi2: null, df: null, pValue: null, log10P: null };
  if (observed.length !== weights.length) return { ...none, reason: "every arm needs a weight" };
  const stray = observed.some((count, i) => weights[i] === 0 && count > 0);
  if (stray) return { ...none, reason: "units are in an arm of weight 0" };
  const arms = observed.flatMap((count, i) => ((weights[i] ?? 0) > 0 ? [{ count, weight: weights[i] ?? 0 }] : []));
  const total = arms.reduce((sum, arm) => sum + arm.count, 0);
  const weightSum = arms.reduce((sum, arm) => sum + arm.weight, 0);
  if (arms.length < 2) return { ...none, reason: "a split needs two arms" };
  if (!(total > 0)) return { ...none, reason: "no units" };
  const chi2 = arms.reduce((sum, { count, weight }) => {
    const expected = (total * weight) / weightSum;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const df = arms.length - 1;
  return { chi2, df, pValue: chi2Sf(chi2, df), log10P: chi2LogSf(chi2, df) / Math.LN10 };
}
