import { ok, type Result } from "../../kernel/result.ts";
import type { Reading } from "../forecast/forecast-rows.ts";
import { type Grain, type Row, type TimelineProblem, timelineOf } from "../forecast/timeline.ts";
import type { Finding } from "./finding.ts";
import { hitFindings } from "./hit-findings.ts";
import { noveltyFindings } from "./novelty-findings.ts";
import { surpriseFindings } from "./surprise-findings.ts";

export type DetectNote =
  | "too_short" // fewer values than a detector learns from
  | "never_varied" // all values are equal
  | "in_order" // uneven timestamps: rows are taken one after the other
  | "no_season"; // fewer than two weeks: no weekly pattern is used

export interface Detection {
  readonly grain: Grain | null;
  /** What the values were taken for. */
  readonly kind: "share" | "ratio" | "count" | "amount" | "level";
  readonly method: "counts of events" | "one-step forecast" | "novelty";
  readonly anomalies: readonly (Finding & { readonly at: number; readonly run: RunKind })[];
  /** Every judged bucket. */
  readonly judged: readonly (Finding & { readonly at: number })[];
  readonly values: number;
  readonly missing: number;
  readonly notes: readonly DetectNote[];
}

/** Three or more neighbours to one side are a shift, nothing where something is usual is silence. */
export type RunKind = "spike" | "level_shift" | "variance" | "silence";

export interface DetectOptions {
  /** False alarms to put up with in 30 days. */
  readonly falseAlarmsAMonth: number;
  readonly rowsMax: number;
}

const HOUR_MINUTES = 60;
const DAY_MINUTES = 1_440;
/** No bucket is called odd at a chance higher than this, however coarse the grain. */
const CHANCE_MAX = 0.02;
const SMALL_COUNT = 25;
const SHORTEST = 21;
const RUN_LENGTH = 3;

/**
 * Anomalies of a series as it stands in a file, each bucket judged by what came before it.
 * Rates (and small counts) by their events, over-dispersion estimated; hourly and coarser amounts by a one-step forecast; finer ones, and those
 * on uneven timestamps, by novelty.
 */
export function detectRows(rows: readonly Row<Reading>[], options: DetectOptions): Result<Detection, TimelineProblem> {
  const made = timelineOf(rows, options.rowsMax);
  if (!made.ok) {
    const inOrder = made.error.code !== "empty" && rows.length <= options.rowsMax && isFine(rows);
    return inOrder ? ok(detectInOrder(rows)) : made;
  }
  const { grain, momentOf, periods, missing } = made.value;
  const reads = made.value.reads;
  const kind = kindOf(reads);
  const values = Float64Array.from(reads, (read) => read?.value ?? Number.NaN);
  const known = values.filter((value) => !Number.isNaN(value));
  const seasons = periods.filter((period) => values.length >= 2 * period + 1);
  const notes: DetectNote[] = [];
  if (known.length < SHORTEST) notes.push("too_short");
  if (known.length > 1 && kind !== "share" && known.every((value) => value === known[0])) notes.push("never_varied");
  if (periods.length > 0 && seasons.length === 0) notes.push("no_season");
  const chance = chanceOf(grain, options.falseAlarmsAMonth);
  const { method, findings } = judge(reads, values, kind, grain, seasons, chance);
  const judged = findings.map((finding) => ({ ...finding, at: momentOf(finding.bucket) }));
  return ok({
    grain,
    kind,
    method,
    judged,
    anomalies: withRuns(judged.filter(({ odd }) => odd)),
    values: known.length,
    missing: Math.max(missing, values.length - known.length),
    notes,
  });
}

function judge(
  reads: readonly (Reading | null)[],
  values: Float64Array,
  kind: Detection["kind"],
  grain: Grain,
  seasons: readonly number[],
  chance: number,
): Pick<Detection, "method"> & { findings: Finding[] } {
  if (kind === "share" || kind === "ratio" || kind === "count")
    return { method: "counts of events", findings: hitFindings(reads, kind, grain, seasons, chance) };
  if (grain.unit === "minutes" && grain.every < HOUR_MINUTES)
    return { method: "novelty", findings: noveltyFindings(values, Math.round(DAY_MINUTES / grain.every)) };
  return { method: "one-step forecast", findings: surpriseFindings(values, seasons, chance) };
}

/** Uneven readings less than an hour apart: machines, not days. */
function isFine(rows: readonly Row<Reading>[]): boolean {
  if (rows.some(({ read }) => read.denominator !== null)) return false;
  return usualStep(rows) < HOUR_MINUTES;
}

/** Median distance of neighbours in minutes. */
function usualStep(rows: readonly Row<Reading>[]): number {
  const steps = rows.slice(1).map(({ at }, i) => Math.abs(at - (rows[i]?.at ?? at)) / 60_000);
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? DAY_MINUTES;
}

function detectInOrder(rows: readonly Row<Reading>[]): Detection {
  const known = rows.filter(({ read }) => read.value !== null);
  const values = Float64Array.from(known, ({ read }) => read.value ?? 0);
  const step = Math.max(1, Math.round(usualStep(rows)));
  const judged = noveltyFindings(values, Math.max(1, Math.round(DAY_MINUTES / step))).map((finding) => ({
    ...finding,
    at: known[finding.bucket]?.at ?? 0,
  }));
  return {
    grain: null,
    kind: "level",
    method: "novelty",
    judged,
    anomalies: withRuns(judged.filter(({ odd }) => odd)),
    values: known.length,
    missing: rows.length - known.length,
    notes: known.length < SHORTEST ? ["too_short", "in_order"] : ["in_order"],
  };
}

function kindOf(reads: readonly (Reading | null)[]): Detection["kind"] {
  const known = reads.filter((read) => read !== null && read.value !== null);
  const rated = known.filter((read) => read?.denominator !== null);
  if (rated.length > 0)
    return rated.every((read) => (read?.value ?? 0) <= (read?.denominator ?? 0)) ? "share" : "ratio";
  const values = known.map((read) => read?.value ?? 0).sort((a, b) => a - b);
  if (!values.every((value) => value >= 0)) return "level";
  const median = values[values.length >> 1] ?? 0;
  return values.every(Number.isInteger) && median < SMALL_COUNT ? "count" : "amount";
}

/** The chance of a false alarm in one bucket that adds up to the wanted number in 30 days. */
function chanceOf({ unit, every }: Grain, falseAlarmsAMonth: number): number {
  const days = unit === "months" ? 30 * every : every / DAY_MINUTES;
  return Math.min(CHANCE_MAX, (falseAlarmsAMonth * days) / 30);
}

/** Neighbouring findings to the same side belong together. */
function withRuns<T extends Finding>(anomalies: readonly T[]): (T & { run: RunKind })[] {
  return anomalies.map((own, i) => {
    if (own.part === "unrest") return { ...own, run: "variance" };
    if (own.value === 0 && own.direction === "down") return { ...own, run: "silence" };
    let [first, last] = [i, i];
    const joins = (a: number, b: number): boolean =>
      anomalies[a]?.direction === own.direction && (anomalies[b]?.bucket ?? 0) - (anomalies[a]?.bucket ?? 0) <= 1;
    while (first > 0 && joins(first - 1, first)) first -= 1;
    while (last < anomalies.length - 1 && joins(last, last + 1) && anomalies[last + 1]?.direction === own.direction)
      last += 1;
    return { ...own, run: last - first + 1 >= RUN_LENGTH || own.part === "shape" ? "level_shift" : "spike" };
  });
}
