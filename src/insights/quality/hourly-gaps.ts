import { incompleteGamma } from "../special/incomplete-gamma.ts";

/** Hours in a row in which far fewer rows came than the same hours of other weeks let expect. Indexes are half-open. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly expected: number;
}

const WEEK_HOURS = 168;
const WEEKS = 8;
const WEEKS_MIN = 3;
/** An hour with less than this of what was expected belongs to a gap … */
const LOW_SHARE = 0.2;
/** … and the gap is one when so little has a chance below this, against half of what was expected. */
const CHANCE_MAX = 1e-6;

/**
 * What each hour lets expect: the mean of the same hour of the week over the eight weeks before, the least and the greatest left out. Null where
 * fewer than three weeks are known.
 */
export function expectedByHour(counts: readonly number[]): (number | null)[] {
  return counts.map((_, at) => {
    const same: number[] = [];
    for (let week = 1; week <= WEEKS && at - week * WEEK_HOURS >= 0; week++)
      same.push(counts[at - week * WEEK_HOURS] ?? 0);
    return same.length < WEEKS_MIN ? null : trimmedMean(same);
  });
}

/**
 * Gaps among the hours from `from` on. Counts vary more than Poisson's from day to day, so that the chance is taken against half of what was
 * expected: an outage passes, a holiday does not.
 */
export function hourlyGaps(counts: readonly number[], from: number): Gap[] {
  const expected = expectedByHour(counts);
  const gaps: Gap[] = [];
  for (let at = from; at < counts.length; at++) {
    if (!isLow(counts[at], expected[at])) continue;
    const start = at;
    while (at < counts.length && isLow(counts[at], expected[at])) at++;
    const gap = { from: start, to: at, count: sum(counts, start, at), expected: sum(expected, start, at) };
    if (poissonLower(gap.count, gap.expected / 2) < CHANCE_MAX) gaps.push(gap);
  }
  return gaps;
}

/** P(X ≤ count) of a Poisson variable: the upper tail of the gamma function (NIST DLMF 8.11). */
const poissonLower = (count: number, mean: number): number => incompleteGamma(count + 1, mean).upper;

const isLow = (count: number | undefined, expected: number | null | undefined): boolean =>
  count !== undefined && expected != null && expected > 0 && count <= LOW_SHARE * expected;

function trimmedMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const kept = sorted.length > 4 ? sorted.slice(1, -1) : sorted;
  return kept.reduce((total, value) => total + value, 0) / kept.length;
}

const sum = (values: readonly (number | null)[], from: number, to: number): number =>
  values.slice(from, to).reduce<number>((total, value) => total + (value ?? 0), 0);
