import type { ChartConfiguration, Plugin } from "chart.js";
import { formatDifference } from "../../../chat/format.ts";
import type { WaterfallSpec } from "../../../kernel/chart-spec.ts";
import { exact, type Look, tooltip, UNITS } from "./chart-look.ts";

/** Lying steps from the number before to the number after; the axis is cut where the steps would be too small to see. */
export function waterfallConfig(spec: WaterfallSpec, look: Look): ChartConfiguration<"bar"> {
  const bars = barsOf(spec);
  const levels = bars.flatMap(({ from, to, isStep }) => (isStep ? [from, to] : [to]));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const foot = low > 0 && high - low < high / 2 ? low - (high - low || high) / 2 : Math.min(0, low);
  return {
    type: "bar",
    data: {
      labels: bars.map(({ label }) => (label.length > 28 ? `${label.slice(0, 27)}…` : label)),
      datasets: [
        {
          data: bars.map(({ from, to, isStep }): [number, number] => [isStep ? from : Math.max(foot, from), to]),
          backgroundColor: bars.map(({ from, to, isStep, faint }) =>
            isStep ? `${to < from ? look.series[0] : look.against}${faint ? "60" : "d8"}` : look.compare,
          ),
          borderRadius: 3,
          borderSkipped: false,
          barThickness: 17,
        },
      ],
    },
    options: {
      indexAxis: "y",
      responsive: true,
      maintainAspectRatio: false,
      animation: look.animate,
      interaction: { mode: "index", axis: "y", intersect: false },
      layout: { padding: { right: 76, left: low < 0 ? 70 : 0 } },
      scales: {
        x: { display: false, min: foot, max: high > foot ? high : foot + 1 },
        y: {
          grid: { display: false },
          border: { color: look.grid },
          ticks: { color: look.ink, font: { family: look.font, size: 12.5 }, autoSkip: false },
        },
      },
      plugins: {
        tooltip: {
          ...tooltip(look),
          callbacks: {
            title: ([item]) => (item ? (bars[item.dataIndex]?.label ?? "") : ""),
            label: (item) => ` ${bars[item.dataIndex]?.text ?? ""}`,
          },
        },
      },
    },
    plugins: [labels(bars, look, foot > 0)],
  };
}

export const waterfallHeight = (spec: WaterfallSpec): number => (spec.steps.length + 2) * 31 + 20;

interface Bar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly isStep: boolean;
  readonly faint: boolean;
}

function barsOf({ from, steps, to, unit, locale }: WaterfallSpec): Bar[] {
  const total = ({ label, value }: WaterfallSpec["from"]): Bar => ({
    label,
    from: 0,
    to: value,
    text: exact(value, unit, locale),
    isStep: false,
    faint: false,
  });
  let level = from.value;
  const between = steps.map(({ label, effect, faint }): Bar => {
    const start = level;
    level += effect;
    const text = formatDifference(effect, UNITS[unit], locale);
    return { label, from: start, to: level, text, isStep: true, faint: faint === true };
  });
  return [total(from), ...between, total(to)];
}

function labels(bars: readonly Bar[], look: Look, isCut: boolean): Plugin<"bar"> {
  return {
    id: "labels",
    afterDatasetsDraw(chart) {
      const scale = chart.scales.x;
      if (!scale) return;
      const { ctx } = chart;
      ctx.save();
      ctx.textBaseline = "middle";
      ctx.font = `600 12px ${look.font}`;
      ctx.fillStyle = look.ink;
      bars.forEach(({ from, to, text, isStep }, place) => {
        const bar = chart.getDatasetMeta(0).data[place];
        if (!bar) return;
        const right = scale.getPixelForValue(Math.max(isStep ? from : scale.min, to));
        ctx.fillText(text, right + 8, bar.y);
        if (isCut && !isStep) drawBreak(ctx, scale.getPixelForValue(scale.min), bar.y, look.surface);
      });
      ctx.restore();
    },
  };
}

/** Two slanting cuts near the root of a total that does not begin at zero. */
function drawBreak(ctx: CanvasRenderingContext2D, left: number, y: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  for (const offset of [10, 16]) {
    ctx.beginPath();
    ctx.moveTo(left + offset - 3, y + 10);
    ctx.lineTo(left + offset + 3, y - 10);
    ctx.stroke();
  }
}
