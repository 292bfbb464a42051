import type { ChartArea } from "chart.js";
import type { ChartMark } from "../kernel/chart-spec.ts";
import { MUTED, PAPER, TEXT } from "./palette.ts";
import { font, type Pen, shorten, widthOf, write } from "./pen.ts";

const SIZE = 14;
const LANE = 22;
const LANES_MAX = 3;
const LABEL_WIDTH_MAX = 240;

/** Px above the plot for the labels of the marks. */
export function marksHeight(marks: readonly ChartMark[]): number {
  return marks.length === 0 ? 0 : Math.min(LANES_MAX, marks.length) * LANE + 4;
}

/** Entries of the change ledger: a thin upright line each, its label in the first lane above the plot that is free. */
export function drawMarks(
  pen: Pen,
  area: ChartArea,
  marks: readonly ChartMark[],
  at: (x: string) => number | null,
): void {
  const lanes = Array.from({ length: Math.min(LANES_MAX, marks.length) }, () => Number.NEGATIVE_INFINITY);
  for (const { label, x } of sorted(marks, at)) {
    pen.font = font(SIZE);
    const text = shorten(pen, label, LABEL_WIDTH_MAX);
    const width = widthOf(pen, text, SIZE) + 14;
    const left = Math.max(area.left, Math.min(x - 5, area.right + 4 - width));
    const lane = lanes.findIndex((end) => end + 6 <= left);
    const top = area.top - 4 - (lanes.length - lane) * LANE;
    drawLine(pen, x, lane < 0 ? area.top : top + LANE - 4, area.bottom);
    if (lane < 0) continue;
    lanes[lane] = left + width;
    write(pen, text, left + 10, top + LANE / 2, { size: SIZE, colour: TEXT, baseline: "middle" });
  }
}

function sorted(marks: readonly ChartMark[], at: (x: string) => number | null) {
  return marks
    .flatMap((mark) => {
      const x = at(mark.x);
      return x === null ? [] : [{ label: mark.label, x }];
    })
    .toSorted((a, b) => a.x - b.x);
}

function drawLine(pen: Pen, x: number, top: number, bottom: number): void {
  pen.save();
  pen.strokeStyle = MUTED;
  pen.lineWidth = 1.25;
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(x, top);
  pen.lineTo(x, bottom);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = PAPER;
  pen.beginPath();
  pen.arc(x, bottom, 3.5, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
  pen.restore();
}
