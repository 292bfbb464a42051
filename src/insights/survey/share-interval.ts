import { betaQuantile, betaUpperQuantile } from "../distributions/beta.ts";
import { tCritical } from "../distributions/t.ts";
import { badLevel, type Interval, noInterval } from "../interval.ts";

/** A share estimated under a design: estimate, its linearised se, df of the design, observations n. */
export interface DesignShare {
  readonly estimate: number;
  readonly se: number;
  readonly df: number;
  readonly n: number;
}

/** Interval of a design-based share on the logit scale, with t on the design's df. Source: survey::svyciprop(method="logit"). */
export function logitShareInterval({ estimate, se, df }: DesignShare, level: number): Interval {
  const bad = badShare(estimate, se, df, level);
  if (bad) return noInterval(bad, estimate);
  const centre = Math.log(estimate) - Math.log1p(-estimate);
  const margin = (tCritical(level, df) * se) / (estimate * (1 - estimate));
  const expit = (u: number) => 1 / (1 + Math.exp(-u));
  return { estimate, low: expit(centre - margin), high: expit(centre + margin) };
}

/**
 * Korn–Graubard: Clopper–Pearson on the effective n = p(1−p)/se², shrunk by the squared ratio of t quantiles for the design's lost
 * df. Source: Korn & Graubard (1998); survey::svyciprop(method="beta").
 */
export function kornGraubard({ estimate, se, df, n }: DesignShare, level: number): Interval {
  const bad = badShare(estimate, se, df, level);
  if (bad) return noInterval(bad, estimate);
  const effective = ((estimate * (1 - estimate)) / se ** 2) * (tCritical(level, n - 1) / tCritical(level, df)) ** 2;
  const x = effective * estimate;
  const rest = effective * (1 - estimate);
  const tail = (1 - level) / 2;
  return { estimate, low: betaQuantile(tail, x, rest + 1), high: betaUpperQuantile(tail, x + 1, rest) };
}

function badShare(estimate: number, se: number, df: number, level: number): string | null {
  if (!(estimate > 0 && estimate < 1)) return "all labels are alike: this interval needs both outcomes";
  if (!(se > 0)) return "the design gives no variance";
  return badLevel(level) ?? (df > 0 ? null : "the design leaves no degree of freedom");
}
