import { countTails, rateTails } from "./discrete-tails.ts";
import type { Episode } from "./episodes.ts";
import { HolidayProfile } from "./holiday-profile.ts";
import { type Cycle, Level, PRIOR_HITS, SeasonFactors, weeklyCycle } from "./levels.ts";
import type { ScanSeries } from "./series.ts";
import type { Shock } from "./shock.ts";
import type { Track } from "./track.ts";

const WINSOR = 3;

/**
 * Baseline of a rate (hits of cases) or of a count (cases = 1): exponentially discounted level × shrunk weekday factor × learned holiday
 * profile × the parent's shock. Days are winsorised at 3 standard deviations before they enter. Over-dispersion: given, or 0 for a first look.
 * Days may be other buckets where their cycles are given. Days of episodes are judged, not learned.
 */
export function trackHits(
  series: ScanSeries,
  until: number,
  dispersion: number,
  shock: Shock | null,
  cycles: readonly Cycle[] = [weeklyCycle(series.days)],
  episodes: readonly Episode[] = [],
): Track {
  const binomial = isBinomial(series, until);
  const made = emptyTrack(until + 1);
  const levels = new Float64Array(until + 1);
  const doubts = new Float64Array(until + 1);
  const level = new Level(overallOf(series, until), cycles);
  const factors = new SeasonFactors(cycles);
  const holidays = new HolidayProfile();
  for (let t = 0; t <= until; t++) {
    const value = series.values[t] ?? Number.NaN;
    const n = casesOf(series, t);
    const base = level.next();
    levels[t] = base;
    made.exposure[t] = n;
    const cap = (expected: number): number => (binomial ? Math.min(expected, 0.999 * n) : expected);
    const factor = factors.at(t);
    const label = series.calendar[t] ?? null;
    const own = cap(n * base * factor);
    const sunday = n * base * factors.ofPhase(0);
    const pull = shock?.size[t] ?? 1;
    const asked = label === null ? null : holidays.expect(label, sunday, own, PRIOR_HITS);
    const moved = (hits: number, by: number): number => (binomial && hits > n / 2 ? movedOdds(hits, n, by) : hits * by);
    const plain = asked ? cap(within(moved(value, 1 / pull), asked.low, asked.high, own)) : own;
    const pulled = moved(plain, pull);
    const expected = cap(shock?.open[t] ? within(value, plain, pulled, pulled) : pulled);
    const doubt = (asked?.doubt ?? 0) * expected * expected;
    const known = level.known(dispersion, binomial);
    doubts[t] = 1 / (known + 1);
    const variance = varianceOf(expected, n, dispersion, known, binomial) + doubt;
    made.plain[t] = plain;
    made.expected[t] = expected;
    made.variance[t] = variance;
    if (!(n > 0) || Number.isNaN(value)) continue;
    made.observed[t] = value;
    if (series.masked[t]) continue;
    const sd = Math.sqrt(variance);
    made.score[t] = sd > 0 ? (value - expected) / sd : 0;
    const kept = t < LEARN_DAYS ? value : Math.min(expected + WINSOR * sd, Math.max(expected - WINSOR * sd, value));
    const clean = expected > 0 ? (kept * plain) / expected : kept;
    if (label !== null) holidays.learn(label, clean, sunday, own, PRIOR_HITS);
    else if (!episodes.some(({ from, to }) => t >= from && t <= to)) {
      level.learn(clean / factor, n);
      factors.learn(t, clean, n * base);
    }
  }
  return {
    ...made,
    ...dispersionOf({ ...made, doubts }, until, binomial),
    expectedFrom: (t, start) =>
      (levels[t] ?? 0) > 0 ? ((made.expected[t] ?? 0) * (levels[start] ?? 0)) / (levels[t] ?? 1) : 0,
    tails: binomial
      ? (value, mean, variance, cases) => rateTails(value, cases, mean, variance)
      : (value, mean, variance) => countTails(value, mean, variance),
    back: (value) => value,
  };
}

/** Where most are hits there is no room for a factor on them: it moves their odds, and what is always hit stays so. */
function movedOdds(hits: number, n: number, by: number): number {
  const all = n - hits + hits * by;
  return all > 0 ? (hits * by * n) / all : hits;
}

function emptyTrack(length: number) {
  const nans = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  return {
    observed: nans(),
    plain: nans(),
    expected: nans(),
    variance: nans(),
    score: nans(),
    exposure: new Float64Array(length),
  };
}

const casesOf = (series: ScanSeries, t: number): number =>
  series.kind === "rate" ? (series.denominators?.[t] ?? 0) : 1;

/** Binomial or Poisson variance, times over-dispersion and the doubt about the level: 1/(M + 1) = ρ + (1 − ρ)/(known + 1). */
function varianceOf(expected: number, n: number, dispersion: number, known: number, binomial: boolean): number {
  const total = Math.min(1, dispersion + (1 - dispersion) / (known + 1));
  return binomial
    ? expected * (1 - expected / Math.max(n, 1e-9)) * (1 + Math.max(0, n - 1) * total)
    : expected * (1 + expected * total);
}

/** The first days enter as they are: nothing is known yet that could call them odd. */
const LEARN_DAYS = 8;

/** A rate of which no day up to `until` has more hits than cases, masked days aside. */
export function isBinomial(series: ScanSeries, until: number): boolean {
  if (series.kind !== "rate") return false;
  for (let t = 0; t <= until; t++)
    if (!series.masked[t] && (series.values[t] ?? 0) > (series.denominators?.[t] ?? 0)) return false;
  return true;
}

/** The value where it lies between the ends, else the nearer end; `unknown` where there is no value. */
const within = (value: number, a: number, b: number, unknown: number): number =>
  Number.isNaN(value) ? unknown : Math.min(Math.max(a, b), Math.max(Math.min(a, b), value));

/** Hits per case of all days before the last that are not masked. */
function overallOf(series: ScanSeries, until: number): number {
  let [hits, cases] = [0, 0];
  for (let t = 0; t < until; t++) {
    const value = series.values[t] ?? null;
    const n = casesOf(series, t);
    if (value === null || series.masked[t] || !(n > 0)) continue;
    hits += value;
    cases += n;
  }
  return cases > 0 ? (hits + 0.5) / (cases + 1) : 0;
}

/**
 * Extra variance per case (rates) or per expected event (counts) by moments of the one-step scores, rounds of weights (1 + wρ)⁻² and scores
 * clipped at 3, less what the doubt about the level explains; the start is the median's. The last day and the first week are left out. Source: Kleinman (1973); Williams (1982).
 */
function dispersionOf(
  {
    observed,
    expected,
    score,
    exposure,
    doubts,
  }: Pick<Track, "observed" | "expected" | "score" | "exposure"> & { readonly doubts: Float64Array },
  until: number,
  binomial: boolean,
): Pick<Track, "dispersion" | "days" | "precision"> {
  const squares: number[] = [];
  const weights: number[] = [];
  const levels: number[] = [];
  for (let t = LEARN_DAYS; t < until; t++) {
    if (Number.isNaN(score[t] ?? Number.NaN)) continue;
    const mean = expected[t] ?? 0;
    const n = exposure[t] ?? 0;
    const unit = binomial ? mean * (1 - mean / n) : mean;
    if (!(unit > 0)) continue;
    squares.push(((observed[t] ?? 0) - mean) ** 2 / unit);
    weights.push(binomial ? n - 1 : mean);
    levels.push(doubts[t] ?? 0);
  }
  if (squares.length === 0) return { dispersion: 0, days: 0, precision: () => 0 };
  const starts = squares.map((square, i) => (square / 0.455 - 1) / Math.max(weights[i] ?? 0, 1)).sort((a, b) => a - b);
  let rho = Math.max(0, starts[starts.length >> 1] ?? 0);
  for (let round = 0; round < 4; round++) {
    let [top, bottom] = [0, 0];
    squares.forEach((square, i) => {
      const w = weights[i] ?? 0;
      const level = w * (levels[i] ?? 0);
      const inflation = 1 + w * rho + level;
      top += (w / inflation ** 2) * (Math.min(square, 9 * inflation) - 1 - level);
      bottom += (w / inflation) ** 2;
    });
    rho = bottom > 0 ? Math.min(0.5, Math.max(0, top / bottom)) : 0;
  }
  const precision = (at: number): number =>
    weights.reduce((sum, w, i) => sum + (w / (1 + w * (at + (levels[i] ?? 0)))) ** 2, 0) / 2;
  return { dispersion: rho, days: squares.length, precision };
}
