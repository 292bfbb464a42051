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
export function instantOf(end: string, zone: string): number {
  if (isDay(end)) return Temporal.PlainDate.from(end).toZonedDateTime(zone).epochMilliseconds;
  return Temporal.Instant.from(end).epochMilliseconds;
}

/** Local midnight of a day, remembered: a scan asks for the same few hundred thousands of times. */
export function startOfDay(day: string, zone: string): number {
  const key = `${zone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  if (starts.size >= STARTS_MAX) starts.clear();
  const start = instantOf(day, zone);
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
  const buckets: Bucket[] = [];
  let start = startOf(zoned(span.from, zone), grain);
  while (start.epochMilliseconds < span.to && buckets.length <= max) {
    const next = nextOf(start, grain);
    buckets.push({ key: keyOf(start, grain), from: start.epochMilliseconds, to: next.epochMilliseconds });
    start = next;
  }
  return buckets;
}

const HOUR_MS = 3_600_000;

/** Hours are of one length everywhere; the clock is asked for its offset only where that changes, for asking takes 0.1 ms an hour. */
function hourBuckets(span: Span, zone: string, max: number): Bucket[] {
  const buckets: Bucket[] = [];
  let offsetUntil = Number.NEGATIVE_INFINITY;
  let [offsetMs, offset] = [0, "+00:00"];
  for (let from = startOf(zoned(span.from, zone), "hour").epochMilliseconds; from < span.to; from += HOUR_MS) {
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

type Series = Exclude<Grain, "total" | "hour_of_day" | "day_of_week">;

function startOf(at: Temporal.ZonedDateTime, grain: Series): Temporal.ZonedDateTime {
  switch (grain) {
    case "hour":
      return at.subtract({ minutes: at.minute, seconds: at.second, milliseconds: at.millisecond });
    case "day":
      return at.startOfDay();
    case "week":
      return at
        .startOfDay()
        .subtract({ days: at.dayOfWeek - 1 })
        .startOfDay();
    case "month":
      return at.with({ day: 1 }).startOfDay();
    default:
      return grain satisfies never;
  }
}

function nextOf(start: Temporal.ZonedDateTime, grain: Exclude<Series, "hour">): Temporal.ZonedDateTime {
  switch (grain) {
    case "day":
      return start.add({ days: 1 }).startOfDay();
    case "week":
      return start.add({ days: 7 }).startOfDay();
    case "month":
      return start.add({ months: 1 }).startOfDay();
    default:
      return grain satisfies never;
  }
}

function keyOf(start: Temporal.ZonedDateTime, grain: Exclude<Series, "hour">): string {
  const day = start.toPlainDate().toString();
  return grain === "month" ? day.slice(0, 7) : day;
}

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
