import { Temporal } from "temporal-polyfill";
import type { Grain, Period } from "../kernel/question.ts";

/** A span of time in milliseconds since the epoch, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
/** One bucket of a series. `key` is null for the total; `to` is the bucket's own end, also when the period stops before it. */
export interface Bucket extends Span {
  readonly key: string | number | null;
}

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
export const isDay = (end: string): boolean => DATE_ONLY.test(end);

/** The instant of a period's end: local midnight of a day in `zone`, or the instant that it names. Throws a RangeError on other text. */
export const instantOf = (end: string, zone: string): number =>
  isDay(end) ? startOfDay(end, zone) : Temporal.Instant.from(end).epochMilliseconds;

/** Local midnight of a day, remembered: a question asks for the same few a hundred times, a scan hundreds of thousands of times. */
export function startOfDay(day: string, zone: string): number {
  const key = `${zone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  if (starts.size >= STARTS_MAX) starts.clear();
  const start = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
  starts.set(key, start);
  return start;
}
const starts = new Map<string, number>();
const STARTS_MAX = 50_000;

export const spanOf = (period: Period, zone: string): Span => ({
  from: instantOf(period.from, zone),
  to: instantOf(period.to, zone),
});

/** The local day of an instant, `2026-03-09`. */
export const dayOf = (instant: number, zone: string): string => zoned(instant, zone).toPlainDate().toString();

/** `2026-03-09T05:00+08:00`: an instant as the zone's clock shows it. */
export const hourKey = (instant: number, zone: string): string =>
  zoned(instant, zone).toString({ smallestUnit: "minute", timeZoneName: "never" });

/**
 * Every bucket of a period, ascending, in the calendar of `zone`: days of 23 and 25 hours, weeks from Monday. At most `max + 1`, so that
 * the caller can tell that there are too many.
 */
export function bucketsOf(period: Period, grain: Grain, zone: string, max: number): Bucket[] {
  const span = spanOf(period, zone);
  if (grain === "total") return [{ key: null, ...span }];
  if (grain === "hour_of_day" || grain === "day_of_week") return cyclicBuckets(span, grain, zone);
  if (grain === "hour") return hourBuckets(span, zone, max);
  return dateBuckets(span, grain, zone, max);
}

/** Days, weeks or months from local midnight to local midnight. A date that a zone left out has none. */
function dateBuckets(span: Span, grain: Exclude<Series, "hour">, zone: string, max: number): Bucket[] {
  const buckets: Bucket[] = [];
  let date = firstDate(dayOf(span.from, zone), grain);
  for (let from = startOfDay(date, zone); from < span.to && buckets.length <= max; ) {
    const next = nextDate(date, grain);
    const to = startOfDay(next, zone);
    if (to > from) buckets.push({ key: grain === "month" ? date.slice(0, 7) : date, from, to });
    [date, from] = [next, to];
  }
  return buckets;
}

/** The date itself, its week's Monday, or the first of its month. */
function firstDate(date: string, grain: Exclude<Series, "hour">): string {
  if (grain === "day") return date;
  if (grain === "month") return `${date.slice(0, 7)}-01`;
  const at = Temporal.PlainDate.from(date);
  return at.subtract({ days: at.dayOfWeek - 1 }).toString();
}

function nextDate(date: string, grain: Exclude<Series, "hour">): string {
  const at = new Date(`${date}T00:00Z`);
  if (grain === "month") at.setUTCMonth(at.getUTCMonth() + 1, 1);
  else at.setUTCDate(at.getUTCDate() + (grain === "week" ? 7 : 1));
  return at.toISOString().slice(0, 10);
}

const HOUR_MS = 3_600_000;

/** Hours are of one length everywhere; the clock is asked for its offset only where that changes, for asking takes 0.1 ms an hour. */
function hourBuckets(span: Span, zone: string, max: number): Bucket[] {
  const buckets: Bucket[] = [];
  let offsetUntil = Number.NEGATIVE_INFINITY;
  let [offsetMs, offset] = [0, "+00:00"];
  for (let from = startOfHour(zoned(span.from, zone)); from < span.to; from += HOUR_MS) {
    if (buckets.length > max) break;
    if (from >= offsetUntil) {
      const at = zoned(from, zone);
      offsetMs = at.offsetNanoseconds / 1e6;
      offset = at.offset;
      offsetUntil = at.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
    }
    const key = `${new Date(from + offsetMs).toISOString().slice(0, 16)}${offset}`;
    buckets.push({ key, from, to: from + HOUR_MS });
  }
  return buckets;
}

const startOfHour = (at: Temporal.ZonedDateTime): number =>
  at.subtract({ minutes: at.minute, seconds: at.second, milliseconds: at.millisecond }).epochMilliseconds;

type Series = Exclude<Grain, "total" | "hour_of_day" | "day_of_week">;

/** Hours 0–23 or weekdays 1–7 that occur in the span. Each is complete when the whole span is. */
function cyclicBuckets(span: Span, grain: "hour_of_day" | "day_of_week", zone: string): Bucket[] {
  const steps = grain === "hour_of_day" ? { unit: { hours: 1 }, all: 26 } : { unit: { days: 1 }, all: 8 };
  const seen = new Set<number>();
  let at = zoned(span.from, zone);
  for (let step = 0; step < steps.all && at.epochMilliseconds < span.to; step += 1) {
    seen.add(grain === "hour_of_day" ? at.hour : at.dayOfWeek);
    at = grain === "hour_of_day" ? at.add(steps.unit) : at.startOfDay().add(steps.unit).startOfDay();
  }
  return [...seen].sort((a, b) => a - b).map((key) => ({ key, ...span }));
}

const zoned = (instant: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);

/** Whole seconds of an ISO duration of days, hours, minutes: `PT24H`. Throws a RangeError on other text. */
export const secondsOf = (duration: string): number =>
  Temporal.Duration.from(duration).total({ unit: "second", relativeTo: Temporal.PlainDate.from("2000-01-01") });
