import type { Catalog, Metric } from "../../catalog/catalog.ts";
import { addStates } from "../../kernel/add-states.ts";
import { limits } from "../../kernel/limits.ts";
import type { Flag, MetricState, SqlRecord } from "../../kernel/measurement.ts";
import { blank, type Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import type { Measure, MeasureContext, MeasuredRow } from "../../queries/measure.ts";
import { daysBetween, shiftDay } from "./days.ts";
import { inTurn } from "./in-turn.ts";

/** One metric of one segment, day by day. Days of a market where the segment is one, else of the asker. */
export interface Daily {
  readonly id: string;
  readonly metric: Metric;
  /** The segment as filters; `{}` = the whole. */
  readonly segment: Question["filters"];
  /** Id of the series that it is a part of; null = the whole. */
  readonly parent: string | null;
  readonly zone: string;
  readonly days: readonly string[];
  /** Null = the day is not over, not final, or has no rows of a metric that is no count. */
  readonly states: readonly (MetricState | null)[];
}
export interface DailyRead {
  readonly series: readonly Daily[];
  /** Days from the asker's last whole day back to the last one that could be judged: maturity, and what is late. */
  readonly lagDays: number;
  readonly sql: readonly SqlRecord[];
}

/**
 * Every segment of a metric that its `scan` names, over `limits.scanHistoryDays` that end at its last day that is over, complete and final.
 * `day` = the asker's today. One statement for each widest split; narrower ones are its sums.
 */
export async function readDaily(
  metric: Metric,
  around: { readonly measure: Measure; readonly context: MeasureContext; readonly day: string },
  filters: Question["filters"] = {},
): Promise<Result<DailyRead, Refusal>> {
  const to = shiftDay(around.day, -(metric.maturityDays ?? 0));
  const period = { from: shiftDay(to, -limits.scanHistoryDays - SPARE_DAYS), to };
  const { catalog } = around.context;
  const wanted = splitsOf(metric, filters);
  const reads = readsFor(wanted, metric, catalog);
  const measured = await inTurn(
    1,
    reads.map(
      ({ by }) =>
        () =>
          around.measure(
            { ...blank("metric"), metrics: [metric.id], by, filters, period, grain: "day" },
            around.context,
          ),
    ),
  );
  const found: Daily[] = [];
  const sql: SqlRecord[] = [];
  for (const [index, one] of measured.entries()) {
    if (!one.ok) return err(one.error);
    sql.push(...one.value.sql);
    for (const split of reads[index]?.gives ?? [])
      found.push(...summed(one.value.rows, split, { metric, filters, wanted, around, period }));
  }
  const last = lastJudgeable(found.find(({ parent }) => parent === null));
  const ends = shiftDay(to, -1);
  const series = found.map((one) => cut(one, last ?? ends));
  const lagDays = (last === null ? limits.scanHistoryDays : daysBetween(last, ends)) + (metric.maturityDays ?? 0);
  return ok({ series, lagDays, sql });
}

/** Days beyond the history, for tables that are late. */
const SPARE_DAYS = 7;

type Split = readonly string[];

/** The whole and the splits that filters leave open. */
function splitsOf(metric: Metric, filters: Question["filters"]): Split[] {
  const open = (metric.scan?.by ?? [])
    .map((split) => split.filter((dimension) => filters[dimension]?.length !== 1))
    .filter((split) => split.length > 0);
  const known = new Set<string>();
  return [[], ...open.filter((split) => !known.has(split.join()) && known.add(split.join()))];
}

interface Read {
  readonly by: Split;
  readonly gives: Split[];
}

/**
 * The statements to run: splits of the zoned dimension have days of their own, the others the asker's, so neither sums to the other. Labels
 * are in or not by segment, so a metric that waits for labels is read split by split.
 */
function readsFor(wanted: readonly Split[], metric: Metric, catalog: Catalog): Read[] {
  const isZoned = (split: Split): boolean => catalog.zoned !== null && split.includes(catalog.zoned.dimension);
  const widestFirst = [...wanted].sort((a, b) => b.length - a.length);
  const reads: Read[] = [];
  for (const split of widestFirst) {
    const home =
      metric.labelsNeeded === null
        ? reads.find(({ by }) => isZoned(by) === isZoned(split) && split.every((dimension) => by.includes(dimension)))
        : undefined;
    if (home) home.gives.push(split);
    else reads.push({ by: split, gives: [split] });
  }
  return reads;
}

interface Around {
  readonly metric: Metric;
  readonly filters: Question["filters"];
  readonly wanted: readonly Split[];
  readonly around: { readonly context: MeasureContext };
  readonly period: { readonly from: string; readonly to: string };
}

/** The rows of a wider split as the series of a narrower one. */
function summed(rows: readonly MeasuredRow[], split: Split, around: Around): Daily[] {
  const { metric, filters, period } = around;
  const days = Array.from({ length: daysBetween(period.from, period.to) }, (_, index) => shiftDay(period.from, index));
  const place = new Map(days.map((day, index) => [day, index]));
  const cells = new Map<string, { values: string[]; states: (MetricState | null)[]; open: boolean[] }>();
  for (const row of rows) {
    const values = split.map((dimension) => row.key[dimension]);
    if (values.some((value) => typeof value !== "string")) continue;
    const index = place.get(String(row.key.bucket));
    if (index === undefined) continue;
    const key = JSON.stringify(values);
    const cell = cells.get(key) ?? { values: values as string[], states: days.map(() => null), open: [] };
    cells.set(key, cell);
    if (isOpen(row.flags)) cell.open[index] = true;
    else if (!row.flags.includes("no_data") || row.state.kind === "count") {
      const known = cell.states[index];
      cell.states[index] = known ? addStates(known, row.state) : row.state;
    }
  }
  return [...cells.values()].map(({ values, states, open }) => {
    const segment = segmentOf(split, values, filters);
    return {
      id: seriesId(metric.id, segment),
      metric,
      segment,
      parent: parentOf(split, values, around),
      zone: zoneOf(segment, around.around.context),
      days,
      states: states.map((state, index) => (open[index] ? null : state)),
    };
  });
}

const isOpen = (flags: readonly Flag[]): boolean => flags.includes("partial") || flags.includes("immature");

export const seriesId = (metric: string, segment: Question["filters"]): string =>
  `${metric} ${JSON.stringify(Object.entries(segment).sort(([a], [b]) => (a < b ? -1 : 1)))}`;

function segmentOf(split: Split, values: readonly string[], filters: Question["filters"]): Question["filters"] {
  const named = split.map((dimension, index) => [dimension, [values[index] ?? ""]] as const);
  return Object.fromEntries(
    [...Object.entries(filters).filter(([dimension]) => !split.includes(dimension)), ...named].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  );
}

/** One dimension less, the last one first; the whole where that split is not scanned. */
function parentOf(split: Split, values: readonly string[], { metric, filters, wanted }: Around): string | null {
  if (split.length === 0) return null;
  const above = split.slice(0, -1);
  const isWanted = wanted.some((one) => one.join() === above.join());
  return seriesId(metric.id, isWanted ? segmentOf(above, values, filters) : filters);
}

function zoneOf(segment: Question["filters"], { catalog, zone }: MeasureContext): string {
  const values = catalog.zoned ? segment[catalog.zoned.dimension] : undefined;
  return (values?.length === 1 && catalog.zoned?.zones.get(values[0] ?? "")) || zone;
}

/** The newest day on which the whole is known. */
function lastJudgeable(whole: Daily | undefined): string | null {
  const index = whole?.states.findLastIndex((state) => state !== null) ?? -1;
  return whole?.days[index] ?? null;
}

/** The history that ends at `last`. */
function cut(series: Daily, last: string): Daily {
  const end = series.days.indexOf(last) + 1;
  const from = Math.max(0, end - limits.scanHistoryDays);
  return { ...series, days: series.days.slice(from, end), states: series.states.slice(from, end) };
}
