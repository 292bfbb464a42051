import type { LagCurve } from "../../kernel/measurement.ts";
import { normalCritical } from "../distributions/normal.ts";
import { shareEstimate } from "./simple.ts";

export interface Nowcast {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Less of a cohort's hits than this are no ground to stand on. */
const COMPLETENESS_MIN = 0.05;
/** Nor are fewer rows than these, each counted by its completeness: "0 %, between 0 and 100 %" helps nobody. */
const SETTLED_MIN = 30;
/** A curve from fewer hits than these says too little. */
const HITS_MIN = 50;

/**
 * What the share x/n of a young cohort will be once it is final: π̂ = x/(n·F), F = the completeness, the part of the final hits that have
 * happened by now (`completenessOf`), known from `hits` hits of mature cohorts. The interval is that of x/n divided by F; F's own error,
 * relative variance (1−F)/(F·hits) of a binomial share, is added in quadrature on each side; both are clipped to [0, 1]. With F = 1 it is
 * the interval of x/n (Wilson; Clopper–Pearson at the edges). For a curve of misses the same holds of 1 − x/n.
 * Null when F < 0.05, when n·F < 30 or when `hits` < 50.
 * Assumes that hits come as late now as they came then. Source: Lawless (1994), adjustments for reporting delays, Canad. J. Statist. 22,
 * 15–31; the chain ladder with one development pattern (Mack 1993).
 */
export function nowcast(
  { x, n }: { readonly x: number; readonly n: number },
  completeness: number,
  curve: LagCurve,
  level: number,
): Nowcast | null {
  const hits = hitsOf(curve);
  if (hits < HITS_MIN || completeness < COMPLETENESS_MIN || n * completeness < SETTLED_MIN) return null;
  if (curve.of === "hit") return scaled(x, n, completeness, hits, level);
  const misses = scaled(n - x, n, completeness, hits, level);
  return misses && { value: 1 - misses.value, low: 1 - misses.high, high: 1 - misses.low };
}

function scaled(x: number, n: number, completeness: number, hits: number, level: number): Nowcast | null {
  const seen = shareEstimate({ kind: "proportion", x, n }, level);
  if (!seen || seen.value === null || seen.low === null || seen.high === null) return null;
  const value = seen.value / completeness;
  const curveError = value * normalCritical(level) * Math.sqrt((1 - completeness) / (completeness * hits));
  const below = Math.hypot((seen.value - seen.low) / completeness, curveError);
  const above = Math.hypot((seen.high - seen.value) / completeness, curveError);
  return { value: clip(value), low: clip(value - below), high: clip(value + above) };
}

const clip = (share: number): number => Math.min(1, Math.max(0, share));
const hitsOf = (curve: LagCurve): number => curve.hits.reduce((sum, hits) => sum + hits, 0);

/**
 * The completeness of a cohort whose rows are spread evenly over ages (in days) from `youngest` to `oldest`: the mean of F over them, F
 * the share of the curve's hits that happened by an age, linear within a day, 0 below 0 and 1 from the curve's end on. 0 without hits.
 */
export function completenessOf(curve: LagCurve, youngest: number, oldest: number): number {
  const total = hitsOf(curve);
  if (total === 0) return 0;
  const width = oldest - youngest;
  if (width <= 0) return areaTo(curve.hits, oldest).height / total;
  const mean = (areaTo(curve.hits, oldest).area - areaTo(curve.hits, youngest).area) / width;
  return Math.min(1, mean / total); // a difference of areas can end a rounding error above 1
}

/** The cumulative hits at an age, and the area under them from 0 to it. */
function areaTo(hits: readonly number[], age: number): { readonly area: number; readonly height: number } {
  let area = 0;
  let height = 0;
  for (const [day, more] of hits.entries()) {
    const part = Math.min(1, Math.max(0, age - day));
    area += part * (height + (part * more) / 2);
    height += part * more;
  }
  return { area: area + Math.max(0, age - hits.length) * height, height };
}
