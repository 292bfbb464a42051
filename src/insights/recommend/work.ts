/** A number of which only an estimate is known. */
export interface Uncertain {
  readonly value: number;
  /** Standard error. */
  readonly se: number;
}

/** An effect with its 95 % interval. */
export interface Reckoned {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The sum of human work that a segment has had lately, from which effects are reckoned. */
export interface WorkProfile {
  /** Seconds that a reviewer needs for a decision. */
  readonly handleSeconds: Uncertain;
  /** Share of decisions that people take. */
  readonly humanShare: Uncertain;
}

const Z95 = 1.959963984540054;
const SECONDS_PER_HOUR = 3600;

/**
 * Reviewer hours for `cases` more: cases × human share × handle time. The standard error is that of a product of independent estimates to
 * first order (delta method). `cases` counts events, so its own error is Poisson's unless one is given.
 */
export function hoursForCases(cases: Uncertain, { handleSeconds, humanShare }: WorkProfile): Reckoned {
  return interval(product([cases, humanShare, handleSeconds]), 1 / SECONDS_PER_HOUR);
}

/** Reviewer hours that `decisions` more by people take: decisions × handle time. */
export function hoursForDecisions(decisions: Uncertain, handleSeconds: Uncertain): Reckoned {
  return interval(product([decisions, handleSeconds]), 1 / SECONDS_PER_HOUR);
}

/** Hours a day that slower handling costs: so many human decisions × the seconds more. */
export function hoursForSlowness(decisions: number, secondsMore: Uncertain): Reckoned {
  return interval(product([{ value: decisions, se: 0 }, secondsMore]), 1 / SECONDS_PER_HOUR);
}

/**
 * Labels to draw so that a share near `share` is known to ± `half` at 95 %: n = z²·p(1−p)/half². Source: Cochran, Sampling Techniques
 * (3rd ed., 1977), 4.4. At least 30.
 */
export function labelsFor(share: number, half: number): number {
  const p = Math.min(0.99, Math.max(0.01, share));
  return Math.max(30, Math.ceil((Z95 ** 2 * p * (1 - p)) / half ** 2));
}

/** Mean of n values with its standard error, from their sums. */
export function meanOf({
  n,
  sum,
  sumsq,
}: {
  readonly n: number;
  readonly sum: number;
  readonly sumsq: number;
}): Uncertain {
  const mean = sum / n;
  return { value: mean, se: n < 2 ? mean : Math.sqrt(Math.max(0, sumsq / n - mean ** 2) / (n - 1)) };
}

/** A share with its standard error; half a row is added to either side, so that none of few is not certainty. */
export function shareOf(x: number, n: number): Uncertain {
  const p = (x + 0.5) / (n + 1);
  return { value: n === 0 ? 0 : x / n, se: Math.sqrt((p * (1 - p)) / (n + 1)) };
}

function product(factors: readonly Uncertain[]): Uncertain {
  const value = factors.reduce((all, factor) => all * factor.value, 1);
  const relative = factors.reduce((sum, { value: size, se }) => sum + (size === 0 ? 0 : (se / size) ** 2), 0);
  return { value, se: Math.abs(value) * Math.sqrt(relative) };
}

function interval({ value, se }: Uncertain, scale: number): Reckoned {
  return {
    value: value * scale,
    low: Math.max(0, (value - Z95 * se) * scale),
    high: Math.max(0, (value + Z95 * se) * scale),
  };
}
