import type { Catalog, Metric } from "../../catalog/catalog.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import { blank, type Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { ok, type Result } from "../../kernel/result.ts";
import type { Measure, MeasureContext, MeasuredRow } from "../../queries/measure.ts";
import { shiftDay } from "./days.ts";
import { inTurn } from "./in-turn.ts";

/** Hours in which a table has no rows although it should: rows are missing, the business went on. Milliseconds since the epoch. */
export interface Gap {
  /** The table, as the watermarks name it. */
  readonly source: string;
  readonly segment: Question["filters"];
  readonly from: number;
  readonly to: number;
  /** Rows that were to be expected. */
  readonly expected: number;
}

const HOUR_MS = 3_600_000;
/** Hours of a gap at least, and rows that must be missing: a silent stretch of Poisson counts with mean 14 has p = e⁻¹⁴ ≈ 10⁻⁶. */
const GAP_HOURS_MIN = 2;
const MISSING_MIN = 14;
const PROFILE_DAYS = 28;
/** Days in which gaps are looked for: of the whole, and of each value of the zoned dimension. */
const WHOLE_DAYS = 56;
const SPLIT_DAYS = 7;

/**
 * Gaps of every table whose count is a heartbeat, before the asker's day `day`: of the whole, and of single markets where the whole went on.
 */
export async function readGaps(
  catalog: Catalog,
  around: { readonly measure: Measure; readonly context: MeasureContext; readonly day: string },
): Promise<Result<{ readonly gaps: readonly Gap[]; readonly sql: readonly SqlRecord[] }, Refusal>> {
  const beats = [...catalog.metrics.values()].filter((metric) => metric.scan?.heartbeat);
  const zoned = catalog.zoned?.dimension;
  const reads = beats.flatMap((metric) => [
    { metric, by: [] as string[], days: WHOLE_DAYS },
    ...(zoned && metric.dimensions.includes(zoned) ? [{ metric, by: [zoned], days: SPLIT_DAYS }] : []),
  ]);
  const found = await inTurn(
    1,
    reads.map(
      ({ metric, by, days }) =>
        () =>
          around.measure(
            {
              ...blank("metric"),
              metrics: [metric.id],
              by,
              period: { from: shiftDay(around.day, -days - PROFILE_DAYS), to: around.day },
              grain: "hour",
            },
            around.context,
          ),
    ),
  );
  const gaps: Gap[] = [];
  for (const [index, one] of found.entries()) {
    const read = reads[index];
    if (!one.ok) return one;
    if (read) gaps.push(...gapsOf(one.value.rows, read.metric, read.by[0] ?? null, around.context.now));
  }
  const sql = found.flatMap((one) => (one.ok ? one.value.sql : []));
  return ok({ gaps: gaps.filter((gap) => !gaps.some((other) => covers(other, gap))), sql });
}

/** A market's gap within one of the whole is the same gap. */
const covers = (whole: Gap, part: Gap): boolean =>
  whole !== part &&
  whole.source === part.source &&
  Object.keys(whole.segment).length < Object.keys(part.segment).length &&
  whole.from <= part.from + HOUR_MS &&
  whole.to >= part.to - HOUR_MS;

interface Hour {
  readonly at: number;
  readonly clock: string;
  readonly n: number;
}

function gapsOf(rows: readonly MeasuredRow[], metric: Metric, split: string | null, now: number): Gap[] {
  const bySegment = new Map<string, Hour[]>();
  for (const row of rows) {
    if (row.state.kind !== "count" || row.flags.includes("partial")) continue;
    const value = split === null ? "" : row.key[split];
    if (typeof value !== "string") continue;
    const bucket = String(row.key.bucket);
    // An hour that is not over has no rows yet.
    if (Date.parse(bucket) + HOUR_MS > now) continue;
    const hours = bySegment.get(value) ?? [];
    hours.push({ at: Date.parse(bucket), clock: bucket.slice(11, 13), n: row.state.n });
    bySegment.set(value, hours);
  }
  return [...bySegment].flatMap(([value, hours]) =>
    silences(hours).map((silence) => ({
      ...silence,
      source: metric.reads[0] ?? metric.id,
      segment: split === null ? {} : { [split]: [value] },
    })),
  );
}

/** Runs of hours without a row, each against the mean of its hours of the day over the four weeks before. */
export function silences(hours: readonly Hour[]): Pick<Gap, "from" | "to" | "expected">[] {
  const found: Pick<Gap, "from" | "to" | "expected">[] = [];
  // Before the first row there was nothing to be silent.
  let index = hours.findIndex(({ n }) => n > 0);
  if (index < 0) return found;
  while (index < hours.length) {
    const start = index;
    while (index < hours.length && hours[index]?.n === 0) index += 1;
    const run = hours.slice(start, index);
    const expected = run.length < GAP_HOURS_MIN ? 0 : run.reduce((sum, hour) => sum + usual(hours, hour, start), 0);
    if (expected >= MISSING_MIN) found.push({ from: run[0]?.at ?? 0, to: (run.at(-1)?.at ?? 0) + HOUR_MS, expected });
    if (index === start) index += 1;
  }
  return found;
}

function usual(hours: readonly Hour[], hour: Hour, before: number): number {
  const alike = hours
    .slice(Math.max(0, before - 24 * PROFILE_DAYS), before)
    .filter(({ clock }) => clock === hour.clock);
  return alike.length === 0 ? 0 : alike.reduce((sum, { n }) => sum + n, 0) / alike.length;
}
