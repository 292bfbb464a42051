import type { Estimate, Flag, MetricState } from "../../kernel/measurement.ts";
import { agreementEstimate } from "./agreement.ts";
import { blendEstimate, correctRemovalCostEstimate, errorCostEstimate, identifiedEstimate } from "./composed.ts";
import type { Made } from "./made.ts";
import type { EstimateRule } from "./rule.ts";
import { linearisedEstimate, meanEstimate, quantileEstimate, shareEstimate, weightedEstimate } from "./simple.ts";

/**
 * The number that a state says, with numerator, denominator, n, interval and flags. `flags` are those that the clock gave the bucket.
 * Null with `no_data` when the state holds no rows: an empty result is not zero.
 * Throws a RangeError when the rule does not fit the state, which is a fault of the catalog.
 */
export function estimate(state: MetricState, rule: EstimateRule, level: number, flags: readonly Flag[]): Estimate {
  if (flags.includes("no_data")) return nothing(["no_data"]);
  const made = make(state, rule, level);
  if (made === null) return nothing([...flags, "no_data"]);
  return { ...made, flags: [...flags] };
}

function make(state: MetricState, rule: EstimateRule, level: number): Made {
  switch (rule.method) {
    case "plain":
      return plain(state);
    case "wilson":
      return shareEstimate(expect(state, "proportion"), level);
    case "weighted":
      return weightedEstimate(expect(state, "weighted"), level);
    case "linearised":
      return linearisedEstimate(expect(state, "weighted"), level);
    case "kaplan_meier":
      return quantileEstimate(expect(state, "lifetimes"), rule.quantile, level);
    case "t":
      return meanEstimate(expect(state, "mean"), level);
    case "agreement":
      return agreementEstimate(expect(state, "agreement"), level);
    case "identified":
      return identifiedEstimate(expect(state, "parts"), rule.interval, level);
    case "cost_per_correct_removal":
      return correctRemovalCostEstimate(expect(state, "parts"), level);
    case "error_cost":
      return errorCostEstimate(expect(state, "parts"), rule.unitCosts, level);
    case "blend":
      return blendEstimate(expect(state, "parts"));
    default:
      return rule satisfies never;
  }
}

function plain(state: MetricState): Made {
  switch (state.kind) {
    case "count":
      return { ...bare, value: state.n, n: state.n };
    case "sum":
      return state.n === 0 ? null : { ...bare, value: state.sum, n: state.n };
    case "max":
      return state.value === null ? null : { ...bare, value: state.value, n: state.n };
    case "proportion":
      return state.n === 0
        ? null
        : { ...bare, value: state.x / state.n, numerator: state.x, denominator: state.n, n: state.n };
    case "ratio":
      return state.denominator === 0
        ? null
        : {
            ...bare,
            value: state.numerator / state.denominator,
            numerator: state.numerator,
            denominator: state.denominator,
            n: state.n,
          };
    case "mean":
      return state.n === 0
        ? null
        : { ...bare, value: state.sum / state.n, numerator: state.sum, denominator: state.n, n: state.n };
    case "weighted":
    case "lifetimes":
    case "agreement":
    case "parts":
      throw new RangeError(`a state of kind ${state.kind} needs a rule of its own`);
    default:
      return state satisfies never;
  }
}

const bare = { numerator: null, denominator: null, neff: null, low: null, high: null, level: null } as const;

const nothing = (flags: readonly Flag[]): Estimate => ({ ...bare, value: null, n: null, flags });

function expect<K extends MetricState["kind"]>(state: MetricState, kind: K): Extract<MetricState, { kind: K }> {
  if (state.kind !== kind) throw new RangeError(`expected a state of kind ${kind}, found ${state.kind}`);
  return state as Extract<MetricState, { kind: K }>;
}
