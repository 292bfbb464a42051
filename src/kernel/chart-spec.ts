/**
 * ChartSpec: a chart said in data, drawn four ways (PNG by chart.js, Slack native, Lark VChart, live in the page) and as text.
 * It carries finished labels in the asker's language and nothing that the answer's text lacks.
 */
export type ChartSpec = LineSpec | BarSpec | WaterfallSpec | HeatSpec | MultiplesSpec;

interface Common {
  /** The finding as a sentence: "Overturn rate is highest in VN". */
  readonly title: string;
  /** Metric, period, zone: "Overturn rate · 3–16 Mar 2026 · market-local days". */
  readonly subtitle: string;
  /** How numbers of the value axis are written. */
  readonly unit: ChartUnit;
  /** Locale for numbers and dates, e.g. `en-GB`, `zh-CN`. */
  readonly locale: string;
  /** One line under the chart, e.g. "dashed = not final". */
  readonly note?: string;
}

export type ChartUnit = "percent" | "count" | "hours" | "seconds" | "usd" | "per_hour" | "number";

export interface LinePoint {
  /** Bucket as in the table: `2026-03-09`, `2026-03`, ISO instant, hour of day or weekday number. */
  readonly x: string;
  /** Printed on the axis: "9 Mar", "Mon". */
  readonly label: string;
  /** Shares as fractions (0.061), null = gap. */
  readonly y: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  /** A second, narrower band within `low`..`high`: a forecast's 80 % inside its 95 %. Such a point is dashed and has no marker. */
  readonly inner?: { readonly low: number; readonly high: number };
  /** Drawn dashed / hollow: partial or immature. */
  readonly provisional?: boolean;
}
export interface LineSeries {
  readonly name: string;
  readonly points: readonly LinePoint[];
  /** `compare` = the comparison period, drawn thin and grey under the others. */
  readonly role: "main" | "compare";
}
export interface ChartMark {
  /** An `x` of the points. */
  readonly x: string;
  readonly label: string;
}
export interface LineSpec extends Common {
  readonly kind: "line";
  readonly series: readonly LineSeries[];
  /** Entries of the change ledger on the line. */
  readonly marks?: readonly ChartMark[];
}
export interface BarItem {
  readonly label: string;
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly compare?: number | null;
  readonly provisional?: boolean;
}
export interface BarSpec extends Common {
  readonly kind: "bar";
  /** Already in the order to draw (sorted by value). */
  readonly items: readonly BarItem[];
  readonly valueName: string;
  readonly compareName?: string;
}
export interface WaterfallStep {
  readonly label: string;
  /** With its sign, in the chart's unit: 0.012 of a share is +1.2 points. */
  readonly effect: number;
  /** Drawn pale: by itself no more than chance. */
  readonly faint?: boolean;
}
/** From the number before, over the parts of its change, to the number after. The effects add up to the change exactly. */
export interface WaterfallSpec extends Common {
  readonly kind: "waterfall";
  readonly from: { readonly label: string; readonly value: number };
  /** In the order to draw. */
  readonly steps: readonly WaterfallStep[];
  readonly to: { readonly label: string; readonly value: number };
}
export interface HeatSpec extends Common {
  readonly kind: "heat";
  /** Values are differences: written with a sign, shares in points, coloured around zero. */
  readonly signed?: true;
  readonly xLabels: readonly string[];
  readonly yLabels: readonly string[];
  /** values[y][x]. */
  readonly values: readonly (readonly (number | null)[])[];
}
/** Many series: one small line chart each, the same axes. */
export interface MultiplesSpec extends Common {
  readonly kind: "multiples";
  readonly panels: readonly {
    readonly name: string;
    readonly points: readonly LinePoint[];
    readonly compare?: readonly LinePoint[];
  }[];
}
