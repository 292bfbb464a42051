import type { BarSpec, ChartSpec, LinePoint } from "../kernel/chart-spec.ts";
import { BARS_MAX, barsLie } from "./bar.ts";
import { alignPoints, bucketsOf, LINES_MAX } from "./line.ts";
import { formatValue, plainNumber, unitSign } from "./numbers.ts";
import { COMPARE, GRID, INK, MUTED, SERIES } from "./palette.ts";
import { chartWords, fill } from "./words.ts";

type Json = Readonly<Record<string, unknown>>;

/** A card holds 30 KB in all; the chart's values may take this many of them. */
const VALUES_MAX = 240;

/**
 * VChart spec (JSON, no functions) for the `chart` element of a Lark card. Lark draws no heat map and no facets, so both
 * become several lines: one a weekday, one a panel. Long series are thinned, and the subtitle says so.
 * Source: https://www.visactor.io/vchart/option and Lark's card component "chart".
 */
export function vchart(spec: ChartSpec): Json {
  return spec.kind === "bar" ? barChart(spec) : lineChart(spec, linesOf(spec));
}

interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  readonly colour: string;
  readonly compare: boolean;
}

function linesOf(spec: Exclude<ChartSpec, BarSpec>): readonly Line[] {
  const coloured = (name: string, points: readonly LinePoint[], index: number): Line => ({
    name,
    points,
    colour: SERIES[index % SERIES.length]?.line ?? INK,
    compare: false,
  });
  switch (spec.kind) {
    case "line": {
      const buckets = bucketsOf(spec);
      const of = (role: "main" | "compare") => spec.series.filter((series) => series.role === role);
      return [
        ...of("main").map(({ name, points }, index) => coloured(name, alignPoints(points, buckets), index)),
        ...(of("main").length === 1 ? edgesOf(alignPoints(of("main")[0]?.points ?? [], buckets)) : []),
        ...of("compare").map(({ name, points }) => ({
          name,
          points: alignPoints(points, buckets).map((point, index) => ({
            ...point,
            label: buckets[index]?.label ?? point.label,
          })),
          colour: COMPARE.line,
          compare: true,
        })),
      ];
    }
    case "heat":
      return spec.yLabels.map((name, y) =>
        coloured(
          name,
          spec.xLabels.map((label, x) => ({ x: label, label, y: spec.values[y]?.[x] ?? null })),
          y,
        ),
      );
    case "multiples":
      return spec.panels.map((panel, index) => coloured(panel.name, panel.points, index));
    default:
      return spec satisfies never;
  }
}

/** Cards draw no bands between two lines: a forecast's 80 % is shown by its edges. */
function edgesOf(points: readonly LinePoint[]): Line[] {
  if (!points.some((point) => point.inner)) return [];
  const edge = (name: string, read: (inner: { low: number; high: number }) => number): Line => ({
    name,
    points: points.map(({ x, label, inner }) => ({ x, label, y: inner ? read(inner) : null })),
    colour: COMPARE.line,
    compare: true,
  });
  return [edge("80 % ↑", ({ high }) => high), edge("80 % ↓", ({ low }) => low)];
}

function lineChart(spec: ChartSpec, all: readonly Line[]): Json {
  const lines = all.slice(0, LINES_MAX);
  const names = lines.map((line) => line.name);
  const colours = lines.map((line) => line.colour);
  const words = chartWords(spec.locale);
  const buckets = Math.max(0, ...lines.map((line) => line.points.length));
  const step = Math.max(1, Math.ceil((buckets * lines.length) / VALUES_MAX));
  const values = lines.flatMap((line) =>
    line.points
      .filter((_, index) => (line.points.length - 1 - index) % step === 0)
      .map((point) => ({
        x: point.label,
        y: point.y === null ? null : plainNumber(point.y, spec.unit),
        s: line.name,
        ...final(point),
      })),
  );
  const remarks = [
    ...(all.length > LINES_MAX ? [fill(words.omitted, { shown: LINES_MAX, total: all.length })] : []),
    ...(step > 1 ? [fill(words.thinned, { n: step })] : []),
    ...(values.every((value) => value.y === null) ? [words.noData] : []),
  ];
  return {
    type: "line",
    ...heading(spec, remarks),
    data: [{ id: "values", values }],
    xField: "x",
    yField: "y",
    seriesField: "s",
    invalidType: "break",
    color: { type: "ordinal", domain: names, range: colours },
    line: {
      style: {
        lineWidth: ordinal(
          "s",
          names,
          lines.map((line) => (line.compare ? 1.5 : 2.5)),
        ),
      },
    },
    point: {
      visible: values.length <= 120,
      style: {
        size: 6,
        lineWidth: 1.5,
        stroke: ordinal("s", names, colours),
        fillOpacity: ordinal("p", [0, 1], [1, 0]),
      },
    },
    legends: lines.length > 1 ? [{ visible: true, orient: "bottom" }] : [],
    axes: [valueAxis(spec, "left"), nameAxis("bottom")],
    crosshair: { xField: { visible: true } },
  };
}

/** 1 = not final. */
const final = (point: { readonly provisional?: boolean }): { p: 0 | 1 } => ({ p: point.provisional === true ? 1 : 0 });

function barChart(spec: BarSpec): Json {
  const items = spec.items.slice(0, BARS_MAX);
  const lying = barsLie(spec);
  const words = chartWords(spec.locale);
  const compared = spec.compareName !== undefined && items.some((item) => (item.compare ?? null) !== null);
  const row = (x: string, value: number | null, s: string, provisional: boolean) => ({
    x,
    y: value === null ? null : plainNumber(value, spec.unit),
    s,
    t: formatValue(value, spec.unit, spec.locale),
    p: provisional ? 1 : 0,
  });
  const names = [spec.valueName, ...(compared ? [spec.compareName ?? ""] : [])];
  const values = items.flatMap((item) => [
    row(item.label, item.value, spec.valueName, item.provisional === true),
    ...(compared ? [{ ...row(item.label, item.compare ?? null, spec.compareName ?? "", false), t: "" }] : []),
  ]);
  const remarks = [
    ...(spec.items.length > BARS_MAX ? [fill(words.omitted, { shown: BARS_MAX, total: spec.items.length })] : []),
    ...(items.every((item) => item.value === null) ? [words.noData] : []),
  ];
  const fields = compared ? ["x", "s"] : "x";
  return {
    type: "bar",
    direction: lying ? "horizontal" : "vertical",
    ...heading(spec, remarks),
    data: [{ id: "values", values }],
    ...(lying ? { xField: "y", yField: fields } : { xField: fields, yField: "y" }),
    seriesField: "s",
    color: { type: "ordinal", domain: names, range: [SERIES[0]?.line ?? INK, COMPARE.line] },
    bar: { style: { fillOpacity: ordinal("p", [0, 1], [1, 0.4]) } },
    label: { visible: items.length <= 24, position: "outside", formatter: "{t}", style: { fill: INK } },
    legends: compared ? [{ visible: true, orient: "bottom" }] : [],
    axes: lying ? [nameAxis("left"), valueAxis(spec, "bottom")] : [valueAxis(spec, "left"), nameAxis("bottom")],
  };
}

/** A style that follows a field of the datum: VChart's way of saying it without a function. */
const ordinal = (field: string, domain: readonly unknown[], range: readonly unknown[]): Json => ({
  type: "ordinal",
  field,
  domain,
  range,
});

/** Title, subject and what is left out. */
function heading(spec: ChartSpec, remarks: readonly string[]): Json {
  const subtext = [spec.subtitle, ...remarks, spec.note ?? ""].filter((each) => each !== "").join(" · ");
  return {
    title: {
      text: spec.title,
      subtext,
      textStyle: { fontSize: 15, fill: INK },
      subtextStyle: { fontSize: 12, fill: MUTED },
    },
  };
}

function valueAxis(spec: ChartSpec, orient: "left" | "bottom"): Json {
  const sign = unitSign(spec.unit);
  return {
    orient,
    type: "linear",
    grid: { visible: true, style: { stroke: GRID, lineDash: [] } },
    label: { formatter: sign === "" ? "{label:~s}" : `{label} ${sign}` },
  };
}

const nameAxis = (orient: "left" | "bottom"): Json => ({ orient, type: "band", label: { autoHide: true } });
