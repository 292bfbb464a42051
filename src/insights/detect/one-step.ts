import { type Coefficients, predict, RidgeSums } from "./regression.ts";

/** Forecasts the next value of a series and is then told what to remember of it. */
export interface OneStep {
  /** Null until enough is known. Asked once for each bucket, in order. */
  forecast(t: number): number | null;
  /** The value as it should be remembered: winsorised, or the forecast where it is missing. */
  learn(t: number, value: number): void;
}

const LAMBDA = 3;
/** Buckets between two fits; each bucket would be hardly better and twice as dear. */
const REFIT_EVERY = 2;
const ROWS_MAX = 1_500;
const ROWS_MIN = 60;

/**
 * A ridge regression of a series on its own lags, a slow mean, the phase's mean and the phase of the season, fitted over the last 1,500 buckets. `periods` ascending, `start`: about where the series begins.
 */
export class LagRegression implements OneStep {
  readonly #clean: Float64Array;
  readonly #rows: Float64Array[] = [];
  readonly #lags: readonly number[];
  readonly #longest: number;
  readonly #short: number;
  readonly #long: number;
  readonly #phaseMeans: Float64Array;
  readonly #sums: RidgeSums;
  #coefficients: Coefficients | null = null;
  #slow: number;
  #seen = 0;

  constructor(length: number, start: number, periods: readonly number[]) {
    this.#clean = new Float64Array(length);
    this.#short = periods[0] ?? 1;
    this.#long = periods[periods.length - 1] ?? 1;
    this.#lags = lagsOf(this.#short, this.#long);
    this.#longest = this.#lags[this.#lags.length - 1] ?? 1;
    this.#slow = start;
    this.#phaseMeans = new Float64Array(this.#long).fill(start);
    this.#sums = new RidgeSums(this.#features(0).length);
  }

  forecast(t: number): number | null {
    const row = this.#features(t);
    this.#rows.push(row);
    const enough = this.#sums.count >= Math.max(ROWS_MIN, 2 * row.length);
    if (enough && (!this.#coefficients || t % REFIT_EVERY === 0)) this.#coefficients = this.#sums.fit(LAMBDA);
    return this.#coefficients && predict(this.#coefficients, row);
  }

  learn(t: number, value: number): void {
    this.#clean[t] = value;
    if (t >= this.#longest) this.#sums.add(this.#rows[t] as Float64Array, value);
    const old = t - ROWS_MAX;
    if (old >= this.#longest) this.#sums.remove(this.#rows[old] as Float64Array, this.#clean[old] ?? 0);
    this.#seen += 1;
    this.#slow += Math.max(0.05, 1 / (this.#seen + 1)) * (value - this.#slow);
    const [phase, rounds] = [t % this.#long, Math.floor(t / this.#long)];
    const mean = this.#phaseMeans[phase] ?? 0;
    this.#phaseMeans[phase] = rounds === 0 ? value : mean + Math.max(0.15, 1 / (rounds + 1)) * (value - mean);
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

const LEVEL_GAINS = [0.02, 0.05, 0.1, 0.2, 0.35] as const;
const SEASON_GAINS = [0.03, 0.08, 0.15, 0.3] as const;
/** A loss counts half after 140 buckets. */
const FORGET = 0.995;

/** Level and season by exponential smoothing, with the pair of gains that erred least so far. Source: Hyndman et al. (2008), ETS(A,N,A). */
export class SmoothedSeason implements OneStep {
  readonly #runs: readonly Run[];
  readonly #period: number;
  #best: Run;
  #seen = 0;

  constructor(start: number, period: number) {
    this.#period = period;
    this.#runs = LEVEL_GAINS.flatMap((gain) =>
      (period > 1 ? SEASON_GAINS : [0]).map((seasonGain) => ({
        gain,
        seasonGain,
        level: start,
        season: new Float64Array(period),
        loss: 0,
      })),
    );
    this.#best = this.#runs[0] as Run;
  }

  forecast(t: number): number {
    return this.#best.level + (this.#best.season[t % this.#period] ?? 0);
  }

  learn(t: number, value: number): void {
    this.#seen += 1;
    const phase = t % this.#period;
    const rounds = Math.floor(t / this.#period);
    for (const run of this.#runs) {
      const error = value - run.level - (run.season[phase] ?? 0);
      run.loss = FORGET * run.loss + Math.abs(error);
      run.level += Math.max(run.gain, 1 / (this.#seen + 1)) * error;
      if (this.#period > 1)
        run.season[phase] =
          (run.season[phase] ?? 0) + Math.max(run.seasonGain, 1 / (rounds + 2)) * (1 - run.gain) * error;
      if (run.loss < this.#best.loss) this.#best = run;
    }
  }
}

interface Run {
  readonly gain: number;
  readonly seasonGain: number;
  level: number;
  readonly season: Float64Array;
  loss: number;
}

/**
 * The mean of several forecasts, each by how little it erred so far: those that err in different ways err less together, and one that does not
 * fit the series hardly counts. Source: Bates & Granger (1969).
 */
export class Combined implements OneStep {
  readonly #parts: readonly Part[];

  constructor(models: readonly OneStep[]) {
    this.#parts = models.map((model) => ({ model, forecast: null, loss: 0, count: 0 }));
  }

  forecast(t: number): number | null {
    for (const part of this.#parts) part.forecast = part.model.forecast(t);
    const known = this.#parts.filter((part) => part.forecast !== null);
    const worst = Math.max(...known.map(meanSquare));
    let [sum, weights] = [0, 0];
    for (const part of known) {
      const weight = worst > 0 ? (meanSquare(part) / worst + LEAST) ** -SHARPNESS : 1;
      sum += weight * (part.forecast ?? 0);
      weights += weight;
    }
    return weights > 0 ? sum / weights : null;
  }

  learn(t: number, value: number): void {
    for (const part of this.#parts) {
      if (part.forecast !== null) {
        part.loss = FORGET * part.loss + (value - part.forecast) ** 2;
        part.count = FORGET * part.count + 1;
      }
      part.model.learn(t, value);
    }
  }
}

interface Part {
  readonly model: OneStep;
  forecast: number | null;
  loss: number;
  count: number;
}
/** Squared error so far; of one that has no past, as if it were perfect. */
const meanSquare = ({ loss, count }: Part): number => (count > 0 ? loss / count : 0);
/** A share of the worst one's error that keeps the best one from counting alone. */
const LEAST = 0.01;
/** Power of the inverse errors: on daily series about equal weights, on hourly ones nearly all for the better one. */
const SHARPNESS = 3;
