import type { Chart, Plugin } from "chart.js";
import type { ChartMark, LinePoint } from "../../../kernel/chart-spec.ts";
import type { Look } from "./chart-look.ts";

const LANE = 14;
const LANES_MAX = 3;
const LABEL_WIDTH_MAX = 170;

/** Px above the plot for the labels of the marks. */
export const marksHeight = (entries: readonly ChartMark[]): number => Math.min(LANES_MAX, entries.length) * LANE;

/** Upright lines with their labels, each in the first lane above the plot that is free there; what finds none has its line only. */
export function marks(entries: readonly ChartMark[], points: readonly LinePoint[], look: Look): Plugin<"line"> {
  return {
    id: "marks",
    beforeDatasetsDraw(chart) {
      const scale = chart.scales.x;
      if (!scale) return;
      const placed = entries
        .map(({ x, label }) => ({ label, place: points.findIndex((point) => point.x === x) }))
        .filter(({ place }) => place >= 0)
        .sort((a, b) => a.place - b.place);
      const font = `11px ${look.font}`;
      const lanes = Array.from({ length: Math.min(LANES_MAX, entries.length) }, () => Number.NEGATIVE_INFINITY);
      for (const { label, place } of placed) {
        const x = scale.getPixelForValue(place);
        chart.ctx.font = font;
        const text = shortened(chart, label);
        const width = chart.ctx.measureText(text).width;
        const left = Math.max(chart.chartArea.left, Math.min(x - width / 2, chart.chartArea.right - width));
        const lane = lanes.findIndex((end) => end + 8 <= left);
        const y = chart.chartArea.top - 6 - (lanes.length - 1 - lane) * LANE;
        drawLine(chart, x, lane < 0 ? chart.chartArea.top : y + 6, look);
        if (lane < 0) continue;
        lanes[lane] = left + width;
        write(chart, text, left, y, look.muted, font);
      }
    },
  };
}

function drawLine({ ctx, chartArea }: Chart<"line">, x: number, top: number, look: Look): void {
  ctx.save();
  ctx.strokeStyle = look.muted;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, chartArea.bottom);
  ctx.stroke();
  ctx.restore();
}

/** Cut with an ellipsis where it would be too wide. */
function shortened({ ctx }: Chart<"line">, label: string): string {
  if (ctx.measureText(label).width <= LABEL_WIDTH_MAX) return label;
  const letters = [...label];
  while (letters.length > 1 && ctx.measureText(`${letters.join("")}…`).width > LABEL_WIDTH_MAX) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

export function write(chart: Chart<"line">, text: string, x: number, y: number, fill: string, font: string): void {
  const { ctx } = chart;
  ctx.save();
  ctx.font = font;
  ctx.fillStyle = fill;
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y);
  ctx.restore();
}
