/** A scored, labelled item (label 1 = violating) with its sampling weight. */
export interface ScoredItem {
  readonly score: number;
  readonly label: number;
  readonly weight: number;
}

export interface RankingMetrics {
  /** P(score of a violating item > score of a fine one), ties half. */
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
  /** Mean squared error of the score as a probability. */
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly reason?: string;
}

/**
 * Weighted ROC AUC, average precision Σ(ΔR)·P, Brier score and log loss (scores clipped by ε).
 * Source: sklearn.metrics roc_auc_score, average_precision_score, brier_score_loss, log_loss with sample_weight.
 */
export function rankingMetrics(items: readonly ScoredItem[]): RankingMetrics {
  const total = weightOf(items, () => true);
  if (!(total > 0)) return { rocAuc: null, averagePrecision: null, brier: null, logLoss: null, reason: "no items" };
  const mean = (value: (item: ScoredItem) => number) =>
    items.reduce((sum, item) => sum + item.weight * value(item), 0) / total;
  const brier = mean(({ score, label }) => (score - label) ** 2);
  const logLoss = mean(({ score, label }) => -logLikelihood(score, label));
  const bad = weightOf(items, ({ label }) => label === 1);
  const good = total - bad;
  if (!(bad > 0)) return { rocAuc: null, averagePrecision: null, brier, logLoss, reason: "no violating items" };
  const { area, precisionSum } = sweep(items);
  const averagePrecision = precisionSum / bad;
  if (!(good > 0)) return { rocAuc: null, averagePrecision, brier, logLoss, reason: "no fine items" };
  return { rocAuc: area / bad / good, averagePrecision, brier, logLoss };
}

function logLikelihood(score: number, label: number): number {
  const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, score));
  return label === 1 ? Math.log(p) : Math.log1p(-p);
}

/** Downwards through the scores: area under (fine, violating) and Σ (new violating weight)·precision; equal scores move as one. */
function sweep(items: readonly ScoredItem[]): { area: number; precisionSum: number } {
  const sorted = [...items].sort((a, b) => b.score - a.score);
  let [bad, good, area, precisionSum] = [0, 0, 0, 0];
  for (let i = 0; i < sorted.length; ) {
    const score = sorted[i]?.score;
    let [stepBad, stepGood] = [0, 0];
    for (; i < sorted.length && sorted[i]?.score === score; i++) {
      const { label, weight } = sorted[i] as ScoredItem;
      if (label === 1) stepBad += weight;
      else stepGood += weight;
    }
    area += stepGood * (bad + stepBad / 2);
    bad += stepBad;
    good += stepGood;
    if (stepBad > 0) precisionSum += (stepBad * bad) / (bad + good);
  }
  return { area, precisionSum };
}

const weightOf = (items: readonly ScoredItem[], which: (item: ScoredItem) => boolean): number =>
  items.reduce((sum, item) => sum + (which(item) ? item.weight : 0), 0);

/**
 * Expected calibration error over equal-width bins [i/k, (i+1)/k): Σ share of weight · |mean score − share violating|.
 * Source: Naeini et al. (2015); Guo et al. (2017).
 */
export function calibrationError(
  items: readonly ScoredItem[],
  bins: number,
): { readonly ece: number | null; readonly reason?: string } {
  const gaps = new Map<number, number>();
  let total = 0;
  for (const { score, label, weight } of items) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(score * bins)));
    gaps.set(bin, (gaps.get(bin) ?? 0) + weight * (score - label));
    total += weight;
  }
  if (!(total > 0)) return { ece: null, reason: "no items" };
  return { ece: [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / total };
}
