import type { ChartArea } from "chart.js";
import type { LinePoint } from "../kernel/chart-spec.ts";
import type { Pen } from "./pen.ts";

/** The interval as a light band behind its line; a point without neighbours gets a whisker. Cut at the plot's edge. */
export function drawBand(
  pen: Pen,
  points: readonly LinePoint[],
  colour: string,
  xAt: (index: number) => number,
  y: { getPixelForValue(value: number): number },
  area: ChartArea,
): void {
  pen.save();
  pen.beginPath();
  pen.rect(area.left - 6, area.top, area.right - area.left + 12, area.bottom - area.top);
  pen.clip();
  pen.fillStyle = `${colour}24`;
  pen.strokeStyle = `${colour}99`;
  pen.lineWidth = 2;
  for (const run of runsWithInterval(points)) {
    pen.beginPath();
    if (run.length === 1) drawWhisker(pen, xAt(run[0]?.index ?? 0), run, y);
    else drawPolygon(pen, xAt, run, y);
  }
  pen.restore();
}

interface Interval {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

function runsWithInterval(points: readonly LinePoint[]): readonly (readonly Interval[])[] {
  const runs: Interval[][] = [];
  points.forEach(({ y, low, high }, index) => {
    if (y === null || low === null || low === undefined || high === null || high === undefined) return;
    const run = runs.at(-1);
    const interval = { index, low, high };
    if (run?.at(-1)?.index === index - 1) run.push(interval);
    else runs.push([interval]);
  });
  return runs;
}

type PixelScale = { getPixelForValue(value: number): number };

function drawPolygon(pen: Pen, xAt: (index: number) => number, run: readonly Interval[], y: PixelScale): void {
  for (const { index, high } of run) pen.lineTo(xAt(index), y.getPixelForValue(high));
  for (const { index, low } of run.toReversed()) pen.lineTo(xAt(index), y.getPixelForValue(low));
  pen.fill();
}

function drawWhisker(pen: Pen, x: number, run: readonly Interval[], y: PixelScale): void {
  for (const { low, high } of run) {
    pen.moveTo(x, y.getPixelForValue(low));
    pen.lineTo(x, y.getPixelForValue(high));
    for (const end of [low, high]) {
      pen.moveTo(x - 6, y.getPixelForValue(end));
      pen.lineTo(x + 6, y.getPixelForValue(end));
    }
  }
  pen.stroke();
}
