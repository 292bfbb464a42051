import type { Chart, ChartConfiguration, Plugin } from "chart.js";
import type { LinePoint, LineSeries, LineSpec } from "../kernel/chart-spec.ts";
import { drawBand } from "./band.ts";
import { drawEndLabels, type EndLabel, endLabelsWidth } from "./end-labels.ts";
import { frame } from "./frame.ts";
import { drawMarks, marksHeight } from "./marks.ts";
import { formatValue, reachOf } from "./numbers.ts";
import { COMPARE, PAPER, type SeriesColour, seriesColour } from "./palette.ts";
import { penOf } from "./pen.ts";
import { domainOf, namesAxis, startsAtZero, valueAxis } from "./scale.ts";
import { chartWords, fill } from "./words.ts";

/** More lines cannot be told apart; the rest is named as left out. */
export const LINES_MAX = 12;
const BANDS_MAX = 3;

/** A line chart: lines named at their ends, comparison thin and grey, what is not final dashed and hollow, gaps left open. */
export function lineConfig(spec: LineSpec): ChartConfiguration<"line", (number | null)[]> {
  const lines = linesOf(spec);
  const buckets = bucketsOf(spec);
  const domain = domainOf(lines.flatMap((line) => line.points));
  const mains = lines.filter((line) => line.role === "main");
  const bands = mains.length <= BANDS_MAX ? mains : [];
  return {
    type: "line",
    data: { labels: buckets.map((bucket) => bucket.label), datasets: lines.map(dataset) },
    options: {
      scales: {
        x: {
          ...namesAxis(
            buckets.map((bucket) => bucket.label),
            domain,
          ),
          offset: buckets.length < 2,
        },
        y: valueAxis(domain, spec.unit, spec.locale, domain !== null && startsAtZero(domain)),
      },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      frame(spec, {
        empty: domain === null,
        room: (pen) => ({ top: marksHeight(spec.marks ?? []), right: endLabelsWidth(pen, endLabels(spec, lines)) }),
        ...(omitted(spec) === "" ? {} : { note: omitted(spec) }),
      }),
      annotations(spec, lines, bands, buckets),
    ],
  };
}

interface Line extends LineSeries {
  readonly colour: SeriesColour;
  /** One a bucket; a bucket without a point has a null one. */
  readonly points: readonly LinePoint[];
}

/** The buckets of all main series, in order; series may lack some. */
export function bucketsOf(spec: LineSpec): readonly { readonly x: string; readonly label: string }[] {
  const mains = spec.series.filter((series) => series.role === "main");
  const longest = (mains.length > 0 ? mains : spec.series).reduce<readonly LinePoint[]>(
    (most, series) => (series.points.length > most.length ? series.points : most),
    [],
  );
  const known = new Map(longest.map((point) => [point.x, point.label]));
  const missing = mains.flatMap((series) => series.points).filter((point) => !known.has(point.x));
  if (missing.length === 0) return longest;
  for (const point of missing) known.set(point.x, point.label);
  return [...known].map(([x, label]) => ({ x, label })).sort((a, b) => inOrder(a.x, b.x));
}

const inOrder = (a: string, b: string): number => {
  const [left, right] = [Number(a), Number(b)];
  return Number.isNaN(left) || Number.isNaN(right) ? (a < b ? -1 : a > b ? 1 : 0) : left - right;
};

/** Points by bucket: by its `x` where it is one of the chart's, else (another period) by its place. */
export function alignPoints(
  points: readonly LinePoint[],
  buckets: readonly { x: string; label: string }[],
): readonly LinePoint[] {
  const byX = new Map(points.map((point) => [point.x, point]));
  const shared = points.some((point) => buckets.some((bucket) => bucket.x === point.x));
  return buckets.map((bucket, index) => (shared ? byX.get(bucket.x) : points[index]) ?? { ...bucket, y: null });
}

function linesOf(spec: LineSpec): readonly Line[] {
  const buckets = bucketsOf(spec);
  const drawn = (role: LineSeries["role"]) => spec.series.filter((series) => series.role === role).slice(0, LINES_MAX);
  return [
    ...drawn("main").map((series, index) => ({ ...series, colour: seriesColour(index) })),
    ...drawn("compare").map((series) => ({ ...series, colour: COMPARE })),
  ].map((line) => ({ ...line, points: alignPoints(line.points, buckets) }));
}

function omitted(spec: LineSpec): string {
  const total = spec.series.filter((series) => series.role === "main").length;
  return total > LINES_MAX ? fill(chartWords(spec.locale).omitted, { shown: LINES_MAX, total }) : "";
}

function dataset(line: Line) {
  const compare = line.role === "compare";
  const dense = line.points.length > 40;
  const provisional = (index: number): boolean => line.points[index]?.provisional === true;
  const alone = (index: number): boolean =>
    (line.points[index - 1]?.y ?? null) === null && (line.points[index + 1]?.y ?? null) === null;
  const radius = (index: number): number =>
    line.points[index]?.inner
      ? 0
      : alone(index)
        ? 5
        : provisional(index)
          ? 4
          : compare || dense
            ? 0
            : line.points.length > 20
              ? 2
              : 3;
  return {
    label: line.name,
    data: line.points.map((point) => point.y),
    order: compare ? 1 : 0,
    borderColor: line.colour.line,
    borderWidth: compare ? 2 : dense ? 2.5 : 3,
    borderJoinStyle: "round" as const,
    borderCapStyle: "round" as const,
    spanGaps: false,
    segment: {
      borderDash: ({ p1DataIndex }: { p1DataIndex: number }) => (provisional(p1DataIndex) ? [3, 7] : undefined),
    },
    clip: false as const,
    pointRadius: line.points.map((_, index) => radius(index)),
    pointBorderColor: line.colour.line,
    pointBorderWidth: 2,
    pointBackgroundColor: line.points.map((_, index) => (provisional(index) ? PAPER : line.colour.line)),
  };
}

function annotations(
  spec: LineSpec,
  lines: readonly Line[],
  bands: readonly Line[],
  buckets: readonly { readonly x: string }[],
): Plugin<"line"> {
  return {
    id: "annotations",
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (!x || !y) return;
      for (const line of bands) {
        const xAt = (index: number): number => x.getPixelForValue(index);
        drawBand(penOf(chart), line.points, line.colour.line, xAt, y, chart.chartArea);
        const inner = line.points.map((point) => ({ ...point, low: null, high: null, ...point.inner }));
        drawBand(penOf(chart), inner, line.colour.line, xAt, y, chart.chartArea);
      }
    },
    afterDatasetsDraw(chart) {
      const { x } = chart.scales;
      if (!x) return;
      const at = (bucket: string): number | null => {
        const index = buckets.findIndex((each) => each.x === bucket);
        return index < 0 ? null : x.getPixelForValue(index);
      };
      drawMarks(penOf(chart), chart.chartArea, spec.marks ?? [], at);
      drawEndLabels(penOf(chart), chart.chartArea, placed(chart, endLabels(spec, lines)));
    },
  };
}

/** Name and last value; the value alone where there is one line, for the subtitle names it. */
function endLabels(spec: LineSpec, lines: readonly Line[]): readonly EndLabel[] {
  const reach = reachOf(lines.flatMap((line) => line.points.map((point) => point.y)));
  return lines.flatMap((line, datasetIndex) => {
    const index = line.points.findLastIndex((point) => point.y !== null);
    const last = line.points[index];
    if (!last) return [];
    return [
      {
        name: lines.length === 1 ? "" : line.name,
        value: formatValue(last.y, spec.unit, spec.locale, reach),
        colour: line.colour.text,
        first: line.role === "main",
        datasetIndex,
        index,
      },
    ];
  });
}

function placed(chart: Chart<"line">, labels: readonly EndLabel[]) {
  return labels.flatMap((label) => {
    const point = chart.getDatasetMeta(label.datasetIndex).data[label.index];
    return point ? [{ ...label, x: point.x, y: point.y }] : [];
  });
}
