import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import { rootFrom } from "../special/brent.ts";
import { type GroupedLife, type RiskSet, riskSets } from "./logrank.ts";

export interface HazardRatio {
  readonly logHr: number | null;
  readonly se: number | null;
  readonly hr: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/**
 * Cox's hazard ratio of the second group over the first, ties after Efron or Breslow. Null where one group's events all come while
 * nobody of the other is at risk, or only one group has events (the ratio is unbounded). Source: Cox (1972); survival::coxph.
 */
export function coxTwoGroups(
  lives: readonly GroupedLife[],
  level: number,
  ties: "efron" | "breslow" = "efron",
): HazardRatio {
  const none = { logHr: null, se: null, hr: null, low: null, high: null };
  const { sets, groups } = riskSets(lives);
  const bad = badLevel(level) ?? (groups === 2 ? null : "needs two groups");
  if (bad) return { ...none, reason: bad };
  const both = sets.filter(({ atRisk, atRisk2 }) => atRisk2 > 0 && atRisk2 < atRisk);
  const second = both.reduce((sum, set) => sum + set.events2, 0);
  const events = both.reduce((sum, set) => sum + set.events, 0);
  if (second === 0 || second === events)
    return { ...none, reason: "only one group has events: the ratio is unbounded" };
  const score = (beta: number) => both.reduce((sum, set) => sum + contribution(set, beta, ties).score, 0);
  const logHr = rootFrom(score, 0, 0.5);
  const information = both.reduce((sum, set) => sum + contribution(set, logHr, ties).information, 0);
  const se = 1 / Math.sqrt(information);
  const margin = normalCritical(level) * se;
  return { logHr, se, hr: Math.exp(logHr), low: Math.exp(logHr - margin), high: Math.exp(logHr + margin) };
}

/** Score and information of one risk set: each of the d tied events sees the set with the share of ties before it taken off. */
function contribution({ atRisk, atRisk2, events, events2 }: RiskSet, beta: number, ties: "efron" | "breslow") {
  const hazard = Math.exp(beta);
  let [score, information] = [events2, 0];
  for (let k = 0; k < events; k++) {
    const off = ties === "efron" ? k / events : 0;
    const second = (atRisk2 - off * events2) * hazard;
    const first = atRisk - atRisk2 - off * (events - events2);
    const share = second / (first + second);
    score -= share;
    information += share * (1 - share);
  }
  return { score, information };
}
