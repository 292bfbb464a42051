import type { BarSpec, ChartSpec, HeatSpec, LinePoint, WaterfallSpec } from "../kernel/chart-spec.ts";
import { BARS_MAX, barsLie } from "./bar.ts";
import { alignPoints, bucketsOf, LINES_MAX } from "./line.ts";
import { formatValue, plainNumber, unitSign } from "./numbers.ts";
import { COMPARE, GRID, INK, MUTED, SERIES, STEPS } from "./palette.ts";
import { barsOf, waterfallLabel, waterfallRange } from "./waterfall.ts";
import { chartWords, fill } from "./words.ts";

type Json = Readonly<Record<string, unknown>>;

/** A card holds 30 KB in all; the chart's values may take this many of them. */
const VALUES_MAX = 240;

/**
 * VChart spec (JSON, no functions) for the `chart` element of a Lark card. Lark draws no heat map and no facets, so both
 * become several lines: one a weekday, one a panel; a heat map of differences becomes bars beside one another, a waterfall bars on an
 * invisible foot. Long series are thinned, and the subtitle says so.
 * Source: https://www.visactor.io/vchart/option and Lark's card component "chart".
 */
export function vchart(spec: ChartSpec): Json {
  if (spec.kind === "bar") return barChart(spec);
  if (spec.kind === "waterfall") return waterfallChart(spec);
  if (spec.kind === "heat" && spec.signed) return differencesChart(spec);
  return lineChart(spec, linesOf(spec));
}

interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  readonly colour: string;
  readonly compare: boolean;
}

function linesOf(spec: Exclude<ChartSpec, BarSpec | WaterfallSpec>): readonly Line[] {
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

/**
 * Lark's cards know no floating bars: each stands on a foot that is not drawn. Totals of a cut axis stand on its beginning; where a level is
 * below zero, every bar begins at zero.
 */
function waterfallChart(spec: WaterfallSpec): Json {
  const bars = barsOf(spec);
  const range = waterfallRange(bars);
  const floats = range.low >= 0;
  const row = (at: number, value: number, s: string, t: string) => ({
    x: uniqueLabel(bars, at),
    y: plainNumber(value, spec.unit),
    s,
    t,
  });
  const values = bars.flatMap((bar, at) => {
    const { from, to, step } = bar;
    const kind = step ? `${step.effect < 0 ? "down" : "up"}${step.faint ? "_faint" : ""}` : "total";
    const text = waterfallLabel(spec, bar);
    if (!floats) return [row(at, step?.effect ?? to, kind, text)];
    const low = Math.min(step ? from : Math.max(from, range.low), to);
    return [row(at, low, "foot", ""), row(at, Math.max(from, to) - low, kind, text)];
  });
  const kinds = ["foot", "total", "up", "down", "up_faint", "down_faint"];
  const colours = [GRID, COMPARE.text, STEPS.up.solid, STEPS.down.solid, STEPS.up.faint, STEPS.down.faint];
  // Labels that find no room beyond the bars are drawn across them.
  const room = range.high + LABEL_ROOM * (range.high - range.low);
  const ends = { min: plainNumber(range.low, spec.unit), max: plainNumber(room, spec.unit), zero: !range.cut };
  return {
    type: "bar",
    direction: "horizontal",
    ...heading(spec, range.cut ? [chartWords(spec.locale).cut] : []),
    data: [{ id: "values", values }],
    xField: "y",
    yField: "x",
    seriesField: "s",
    stack: true,
    color: { type: "ordinal", domain: kinds, range: colours },
    bar: { style: { fillOpacity: ordinal("s", kinds, [0, 1, 1, 1, 1, 1]) } },
    label: { visible: true, position: "right", formatter: "{t}", style: { fill: INK } },
    legends: [],
    axes: [nameAxis("left"), { ...valueAxis(spec, "bottom"), ...(floats ? ends : {}) }],
  };
}
const LABEL_ROOM = 0.3;

/** A name may come twice; a category may not. */
function uniqueLabel(bars: readonly { readonly label: string }[], at: number): string {
  const label = bars[at]?.label ?? "";
  return bars.findIndex((bar) => bar.label === label) === at ? label : `${label} (${at + 1})`;
}

/** Columns beside one another under each name of the one split, one colour for each of the other. */
function differencesChart(spec: HeatSpec): Json {
  const names = spec.yLabels.slice(0, LINES_MAX);
  const words = chartWords(spec.locale);
  const values = names.flatMap((s, y) =>
    spec.xLabels.flatMap((x, at) => {
      const value = spec.values[y]?.[at] ?? null;
      return value === null ? [] : [{ x, s, y: plainNumber(value, spec.unit) }];
    }),
  );
  const remarks = [
    ...(spec.yLabels.length > LINES_MAX ? [fill(words.omitted, { shown: LINES_MAX, total: spec.yLabels.length })] : []),
    ...(values.length === 0 ? [words.noData] : []),
  ];
  return {
    type: "bar",
    direction: "vertical",
    ...heading(spec, remarks),
    data: [{ id: "values", values }],
    xField: ["x", "s"],
    yField: "y",
    seriesField: "s",
    color: { type: "ordinal", domain: names, range: names.map((_, at) => SERIES[at]?.line ?? INK) },
    legends: [{ visible: true, orient: "bottom" }],
    axes: [valueAxis(spec, "left"), nameAxis("bottom")],
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
  const sign = spec.kind === "heat" && spec.signed && spec.unit === "percent" ? "pp" : unitSign(spec.unit);
  return {
    orient,
    type: "linear",
    grid: { visible: true, style: { stroke: GRID, lineDash: [] } },
    label: { formatter: sign === "" ? "{label:~s}" : `{label} ${sign}` },
  };
}

const nameAxis = (orient: "left" | "bottom"): Json => ({ orient, type: "band", label: { autoHide: true } });
