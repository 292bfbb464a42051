import type { MetricState } from "../../kernel/measurement.ts";

/** What a decomposition needs of a state: hits and weight, the rows behind them, and the rate's variance where it is known. */
export interface Side {
  readonly hits: number;
  readonly weight: number;
  readonly n: number;
  readonly variance?: number;
}
export const NOTHING: Side = { hits: 0, weight: 0, n: 0 };

export const addSides = (a: Side, b: Side): Side => ({
  hits: a.hits + b.hits,
  weight: a.weight + b.weight,
  n: a.n + b.n,
});

/** Null for states that are no ratio of sums: quantiles, extremes, products of several numbers. */
export function sideOf(state: MetricState): Side | null {
  switch (state.kind) {
    case "count":
      return { hits: state.n, weight: 0, n: state.n };
    case "sum":
      return { hits: state.sum, weight: 0, n: state.n };
    case "proportion":
      return { hits: state.x, weight: state.n, n: state.n };
    case "ratio":
      return { hits: state.numerator, weight: state.denominator, n: state.n };
    case "mean":
      return { hits: state.sum, weight: state.n, n: state.n, ...meanVariance(state) };
    case "weighted":
      return { hits: state.swy, weight: state.sw, n: state.n, ...weightedVariance(state) };
    case "agreement":
      return { hits: state.agreed, weight: state.items, n: state.items };
    case "parts":
      return partsSide(state.parts);
    case "lifetimes":
    case "max":
      return null;
    default:
      return state satisfies never;
  }
}

/** A blend is its first part's ratio; a rate that is known only with labels of approvals is its part of that name. */
function partsSide(parts: Readonly<Record<string, MetricState>>): Side | null {
  if (parts.rate?.kind === "weighted") return sideOf(parts.rate);
  const [blend, ...others] = Object.keys(parts).sort((a, b) => a.length - b.length);
  const isBlend = blend !== undefined && others.length > 0 && others.every((name) => name.startsWith(`${blend}.`));
  return isBlend && parts[blend]?.kind === "ratio" ? sideOf(parts[blend]) : null;
}

type State<K extends MetricState["kind"]> = Extract<MetricState, { kind: K }>;

function meanVariance({ n, sum, sumsq }: State<"mean">): Pick<Side, "variance"> {
  if (n < 2) return {};
  return { variance: Math.max(0, sumsq - (sum * sum) / n) / (n - 1) / n };
}

/** Linearised: Σw²(y − p)² ÷ (Σw)². */
function weightedVariance({ sw, swy, sw2, sw2y, n }: State<"weighted">): Pick<Side, "variance"> {
  if (n < 2 || sw <= 0) return {};
  const p = swy / sw;
  return { variance: (sw2y * (1 - p) ** 2 + (sw2 - sw2y) * p ** 2) / (sw * sw) };
}
