import { spawnSync } from "node:child_process";

/** One forecast of R's package `forecast`: point and bands by step. */
export interface MadeByR {
  readonly point: readonly number[];
  readonly bands: readonly { readonly at80: Ends; readonly at95: Ends }[];
  readonly cpuMs: number;
}
interface Ends {
  readonly low: number;
  readonly high: number;
}
export interface SeriesForR {
  readonly values: readonly number[];
  readonly seasons: readonly number[];
  readonly horizon: number;
}
export const R_METHODS = ["ets", "thetaf", "stlm"] as const;
export type RMethod = (typeof R_METHODS)[number];

/** Debian: apt-get install r-cran-forecast. */
export const hasR = (): boolean => spawnSync("Rscript", ["-e", "library(forecast)"], { stdio: "ignore" }).status === 0;

/** Runs one method over all series in one R process. Throws what R says where it fails. */
export function forecastByR(
  method: RMethod,
  series: readonly SeriesForR[],
): { readonly version: string; readonly made: readonly MadeByR[] } {
  const input = series
    .map(({ values, seasons, horizon }) => [horizon, seasons.join(","), values.join(",")].join(";"))
    .join("\n");
  const ran = spawnSync("Rscript", ["bench/insights/peers/forecast.R", method], {
    input: `${input}\n`,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (ran.status !== 0) throw new Error(`Rscript: ${ran.stderr}`);
  const [version = "", ...lines] = ran.stdout.trim().split("\n");
  if (lines.length !== series.length) throw new Error(`R answered ${lines.length} of ${series.length} series`);
  return { version, made: lines.map(readLine) };
}

function readLine(line: string): MadeByR {
  const [cpu = "", ...cells] = line.split(";");
  const [point = [], low80 = [], high80 = [], low95 = [], high95 = []] = cells.map((cell) =>
    cell.split(",").map(Number),
  );
  return {
    point,
    bands: point.map((_, j) => ({
      at80: { low: low80[j] ?? Number.NaN, high: high80[j] ?? Number.NaN },
      at95: { low: low95[j] ?? Number.NaN, high: high95[j] ?? Number.NaN },
    })),
    cpuMs: Number(cpu),
  };
}
