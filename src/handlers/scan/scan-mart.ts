import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalog, Metric } from "../../catalog/catalog.ts";
import type { Judgement, ScanSeries } from "../../insights/detect/series.ts";
import type { Deviation } from "../../kernel/deviation.ts";
import type { LedgerEntry } from "../../kernel/ledger.ts";
import { limits } from "../../kernel/limits.ts";
import type { SqlRecord } from "../../kernel/measurement.ts";
import type { Period, Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import { readLedger } from "../../queries/changes.ts";
import { postgresEngine } from "../../queries/engine.ts";
import type { Measure } from "../../queries/measure.ts";
import { readWatermarks, type Watermarks } from "../../queries/watermarks.ts";
import type { BotParts } from "../parts.ts";
import { type Daily, readDaily, seriesId } from "./daily.ts";
import { dayIn, dayStart, shiftDay } from "./days.ts";
import { type Gap, readGaps } from "./gaps.ts";
import { inTurn } from "./in-turn.ts";
import { effectOf } from "./incidents.ts";
import type { ToJudge } from "./judge.ts";
import { judgeAside } from "./judge-aside.ts";
import { type Marks, marksOf } from "./marks.ts";
import { kindOf, readingsOf, toScan } from "./to-scan.ts";

/** What is scanned, as of when. */
export interface ScanAsked {
  /** Empty = every metric whose catalog entry has a `scan`. */
  readonly metrics: readonly string[];
  readonly filters: Question["filters"];
  /** Milliseconds since the epoch; the days before the asker's day of it are judged. */
  readonly now: number;
  readonly zone: string;
  /** `null`: each metric's two newest days. Else the days of the period that are over and final. */
  readonly period: Period | null;
}

export interface Scanned {
  readonly deviations: readonly Deviation[];
  /** What a deviation's segment is of the whole, 0–1. */
  readonly share: (deviation: Deviation) => number;
  /** The series behind a deviation, with what was masked. */
  readonly series: (deviation: Pick<Deviation, "metric" | "segment">) => Marked | null;
  readonly judged: { readonly metrics: readonly string[]; readonly series: number; readonly days: number };
  readonly health: Health;
  /** The asker's last whole day. */
  readonly lastDay: string;
  readonly ledger: readonly LedgerEntry[];
  readonly sql: readonly SqlRecord[];
}
export interface Marked extends Marks {
  readonly series: Daily;
  readonly scan: ScanSeries;
}

/** Whether the data are there at all: said before any finding. */
export interface Health {
  /** Tables that do not reach the end of the last day. */
  readonly late: readonly { readonly source: string; readonly completeThrough: number; readonly hours: number }[];
  /** Hours without rows, in the last days before the scan. */
  readonly gaps: readonly Gap[];
  /** Metrics of which no day could be judged: late tables, missing rows, no history. */
  readonly unjudged: readonly string[];
}

/** A metric whose newest final day lies this much further back than its maturity is late, not judged. */
const LATE_DAYS_MAX = 3;
const LEDGER_MAX = 500;
/** Half of the clients that read the facts. */
const READS_AT_ONCE = 2;

/**
 * Judges every series of the catalog's scanned metrics on the days asked. What is late, missing or not final is no anomaly: it is not judged,
 * and `health` says so. Deviations smaller than the metric's smallest effect, or on fewer rows than its smallest volume, are left out.
 */
export async function scanMart(
  asked: ScanAsked,
  parts: {
    readonly catalog: Catalog;
    readonly measure: Measure;
    readonly facts: BotParts["facts"];
    readonly engine?: BotParts["engine"];
  },
): Promise<Result<Scanned, Refusal>> {
  const { catalog, measure, facts } = parts;
  const day = dayIn(asked.now, asked.zone);
  const context = { catalog, now: asked.now, zone: asked.zone };
  const metrics = wantedMetrics(asked, catalog);
  const around = { measure, context, day };
  const watermarks = await readWatermarks(parts.engine ?? postgresEngine(facts), catalog.watermarks);
  if (!watermarks.ok) return watermarks;
  const ledger = await readLedger(facts, {
    fromMs: asked.now - (limits.scanHistoryDays + 60) * DAY_MS,
    toMs: asked.now,
    markets: [],
    queues: [],
    max: LEDGER_MAX,
  });
  if (!ledger.ok) return ledger;
  const gaps = await patiently(() => readGaps(catalog, around));
  if (!gaps.ok) return gaps;
  const reads = await inTurn(
    READS_AT_ONCE,
    metrics.map((metric) => () => patiently(() => readDaily(metric, around, asked.filters))),
  );
  const series: Daily[] = [];
  const sql: SqlRecord[] = [...gaps.value.sql, ledger.value.sql];
  for (const [index, read] of reads.entries()) {
    if (!read.ok) {
      // One metric that takes too long is not judged, and named; the others are told.
      if (isPassing(read.error)) continue;
      return err(read.error);
    }
    sql.push(...read.value.sql);
    const isLate = read.value.lagDays - (metrics[index]?.maturityDays ?? 0) > LATE_DAYS_MAX;
    const waitsForLabels = metrics[index]?.labelsNeeded !== null;
    if (isLate && !waitsForLabels) continue;
    series.push(...read.value.series.filter(({ days }) => days.length === limits.scanHistoryDays));
  }
  const marked = new Map<string, Marked>();
  for (const one of series) {
    marked.set(one.id, markedOf(one, ledger.value.changes, gaps.value.gaps, catalog));
    // Hundreds of series in one go would keep those waiting who ask meanwhile.
    await nextTurn();
  }
  const judged = await judgeAside({ series: [...marked.values()].filter(isLarge).map(toJudge), period: asked.period });
  const lastDay = shiftDay(day, -1);
  const found = judged.found.flatMap((judgement) => {
    const of = marked.get(judgement.id);
    return of ? [deviationOf(judgement, of)] : [];
  });
  const deviations = joined(found).filter((deviation) => isNews(deviation, marked));
  return ok({
    deviations,
    share: (deviation) => shareOf(deviation, marked),
    series: ({ metric, segment }) => find(marked, metric, segment),
    judged: { metrics: judged.metrics, series: judged.series, days: judged.days },
    health: {
      late: lateTables(watermarks.value.watermarks, metrics, asked, lastDay),
      gaps: gaps.value.gaps,
      unjudged: metrics.map(({ id }) => id).filter((id) => !judged.metrics.includes(id)),
    },
    lastDay,
    ledger: ledger.value.changes,
    sql,
  });
}

const DAY_MS = 86_400_000;

/** A database that is busy or slow just now. */
const isPassing = ({ code }: Refusal): boolean => code === "timeout" || code === "busy";
const TRIES = 3;

/** A scan is in no hurry: what was refused because others were served is asked again. */
async function patiently<T>(ask: () => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>> {
  let answered = await ask();
  for (let tries = 1; tries < TRIES && !answered.ok && isPassing(answered.error); tries += 1) answered = await ask();
  return answered;
}

function wantedMetrics(asked: ScanAsked, catalog: Catalog): Metric[] {
  const ids = asked.metrics.length > 0 ? new Set(asked.metrics) : null;
  return [...catalog.metrics.values()].filter(
    (metric) =>
      metric.scan !== null &&
      (ids === null || ids.has(metric.id)) &&
      Object.keys(asked.filters).every((key) => metric.dimensions.includes(key.replace(/^!/, ""))),
  );
}

function markedOf(series: Daily, ledger: readonly LedgerEntry[], gaps: readonly Gap[], catalog: Catalog): Marked {
  const marks = marksOf(series, ledger, gaps, catalog);
  return { ...marks, series, scan: toScan(series, marks) };
}

const toJudge = ({ series, scan, masked }: Marked): ToJudge => ({
  metric: series.metric.id,
  days: series.days,
  scan,
  masked,
});

/** Enough rows a day in the last four weeks for its metric. */
function isLarge({ series }: Marked): boolean {
  const recent = readingsOf(series).slice(-28);
  const known = recent.flatMap(({ n }) => (n === null ? [] : [n]));
  const mean = known.reduce((sum, n) => sum + n, 0) / Math.max(1, known.length);
  return known.length > 0 ? mean >= (series.metric.scan?.minVolume ?? 0) : recent.some(({ value }) => value !== null);
}

function deviationOf(judgement: Judgement, { series, scan: one }: Marked): Deviation {
  const { from, to, kind, direction, value, expected, low, high, n, p, q } = judgement;
  return {
    metric: series.metric.id,
    segment: series.segment,
    kind,
    direction,
    period: { from: series.days[from] ?? "", to: shiftDay(series.days[to] ?? "", 1) },
    zone: series.zone,
    value,
    expected,
    low,
    high,
    n: n ?? rowsIn(one, from, to),
    p,
    q,
    excess: value - expected,
    detector: DETECTOR[kindOf(series)],
  };
}

/** Rows behind an amount; null for a count, which is its rows. */
const rowsIn = ({ denominators }: ScanSeries, from: number, to: number): number | null =>
  denominators?.slice(from, to + 1).reduce<number>((sum, n) => sum + (n ?? 0), 0) ?? null;

/** The tests behind a finding, by the kind of its series: their weekly precision is told apart. */
const DETECTOR: Readonly<Record<ScanSeries["kind"], string>> = {
  rate: "rates/1",
  count: "counts/1",
  amount: "amounts/1",
};

/** Findings of one series on days that touch are one: its newest values, its first day, its greatest surprise. */
function joined(found: readonly Deviation[]): Deviation[] {
  const kept: Deviation[] = [];
  const newestFirst = [...found].sort((a, b) => (a.period.to < b.period.to ? 1 : -1));
  for (const one of newestFirst) {
    const index = kept.findIndex(
      (other) =>
        other.metric === one.metric &&
        other.direction === one.direction &&
        JSON.stringify(other.segment) === JSON.stringify(one.segment) &&
        one.period.to >= other.period.from,
    );
    const known = kept[index];
    if (!known) kept.push(one);
    else
      kept[index] = {
        ...(one.p < known.p
          ? { ...one, value: known.value, expected: known.expected, low: known.low, high: known.high, n: known.n }
          : known),
        period: {
          from: [one.period.from, known.period.from].sort()[0] as string,
          to: known.period.to,
        },
      };
  }
  return kept;
}

/** Swings this much wider than usual are news. */
const SWINGS_MIN = 2;

/** As large as the metric's smallest effect. */
function isNews(deviation: Deviation, marked: ReadonlyMap<string, Marked>): boolean {
  const metric = find(marked, deviation.metric, deviation.segment)?.series.metric;
  if (deviation.kind === "variance") return deviation.value >= SWINGS_MIN;
  return metric?.scan ? effectOf(deviation, metric.unit === "share") >= metric.scan.minEffect : false;
}

function shareOf({ metric, segment }: Deviation, marked: ReadonlyMap<string, Marked>): number {
  const mine = find(marked, metric, segment);
  const whole = [...marked.values()].find(({ series }) => series.metric.id === metric && series.parent === null);
  if (!mine || !whole) return 1;
  const rows = ({ series }: Marked): number =>
    readingsOf(series)
      .slice(-28)
      .reduce((sum, { n, value }) => sum + (n ?? value ?? 0), 0);
  const all = rows(whole);
  return all === 0 ? 1 : Math.min(1, rows(mine) / all);
}

function find(marked: ReadonlyMap<string, Marked>, metric: string, segment: Question["filters"]): Marked | null {
  return marked.get(seriesId(metric, segment)) ?? null;
}

function lateTables(
  watermarks: Watermarks,
  metrics: readonly Metric[],
  asked: ScanAsked,
  lastDay: string,
): Health["late"] {
  const ends = dayStart(shiftDay(lastDay, 1), asked.zone);
  return [...new Set(metrics.flatMap(({ reads }) => reads))].flatMap((source) => {
    const completeThrough = watermarks.get(source);
    if (completeThrough === undefined || completeThrough >= ends) return [];
    return [{ source, completeThrough, hours: Math.floor((asked.now - completeThrough) / 3_600_000) }];
  });
}
