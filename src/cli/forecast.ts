import { Command } from "commander";
import { type Forecast, type ForecastNote, forecastRows } from "../insights/forecast/forecast-rows.ts";
import type { TimelineProblem } from "../insights/forecast/timeline.ts";
import { limits } from "../kernel/limits.ts";
import { UsageError } from "./fail.ts";
import { readSeries } from "./read-series.ts";

const HORIZON_MAX = 1_000;

/** `forecast FILE.csv --horizon N`: point forecast, 80 % and 95 % bands, and how wrong it was on the past. */
export function forecastCommand(): Command {
  return new Command("forecast")
    .description("forecasts a series: points, 80 % and 95 % bands, error on the past against seasonal naive")
    .argument(
      "<file>",
      "CSV with the columns timestamp,value[,denominator]; with a denominator, value is the numerator",
    )
    .requiredOption("--horizon <n>", "buckets ahead")
    .option("--json", "prints JSON")
    .action(async (file: string, options: { horizon: string; json?: boolean }) => {
      const horizon = Number(options.horizon);
      if (!Number.isInteger(horizon) || horizon < 1 || horizon > HORIZON_MAX)
        throw new UsageError(`--horizon wants a whole number from 1 to ${HORIZON_MAX}; got "${options.horizon}".`);
      const { rows, zoned } = await readSeries(file);
      const made = forecastRows(rows, horizon, limits.bucketsMax);
      if (!made.ok) throw new UsageError(`${file}: ${problemText(made.error)}`);
      const dated = stampOf(made.value, zoned);
      process.stdout.write(
        options.json ? `${JSON.stringify(forecastJson(made.value, dated))}\n` : forecastText(made.value, dated),
      );
    });
}

function problemText(problem: TimelineProblem): string {
  switch (problem.code) {
    case "empty":
      return "there is no value to forecast from.";
    case "repeated":
      return `two rows have the timestamp ${new Date(problem.at).toISOString()}; give one row per bucket.`;
    case "irregular":
      return `the row at ${new Date(problem.at).toISOString()} is off the even grid of the others; give one row per bucket.`;
    case "too_long":
      return `${problem.buckets} buckets are more than ${limits.bucketsMax}; give the recent part or a coarser grain.`;
    default:
      return problem satisfies never;
  }
}

function stampOf({ grain, steps }: Forecast, zoned: boolean): (at: number) => string {
  const daily =
    !zoned && (grain.unit === "months" || grain.every % 1_440 === 0) && (steps[0]?.at ?? 0) % 86_400_000 === 0;
  return (at) => {
    const iso = new Date(at).toISOString();
    if (daily) return iso.slice(0, 10);
    return zoned ? `${iso.slice(0, 16)}Z` : iso.slice(0, 16);
  };
}

const NOTES: Readonly<Record<ForecastNote, string>> = {
  no_season: "Fewer than two seasons: no daily or weekly pattern is used.",
  never_varied: "The series never varied: the bands have no width, which is not certainty.",
  not_rehearsed: "Too short to be tried on its own past: the bands are those of a random walk.",
  closed_phase: "Some days of the week (or hours of the day) were never observed; what stands there is interpolated.",
  no_band: "Fewer than three values: no bands.",
};

function forecastJson(forecast: Forecast, dated: (at: number) => string): object {
  const { backTest } = forecast;
  return {
    kind: forecast.kind,
    grain: forecast.grain,
    seasons: forecast.periods,
    values: forecast.values,
    missing: forecast.missing,
    forecast: forecast.steps.map(({ at, point, band80, band95 }) => ({
      timestamp: dated(at),
      point,
      low80: band80?.low ?? null,
      high80: band80?.high ?? null,
      low95: band95?.low ?? null,
      high95: band95?.high ?? null,
    })),
    backtest: backTest && {
      windows: backTest.windows,
      steps: backTest.steps,
      compared: backTest.compared,
      mae: backTest.meanAbsoluteError,
      seasonal_naive_mae: backTest.seasonalNaiveError,
      ratio: backTest.ratio,
    },
    weights: forecast.weights,
    notes: forecast.notes.map((code) => ({ code, text: NOTES[code] })),
  };
}

function forecastText(forecast: Forecast, dated: (at: number) => string): string {
  const digits = (value: number | undefined): string =>
    value === undefined ? "–" : Number(value.toPrecision(5)).toString();
  const rows = [
    ["timestamp", "point", "low80", "high80", "low95", "high95"],
    ...forecast.steps.map(({ at, point, band80, band95 }) => [
      dated(at),
      ...[point, band80?.low, band80?.high, band95?.low, band95?.high].map(digits),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const table = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
  return `${[...table, "", backTestText(forecast), ...forecast.notes.map((code) => `! ${NOTES[code]}`)].join("\n")}\n`;
}

function backTestText({ backTest, values, missing }: Forecast): string {
  const base = `From ${values} values${missing > 0 ? `, ${missing} missing` : ""}.`;
  if (!backTest) return base;
  const { windows, steps, meanAbsoluteError, seasonalNaiveError, ratio } = backTest;
  const verdict = ratio === null ? "" : ` (${ratio.toFixed(2)} of it)`;
  return `${base} Tried on ${windows} past window(s) of ${steps}: mean absolute error ${Number(meanAbsoluteError.toPrecision(4))}, seasonal naive ${Number(seasonalNaiveError.toPrecision(4))}${verdict}.`;
}
