import type { ChartUnit } from "../kernel/chart-spec.ts";

/**
 * A value as a label writes it: 0.061 percent → "6.1 %", 43.2 hours → "43.2 h", null → "–". Labels of one chart have as many
 * decimals as its largest value, `reach`, needs.
 */
export function formatValue(value: number | null, unit: ChartUnit, locale: string, reach = value ?? 0): string {
  if (value === null) return "–";
  const amount = unit === "percent" ? value * 100 : value;
  return withUnit(decimal(amount, locale, labelDigits(amount, reach, unit)), unit);
}

/** A difference with its sign: 0.012 percent → "+1.2 pp", −43.2 hours → "−43.2 h", what rounds to nothing "±0.0 h". `reach` as above. */
export function formatDifference(value: number, unit: ChartUnit, locale: string, reach = value): string {
  const text = magnitude(Math.abs(value), unit, locale, Math.abs(reach));
  const isNothing = text === magnitude(0, unit, locale, Math.abs(reach));
  return `${isNothing ? "±" : value > 0 ? "+" : "−"}${text}`;
}

function magnitude(size: number, unit: ChartUnit, locale: string, reach: number): string {
  if (unit !== "percent") return formatValue(size, unit, locale, reach);
  const digits = reach >= 0.01 ? 1 : reach >= 0.001 ? 2 : 3;
  return `${decimal(size * 100, locale, digits)}${NO_BREAK}pp`;
}

/** A tick: no more decimals than the step between ticks needs, large counts short ("1.2M", "120万"). */
export function formatTick(value: number, step: number, unit: ChartUnit, locale: string): string {
  const scale = unit === "percent" ? 100 : 1;
  const amount = value * scale;
  if (Math.abs(amount) >= 10_000) return withUnit(compact(amount, locale), unit);
  return withUnit(decimal(amount, locale, decimalsOfStep(step * scale)), unit);
}

/** Percent as 0–100, else the value: for renderings that write their own numbers. Four significant digits are enough to draw. */
export function plainNumber(value: number, unit: ChartUnit): number {
  return Number((unit === "percent" ? value * 100 : value).toPrecision(6));
}

/** The largest size among values: what decides the decimals of a chart's labels. */
export const reachOf = (values: readonly (number | null)[]): number =>
  Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));

/** The sign of the unit for an axis that writes bare numbers. */
export function unitSign(unit: ChartUnit): string {
  return { percent: "%", count: "", hours: "h", seconds: "s", usd: "USD", per_hour: "/h", number: "" }[unit];
}

const NO_BREAK = "\u00a0";

function withUnit(text: string, unit: ChartUnit): string {
  switch (unit) {
    case "percent":
      return `${text}${NO_BREAK}%`;
    case "hours":
      return `${text}${NO_BREAK}h`;
    case "seconds":
      return `${text}${NO_BREAK}s`;
    case "usd":
      return text.startsWith("-") || text.startsWith("−") ? `${text[0]}$${text.slice(1)}` : `$${text}`;
    case "per_hour":
      return `${text}/h`;
    case "count":
    case "number":
      return text;
    default:
      return unit satisfies never;
  }
}

function labelDigits(amount: number, reach: number, unit: ChartUnit): number {
  if (unit === "count") return Number.isInteger(amount) || Math.abs(amount) >= 100 ? 0 : 1;
  if (unit === "percent") return amount === 0 || Math.abs(amount) >= 1 ? 1 : Math.abs(amount) >= 0.1 ? 2 : 3;
  const size = Math.abs(reach);
  if (unit === "usd") return size < 0.1 ? 4 : size < 1 ? 3 : size < 1000 ? 2 : 0;
  return size >= 100 ? 0 : size >= 1 ? 1 : 2;
}

function decimalsOfStep(step: number): number {
  const size = Math.abs(step);
  if (size === 0 || !Number.isFinite(size)) return 0;
  for (let digits = 0; digits < 6; digits++) {
    const scaled = size * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return digits;
  }
  return 6;
}

const formats = new Map<string, Intl.NumberFormat>();

const decimal = (amount: number, locale: string, digits: number): string =>
  formatFor(`${locale}/${digits}`, locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    amount,
  );

const compact = (amount: number, locale: string): string =>
  formatFor(`${locale}/compact`, compactLocale(locale), { notation: "compact", maximumSignificantDigits: 3 }).format(
    amount,
  );

/** British short form writes "1.6m" for millions, which reads as metres or minutes. */
const compactLocale = (locale: string): string => (locale.startsWith("en") ? "en-US" : locale);

function formatFor(key: string, locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}
