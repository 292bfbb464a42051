import type { ChartConfiguration, ChartDataset, Plugin } from "chart.js";
import type { LinePoint, LineSpec, MultiplesSpec } from "../../../kernel/chart-spec.ts";
import { exact, type Look, onAxis, tooltip } from "./chart-look.ts";
import { marks, marksHeight, write } from "./chart-marks.ts";

/** What all panels of small multiples share. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Lines over time: provisional points hollow with a dashed line, the comparison thin and grey under the others, an interval as a
 * band where there is one line, a gap where a value is unknown. With a `range` it is one panel of many.
 */
export function lineConfig(spec: LineSpec, look: Look, range: Range | null = null): ChartConfiguration<"line"> {
  const main = spec.series.filter(({ role }) => role === "main");
  const compared = spec.series.filter(({ role }) => role === "compare");
  const labels = (main[0] ?? compared[0])?.points.map(({ label }) => label) ?? [];
  const named = main.length > 1 && !look.narrow;
  return {
    type: "line",
    data: {
      labels,
      datasets: [
        ...main.map((series, place) => line(series.name, series.points, colour(look, place), look, range !== null)),
        ...compared.map((series) => compareLine(series.name, series.points, look)),
        ...(main.length === 1 && main[0] ? bands(main[0].points, colour(look, 0)) : []),
      ],
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: look.animate,
      interaction: { mode: "index", intersect: false },
      layout: {
        padding: { top: 6 + marksHeight(spec.marks ?? []), right: named ? nameWidth(main.map(({ name }) => name)) : 8 },
      },
      scales: {
        x: {
          grid: { display: false },
          border: { color: look.grid },
          ticks: {
            color: look.muted,
            font: { family: look.font, size: 11 },
            maxRotation: 0,
            autoSkipPadding: 18,
            maxTicksLimit: range ? 3 : 12,
          },
        },
        y: {
          ...(range ?? { beginAtZero: startsAtZero(spec), grace: "8%" }),
          grid: { color: look.grid },
          border: { display: false },
          ticks: {
            color: look.muted,
            font: { family: look.font, size: 11 },
            maxTicksLimit: range ? 3 : 6,
            includeBounds: range === null,
            callback: (value) => onAxis(Number(value), spec.unit, spec.locale),
          },
        },
      },
      plugins: {
        tooltip: {
          ...tooltip(look),
          filter: (item) => (item.dataset as Named).drawn !== undefined,
          callbacks: { label: (item) => said(spec, item.dataset as Named, item.dataIndex) },
        },
      },
    },
    plugins: [
      ...(named ? [names(look)] : []),
      ...(spec.marks?.length ? [marks(spec.marks, main[0]?.points ?? [], look)] : []),
    ],
  };
}

/** Each panel as a line chart of its own. */
export function panelsOf(spec: MultiplesSpec): readonly { readonly name: string; readonly line: LineSpec }[] {
  return spec.panels.map((panel) => ({
    name: panel.name,
    line: {
      kind: "line",
      title: panel.name,
      subtitle: "",
      unit: spec.unit,
      locale: spec.locale,
      series: [
        { name: panel.name, points: panel.points, role: "main" },
        ...(panel.compare ? [{ name: spec.subtitle, points: panel.compare, role: "compare" } as const] : []),
      ],
    },
  }));
}

/** One scale for all panels, so that they can be compared by eye. */
export function sharedRange(spec: MultiplesSpec): Range {
  const values = spec.panels.flatMap(({ points, compare }) =>
    [...points, ...(compare ?? [])].flatMap(({ y }) => (y === null ? [] : [y])),
  );
  const [min, max] = extremes(values);
  return {
    min: min > max / 2 ? min - (max - min) * 0.1 : Math.min(0, min),
    max: max + (max - Math.min(min, 0)) * 0.06 || 1,
  };
}

interface Named extends ChartDataset<"line", (number | null)[]> {
  /** The points behind the line; absent for the edges of a band. */
  drawn?: readonly LinePoint[];
}

function line(name: string, points: readonly LinePoint[], stroke: string, look: Look, small: boolean): Named {
  const hollow = points.map(({ provisional }) => provisional === true);
  const many = small || points.length > 45;
  return {
    label: name,
    drawn: points,
    data: points.map(({ y }) => y),
    borderColor: stroke,
    borderWidth: small ? 1.75 : 2.25,
    borderJoinStyle: "round",
    tension: 0,
    spanGaps: false,
    segment: { borderDash: (part) => (hollow[part.p1DataIndex] ? [5, 4] : undefined) },
    pointRadius: points.map(({ inner }, place) =>
      inner ? 0 : hollow[place] ? (small ? 2.5 : 3.5) : many ? (alone(points, place) ? 2 : 0) : 2.75,
    ),
    pointHoverRadius: 5,
    pointBackgroundColor: hollow.map((provisional) => (provisional ? look.surface : stroke)),
    pointBorderColor: stroke,
    pointBorderWidth: hollow.map((provisional) => (provisional ? 1.75 : 0)),
    pointStyle: "circle",
    order: 1,
  };
}

/** A value between two gaps has no line to show it. */
const alone = (points: readonly LinePoint[], place: number): boolean =>
  (points[place - 1]?.y ?? null) === null && (points[place + 1]?.y ?? null) === null;

function compareLine(name: string, points: readonly LinePoint[], look: Look): Named {
  return {
    label: name,
    drawn: points,
    data: points.map(({ y }) => y),
    borderColor: look.compare,
    borderWidth: 1.25,
    pointRadius: 0,
    pointHoverRadius: 3,
    pointBackgroundColor: look.compare,
    order: 3,
  };
}

/** The interval, and a forecast's narrower one within it. */
function bands(points: readonly LinePoint[], stroke: string): Named[] {
  const inner = points.map((point) => ({ ...point, low: null, high: null, ...point.inner }));
  return [...band(points, stroke), ...band(inner, stroke)];
}

function band(points: readonly LinePoint[], stroke: string): Named[] {
  if (!points.some(({ low, high }) => typeof low === "number" && typeof high === "number")) return [];
  const edge = { borderWidth: 0, pointRadius: 0, pointHoverRadius: 0, order: 4, backgroundColor: `${stroke}26` };
  return [
    { ...edge, label: "low", data: points.map(({ low }) => low ?? null) },
    { ...edge, label: "high", data: points.map(({ high }) => high ?? null), fill: "-1" },
  ];
}

function said(spec: LineSpec, set: Named, place: number): string {
  const point = set.drawn?.[place];
  if (!point || point.y === null) return ` ${set.label ?? ""}: –`;
  const value = exact(point.y, spec.unit, spec.locale);
  const interval =
    typeof point.low === "number" && typeof point.high === "number"
      ? ` (${exact(point.low, spec.unit, spec.locale)} – ${exact(point.high, spec.unit, spec.locale)})`
      : "";
  const when = set.order === 3 ? ` · ${point.label}` : "";
  return ` ${set.label ?? ""}: ${value}${interval}${when}`;
}

/** Names at the ends of the lines, pushed apart where they would overlap. */
function names(look: Look): Plugin<"line"> {
  return {
    id: "names",
    afterDatasetsDraw(chart) {
      const ends = chart.data.datasets.flatMap((set, place) => {
        const named = set as Named;
        if (!named.drawn || named.order !== 1) return [];
        const last = named.data.findLastIndex((value) => value !== null);
        const point = chart.getDatasetMeta(place).data[last];
        return point ? [{ name: named.label ?? "", y: point.y, colour: String(named.borderColor) }] : [];
      });
      ends.sort((a, b) => a.y - b.y);
      ends.forEach((end, place) => {
        const above = ends[place - 1];
        if (above && end.y < above.y + 15) end.y = above.y + 15;
      });
      for (const end of ends)
        write(chart, end.name, chart.chartArea.right + 8, end.y, end.colour, `600 12px ${look.font}`);
    },
  };
}

const colour = (look: Look, place: number): string => look.series[place % look.series.length] ?? look.ink;
const nameWidth = (texts: readonly string[]): number =>
  Math.min(130, 18 + 7.4 * Math.max(...texts.map(({ length }) => length)));

/** A line may leave zero out where it hardly moves; then the axis says where it starts. */
function startsAtZero(spec: LineSpec): boolean {
  const [min, max] = extremes(spec.series.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y]))));
  return min >= 0 && min < max * 0.6;
}
const extremes = (values: readonly number[]): [number, number] =>
  values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
