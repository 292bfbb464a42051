import type { Metric } from "../catalog/catalog.ts";
import { type Occasion, occasionsOf } from "../insights/calendar/feasts.ts";
import { estimate } from "../insights/estimate/estimate.ts";
import { type ForecastValues, forecastValues, type Step } from "../insights/forecast/forecast-values.ts";
import { type OccasionProfile, occasionProfile } from "../insights/forecast/occasions.ts";
import { type Counted, rateHistory } from "../insights/forecast/rates.ts";
import { type LedgerEntry, type LedgerScope, ledgerMask, type MaskedSpan, maskedAt } from "../kernel/ledger.ts";
import { limits } from "../kernel/limits.ts";
import type { MetricState } from "../kernel/measurement.ts";
import type { Question } from "../kernel/question.ts";
import type { MeasuredRow } from "../queries/measure.ts";
import { type Bucket, bucketsOf, dayOf } from "../queries/periods.ts";
import { ruleOf } from "./rule-of.ts";

export type ForecastGrain = "hour" | "day" | "week" | "month";

/** How much past each grain learns from, in days (less for joins and, above all, moments, whose every bucket costs a look at all open cases). */
const HISTORY_DAYS = { hour: 63, day: 400, week: 798, month: 798 } as const;
const PLAIN = new Set(["count", "sum"]);
const HEAVY_DAYS = { hour: 28, day: 182, week: 400, month: 798 } as const;
const MOMENT_DAYS = { hour: 28, day: 120, week: 200, month: 400 } as const;
const SEASONS = { hour: [24, 168], day: [7], week: [52], month: [12] } as const;
const LEAST = { hour: 48, day: 14, week: 8, month: 6 } as const;

export const historyDays = (metric: Metric, grain: ForecastGrain): number =>
  (metric.moment ? MOMENT_DAYS : PLAIN.has(metric.definition.kind) ? HISTORY_DAYS : HEAVY_DAYS)[grain];

/** One series with its past and what is to come. */
export interface ForecastSeries {
  /** Value of the split; undefined = the whole. */
  readonly of: string | null | undefined;
  readonly past: readonly { readonly bucket: string; readonly value: number | null }[];
  /** From the first bucket that is not final; the last `horizon` of them are what was asked. */
  readonly ahead: readonly (Step & { readonly bucket: string })[];
  readonly made: ForecastValues;
  readonly occasions: OccasionProfile["known"];
}
export type SeriesOutcome =
  | { readonly kind: "made"; readonly series: ForecastSeries }
  | { readonly kind: "short"; readonly known: number; readonly least: number };

export interface SeriesAsked {
  readonly metric: Metric;
  readonly grain: ForecastGrain;
  readonly horizon: number;
  readonly zone: string;
  readonly now: number;
  readonly scope: LedgerScope;
  /** ISO code of the one country that the series is of, or null. */
  readonly country: string | null;
  readonly ledger: readonly LedgerEntry[];
}

/**
 * The rows of one series, oldest first, as a forecast. Rows that are not final or not complete are left out, at the end also as places: what
 * will come there is foretold. Outages of data are no observations. Counts and sums by the day learn what occasions do.
 */
export function forecastSeries(
  rows: readonly MeasuredRow[],
  of: ForecastSeries["of"],
  asked: SeriesAsked,
): SeriesOutcome {
  const { metric, grain } = asked;
  const mask = ledgerMask(asked.ledger, asked.scope, asked.now).filter(({ entry }) => entry.kind === "outage");
  const last = rows.findLastIndex((row) => isFinal(row));
  const first = rows.findIndex((row) => isFinal(row) && !row.flags.includes("no_data"));
  const kept = first < 0 ? [] : rows.slice(first, last + 1);
  const reads = kept.map((row) => (isFinal(row) && !isOut(row, grain, asked.zone, mask) ? readOf(row, metric) : null));
  const known = reads.filter((read) => read !== null).length;
  const least = LEAST[grain];
  if (known < least) return { kind: "short", known, least };
  const buckets = bucketsAhead(String(kept.at(-1)?.key.bucket), asked);
  const steps = buckets.length;
  const range = { low: 0, high: metric.unit === "share" ? 1 : Number.POSITIVE_INFINITY };
  const periods = [...SEASONS[grain]];
  const days = kept.map((row) => String(row.key.bucket));
  const profile = isDailyAmount(metric, kept, grain) ? profileOf(reads, days, buckets, asked) : null;
  const counted = countedOf(reads);
  const input = counted
    ? rateHistory(counted, periods, steps)
    : { values: reads.map((read, i) => (read ? read.value / (profile?.past[i] ?? 1) : null)) };
  const made = forecastValues({ ...input, periods, horizon: steps, range });
  if (!made) return { kind: "short", known, least };
  const scaled = made.steps.map((step, i) => scale(step, profile?.ahead[i] ?? 1));
  return {
    kind: "made",
    series: {
      of,
      past: kept.map((_, i) => ({ bucket: days[i] ?? "", value: shownValue(reads[i] ?? null, of !== undefined) })),
      ahead: scaled.map((step, i) => ({ ...step, bucket: buckets[i] ?? "" })),
      made: { ...made, steps: scaled },
      occasions: profile?.known ?? [],
    },
  };
}

/** Few cases are learned from but not shown: a rate of three appeals, a small part of a split. */
function shownValue(read: Read | null, isSplit: boolean): number | null {
  if (read === null) return null;
  const cases = read.counted?.denominator ?? (isSplit && read.isCount ? read.value : limits.cellMin);
  return cases < limits.cellMin ? null : read.value;
}

const isFinal = ({ flags }: MeasuredRow): boolean => !flags.includes("partial") && !flags.includes("immature");

function isOut(row: MeasuredRow, grain: ForecastGrain, zone: string, mask: readonly MaskedSpan[]): boolean {
  if (mask.length === 0 || grain === "week" || grain === "month") return false;
  const [bucket] = bucketsOf(periodFrom(String(row.key.bucket), grain), grain, zone, 1);
  return bucket !== undefined && maskedAt(mask, bucket.from, bucket.to) !== null;
}

/** A span that begins with the bucket and holds it. */
function periodFrom(bucket: string, grain: ForecastGrain): { from: string; to: string } {
  const from = grain === "month" ? `${bucket}-01` : bucket;
  return { from, to: shifted(from, grain, 1) };
}

const DAY_MS = 86_400_000;
const LENGTH = { hour: 3_600_000, day: DAY_MS, week: 7 * DAY_MS, month: 28 * DAY_MS } as const;

function shifted(from: string, grain: ForecastGrain, steps: number): string {
  const at = Date.parse(from.includes("T") ? from : `${from}T00:00Z`) + steps * LENGTH[grain];
  const iso = new Date(at).toISOString();
  return from.includes("T") ? `${iso.slice(0, 16)}+00:00` : iso.slice(0, 10);
}

interface Read {
  readonly value: number;
  readonly counted: Counted | null;
  readonly isCount: boolean;
}

/** What a state says as one number; null where it says nothing. A complete bucket without a row is a count of zero. */
function readOf(row: MeasuredRow, metric: Metric): Read | null {
  const { state, flags } = row;
  if (state.kind === "count") return { value: state.n, counted: null, isCount: true };
  if (flags.includes("no_data")) return state.kind === "sum" ? { value: 0, counted: null, isCount: false } : null;
  const { value } = estimate(state, ruleOf(metric), 0.95, []);
  if (value === null || !Number.isFinite(value)) return null;
  return { value, counted: metric.unit === "share" ? countsOf(state, value) : null, isCount: false };
}

/** Cases behind a share; a weighted one counts as many as its weights are worth. */
function countsOf(state: MetricState, value: number): Counted | null {
  if (state.kind === "proportion") return { numerator: state.x, denominator: state.n };
  if (state.kind !== "weighted" || !(state.sw2 > 0)) return null;
  const effective = state.sw ** 2 / state.sw2;
  return { numerator: value * effective, denominator: effective };
}

function countedOf(reads: readonly (Read | null)[]): (Counted | null)[] | null {
  const known = reads.filter((read) => read !== null);
  return known.length > 0 && known.every((read) => read.counted) ? reads.map((read) => read?.counted ?? null) : null;
}

/** Buckets after the last final one, up to the horizon counted from the bucket that holds now. */
function bucketsAhead(last: string, { grain, horizon, zone, now }: SeriesAsked): string[] {
  const from = grain === "month" ? `${last}-01` : last;
  const today = dayOf(now, zone);
  const reach = { from, to: shifted(grain === "hour" ? new Date(now).toISOString() : today, grain, 2 * horizon + 60) };
  const buckets = bucketsOf(reach, grain, zone, limits.bucketsMax).slice(1);
  const current = buckets.findIndex((bucket) => bucket.from <= now && now < bucket.to);
  return buckets.slice(0, Math.max(0, current) + horizon).map((bucket: Bucket) => String(bucket.key));
}

const isDailyAmount = (metric: Metric, rows: readonly MeasuredRow[], grain: ForecastGrain): boolean =>
  grain === "day" && !metric.moment && rows.every(({ state }) => state.kind === "count" || state.kind === "sum");

function profileOf(
  reads: readonly (Read | null)[],
  days: readonly string[],
  ahead: readonly string[],
  { ledger, zone, country }: SeriesAsked,
): OccasionProfile {
  const [from = "", to = ""] = [days[0], ahead.at(-1)];
  const planned = ledger.flatMap((entry) => occasionOf(entry, zone) ?? []);
  return occasionProfile(
    reads.map((read) => read?.value ?? null),
    days,
    ahead,
    [...planned, ...occasionsOf(country, from, to)],
  );
}

function occasionOf({ kind, title, startsAt, endsAt }: LedgerEntry, zone: string): Occasion | null {
  if (kind !== "holiday" && kind !== "campaign") return null;
  const start = Date.parse(startsAt);
  const end = endsAt === null ? start + DAY_MS : Date.parse(endsAt);
  const from = nearestDay(start, zone);
  const to = nearestDay(end, zone);
  return {
    name: title,
    kind,
    from,
    to: to > from ? to : dayOf(Date.parse(`${from}T12:00Z`) + DAY_MS, "UTC"),
    planned: true,
  };
}

/** The local day that begins nearest to an instant: ledgers are kept in one zone, series are of others. */
const nearestDay = (instant: number, zone: string): string => dayOf(instant + DAY_MS / 2, zone);

function scale(step: Step, factor: number): Step {
  const band = (own: Step["band80"]): Step["band80"] => own && { low: own.low * factor, high: own.high * factor };
  return { point: step.point * factor, band80: band(step.band80), band95: band(step.band95) };
}

/** The question that reads the past of a forecast: up to now, by the grain. */
export function historyQuestion(
  question: Question,
  metric: Metric,
  grain: ForecastGrain,
  zone: string,
  now: number,
): Question {
  const { limit, order, level } = question.options;
  const from = dayOf(now - historyDays(metric, grain) * DAY_MS, zone);
  const to = `${new Date(now).toISOString().slice(0, 16)}+00:00`;
  return {
    ...question,
    kind: "metric",
    metrics: [metric.id],
    period: { from, to },
    grain,
    compare: null,
    options: {
      ...(question.by.length > 0 ? { limit: Math.min(limit ?? SPLITS_MAX, SPLITS_MAX) } : {}),
      ...(order ? { order } : {}),
      ...(level ? { level } : {}),
    },
  };
}

/** Series of one answer; what is smaller goes together as "other". */
export const SPLITS_MAX = 6;
