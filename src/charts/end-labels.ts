import type { ChartArea } from "chart.js";
import { font, type Pen, shorten, widthOf, write } from "./pen.ts";

/** A line's name and last value, written beside its end instead of in a legend. */
export interface EndLabel {
  readonly name: string;
  readonly value: string;
  readonly colour: string;
  /** Kept when there is no place for all. */
  readonly first: boolean;
  readonly datasetIndex: number;
  readonly index: number;
}

const SIZE = 16;
const PITCH = 21;
const GAP = 14;
const SPACE = 7;
const WIDTH_MAX = 250;

/** Px to keep free at the right of the plot. */
export function endLabelsWidth(pen: Pen, labels: readonly EndLabel[]): number {
  const widths = labels.map((label) => nameWidth(pen, label) + widthOf(pen, label.value, SIZE, 600));
  return widths.length === 0 ? 0 : Math.min(WIDTH_MAX, Math.max(...widths)) + GAP;
}

/** Writes the labels at the height of their line's end, moved apart where they would touch, with a thread back to the line. */
export function drawEndLabels(
  pen: Pen,
  area: ChartArea,
  labels: readonly (EndLabel & { readonly x: number; readonly y: number })[],
): void {
  const fitting = Math.floor((area.bottom - area.top) / PITCH);
  const kept = labels.toSorted((a, b) => Number(b.first) - Number(a.first)).slice(0, fitting);
  const sorted = kept.toSorted((a, b) => a.y - b.y);
  const heights = spread(
    sorted.map((label) => label.y),
    area.top + PITCH / 2,
    area.bottom - PITCH / 2,
  );
  const left = Math.max(...sorted.map((label) => label.x)) + GAP;
  sorted.forEach((label, index) => {
    drawLabel(pen, left, label, heights[index] ?? label.y);
  });
}

/** Least moves that keep a pitch between neighbours: pools of touching labels are centred on where they wish to be. */
function spread(wishes: readonly number[], top: number, bottom: number): readonly number[] {
  const pools: { sum: number; count: number; start: number }[] = [];
  for (const wish of wishes) {
    let pool = { sum: wish, count: 1, start: clamp(wish, top, bottom) };
    for (let above = pools.at(-1); above && above.start + above.count * PITCH > pool.start; above = pools.at(-1)) {
      pools.pop();
      const count = above.count + pool.count;
      const sum = above.sum + pool.sum - pool.count * above.count * PITCH;
      pool = { sum, count, start: clamp(sum / count, top, bottom - (count - 1) * PITCH) };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ start, count }) => Array.from({ length: count }, (_, index) => start + index * PITCH));
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

function drawLabel(pen: Pen, left: number, label: EndLabel & { x: number; y: number }, height: number): void {
  if (Math.abs(height - label.y) > 8 || left - label.x > 40) drawThread(pen, label, left - 3, height);
  const width = widthOf(pen, label.value, SIZE, 600);
  pen.font = font(SIZE);
  const name = label.name === "" ? "" : shorten(pen, label.name, WIDTH_MAX - width - SPACE);
  const nameEnd = name === "" ? left : left + widthOf(pen, name, SIZE) + SPACE;
  write(pen, name, left, height, { size: SIZE, colour: label.colour, baseline: "middle" });
  write(pen, label.value, nameEnd, height, { size: SIZE, weight: 600, colour: label.colour, baseline: "middle" });
}

function drawThread(pen: Pen, label: EndLabel & { x: number; y: number }, x: number, height: number): void {
  pen.save();
  pen.strokeStyle = label.colour;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(label.x + 5, label.y);
  pen.lineTo(x, height);
  pen.stroke();
  pen.restore();
}

function nameWidth(pen: Pen, label: EndLabel): number {
  return label.name === "" ? 0 : widthOf(pen, label.name, SIZE) + SPACE;
}
