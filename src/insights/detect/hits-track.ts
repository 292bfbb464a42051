import { countTails, rateTails } from "./discrete-tails.ts";
import { HolidayProfile } from "./holiday-profile.ts";
import type { ScanSeries } from "./series.ts";
import type { Shock } from "./shock.ts";
import { type Track, weekdaysOf } from "./track.ts";

const DAY_DECAY = 2 ** (-1 / 28);
const WEEKDAY_DECAY = 2 ** (-1 / 12); // a step a week: half-life 84 days
const PRIOR_HITS = 25;
const WINSOR = 3;

/**
 * Baseline of a rate (hits of cases) or of a count (cases = 1): exponentially discounted level × shrunk weekday factor × learned holiday
 * profile × the parent's shock. Days are winsorised at 3 standard deviations before they enter. Over-dispersion: given, or 0 for a first look.
 */
export function trackHits(series: ScanSeries, until: number, dispersion: number, shock: Shock | null): Track {
  const binomial = isBinomial(series, until);
  const length = until + 1;
  const made = {
    observed: new Float64Array(length).fill(Number.NaN),
    plain: new Float64Array(length).fill(Number.NaN),
    expected: new Float64Array(length).fill(Number.NaN),
    variance: new Float64Array(length).fill(Number.NaN),
    score: new Float64Array(length).fill(Number.NaN),
    exposure: new Float64Array(length),
  };
  const level = new Float64Array(length);
  const week = weekdaysOf(series.days);
  const usual = overallOf(series, until);
  const holidays = new HolidayProfile();
  const weekdayHits = new Float64Array(7);
  const weekdayExpected = new Float64Array(7);
  let [hits, cases, weight, usualCases] = [0, 0, 0, 0];
  for (let t = 0; t < length; t++) {
    const value = series.values[t] ?? Number.NaN;
    const n = series.kind === "rate" ? (series.denominators?.[t] ?? 0) : 1;
    const day = week[t] ?? 0;
    const base = usual > 0 ? (hits + 0.5) / (cases + 0.5 / usual) : 0;
    level[t] = base;
    made.exposure[t] = n;
    hits *= DAY_DECAY;
    cases *= DAY_DECAY;
    weight *= DAY_DECAY;
    const factorOf = (weekday: number): number =>
      ((weekdayHits[weekday] ?? 0) + PRIOR_HITS) / ((weekdayExpected[weekday] ?? 0) + PRIOR_HITS);
    const factor = factorOf(day);
    const label = series.calendar[t] ?? null;
    const own = capped(n * base * factor, n, binomial);
    let plain = own;
    let doubt = 0;
    const pull = shock?.size[t] ?? 1;
    if (label !== null) {
      const asked = holidays.expect(label, n * base * factorOf(0), own, PRIOR_HITS);
      plain = capped(within(value / pull, asked.low, asked.high, own), n, binomial);
      doubt = asked.doubt;
    }
    const pulled = shock?.open[t] ? within(value, plain, plain * pull, plain * pull) : plain * pull;
    const expected = capped(pulled, n, binomial);
    const known = usualCases > 0 ? cases / (1 + (usualCases / weight) * inflationOf(base, dispersion, binomial)) : 0;
    const total = dispersion + (1 - dispersion) / ((binomial ? known : known * base) + 1);
    const unit = binomial ? expected * (1 - expected / Math.max(n, 1e-9)) : expected;
    const more = binomial ? Math.max(0, n - 1) : expected;
    const variance = unit * (1 + more * Math.min(1, total)) + doubt * expected * expected;
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
    if (label !== null) {
      holidays.learn(label, clean, n * base * factorOf(0), own);
      continue;
    }
    hits += clean / factor;
    cases += n;
    weight += 1;
    usualCases = DAY_DECAY * usualCases + n;
    const seen = weekdayHits[day] ?? 0;
    weekdayHits[day] = seen * WEEKDAY_DECAY + clean;
    weekdayExpected[day] = (weekdayExpected[day] ?? 0) * WEEKDAY_DECAY + n * (t === 0 ? usual : base);
  }
  const { dispersion: rough, days } = dispersionOf(made, until, binomial);
  return {
    ...made,
    dispersion: rough,
    days,
    expectedFrom: (t, start) =>
      (level[t] ?? 0) > 0 ? ((made.expected[t] ?? 0) * (level[start] ?? 0)) / (level[t] ?? 1) : 0,
    tails: binomial
      ? (value, mean, variance, cases) => rateTails(value, cases, mean, variance)
      : (value, mean, variance) => countTails(value, mean, variance),
  };
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

const capped = (expected: number, n: number, binomial: boolean): number =>
  binomial ? Math.min(expected, 0.999 * n) : expected;

const inflationOf = (base: number, dispersion: number, binomial: boolean): number =>
  binomial ? dispersion : dispersion * base;

/** Hits per case of all days before the last that are not masked. */
function overallOf(series: ScanSeries, until: number): number {
  let [hits, cases] = [0, 0];
  for (let t = 0; t < until; t++) {
    const value = series.values[t] ?? null;
    const n = series.kind === "rate" ? (series.denominators?.[t] ?? 0) : 1;
    if (value === null || series.masked[t] || !(n > 0)) continue;
    hits += value;
    cases += n;
  }
  return cases > 0 ? (hits + 0.5) / (cases + 1) : 0;
}

/**
 * Extra variance per case (rates) or per expected event (counts) by moments of the one-step scores, rounds of weights (1 + wρ)⁻² and scores
 * clipped at 3; the start is the median's. The last day and the first week are left out. Source: Kleinman (1973); Williams (1982).
 */
function dispersionOf(
  { observed, expected, score, exposure }: Pick<Track, "observed" | "expected" | "score" | "exposure">,
  until: number,
  binomial: boolean,
): { dispersion: number; days: number } {
  const squares: number[] = [];
  const weights: number[] = [];
  for (let t = LEARN_DAYS; t < until; t++) {
    if (Number.isNaN(score[t] ?? Number.NaN)) continue;
    const mean = expected[t] ?? 0;
    const n = exposure[t] ?? 0;
    const unit = binomial ? mean * (1 - mean / n) : mean;
    if (!(unit > 0)) continue;
    squares.push(((observed[t] ?? 0) - mean) ** 2 / unit);
    weights.push(binomial ? n - 1 : mean);
  }
  if (squares.length === 0) return { dispersion: 0, days: 0 };
  const starts = squares.map((square, i) => (square / 0.455 - 1) / Math.max(weights[i] ?? 0, 1)).sort((a, b) => a - b);
  let rho = Math.max(0, starts[starts.length >> 1] ?? 0);
  for (let round = 0; round < 4; round++) {
    let [top, bottom] = [0, 0];
    squares.forEach((square, i) => {
      const w = weights[i] ?? 0;
      const inflation = 1 + w * rho;
      top += (w / inflation ** 2) * (1.05 * Math.min(square, 9 * inflation) - 1);
      bottom += (w / inflation) ** 2;
    });
    rho = bottom > 0 ? Math.min(0.5, Math.max(0, top / bottom)) : 0;
  }
  return { dispersion: rho, days: squares.length };
}
