import { badLevel } from "../interval.ts";
import { kaplanMeier, type LifePoint, type SurvivalTransform, survivalLimits } from "./kaplan-meier.ts";

export interface SurvivalAt {
  readonly time: number;
  readonly survival: number | null;
  readonly se: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Still at risk just before the time. */
  readonly atRisk: number;
  readonly reason?: string;
}

/** S(t) at given times with Greenwood's error S·√Σd/(n(n−d)) and limits. Null beyond the last observation. Source: survival::summary.survfit. */
export function survivalAt(
  points: readonly LifePoint[],
  times: readonly number[],
  level: number,
  transform: SurvivalTransform = "log-log",
): readonly SurvivalAt[] {
  const bad = badLevel(level);
  const steps = kaplanMeier(points);
  const last = steps.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  return times.map((time) => {
    const atRisk = steps.find((step) => step.time >= time)?.atRisk ?? 0;
    const none = { time, survival: null, se: null, low: null, high: null, atRisk };
    if (bad) return { ...none, reason: bad };
    if (time > last) return { ...none, reason: "beyond the last observation" };
    const step = steps.findLast((candidate) => candidate.time <= time) ?? { survival: 1, logVariance: 0 };
    const { survival, logVariance } = step;
    const limits = survivalLimits(step, level, transform);
    const se = survival === 0 ? null : survival * Math.sqrt(logVariance);
    const known = { time, survival, se, low: limits?.low ?? null, high: limits?.high ?? null, atRisk };
    return limits ? known : { ...known, reason: "no limits where all or none are left" };
  });
}
