import type { ScoredItem } from "./ranking-metrics.ts";

/** Weighted violating and fine items of one score. */
export interface ScoreBin {
  readonly score: number;
  readonly bad: number;
  readonly good: number;
}

/** Cost of a wrong flag, of a missed violation, and of a review. */
export interface ThresholdCosts {
  readonly falseFlag: number;
  readonly miss: number;
  readonly review: number;
}

export interface ThresholdPoint {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
  /** Null where nothing is flagged. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly fpr: number | null;
  readonly flagRate: number | null;
  /** Violating items let through, as a share of all. */
  readonly escapePrevalence: number | null;
  /** Per item. */
  readonly expectedCost: number | null;
  readonly reason?: string;
}

export interface ThresholdCurve {
  readonly points: readonly ThresholdPoint[];
  /** Of the thresholds asked: the one of least expected cost. */
  readonly best: number | null;
}

/** What each threshold (flag if score ≥ t) would have done, from weighted score bins. Points are correlated: they share the labels. */
export function thresholdCurve(
  bins: readonly ScoreBin[],
  thresholds: readonly number[],
  costs: ThresholdCosts,
): ThresholdCurve {
  const points = thresholds.map((threshold) => thresholdPoint(bins, threshold, costs));
  const best = points.reduce<ThresholdPoint | null>(
    (least, point) =>
      (point.expectedCost ?? Number.POSITIVE_INFINITY) < (least?.expectedCost ?? Number.POSITIVE_INFINITY)
        ? point
        : least,
    null,
  );
  return { points, best: best?.threshold ?? null };
}

function thresholdPoint(bins: readonly ScoreBin[], threshold: number, costs: ThresholdCosts): ThresholdPoint {
  const sum = (value: (bin: ScoreBin) => number, flagged: boolean) =>
    bins.reduce((total, bin) => total + (bin.score >= threshold === flagged ? value(bin) : 0), 0);
  const tp = sum(({ bad }) => bad, true);
  const fp = sum(({ good }) => good, true);
  const fn = sum(({ bad }) => bad, false);
  const tn = sum(({ good }) => good, false);
  const n = tp + fp + fn + tn;
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  const point = {
    threshold,
    tp,
    fp,
    fn,
    tn,
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    fpr: share(fp, fp + tn),
    flagRate: share(tp + fp, n),
    escapePrevalence: share(fn, n),
    expectedCost: share(costs.falseFlag * fp + costs.miss * fn + costs.review * (tp + fp), n),
  };
  return Object.values(point).includes(null) ? { ...point, reason: "a share without items has no value" } : point;
}

export interface ThresholdPrecision {
  readonly precision: number | null;
  readonly se: number | null;
  readonly reason?: string;
}

/** Weighted precision at a threshold with its linearised error, with replacement. Source: survey::svyratio. */
export function thresholdPrecision(items: readonly ScoredItem[], threshold: number): ThresholdPrecision {
  const n = items.length;
  const flagged = (item: ScoredItem) => (item.score >= threshold ? item.weight : 0);
  const base = items.reduce((sum, item) => sum + flagged(item), 0);
  if (!(base > 0)) return { precision: null, se: null, reason: "nothing is flagged" };
  const precision = items.reduce((sum, item) => sum + flagged(item) * item.label, 0) / base;
  if (n < 2) return { precision, se: null, reason: "one item has no spread" };
  const squares = items.reduce((sum, item) => sum + ((flagged(item) * (item.label - precision)) / base) ** 2, 0);
  return { precision, se: Math.sqrt((n / (n - 1)) * squares) };
}
