import { mixedScale } from "./amount-track.ts";
import { type Coefficients, predict, ridge } from "./regression.ts";

/** What was expected of each bucket knowing only those before it, and how far off it was. NaN where nothing can be said. */
export interface Surprises {
  readonly expected: Float64Array;
  /** (value − expected) / scale, in the transformed unit. */
  readonly score: Float64Array;
  /** The value at that many scales from the expected one. */
  readonly at: (bucket: number, scores: number) => number;
}

/** Values that are never negative are raised to this power: their spread grows with their size, though not in proportion. */
const POWER = 0.8;
const WINSOR = 3;
const ERROR_CLIP = 4;
const LAMBDA = 3;
const SCALE_SEASONS = 34;
const ROWS_MAX = 1_500;
const LEARN_ERRORS = 20;

/**
 * One-step forecasts of a series by a ridge regression on its own lags, slow and fast means and the phase of the season, refitted once a
 * season on winsorised history, so that an anomaly does not become normal. Until it can be fitted: level and season by smoothing.
 * The scale mixes median, 90th and 95th percentile of past errors. `values` NaN where missing; `periods` ascending.
 */
export function surprisesOf(values: Float64Array, periods: readonly number[]): Surprises {
  const power = values.every((value) => Number.isNaN(value) || value >= 0) ? POWER : 1;
  const y = values.map((value) => value ** power);
  const scaleOver = SCALE_SEASONS * Math.min(periods[0] ?? 7, 24);
  const model = new OneStep(y, periods);
  const [expected, score, scales] = [nans(y.length), nans(y.length), nans(y.length)];
  const errors: number[] = [];
  let scale = 0;
  for (let t = 0; t < y.length; t++) {
    const forecast = model.forecast(t);
    if (errors.length >= LEARN_ERRORS) {
      if (errors.length < 200 || t % 8 === 0) scale = mixedScale(errors);
      expected[t] = Math.max(power === 1 ? Number.NEGATIVE_INFINITY : 0, forecast);
      scales[t] = scale;
    }
    const value = y[t] ?? Number.NaN;
    if (Number.isNaN(value)) {
      model.learn(t, forecast);
      continue;
    }
    const gap = value - forecast;
    const error = Math.abs(gap) > ROUNDING * Math.abs(value) ? gap : 0;
    if (errors.length >= LEARN_ERRORS)
      score[t] = scale > 0 ? error / scale : error === 0 ? 0 : Math.sign(error) * NEVER_BEFORE;
    const limit = errors.length >= LEARN_ERRORS ? scale : Number.POSITIVE_INFINITY;
    model.learn(t, forecast + Math.min(WINSOR * limit, Math.max(-WINSOR * limit, error)));
    if (t >= (periods[0] ?? 1))
      errors.push(limit > 0 ? Math.min(Math.abs(error), ERROR_CLIP * limit) : Math.abs(error));
    if (errors.length > scaleOver) errors.shift();
  }
  const back = (x: number): number => (power === 1 ? x : Math.max(0, x) ** (1 / power));
  return {
    expected: expected.map(back),
    score,
    at: (bucket, scores) => back((expected[bucket] ?? Number.NaN) + scores * (scales[bucket] ?? Number.NaN)),
  };
}

/** An error below this share of the value is rounding. */
const ROUNDING = 1e-9;
/** The score of a first change. */
const NEVER_BEFORE = 20;
const nans = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);

/** Forecasts the next value of a series and is then told what to remember of it. */
class OneStep {
  readonly #clean: Float64Array;
  readonly #rows: Float64Array[] = [];
  readonly #lags: readonly number[];
  readonly #short: number;
  readonly #long: number;
  readonly #phaseMeans: Float64Array;
  readonly #season: Float64Array;
  #coefficients: Coefficients | null = null;
  #slow: number;
  #level: number;
  #seen = 0;

  constructor(y: Float64Array, periods: readonly number[]) {
    this.#clean = new Float64Array(y.length);
    this.#short = periods[0] ?? 1;
    this.#long = periods[periods.length - 1] ?? 1;
    this.#lags = lagsOf(this.#short, this.#long);
    const first = [...y.subarray(0, Math.max(7, this.#short))]
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b);
    const start = first[first.length >> 1] ?? 0;
    this.#slow = start;
    this.#level = start;
    this.#phaseMeans = new Float64Array(this.#long).fill(start);
    this.#season = new Float64Array(this.#long);
  }

  forecast(t: number): number {
    const row = this.#features(t);
    this.#rows.push(row);
    const longest = this.#lags[this.#lags.length - 1] ?? 1;
    const begin = Math.max(longest, t - ROWS_MAX);
    if (t - begin >= Math.max(60, 2 * row.length) && (!this.#coefficients || t % Math.max(7, this.#short) === 0))
      this.#coefficients = ridge(this.#rows, this.#clean, begin, t, LAMBDA);
    return this.#coefficients ? predict(this.#coefficients, row) : this.#level + (this.#season[t % this.#long] ?? 0);
  }

  /** The value as it should be remembered: winsorised, or the forecast where it is missing. */
  learn(t: number, value: number): void {
    this.#clean[t] = value;
    const phase = t % this.#long;
    const error = value - this.#level - (this.#season[phase] ?? 0);
    this.#seen += 1;
    this.#slow += Math.max(0.05, 1 / (this.#seen + 1)) * (value - this.#slow);
    this.#level += Math.max(0.15, 1 / (this.#seen + 1)) * error;
    const rounds = Math.floor(t / this.#long);
    this.#season[phase] = (this.#season[phase] ?? 0) + Math.max(0.12, 1 / (rounds + 2)) * 0.85 * error;
    this.#phaseMeans[phase] =
      rounds === 0
        ? value
        : (this.#phaseMeans[phase] ?? 0) + Math.max(0.15, 1 / (rounds + 1)) * (value - (this.#phaseMeans[phase] ?? 0));
  }

  #features(t: number): Float64Array {
    const dummies = this.#short > 1 && this.#short <= 24 ? this.#short - 1 : 0;
    const row = new Float64Array(this.#lags.length + 2 + dummies);
    this.#lags.forEach((lag, k) => {
      row[k] = t >= lag ? (this.#clean[t - lag] ?? 0) : 0;
    });
    row[this.#lags.length] = this.#slow;
    row[this.#lags.length + 1] = this.#phaseMeans[t % this.#long] ?? 0;
    const phase = t % this.#short;
    if (phase < dummies) row[this.#lags.length + 2 + phase] = 1;
    return row;
  }
}

/** A week of days: two weeks and the third and fourth. A day of hours: the first hours, around the day and around the week. No season: eight. */
function lagsOf(short: number, long: number): number[] {
  const lags = new Set<number>();
  if (short === 7) for (let lag = 1; lag <= 14; lag++) lags.add(lag);
  else for (let lag = 1; lag <= 8; lag++) lags.add(lag);
  if (short === 7) for (const lag of [21, 28]) lags.add(lag);
  else if (short > 1) for (const lag of [short - 1, short, short + 1, 2 * short]) lags.add(lag);
  if (long > short) for (const lag of [long - 1, long, long + 1]) lags.add(lag);
  return [...lags].filter((lag) => lag > 0).sort((a, b) => a - b);
}
