import { ok, type Result } from "../../kernel/result.ts";
import { type BackTest, type ForecastValues, forecastValues, type Step } from "./forecast-values.ts";
import { type Counted, rateHistory } from "./rates.ts";
import { type Grain, type Row, type TimelineProblem, timelineOf } from "./timeline.ts";

export interface Reading {
  /** Null where nothing was read. With a denominator: the numerator of a rate, or the rate where values are fractions within [0, 1]. */
  readonly value: number | null;
  readonly denominator: number | null;
}

export type ForecastNote =
  | "no_season" // fewer than two seasons: no weekly or daily pattern is used
  | "never_varied" // all values are equal: the band has no width
  | "not_rehearsed" // too short to try on the past: the band is a random walk's
  | "no_band" // fewer than three values
  | "closed_phase"; // a day of the week (or hour …) was never observed: what stands there is interpolated

export interface Forecast {
  readonly grain: Grain;
  /** "share" stays in [0, 1], "ratio" and "amount" are not below 0, "level" may be. */
  readonly kind: "share" | "ratio" | "amount" | "level";
  readonly steps: readonly (Step & { readonly at: number })[];
  readonly backTest: BackTest | null;
  readonly weights: ForecastValues["weights"];
  readonly periods: readonly number[];
  readonly values: number;
  /** Buckets without a value. */
  readonly missing: number;
  readonly notes: readonly ForecastNote[];
}

/**
 * Forecast of a series as it stands in a file: grain and seasons from the timestamps, gaps filled for learning and left out of the errors,
 * rates by their denominators. The horizon counts buckets after the last row.
 */
export function forecastRows(
  rows: readonly Row<Reading>[],
  horizon: number,
  bucketsMax: number,
): Result<Forecast, TimelineProblem> {
  const made = timelineOf(rows, bucketsMax);
  if (!made.ok) return made;
  const { grain, periods, momentOf } = made.value;
  const reads = withNumerators(made.value.reads);
  const kind = kindOf(reads);
  const range = {
    low: kind === "level" ? Number.NEGATIVE_INFINITY : 0,
    high: kind === "share" ? 1 : Number.POSITIVE_INFINITY,
  };
  const input = { periods, horizon, range };
  const rated = kind === "share" || kind === "ratio";
  const values = rated
    ? rateHistory(countedOf(reads), periods, horizon)
    : { values: reads.map((read) => read?.value ?? null) };
  const forecast = forecastValues({ ...input, ...values });
  if (!forecast) return { ok: false, error: { code: "empty" } };
  const observedCount = [...values.values].filter((value) => value !== null).length;
  return ok({
    grain,
    kind,
    steps: forecast.steps.map((step, j) => ({ ...step, at: momentOf(reads.length + j) })),
    backTest: forecast.backTest,
    weights: forecast.weights,
    periods: forecast.periods,
    values: observedCount,
    missing: reads.length - observedCount,
    notes: notesOf(forecast, [...values.values], periods),
  });
}

/** Fractions within [0, 1] beside a denominator are rates already: their numerators are made. */
function withNumerators(reads: readonly (Reading | null)[]): readonly (Reading | null)[] {
  const rated = reads.filter((read) => read !== null && read.value !== null && read.denominator !== null);
  const fractions =
    rated.some((read) => !Number.isInteger(read?.value)) && rated.every((read) => (read?.value ?? 0) <= 1);
  if (!fractions) return reads;
  return reads.map(
    (read) => read && { ...read, value: read.value === null ? null : read.value * (read.denominator ?? 0) },
  );
}

function kindOf(reads: readonly (Reading | null)[]): Forecast["kind"] {
  const known = reads.filter((read) => read !== null);
  const rated = known.filter(({ denominator }) => denominator !== null);
  if (rated.length > 0)
    return rated.every(({ value, denominator }) => value === null || value <= (denominator ?? 0)) ? "share" : "ratio";
  return known.every(({ value }) => value === null || value >= 0) ? "amount" : "level";
}

const countedOf = (reads: readonly (Reading | null)[]): (Counted | null)[] =>
  reads.map((read) =>
    read && read.value !== null && read.denominator !== null
      ? { numerator: read.value, denominator: read.denominator }
      : null,
  );

function notesOf(
  forecast: ForecastValues,
  values: readonly (number | null)[],
  periods: readonly number[],
): ForecastNote[] {
  const known = values.filter((value) => value !== null);
  const notes: ForecastNote[] = [];
  if (periods.length > 0 && forecast.periods.length === 0) notes.push("no_season");
  if (known.length > 1 && known.every((value) => value === known[0])) notes.push("never_varied");
  if (!forecast.steps[0]?.band95) notes.push("no_band");
  else if (!forecast.backTest) notes.push("not_rehearsed");
  if (hasClosedPhase(values, forecast.periods[0] ?? 1)) notes.push("closed_phase");
  return notes;
}

function hasClosedPhase(values: readonly (number | null)[], period: number): boolean {
  const open = new Set(values.flatMap((value, i) => (value === null ? [] : [i % period])));
  return open.size < Math.min(period, values.length);
}
