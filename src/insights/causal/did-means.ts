import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments } from "../means/welch.ts";
import { normalTwoSided } from "../special/p-value.ts";

export interface DidMeans {
  readonly att: number | null;
  readonly se: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/**
 * Difference in differences of four independent cells: (treated post − pre) − (control post − pre), se² = Σ v/n. Only for
 * independent samples without shocks shared by a group; with panel units use a clustered estimator.
 */
export function didOfMeans(
  cells: {
    readonly controlPre: Moments;
    readonly controlPost: Moments;
    readonly treatedPre: Moments;
    readonly treatedPost: Moments;
  },
  level: number,
): DidMeans {
  const { controlPre, controlPost, treatedPre, treatedPost } = cells;
  const all = [controlPre, controlPost, treatedPre, treatedPost];
  const none = { se: null, low: null, high: null, pValue: null };
  const bad = badLevel(level) ?? all.map(badMoments).find((reason) => reason !== null) ?? null;
  if (bad) return { att: null, ...none, reason: bad };
  const att = treatedPost.mean - treatedPre.mean - (controlPost.mean - controlPre.mean);
  const se = Math.sqrt(all.reduce((sum, { variance, n }) => sum + variance / n, 0));
  if (!(se > 0)) return { att, ...none, se: 0, reason: "no cell varies" };
  const margin = normalCritical(level) * se;
  return { att, se, low: att - margin, high: att + margin, pValue: normalTwoSided(att / se) };
}
