import type { Chart, ChartConfiguration, Plugin, Scale } from "chart.js";
import type { LinePoint, MultiplesSpec } from "../kernel/chart-spec.ts";
import { drawBand } from "./band.ts";
import { frame } from "./frame.ts";
import { alignPoints } from "./line.ts";
import { formatTick, formatValue, reachOf } from "./numbers.ts";
import { AXIS, COMPARE, GRID, INK, MUTED, PAPER, SERIES } from "./palette.ts";
import { font, type Pen, penOf, shorten, widthOf, write } from "./pen.ts";
import { domainOf, startsAtZero, valueAxis } from "./scale.ts";
import { chartWords, fill } from "./words.ts";

/** More panels are too small to read; the rest is counted as left out. */
export const PANELS_MAX = 20;

type Panel = MultiplesSpec["panels"][number];

/** One small line chart a panel on the same axes, so that heights compare across panels. */
export function multiplesConfig(spec: MultiplesSpec): ChartConfiguration<"scatter"> {
  const panels = spec.panels.slice(0, PANELS_MAX);
  const domain = domainOf(panels.flatMap((panel) => [...panel.points, ...(panel.compare ?? [])]));
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      scales: {
        x: { display: false },
        y: {
          ...valueAxis(domain, spec.unit, spec.locale, domain !== null && startsAtZero(domain)),
          display: false,
        },
      },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      frame(spec, {
        empty: domain === null,
        ...(spec.panels.length > PANELS_MAX
          ? { note: fill(chartWords(spec.locale).omitted, { shown: PANELS_MAX, total: spec.panels.length }) }
          : {}),
      }),
      ...(domain === null ? [] : [panelsPlugin(spec, panels)]),
    ],
  };
}

function panelsPlugin(spec: MultiplesSpec, panels: readonly Panel[]): Plugin<"scatter"> {
  return {
    id: "panels",
    beforeDatasetsDraw(chart) {
      const shared = chart.scales.y;
      if (!shared) return;
      const ticks = axisTicks(shared, spec);
      const boxes = boxesOf(chart, panels.length, widestTick(penOf(chart), ticks));
      panels.forEach((panel, index) => {
        const box = boxes[index];
        if (box) drawPanel(penOf(chart), panel, box, shared, ticks, spec);
      });
    },
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly firstColumn: boolean;
  readonly lastRow: boolean;
}

const HEAD = 26;
const FOOT = 20;
const GUTTER = 26;
const TICK_SIZE = 12.5;

function boxesOf(chart: Chart<"scatter">, count: number, ticksWidth: number): readonly Box[] {
  const columns = count <= 2 ? count : count <= 4 ? 2 : count <= 9 ? 3 : count <= 16 ? 4 : 5;
  const rows = Math.ceil(count / columns);
  const { chartArea: area } = chart;
  const left = area.left + ticksWidth + 8;
  const width = (area.right - left - (columns - 1) * GUTTER) / columns;
  const height = (area.bottom - area.top - FOOT - (rows - 1) * 8) / rows;
  return Array.from({ length: count }, (_, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const x = left + column * (width + GUTTER);
    const y = area.top + row * (height + 8);
    return {
      left: x,
      right: x + width,
      top: y + HEAD,
      bottom: y + height,
      firstColumn: column === 0,
      lastRow: index + columns >= count,
    };
  });
}

interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The lowest, the highest and, if there is one, the middle tick of the shared axis. */
function axisTicks(shared: Scale, spec: MultiplesSpec): readonly Tick[] {
  const values = shared.getTicks().map((tick) => tick.value);
  const middle = values.length % 2 === 1 ? [values[(values.length - 1) / 2]] : [];
  const kept = values.length <= 3 ? values : [values[0], ...middle, values.at(-1)];
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  return kept.flatMap((value) =>
    value === undefined ? [] : [{ value, label: formatTick(value, step, spec.unit, spec.locale) }],
  );
}

const widestTick = (pen: Pen, ticks: readonly Tick[]): number =>
  Math.max(0, ...ticks.map((tick) => widthOf(pen, tick.label, TICK_SIZE)));

function drawPanel(pen: Pen, panel: Panel, box: Box, shared: Scale, ticks: readonly Tick[], spec: MultiplesSpec): void {
  const y = {
    getPixelForValue: (value: number) =>
      box.bottom - ((value - shared.min) / (shared.max - shared.min)) * (box.bottom - box.top),
  };
  const step = panel.points.length > 1 ? (box.right - box.left - 8) / (panel.points.length - 1) : 0;
  const xAt = (index: number): number => (step === 0 ? (box.left + box.right) / 2 : box.left + 4 + index * step);
  drawAxes(pen, box, ticks, y, panel.points, xAt);
  drawHead(pen, panel, box, spec);
  const colour = SERIES[0]?.line ?? INK;
  if (panel.compare) drawLine(pen, alignPoints(panel.compare, panel.points), xAt, y, COMPARE.line, 1.75);
  drawBand(pen, panel.points, colour, xAt, y, { ...box, width: box.right - box.left, height: box.bottom - box.top });
  drawLine(pen, panel.points, xAt, y, colour, 2.25);
}

function drawHead(pen: Pen, panel: Panel, box: Box, spec: MultiplesSpec): void {
  const last = panel.points.findLast((point) => point.y !== null);
  const value = last
    ? formatValue(
        last.y,
        spec.unit,
        spec.locale,
        reachOf(spec.panels.flatMap((each) => each.points.map((point) => point.y))),
      )
    : chartWords(spec.locale).noData;
  const y = box.top - HEAD / 2 - 1;
  const width = box.right - box.left - widthOf(pen, value, 14, 600) - 10;
  pen.font = font(15, 600);
  write(pen, shorten(pen, panel.name, width), box.left, y, { size: 15, weight: 600, colour: INK, baseline: "middle" });
  write(pen, value, box.right, y, {
    size: 14,
    weight: last ? 600 : 400,
    colour: last ? (SERIES[0]?.text ?? INK) : MUTED,
    align: "right",
    baseline: "middle",
  });
}

type PixelScale = { getPixelForValue(value: number): number };

function drawAxes(
  pen: Pen,
  box: Box,
  ticks: readonly Tick[],
  y: PixelScale,
  points: readonly LinePoint[],
  xAt: (index: number) => number,
): void {
  const label = { size: TICK_SIZE, colour: MUTED } as const;
  pen.lineWidth = 1;
  ticks.forEach(({ value, label: text }, index) => {
    pen.strokeStyle = index === 0 ? AXIS : GRID;
    pen.beginPath();
    pen.moveTo(box.left, y.getPixelForValue(value));
    pen.lineTo(box.right, y.getPixelForValue(value));
    pen.stroke();
    if (box.firstColumn)
      write(pen, text, box.left - 8, y.getPixelForValue(value), { ...label, align: "right", baseline: "middle" });
  });
  const [first, last] = [points[0], points.at(-1)];
  if (!box.lastRow || !first || !last) return;
  if (points.length === 1) {
    write(pen, first.label, xAt(0), box.bottom + 5, { ...label, align: "center", baseline: "top" });
    return;
  }
  write(pen, first.label, box.left, box.bottom + 5, { ...label, baseline: "top" });
  write(pen, last.label, box.right, box.bottom + 5, { ...label, align: "right", baseline: "top" });
}

/** A line with its gaps left open, its unfinished parts dashed, lone points as dots. */
function drawLine(
  pen: Pen,
  points: readonly LinePoint[],
  xAt: (index: number) => number,
  y: PixelScale,
  colour: string,
  width: number,
): void {
  pen.save();
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.lineCap = "round";
  for (const dashed of [false, true]) {
    pen.setLineDash(dashed ? [2, 5] : []);
    pen.beginPath();
    points.forEach((point, index) => {
      const before = points[index - 1];
      if (point.y === null || before === undefined || before.y === null || (point.provisional === true) !== dashed)
        return;
      pen.moveTo(xAt(index - 1), y.getPixelForValue(before.y));
      pen.lineTo(xAt(index), y.getPixelForValue(point.y));
    });
    pen.stroke();
  }
  pen.setLineDash([]);
  const last = points.findLastIndex((point) => point.y !== null);
  points.forEach((point, index) => {
    const alone = (points[index - 1]?.y ?? null) === null && (points[index + 1]?.y ?? null) === null;
    const shown = alone || (point.provisional === true && index === last);
    if (point.y === null || !shown) return;
    pen.fillStyle = point.provisional ? PAPER : colour;
    pen.beginPath();
    pen.arc(xAt(index), y.getPixelForValue(point.y), alone ? 4 : 3, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  });
  pen.restore();
}
