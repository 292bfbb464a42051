import { BIN_GAMMA, binMiddle } from "../../kernel/duration-bins.ts";
import type { DurationBin, MetricState } from "../../kernel/measurement.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { clopperPearson } from "../intervals/clopper-pearson.ts";
import { tInterval } from "../intervals/t-interval.ts";
import { wilson } from "../intervals/wilson.ts";
import { kmPoint, kmQuantile } from "../survival/kaplan-meier.ts";
import type { Made } from "./made.ts";

type State<K extends MetricState["kind"]> = Extract<MetricState, { kind: K }>;

const SECONDS_PER_HOUR = 3600;
/** Below this many labels the exact interval stands in for Wilson's in a weighted share. */
const EXACT_BELOW = 30;

/** x of n, an independent case each: Wilson (1927); Clopper–Pearson (1934) when all cases are alike. */
export function shareEstimate(state: State<"proportion">, level: number): Made {
  if (state.n === 0) return null;
  const interval = shareInterval(state.x, state.n, state.x === 0 || state.x === state.n, level);
  return {
    value: state.x / state.n,
    numerator: state.x,
    denominator: state.n,
    n: state.n,
    neff: null,
    ...interval,
    level,
  };
}

/** Hájek share Σwy/Σw with Wilson on n_eff = (Σw)²/Σw² (Kish 1965); Clopper–Pearson when n < 30 or all cases are alike. */
export function weightedEstimate(state: State<"weighted">, level: number): Made {
  if (state.n === 0 || state.sw <= 0) return null;
  const share = clampShare(state.swy / state.sw);
  const neff = (state.sw * state.sw) / state.sw2;
  return {
    value: share,
    numerator: state.swy,
    denominator: state.sw,
    n: state.n,
    neff,
    ...shareInterval(share * neff, neff, state.n < EXACT_BELOW || share <= 0 || share >= 1, level),
    level,
    extra: { unweighted: state.x / state.n },
  };
}

/** Linearised variance of a weighted share: se = √(n/(n−1)·Σ(w(y−p))²)/Σw (Särndal et al. 1992, 5.6). */
export function linearisedEstimate(state: State<"weighted">, level: number): Made {
  if (state.n === 0 || state.sw <= 0) return null;
  const share = clampShare(state.swy / state.sw);
  // Σ(w(y−p))² over y ∈ {0, 1} from the sums at hand.
  const squares = state.sw2y * (1 - 2 * share) + share * share * state.sw2;
  const se = state.n > 1 ? Math.sqrt((state.n / (state.n - 1)) * Math.max(0, squares)) / state.sw : null;
  const reach = se === null ? null : normalQuantile(1 - (1 - level) / 2) * se;
  return {
    value: share,
    numerator: state.swy,
    denominator: state.sw,
    n: state.n,
    neff: (state.sw * state.sw) / state.sw2,
    low: reach === null ? null : Math.max(0, share - reach),
    high: reach === null ? null : Math.min(1, share + reach),
    level: reach === null ? null : level,
    extra: { unweighted: state.x / state.n },
  };
}

/** Kaplan–Meier quantile in hours from log-spaced bins, each bin at the mean of its events; null where the curve does not reach it. */
export function quantileEstimate(state: State<"lifetimes">, quantile: number, level: number): Made {
  const points = pointsOf(state.bins);
  const n = points.reduce((sum, point) => sum + point.events + point.censored, 0);
  if (n === 0) return null;
  const found = kmQuantile(points, quantile, level);
  const closed = points.reduce((sum, point) => sum + point.events, 0);
  return {
    value: hours(found.value),
    numerator: null,
    denominator: null,
    n,
    neff: null,
    low: hours(found.low),
    high: hours(found.high),
    level,
    extra: { closed_only: hours(closedQuantile(points, quantile, closed)), open: n - closed },
  };
}

/** The same quantile in hours without its interval; null where it is not reached. */
export const quantileOf = (bins: readonly DurationBin[], quantile: number): number | null =>
  bins.length === 0 ? null : hours(kmPoint(pointsOf(bins), quantile));

const pointsOf = (bins: readonly DurationBin[]) =>
  bins.map((bin) => ({
    time: bin.events > 0 ? bin.seconds / bin.events : binMiddle(bin.index),
    events: bin.events,
    censored: bin.censored,
  }));

/** What the same quantile would read over closed cases only: shown beside, as what others report. */
function closedQuantile(
  points: readonly { time: number; events: number }[],
  quantile: number,
  closed: number,
): number | null {
  let seen = 0;
  for (const point of points) {
    seen += point.events;
    if (closed > 0 && seen >= quantile * closed) return point.time;
  }
  return null;
}

/** Mean with Student's t; the median beside it where bins were kept. */
export function meanEstimate(state: State<"mean">, level: number): Made {
  if (state.n === 0) return null;
  const mean = state.sum / state.n;
  const variance = state.n > 1 ? Math.max(0, (state.sumsq - state.sum * mean) / (state.n - 1)) : null;
  const interval = variance === null ? null : tInterval(mean, variance, state.n, level);
  const made = {
    value: mean,
    numerator: state.sum,
    denominator: state.n,
    n: state.n,
    neff: null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    level: interval ? level : null,
  };
  return state.bins ? { ...made, extra: { median: binnedMedian(state.bins) } } : made;
}

function binnedMedian(bins: readonly { index: number; events: number; seconds: number }[]): number | null {
  const total = bins.reduce((sum, bin) => sum + bin.events, 0);
  let seen = 0;
  for (const bin of bins) {
    seen += bin.events;
    if (total > 0 && seen >= total / 2) return bin.seconds > 0 ? bin.seconds / bin.events : BIN_GAMMA ** bin.index;
  }
  return null;
}

function shareInterval(
  x: number,
  n: number,
  exact: boolean,
  level: number,
): { low: number | null; high: number | null } {
  const { low, high } = exact ? clopperPearson(x, n, level) : wilson(x, n, level);
  return { low, high };
}

const hours = (seconds: number | null): number | null => (seconds === null ? null : seconds / SECONDS_PER_HOUR);
/** Sums of weights can leave a share a rounding error outside [0, 1]. */
const clampShare = (share: number): number => Math.min(1, Math.max(0, share));
