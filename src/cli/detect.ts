import { Command } from "commander";
import { type Detection, type DetectNote, detectRows } from "../insights/detect/detect-rows.ts";
import type { TimelineProblem } from "../insights/forecast/timeline.ts";
import { limits } from "../kernel/limits.ts";
import { UsageError } from "./fail.ts";
import { readSeries } from "./read-series.ts";

const FALSE_ALARMS = "0.5";

/** `detect FILE.csv`: what left its expectation, with score, expected value and band. */
export function detectCommand(): Command {
  return new Command("detect")
    .description("finds anomalies of a series: score, expected value and band of each")
    .argument(
      "<file>",
      "CSV with the columns timestamp,value[,denominator]; with a denominator, value is the numerator",
    )
    .option("--false-alarms <n>", "false alarms to put up with in 30 days, for hourly and coarser series", FALSE_ALARMS)
    .option("--all", "every judged row, not only the anomalies")
    .option("--json", "prints JSON")
    .action(async (file: string, options: { falseAlarms: string; all?: boolean; json?: boolean }) => {
      const falseAlarmsAMonth = Number(options.falseAlarms);
      if (!(falseAlarmsAMonth > 0 && falseAlarmsAMonth <= 30))
        throw new UsageError(`--false-alarms wants a number above 0, at most 30; got "${options.falseAlarms}".`);
      const { rows, zoned } = await readSeries(file);
      const made = detectRows(rows, { falseAlarmsAMonth, rowsMax: limits.detectRowsMax });
      if (!made.ok) throw new UsageError(`${file}: ${problemText(made.error)}`);
      const dated = stampOf(made.value, zoned);
      process.stdout.write(
        options.json
          ? `${JSON.stringify(detectJson(made.value, dated, options.all ?? false))}\n`
          : detectText(made.value, dated, options.all ?? false),
      );
    });
}

function problemText(problem: TimelineProblem): string {
  switch (problem.code) {
    case "empty":
      return "there is no value to look at.";
    case "repeated":
      return `two rows have the timestamp ${new Date(problem.at).toISOString()}; give one row per bucket.`;
    case "irregular":
      return `the row at ${new Date(problem.at).toISOString()} is off the even grid of the others; give one row per bucket.`;
    case "too_long":
      return `${problem.buckets} buckets are more than ${limits.detectRowsMax}; give the recent part or a coarser grain.`;
    default:
      return problem satisfies never;
  }
}

/** Days as dates, finer grains to the minute, uneven rows to the second. */
function stampOf({ grain, judged }: Detection, zoned: boolean): (at: number) => string {
  const daily =
    grain !== null &&
    !zoned &&
    (grain.unit === "months" || grain.every % 1_440 === 0) &&
    (judged[0]?.at ?? 0) % 86_400_000 === 0;
  const length = daily ? 10 : grain === null ? 19 : 16;
  return (at) => `${new Date(at).toISOString().slice(0, length)}${zoned ? "Z" : ""}`;
}

const NOTES: Readonly<Record<DetectNote, string>> = {
  too_short: "Fewer than 21 values: too few to say what is usual.",
  never_varied: "The series never varied.",
  in_order: "The timestamps are uneven: rows are taken one after the other, in the order of the file.",
  no_season: "Fewer than two seasons: no daily or weekly pattern is used.",
};

function detectJson(detection: Detection, dated: (at: number) => string, all: boolean): object {
  const { kind, method, grain, values, missing, judged, anomalies, notes } = detection;
  return {
    kind,
    method,
    grain,
    values,
    missing,
    judged: judged.length,
    anomalies: anomalies.map((own) => ({ ...rowOf(own, dated), kind: own.run })),
    ...(all ? { rows: judged.map((own) => ({ ...rowOf(own, dated), anomaly: own.odd })) } : {}),
    notes: notes.map((code) => ({ code, text: NOTES[code] })),
  };
}

function rowOf(own: Detection["judged"][number], dated: (at: number) => string) {
  const { at, direction, value, expected, low, high, score, p } = own;
  return { timestamp: dated(at), value, expected, low, high, score, p, direction };
}

function detectText(detection: Detection, dated: (at: number) => string, all: boolean): string {
  const { anomalies, judged, values, missing, method, notes } = detection;
  const digits = (value: number): string => Number(value.toPrecision(4)).toString();
  const kinds = new Map(anomalies.map(({ bucket, run }) => [bucket, run]));
  const shown = all ? judged : anomalies;
  const rows = [
    ["timestamp", "value", "expected", "low", "high", "score", "kind"],
    ...shown.map((own) => [
      dated(own.at),
      ...[own.value, own.expected, own.low, own.high, own.score].map(digits),
      `${kinds.get(own.bucket)?.replace("_", " ") ?? ""}${own.odd ? ` ${own.direction}` : ""}`,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const table = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
  const found = anomalies.length === 0 ? "Nothing left its expectation" : `${anomalies.length} left their expectation`;
  const base = `${found}: ${judged.length} of ${values} values judged by ${method}${missing > 0 ? `, ${missing} missing` : ""}.`;
  return `${[...(shown.length > 0 ? [...table, ""] : []), base, ...notes.map((code) => `! ${NOTES[code]}`)].join("\n")}\n`;
}
