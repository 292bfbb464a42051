import type { TooltipOptions } from "chart.js";
import { formatValue } from "../../../chat/format.ts";
import type { ChartUnit } from "../../../kernel/chart-spec.ts";
import type { Unit } from "../../../kernel/measurement.ts";

/** Colours and fonts of the page's style sheet, so that a chart follows light and dark. Okabe–Ito, lightened for dark ground. */
export interface Look {
  readonly series: readonly string[];
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly compare: string;
  readonly surface: string;
  readonly against: string;
  readonly font: string;
  readonly animate: false | { readonly duration: number };
  readonly narrow: boolean;
}

export function look(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6, 7].map((n) => token(`--series-${n}`)),
    ink: token("--ink"),
    muted: token("--ink-3"),
    grid: token("--line"),
    compare: token("--compare"),
    surface: token("--surface"),
    against: token("--series-2"),
    font: style.fontFamily,
    animate: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 260 },
    narrow: element.clientWidth < 480,
  };
}

/** The value as the table writes it. */
export const exact = (value: number, unit: ChartUnit, locale: string): string =>
  formatValue(value, UNITS[unit], locale);

/** The value as an axis writes it: as few digits as the step needs. */
export function onAxis(value: number, unit: ChartUnit, locale: string): string {
  const short = (number: number): string =>
    new Intl.NumberFormat(locale, {
      notation: Math.abs(number) >= 10_000 ? "compact" : "standard",
      maximumFractionDigits: 2,
    }).format(number);
  switch (unit) {
    case "percent":
      return `${short(Number((value * 100).toFixed(4)))} %`;
    case "usd":
      return `$${short(value)}`;
    case "hours":
      return `${short(value)} h`;
    case "seconds":
      return `${short(value)} s`;
    case "per_hour":
      return `${short(value)}/h`;
    case "count":
    case "number":
      return short(value);
    default:
      return unit satisfies never;
  }
}

export function tooltip(look: Look): Partial<TooltipOptions> {
  const font = { family: look.font, size: 12 };
  return {
    backgroundColor: look.ink,
    titleColor: look.surface,
    bodyColor: look.surface,
    titleFont: { ...font, weight: 600 },
    bodyFont: font,
    padding: 10,
    cornerRadius: 8,
    caretSize: 5,
    boxPadding: 5,
    usePointStyle: true,
  };
}

/** The unit of an answer's numbers for that of a chart. */
export const UNITS: Readonly<Record<ChartUnit, Unit>> = {
  percent: "share",
  count: "count",
  hours: "hours",
  seconds: "seconds",
  usd: "usd",
  per_hour: "per_hour",
  number: "number",
};
