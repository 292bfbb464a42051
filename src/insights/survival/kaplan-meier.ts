import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";

/** What happened at one time: `events` ended, `censored` were last seen. Several rows of one time add up. */
export interface LifePoint {
  readonly time: number;
  readonly events: number;
  readonly censored: number;
}

/** One step of the curve, at a time where something ended or was censored. */
export interface SurvivalStep {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  /** S(time). */
  readonly survival: number;
  /** Greenwood's Σ d/(n(n−d)): the variance of ln S; Infinity once S = 0. */
  readonly logVariance: number;
}

/**
 * Kaplan–Meier curve: S(t) = Π (1 − dᵢ/nᵢ), with Greenwood's variance, in the order of time. Those censored at a time are at risk
 * at it. Empty for no points. Source: Kaplan & Meier (1958); Greenwood (1926).
 */
export function kaplanMeier(points: readonly LifePoint[]): readonly SurvivalStep[] {
  const merged = mergeTimes(points);
  let atRisk = merged.reduce((sum, point) => sum + point.events + point.censored, 0);
  let survival = 1;
  let logVariance = 0;
  return merged.map((point) => {
    const { time, events, censored } = point;
    const left = atRisk - events;
    if (events > 0) {
      survival = left > 0 ? survival * (left / atRisk) : 0;
      logVariance = left > 0 ? logVariance + events / (atRisk * left) : Number.POSITIVE_INFINITY;
    }
    const step = { time, atRisk, events, censored, survival, logVariance };
    atRisk = left - censored;
    return step;
  });
}

function mergeTimes(points: readonly LifePoint[]): LifePoint[] {
  const byTime = new Map<number, { time: number; events: number; censored: number }>();
  for (const { time, events, censored } of points) {
    if (events === 0 && censored === 0) continue;
    const found = byTime.get(time);
    if (found) {
      found.events += events;
      found.censored += censored;
    } else {
      byTime.set(time, { time, events, censored });
    }
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

export type SurvivalTransform = "log-log" | "log" | "plain";

/** Limits of S at one step. Null where the transform is undefined: at S = 0, and for log–log also at S = 1. */
export function survivalLimits(
  step: Pick<SurvivalStep, "survival" | "logVariance">,
  level: number,
  transform: SurvivalTransform,
): { readonly low: number; readonly high: number } | null {
  const { survival, logVariance } = step;
  if (survival === 0) return null;
  const z = normalCritical(level);
  const margin = z * Math.sqrt(logVariance);
  if (transform === "plain")
    return { low: Math.max(0, survival * (1 - margin)), high: Math.min(1, survival * (1 + margin)) };
  if (transform === "log") {
    return { low: survival * Math.exp(-margin), high: Math.min(1, survival * Math.exp(margin)) };
  }
  if (survival === 1) return null;
  const hazard = Math.log(survival);
  const factor = Math.exp(margin / -hazard);
  return { low: Math.exp(hazard * factor), high: Math.exp(hazard / factor) };
}

export interface KmQuantile {
  /** Null where the curve does not come down to 1 − q: then `reason` says so. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

export interface KmQuantileOptions {
  /** Scale of the interval of S; log–log keeps it inside (0, 1). */
  readonly transform?: SurvivalTransform;
  /**
   * Where the curve is flat at exactly 1 − q: "first" takes the earliest time (the smallest t with S(t) ≤ 1 − q), "midpoint" the
   * middle of the flat stretch, as R's quantile.survfit does.
   */
  readonly flat?: "first" | "midpoint";
}

/**
 * Quantile q of a duration under censoring: the smallest t with S(t) ≤ 1 − q. Limits are the same quantile of the upper and lower
 * confidence curves (Greenwood, log–log by default). Source: Brookmeyer & Crowley (1982); Kalbfleisch & Prentice (1980).
 */
export function kmQuantile(
  points: readonly LifePoint[],
  q: number,
  level: number,
  options: KmQuantileOptions = {},
): KmQuantile {
  const { transform = "log-log", flat = "first" } = options;
  const bad = badLevel(level) ?? (q > 0 && q < 1 ? null : "the quantile must lie between 0 and 1");
  if (bad) return { value: null, low: null, high: null, reason: bad };
  const steps = kaplanMeier(points);
  const last = steps.at(-1);
  if (!last) return { value: null, low: null, high: null, reason: "no observations" };
  const { value, low, high } =
    flat === "first" ? firstCrossings(steps, q, level, transform) : crossingsInR(steps, q, level, transform, last.time);
  if (value !== null && low !== null && high !== null) return { value, low, high };
  const reason = value === null ? "not reached: too many are still open" : "the limits are not reached by the curve";
  return { value, low, high, reason };
}

/** The quantile alone, without limits: the earliest time at which the curve has fallen to 1 − q; null where it never does. */
export const kmPoint = (points: readonly LifePoint[], q: number): number | null =>
  kaplanMeier(points).find((step) => 1 - step.survival >= q - TOLERANCE)?.time ?? null;

/** The tolerance of R's quantile.survfit, √ε: equality of S and 1 − q up to rounding. */
const TOLERANCE = Math.sqrt(Number.EPSILON);

type Curve = readonly Pick<SurvivalStep, "time" | "survival">[];
type Crossings = Pick<KmQuantile, "value" | "low" | "high">;

/** The earliest times at which the curve and its confidence curves have fallen to 1 − q. Steps after the last of them are not looked at. */
function firstCrossings(
  steps: readonly SurvivalStep[],
  q: number,
  level: number,
  transform: SurvivalTransform,
): Crossings {
  const isReached = (survival: number): boolean => 1 - survival >= q - TOLERANCE;
  let value: number | null = null;
  let low: number | null = null;
  let high: number | null = null;
  for (const step of steps) {
    if (value === null && isReached(step.survival)) value = step.time;
    const limits = survivalLimits(step, level, transform);
    if (limits && low === null && isReached(limits.low)) low = step.time;
    if (limits && high === null && isReached(limits.high)) high = step.time;
    if (value !== null && low !== null && high !== null) break;
  }
  return { value, low, high };
}

/**
 * R reads the curve as a function of its height, so where a confidence curve is not monotone it takes the step whose height is
 * the nearest beyond q, not the earliest one.
 */
function crossingsInR(
  steps: readonly SurvivalStep[],
  q: number,
  level: number,
  transform: SurvivalTransform,
  timeMax: number,
): Crossings {
  const limits = steps.map((step) => ({ time: step.time, limits: survivalLimits(step, level, transform) }));
  const curve = (pick: (limit: { low: number; high: number }) => number): Curve =>
    limits.flatMap(({ time, limits: limit }) => (limit ? [{ time, survival: pick(limit) }] : []));
  const crossing = (of: Curve): number | null => {
    const reached = nearestBeyond(of, q - TOLERANCE);
    if (!reached) return null;
    const passed = nearestBeyond(of, q + TOLERANCE);
    return ((passed?.time ?? timeMax) + reached.time) / 2;
  };
  return {
    value: crossing(steps),
    low: crossing(curve((limit) => limit.low)),
    high: crossing(curve((limit) => limit.high)),
  };
}

function nearestBeyond(curve: Curve, height: number): Curve[number] | undefined {
  let best: Curve[number] | undefined;
  for (const step of curve) {
    if (1 - step.survival >= height && (best === undefined || step.survival > best.survival)) best = step;
  }
  return best;
}
