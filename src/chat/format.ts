import type { Unit } from "../kernel/measurement.ts";
import type { Period } from "../kernel/question.ts";
import type { Language } from "./answer.ts";

/** Numbers and dates as people write them. Locale in, text out; formatters are built once a locale, for building one costs 50 µs. */

const NARROW = "\u00a0"; // no-break space: "6.1 %" must not break before its sign

/** The BCP 47 locale for a language: the person's own where it is of that language, else the usual one. */
export function localeFor(language: Language, personLocale?: string): string {
  const wanted = personLocale?.replace("_", "-");
  if (wanted?.toLowerCase().startsWith(language) && isLocale(wanted)) return wanted;
  return { en: "en-GB", zh: "zh-CN", id: "id-ID", vi: "vi-VN", th: "th-TH-u-ca-gregory" }[language];
}

/** A value with its unit: 0.061 share → "6.1 %", 43.2 hours → "43.2 h", null → "–". */
export function formatValue(value: number | null, unit: Unit, locale: string): string {
  if (value === null) return "–";
  switch (unit) {
    case "share":
      return `${decimals(value * 100, locale, shareDigits(value))}${NARROW}%`;
    case "count":
    case "views":
      return decimals(value, locale, Number.isInteger(value) ? 0 : value < 100 ? 1 : 0);
    case "hours":
      return duration(value * SECONDS_PER_HOUR, locale);
    case "seconds":
      return duration(value, locale, SECONDS_PER_HOUR);
    case "usd":
      return `$${decimals(value, locale, Math.abs(value) < 100 ? 2 : 0)}`;
    case "usd_per_decision":
    case "usd_per_removal":
      return `$${decimals(value, locale, Math.abs(value) < 0.1 ? 4 : Math.abs(value) < 100 ? 3 : 0)}`;
    case "per_hour":
      return `${decimals(value, locale, digits(value))}/h`;
    case "number":
      return decimals(value, locale, digits(value));
    default:
      return unit satisfies never;
  }
}

/** In the unit that reads best: 36 s, 12.5 min, 43.2 h. `minutesFrom` = seconds from which minutes are better. */
function duration(seconds: number, locale: string, minutesFrom = 100): string {
  const size = Math.abs(seconds);
  if (size < minutesFrom) return `${decimals(seconds, locale, digits(seconds))}${NARROW}s`;
  if (size < SECONDS_PER_HOUR) return `${decimals(seconds / 60, locale, digits(seconds / 60))}${NARROW}min`;
  return `${decimals(seconds / SECONDS_PER_HOUR, locale, digits(seconds / SECONDS_PER_HOUR))}${NARROW}h`;
}
const SECONDS_PER_HOUR = 3600;

/** A difference: shares in percentage points, else the value with its sign: "+1.2 pp", "−310". */
export function formatDifference(difference: number, unit: Unit, locale: string): string {
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  return `${sign}${formatMagnitude(difference, unit, locale)}`;
}

/** The same without a sign, after "up" or "down". */
export function formatMagnitude(difference: number, unit: Unit, locale: string): string {
  const size = Math.abs(difference);
  if (unit === "share") return `${decimals(size * 100, locale, size > 0 && size < 0.001 ? 2 : 1)}${NARROW}pp`;
  return formatValue(size, unit, locale);
}

export const formatCount = (value: number, locale: string): string =>
  decimals(value, locale, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 1);

/** Days of a half-open period, both ends included: "3–16 Mar 2026"; ends to the minute: "17 Mar 2026, 00:00–10:05". */
export function formatPeriod(period: Period, locale: string, zone: string): string {
  const wholeDays = isDay(period.from) && isDay(period.to);
  if (wholeDays) {
    const first = new Date(`${period.from}T00:00Z`);
    const last = new Date(Date.parse(`${period.to}T00:00Z`) - 1);
    return tight(dateFormat(locale, "UTC", "day").formatRange(first, last));
  }
  const from = isDay(period.from) ? localMidnight(period.from, zone) : new Date(period.from);
  const to = isDay(period.to) ? localMidnight(period.to, zone) : new Date(period.to);
  return dateFormat(locale, zone, "minute").formatRange(from, to);
}

/** An instant in a zone: "17 Mar 2026, 10:05". */
export function formatInstant(iso: string, locale: string, zone: string): string {
  return dateFormat(locale, zone, "minute").format(new Date(iso));
}

/** A moment to come, with its weekday: "Mon 23 Mar, 09:00". `at` is epoch milliseconds. */
export const formatSlot = (at: number, locale: string, zone: string): string =>
  dateFormat(locale, zone, "slot").format(at);

/** A time of day: 540 → "09:00". */
export const formatClock = (minute: number, locale: string): string =>
  dateFormat(locale, "UTC", "clock").format(minute * 60_000);

/** Sunday 0 … Saturday 6 → "Monday". */
export const formatWeekday = (day: number, locale: string): string =>
  dateFormat(locale, "UTC", "longWeekday").format(Date.UTC(2024, 0, 7 + day));

/** A bucket as an axis writes it: "9 Mar", "Mar 2026", "09:00", weekday names; hours of day "07". */
export function formatBucket(bucket: string | number, grain: string, locale: string, zone: string): string {
  if (grain === "hour_of_day") return `${String(bucket).padStart(2, "0")}:00`;
  if (grain === "day_of_week")
    return dateFormat(locale, "UTC", "weekday").format(new Date(Date.UTC(2024, 0, Number(bucket))));
  const text = String(bucket);
  if (grain === "hour") return dateFormat(locale, zone, "hour").format(new Date(text));
  if (grain === "month") return dateFormat(locale, "UTC", "month").format(new Date(`${text}-01T00:00Z`));
  return dateFormat(locale, "UTC", "short").format(new Date(`${text}T00:00Z`));
}

/** "3 – 16 Mar" is written "3–16 Mar"; a range of whole dates keeps its spaces. */
const tight = (range: string): string => range.replace(/(\d)\s–\s(\d+\s)/, "$1–$2");

const isDay = (end: string): boolean => !end.includes("T");

function localMidnight(day: string, zone: string): Date {
  const guess = Date.parse(`${day}T00:00Z`);
  return new Date(guess - offsetAt(guess - offsetAt(guess, zone), zone));
}

function offsetAt(instant: number, zone: string): number {
  const parts = dateFormat("en-GB", zone, "offset").formatToParts(new Date(instant));
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second")) - instant;
}

function shareDigits(share: number): number {
  const size = Math.abs(share);
  if (size === 0 || size >= 0.01) return 1;
  return size >= 0.001 ? 2 : 3;
}
const digits = (value: number): number => (value === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2);

const numberFormats = new Map<string, Intl.NumberFormat>();
function decimals(value: number, locale: string, count: number): string {
  const key = `${locale}/${count}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: count, maximumFractionDigits: count });
    numberFormats.set(key, format);
  }
  return format.format(value);
}

const STYLES = {
  day: { day: "numeric", month: "short", year: "numeric" },
  short: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
  weekday: { weekday: "short" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  longWeekday: { weekday: "long" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  slot: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  minute: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  offset: {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(locale: string, zone: string, style: keyof typeof STYLES): Intl.DateTimeFormat {
  const key = `${locale}/${zone}/${style}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...STYLES[style], timeZone: zone });
    dateFormats.set(key, format);
  }
  return format;
}

function isLocale(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
