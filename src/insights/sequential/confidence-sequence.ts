import { relativeError } from "../lift/delta.ts";
import type { Moments } from "../means/moments.ts";
import { badMoments } from "../means/welch.ts";

export interface ConfidenceSequence {
  readonly effect: number | null;
  readonly rho: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pValue: number | null;
  /** ln of the e-value: evidence that may be watched at any time. */
  readonly logE: number | null;
  readonly reason?: string;
}

/**
 * Always-valid interval of the difference (absolute, or relative to |m₁|): it may be looked at after every observation. The mixture
 * is tightest around `tuning` observations. Source: Waudby-Smith et al. (arXiv 2103.06476) eq. 9, 155, 161; gbstats.
 */
export function confidenceSequence(
  first: Moments,
  second: Moments,
  options: { readonly alpha: number; readonly tuning: number; readonly scale: "absolute" | "relative" },
): ConfidenceSequence {
  const none = { rho: null, low: null, high: null, pValue: null, logE: null };
  const bad = badMoments(first) ?? badMoments(second);
  if (bad) return { effect: null, ...none, reason: bad };
  const relative = options.scale === "relative";
  if (relative && first.mean === 0) return { effect: null, ...none, reason: "the first mean is 0" };
  const effect = (second.mean - first.mean) / (relative ? Math.abs(first.mean) : 1);
  const se = relative ? relativeError(first, second) : Math.sqrt(first.variance / first.n + second.variance / second.n);
  const log = Math.log(options.alpha);
  const rho = Math.sqrt((-2 * log + Math.log(1 - 2 * log)) / options.tuning);
  if (!(se > 0)) return { effect, ...none, rho, reason: "neither side varies" };
  const v = (first.n + second.n) * rho * rho;
  const margin = se * Math.sqrt(((v + 1) / v) * (Math.log1p(v) - 2 * log));
  const z = effect / se;
  const logE = (z * z * v) / (2 * (v + 1)) - 0.5 * Math.log1p(v);
  return {
    effect,
    rho,
    low: effect - margin,
    high: effect + margin,
    pValue: Math.min(1, Math.exp(-logE)),
    logE,
  };
}
