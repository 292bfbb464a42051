import type { BarSpec, ChartSpec, LineSpec } from "../kernel/chart-spec.ts";
import { BARS_MAX } from "./bar.ts";
import { alignPoints, bucketsOf } from "./line.ts";
import { plainNumber, unitSign } from "./numbers.ts";

/**
 * Slack's own chart block, which @slack/types does not declare yet.
 * Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export interface DataVisualizationBlock {
  readonly type: "data_visualization";
  readonly title: string;
  readonly chart: {
    readonly type: "line" | "bar";
    readonly series: readonly SlackSeries[];
    readonly axis_config: {
      readonly categories: readonly string[];
      readonly x_label?: string;
      readonly y_label?: string;
    };
  };
}
interface SlackSeries {
  readonly name: string;
  readonly data: readonly { readonly label: string; readonly value: number }[];
}

export const slackLimits = {
  titleCharsMax: 50,
  seriesMax: 12,
  categoriesMax: 20,
  nameCharsMax: 20,
  axisLabelCharsMax: 50,
} as const;

/**
 * The block, or null where its limits or its means do not hold the chart: waterfalls, heat maps, small multiples, gaps, long series,
 * bands and marks need the picture.
 */
export function slackChart(spec: ChartSpec): DataVisualizationBlock | null {
  switch (spec.kind) {
    case "line":
      return lineBlock(spec);
    case "bar":
      return barBlock(spec);
    case "waterfall":
    case "heat":
    case "multiples":
      return null;
    default:
      return spec satisfies never;
  }
}

function lineBlock(spec: LineSpec): DataVisualizationBlock | null {
  if ((spec.marks ?? []).length > 0 || spec.series.some(hasBand)) return null;
  const buckets = bucketsOf(spec);
  const series = spec.series.map(({ name, points }) => ({
    name,
    values: alignPoints(points, buckets).map((point) => point.y),
  }));
  return block(
    "line",
    spec,
    buckets.map((bucket) => bucket.label),
    series,
  );
}

const hasBand = (series: LineSpec["series"][number]): boolean =>
  series.points.some((point) => (point.low ?? null) !== null && (point.high ?? null) !== null);

function barBlock(spec: BarSpec): DataVisualizationBlock | null {
  if (spec.items.length > BARS_MAX) return null;
  const main = { name: spec.valueName, values: spec.items.map((item) => item.value) };
  const compared = spec.compareName !== undefined && spec.items.some((item) => (item.compare ?? null) !== null);
  const compare = compared
    ? [{ name: spec.compareName ?? "", values: spec.items.map((item) => item.compare ?? null) }]
    : [];
  return block(
    "bar",
    spec,
    spec.items.map((item) => item.label),
    [main, ...compare],
  );
}

function block(
  type: "line" | "bar",
  spec: ChartSpec,
  categories: readonly string[],
  series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
): DataVisualizationBlock | null {
  const data = series.map(({ name, values }) => ({
    name,
    data: values.flatMap((value, index) =>
      value === null ? [] : [{ label: categories[index] ?? "", value: plainNumber(value, spec.unit) }],
    ),
  }));
  const names = series.map((each) => each.name);
  const fits =
    namesFit(categories, slackLimits.categoriesMax) &&
    namesFit(names, slackLimits.seriesMax) &&
    data.every((each) => each.data.length === categories.length);
  if (!fits) return null;
  const sign = unitSign(spec.unit);
  return {
    type: "data_visualization",
    title: cut(spec.title || spec.subtitle, slackLimits.titleCharsMax),
    chart: { type, series: data, axis_config: { categories, ...(sign === "" ? {} : { y_label: sign }) } },
  };
}

/** At least one, not too many, all different, none empty or too long. */
function namesFit(names: readonly string[], most: number): boolean {
  return (
    names.length > 0 &&
    names.length <= most &&
    new Set(names).size === names.length &&
    names.every((name) => name !== "" && name.length <= slackLimits.nameCharsMax)
  );
}

/** Counted in UTF-16 units, as the receiver may, and never in the middle of a letter. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = "";
  for (const letter of text) {
    if (kept.length + letter.length > most - 1) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}
