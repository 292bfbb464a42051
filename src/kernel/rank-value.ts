import type { DurationBin, MetricState } from "./measurement.ts";

/** What a state needs beside itself to be one number. */
export interface RankRule {
  readonly quantile: number | null;
  readonly unitCosts: Readonly<
    Record<string, { readonly wrongRemoval: number; readonly wrongApproval: number }>
  > | null;
}

/**
 * The number that a "top 5" is ranked by: the metric's value, read from its state. Null = unknown. (Intervals, flags and suppression are
 * the estimate's; this only puts rows in order, before the rest is folded.)
 */
export function rankValue(state: MetricState, rule: RankRule): number | null {
  switch (state.kind) {
    case "count":
      return state.n;
    case "sum":
      return state.n === 0 ? null : state.sum;
    case "proportion":
      return quotient(state.x, state.n);
    case "ratio":
      return quotient(state.numerator, state.denominator);
    case "mean":
      return quotient(state.sum, state.n);
    case "weighted":
      return quotient(state.swy, state.sw);
    case "lifetimes":
      return lifetimeQuantile(state.bins, rule.quantile ?? 0.5);
    case "max":
      return state.value;
    case "agreement":
      return quotient(state.agreed, state.items);
    case "parts":
      return partsValue(state.parts, rule);
    default:
      return state satisfies never;
  }
}

/** Rows behind the value: those with too few are ranked last, for their place would give the hidden value away. Null = no such rule. */
export function rankSize(state: MetricState): number | null {
  switch (state.kind) {
    case "sum":
    case "max":
      return null;
    case "lifetimes":
      return state.bins.reduce((sum, bin) => sum + bin.events + bin.censored, 0);
    case "agreement":
      return state.items;
    case "parts": {
      const part = state.parts.rate ?? state.parts.precision;
      return part ? rankSize(part) : null;
    }
    default:
      return state.n;
  }
}

const quotient = (a: number, b: number): number | null => (b === 0 ? null : a / b);

/** Smallest time at which the Kaplan–Meier curve over the bins is at most 1 − q, seconds; null when it never gets there. */
function lifetimeQuantile(bins: readonly DurationBin[], q: number): number | null {
  let atRisk = bins.reduce((sum, bin) => sum + bin.events + bin.censored, 0);
  let survival = 1;
  for (const bin of bins) {
    if (bin.events > 0) survival *= 1 - bin.events / atRisk;
    if (bin.events > 0 && survival <= 1 - q + 1e-12) return bin.seconds / bin.events;
    atRisk -= bin.events + bin.censored;
  }
  return null;
}

type Parts = Extract<MetricState, { kind: "parts" }>["parts"];

function partsValue(parts: Parts, rule: RankRule): number | null {
  if (parts.rate) return rankValue(parts.rate, rule);
  const { cost, removals, precision } = parts;
  if (cost?.kind === "sum" && removals?.kind === "count" && precision?.kind === "weighted") {
    return quotient(cost.sum, removals.n * (quotient(precision.swy, precision.sw) ?? 0));
  }
  if (rule.unitCosts) return errorCost(parts, rule);
  const [blend] = Object.keys(parts).sort((a, b) => a.length - b.length);
  const part = blend === undefined ? undefined : parts[blend];
  return part ? rankValue(part, rule) : null;
}

function errorCost(parts: Parts, rule: RankRule): number {
  let sum = 0;
  for (const [value, price] of Object.entries(rule.unitCosts ?? {})) {
    sum += errors(parts, "removals", "over_enforcement", value, rule) * price.wrongRemoval;
    sum += errors(parts, "approvals", "leakage", value, rule) * price.wrongApproval;
  }
  return sum;
}

function errors(parts: Parts, count: string, share: string, value: string, rule: RankRule): number {
  const [rows, rate] = [parts[`${count}.${value}`], parts[`${share}.${value}`]];
  return (rows?.kind === "count" ? rows.n : 0) * ((rate && rankValue(rate, rule)) ?? 0);
}
