import { scan } from "../../insights/detect/scan.ts";
import type { Judgement, ScanSeries } from "../../insights/detect/series.ts";
import { slowDrifts } from "../../insights/detect/slow-drift.ts";
import { limits } from "../../kernel/limits.ts";
import type { Period } from "../../kernel/question.ts";
import { daysBetween } from "./days.ts";

/** A series with as much of where it comes from as judging needs: plain data, so that a thread can take it. */
export interface ToJudge {
  readonly metric: string;
  /** `limits.scanHistoryDays` local days, the newest last. */
  readonly days: readonly string[];
  readonly scan: ScanSeries;
  readonly masked: readonly boolean[];
}
export interface JudgeAsked {
  readonly series: readonly ToJudge[];
  /** `null`: the newest days. Else the days of the period. */
  readonly period: Period | null;
}
export interface Judged {
  readonly found: readonly Judgement[];
  /** Metrics of which some day was judged. */
  readonly metrics: readonly string[];
  readonly series: number;
  readonly days: number;
}

/**
 * False discoveries among what is told, of everything tested on one day. Where nothing happens that is also the chance of a false finding a
 * day: at most 0.7 a week; a segment of fifteen cases a day is heard on its first bad day or not at all.
 */
const FALSE_DISCOVERY_RATE = 0.1;
/** Creeping changes have time to become sure. */
const DRIFT_FALSE_DISCOVERY_RATE = 0.05;
/** Relative; the metric's own smallest effect is held against what is found. */
const EFFECT_MIN = 0.01;

/** One pass of the detector for each place counted from the end: every series' newest day together, then the day before … */
export function judge({ series: all, period }: JudgeAsked): Judged {
  const metrics = new Set<string>();
  const tested = new Set<string>();
  const found: Judgement[] = [];
  const last = limits.scanHistoryDays - 1;
  const back = period === null ? NEWEST_DAYS : backwards(all, period);
  let days = 0;
  for (let offset = 0; offset < back; offset += 1) {
    const at = last - offset;
    const concerned = period === null ? all : all.filter((one) => isIn(one.days[at] ?? "", period));
    const present = concerned.filter((one) => one.scan.values[at] !== null && !one.masked[at]);
    if (present.length === 0) continue;
    days += 1;
    for (const { metric, scan: one } of present) {
      metrics.add(metric);
      tested.add(one.id);
    }
    const masked = new Set(concerned.filter((one) => one.masked[at]).map((one) => one.scan.id));
    found.push(...judgeDay(concerned, at, offset === 0).filter(({ id }) => !masked.has(id)));
  }
  return { found, metrics: [...metrics], series: tested.size, days };
}

/** Calmer than usual is no news. A drift of weeks needs no second look the day after. */
function judgeDay(series: readonly ToJudge[], at: number, isNewest: boolean): Judgement[] {
  const scans = series.map((one) => one.scan);
  const judgements = scan(scans, { at, q: FALSE_DISCOVERY_RATE, minEffect: EFFECT_MIN, minVolume: limits.cellMin });
  const drifts = isNewest ? slowDrifts(scans, { at, q: DRIFT_FALSE_DISCOVERY_RATE }) : [];
  const told = drifts.filter((drift) => !judgements.some((other) => explains(other, drift)));
  return [...judgements, ...told].filter(({ kind, direction }) => kind !== "variance" || direction !== "down");
}

/** A few bad days make the weeks that hold them look like a drift. */
const explains = (found: Judgement, drift: Judgement): boolean =>
  found.id === drift.id &&
  found.direction === drift.direction &&
  found.kind !== "variance" &&
  found.to - found.from < FEW_DAYS;
const FEW_DAYS = 10;

/** Days that a digest judges: a market whose day was not over yesterday morning is judged today. */
const NEWEST_DAYS = 2;

const isIn = (day: string, period: Period): boolean => day >= period.from.slice(0, 10) && day < period.to;

function backwards(all: readonly ToJudge[], period: Period): number {
  const ends = all.map(({ days }) => days.at(-1) ?? "").sort();
  const newest = ends.at(-1);
  if (newest === undefined) return 0;
  return Math.max(0, Math.min(limits.scanHistoryDays - 1, daysBetween(period.from.slice(0, 10), newest) + 1));
}
