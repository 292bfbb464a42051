/** A band of scores: N items a period, n of them labelled, `violating` of those. */
export interface ScoreBand {
  readonly scoreLow: number;
  readonly scoreHigh: number;
  readonly N: number;
  readonly n: number;
  readonly violating: number;
}

export interface ShiftCosts {
  readonly minutesPerReview: number;
  readonly costPerHour: number;
  readonly harmPerEscape: number;
}

export interface AutoApproveShift {
  readonly reviewsSaved: number | null;
  readonly extraEscapes: number | null;
  readonly extraEscapesSe: number | null;
  readonly escapeRateAmongReleased: number | null;
  readonly hoursSaved: number | null;
  readonly netBenefit: number | null;
  readonly netBenefitSe: number | null;
  readonly reason?: string;
}

/**
 * What moving the auto-approve line from one score to a higher one releases: only the bands between matter. Escapes by stratified
 * expansion with finite-population correction, s² = n p q/(n−1). Source: Cochran (1977) eq. 5.55.
 */
export function autoApproveShift(
  bands: readonly ScoreBand[],
  line: { readonly from: number; readonly to: number },
  costs: ShiftCosts,
): AutoApproveShift {
  const none = {
    extraEscapes: null,
    extraEscapesSe: null,
    escapeRateAmongReleased: null,
    netBenefit: null,
    netBenefitSe: null,
  };
  const released = bands.filter(({ scoreLow, scoreHigh }) => scoreLow >= line.from && scoreHigh <= line.to);
  const reviewsSaved = released.reduce((sum, { N }) => sum + N, 0);
  const hoursSaved = (reviewsSaved * costs.minutesPerReview) / 60;
  if (released.some(({ N, n, violating }) => n > N || violating > n || violating < 0)) {
    return { reviewsSaved, hoursSaved, ...none, reason: "a band's counts contradict each other" };
  }
  if (released.some(({ n }) => n < 2)) {
    return { reviewsSaved, hoursSaved, ...none, reason: "a released band has fewer than two labels" };
  }
  const extraEscapes = released.reduce((sum, { N, n, violating }) => sum + (N * violating) / n, 0);
  const variance = released.reduce((sum, { N, n, violating }) => {
    const p = violating / n;
    return sum + (N * (N - n) * p * (1 - p)) / (n - 1);
  }, 0);
  const extraEscapesSe = Math.sqrt(variance);
  return {
    reviewsSaved,
    extraEscapes,
    extraEscapesSe,
    escapeRateAmongReleased: reviewsSaved > 0 ? extraEscapes / reviewsSaved : null,
    hoursSaved,
    netBenefit: hoursSaved * costs.costPerHour - extraEscapes * costs.harmPerEscape,
    netBenefitSe: extraEscapesSe * costs.harmPerEscape,
    ...(reviewsSaved > 0 ? {} : { reason: "no band lies between the two lines" }),
  };
}
