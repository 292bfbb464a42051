import type { MetricState } from "../../kernel/measurement.ts";
import { normalQuantile } from "../distributions/normal.ts";
import type { Made } from "./made.ts";
import { linearisedEstimate, weightedEstimate } from "./simple.ts";

type Parts = Extract<MetricState, { kind: "parts" }>;
type Weighted = Extract<MetricState, { kind: "weighted" }>;

/**
 * Recall and FP rate need labels of approvals: from removals alone neither can be known, whatever a formula returns. Null then.
 */
export function identifiedEstimate(state: Parts, interval: "weighted" | "linearised", level: number): Made {
  const { rate, labelled_approvals: approvals } = state.parts;
  // A part without rows is absent.
  if (rate === undefined || approvals === undefined) return null;
  if (rate.kind !== "weighted" || approvals.kind !== "count")
    throw new RangeError("expected parts rate and labelled_approvals");
  if (approvals.n === 0) return null;
  return interval === "linearised" ? linearisedEstimate(rate, level) : weightedEstimate(rate, level);
}

/** A ratio of totals as a blend, with its named parts beside it: blending hides the price of either. */
export function blendEstimate(state: Parts): Made {
  const [blendName, ...others] = Object.keys(state.parts).sort((a, b) => a.length - b.length);
  const blend = blendName === undefined ? undefined : state.parts[blendName];
  if (blend?.kind !== "ratio" || blend.denominator === 0) return null;
  const extra = Object.fromEntries(
    others.map((name) => {
      const part = state.parts[name];
      const value = part?.kind === "ratio" && part.denominator > 0 ? part.numerator / part.denominator : null;
      return [name.slice(name.indexOf(".") + 1), value];
    }),
  );
  return {
    value: blend.numerator / blend.denominator,
    numerator: blend.numerator,
    denominator: blend.denominator,
    n: blend.n,
    neff: null,
    low: null,
    high: null,
    level: null,
    extra,
  };
}

/**
 * Cost ÷ (removals × precision). Cost and removals are known, precision is sampled, so Fieller's set for the ratio is the reciprocal of
 * precision's interval (Fieller 1954 with a constant numerator); unbounded above when that interval reaches 0.
 */
export function correctRemovalCostEstimate(state: Parts, level: number): Made {
  const { cost, removals, precision } = state.parts;
  // A part without rows is absent: nothing was removed, or no label of a removal is in.
  if (cost === undefined || removals === undefined || precision === undefined) return null;
  if (cost.kind !== "sum" || removals.kind !== "count" || precision.kind !== "weighted") {
    throw new RangeError("expected parts cost, removals and precision");
  }
  const share = weightedEstimate(precision, level);
  if (share?.value == null || share.value === 0 || removals.n === 0) return null;
  const correct = removals.n * share.value;
  return {
    value: cost.sum / correct,
    numerator: cost.sum,
    denominator: correct,
    n: precision.n,
    neff: share.neff,
    low: share.high ? cost.sum / (removals.n * share.high) : null,
    high: share.low ? cost.sum / (removals.n * share.low) : null,
    level,
  };
}

/**
 * Σ over severities of removals × over-enforcement × unit cost + approvals × leakage × unit cost. The shares are sampled independently, so
 * their variances add with the squared multipliers; a severity whose approvals or removals exist but have no labels leaves the sum unknown.
 */
export function errorCostEstimate(
  state: Parts,
  unitCosts: Readonly<Record<string, { readonly wrongRemoval: number; readonly wrongApproval: number }>>,
  level: number,
): Made {
  let value = 0;
  let variance = 0;
  let n = 0;
  let volume = 0;
  const extra: Record<string, number> = {};
  for (const [severity, price] of Object.entries(unitCosts)) {
    for (const [count, share, unit] of [
      ["removals", "over_enforcement", price.wrongRemoval],
      ["approvals", "leakage", price.wrongApproval],
    ] as const) {
      const size = sizeOf(state.parts[`${count}.${severity}`]);
      if (size === 0) continue;
      volume += size;
      const labels = state.parts[`${share}.${severity}`];
      if (labels?.kind !== "weighted" || labels.n === 0) return null;
      const rate = labels.swy / labels.sw;
      value += size * rate * unit;
      variance += (size * unit) ** 2 * shareVariance(labels, rate);
      n += labels.n;
      extra[`${share}.${severity}`] = size * rate * unit;
    }
  }
  if (volume === 0) return null;
  const reach = normalQuantile(1 - (1 - level) / 2) * Math.sqrt(variance);
  return {
    value,
    numerator: null,
    denominator: null,
    n,
    neff: null,
    low: Math.max(0, value - reach),
    high: value + reach,
    level,
    extra,
  };
}

const sizeOf = (state: MetricState | undefined): number => (state?.kind === "count" ? state.n : 0);

/** p(1−p)/n_eff with one case of each kind added (Agresti & Coull 1998), so that a sample without errors is not certain. */
function shareVariance(labels: Weighted, rate: number): number {
  const effective = (labels.sw * labels.sw) / labels.sw2;
  const smoothed = (rate * effective + 1) / (effective + 2);
  return (smoothed * (1 - smoothed)) / (effective + 2);
}
