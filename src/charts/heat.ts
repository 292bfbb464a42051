import type { Chart, ChartConfiguration, Plugin } from "chart.js";
import type { HeatSpec } from "../kernel/chart-spec.ts";
import { frame, MARGIN } from "./frame.ts";
import { formatDifference, formatValue, reachOf } from "./numbers.ts";
import { DIVERGING, GRID, INK, MUTED, PAPER, SEQUENTIAL } from "./palette.ts";
import { type Pen, penOf, widthOf, write } from "./pen.ts";
import { namesAxis } from "./scale.ts";

/** Hour × weekday, or one split × another, as coloured cells with their numbers where they fit; unknown cells are hatched, never zero. */
export function heatConfig(spec: HeatSpec): ChartConfiguration<"scatter"> {
  const colours = colourScale(spec);
  const axis = (labels: readonly string[]) => ({
    ...namesAxis(labels, null),
    offset: true,
    border: { display: false },
  });
  const x = axis(spec.xLabels);
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      scales: {
        x: { ...x, ticks: { ...x.ticks, autoSkipPadding: 6 } },
        y: { ...axis(spec.yLabels), ticks: { ...x.ticks, autoSkip: false, padding: 10 } },
      },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      frame(spec, { empty: colours === null, noteRight: colours ? KEY_ROOM : 0 }),
      ...(colours ? [cells(spec, colours)] : []),
    ],
  };
}

/** Px at the right of the note for the colour key. */
const KEY_ROOM = 430;

interface ColourScale {
  readonly low: number;
  readonly high: number;
  readonly steps: readonly string[];
  readonly of: (value: number) => { readonly colour: string; readonly dark: boolean };
}

/** Nine steps of one hue from least to most; of two hues around zero where values have both signs. Null without values. */
function colourScale(spec: HeatSpec): ColourScale | null {
  const values = spec.values.flat().filter((value) => value !== null);
  if (values.length === 0) return null;
  const least = Math.min(...values);
  const most = Math.max(...values);
  const diverging = spec.signed === true || (least < 0 && most > 0);
  const steps = diverging ? DIVERGING : SEQUENTIAL;
  const reach = Math.max(Math.abs(least), Math.abs(most));
  const [low, high] = diverging ? [-reach, reach] : [least, most];
  return {
    low,
    high,
    steps,
    of: (value) => {
      const share = high === low ? 0.5 : (value - low) / (high - low);
      const step = Math.min(steps.length - 1, Math.floor(share * steps.length));
      return { colour: steps[step] ?? GRID, dark: diverging ? step < 2 || step > 6 : step > 4 };
    },
  };
}

function cells(spec: HeatSpec, colours: ColourScale): Plugin<"scatter"> {
  return {
    id: "cells",
    beforeDatasetsDraw(chart) {
      const pen = penOf(chart);
      const grid = gridOf(chart, spec);
      if (!grid) return;
      const numbers = cellNumbers(pen, spec, grid);
      spec.yLabels.forEach((_, row) => {
        spec.xLabels.forEach((_, column) => {
          drawCell(pen, grid, row, column, spec.values[row]?.[column] ?? null, colours, numbers);
        });
      });
    },
    afterDraw(chart) {
      drawKey(penOf(chart), chart, spec, colours);
    },
  };
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly left: (column: number) => number;
  readonly top: (row: number) => number;
}

function gridOf(chart: Chart<"scatter">, spec: HeatSpec): Grid | null {
  const { x, y } = chart.scales;
  if (!x || !y) return null;
  const { left, right, top, bottom } = chart.chartArea;
  const width = (right - left) / spec.xLabels.length;
  const height = (bottom - top) / spec.yLabels.length;
  return { width, height, left: (column) => left + column * width, top: (row) => top + row * height };
}

/** How a cell's number is written, or null where the widest would not fit: the unit stands in the key, so it is left out. */
function cellNumbers(pen: Pen, spec: HeatSpec, grid: Grid): ((value: number) => string) | null {
  const reach = reachOf(spec.values.flat());
  const bare = (value: number): string =>
    written(spec, value, reach)
      .replace(/\s?(%|pp|h|s|\/h)$/, "")
      .replace("$", "");
  const widest = Math.max(
    ...spec.values.flat().map((value) => (value === null ? 0 : widthOf(pen, bare(value), numberSize(grid)))),
  );
  return widest <= grid.width - 6 && grid.height >= 20 ? bare : null;
}

const written = (spec: HeatSpec, value: number, reach: number): string =>
  (spec.signed ? formatDifference : formatValue)(value, spec.unit, spec.locale, reach);

const numberSize = ({ width, height }: Grid): number => (width >= 72 && height >= 36 ? 16 : 12.5);

function drawCell(
  pen: Pen,
  grid: Grid,
  row: number,
  column: number,
  value: number | null,
  colours: ColourScale,
  numbers: ((value: number) => string) | null,
): void {
  const [x, y, width, height] = [grid.left(column) + 1, grid.top(row) + 1, grid.width - 2, grid.height - 2];
  if (value === null) {
    drawUnknown(pen, x, y, width, height);
    return;
  }
  const { colour, dark } = colours.of(value);
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
  if (!numbers) return;
  write(pen, numbers(value), x + width / 2, y + height / 2, {
    size: numberSize(grid),
    colour: dark ? PAPER : INK,
    align: "center",
    baseline: "middle",
  });
}

function drawUnknown(pen: Pen, x: number, y: number, width: number, height: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = GRID;
  pen.lineWidth = 2;
  pen.beginPath();
  for (let start = x - height; start < x + width; start += 8) {
    pen.moveTo(start, y + height);
    pen.lineTo(start + height, y);
  }
  pen.stroke();
  pen.restore();
}

function drawKey(pen: Pen, chart: Chart<"scatter">, spec: HeatSpec, colours: ColourScale): void {
  const step = 26;
  const y = chart.height - 16 - 15;
  const reach = Math.max(-colours.low, colours.high);
  const [low, high] = [written(spec, colours.low, reach), written(spec, colours.high, reach)];
  const label = { size: 14, colour: MUTED, baseline: "middle" } as const;
  const right = chart.width - MARGIN - widthOf(pen, high, label.size) - 8;
  const left = right - colours.steps.length * step;
  colours.steps.forEach((colour, index) => {
    pen.fillStyle = colour;
    pen.fillRect(left + index * step, y, step, 14);
  });
  write(pen, low, left - 8, y + 7, { ...label, align: "right" });
  write(pen, high, right + 8, y + 7, label);
}
