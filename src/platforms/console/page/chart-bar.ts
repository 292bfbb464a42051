import type { ChartConfiguration, Plugin } from "chart.js";
import type { BarItem, BarSpec } from "../../../kernel/chart-spec.ts";
import { exact, type Look, onAxis, tooltip } from "./chart-look.ts";

/** Bars from zero in the order given: whiskers for the interval, a grey tick for the comparison, pale with a dashed edge when provisional. */
export function barConfig(spec: BarSpec, look: Look): ChartConfiguration<"bar"> {
  const fill = spec.items.map(({ value }) => ((value ?? 0) < 0 ? look.against : (look.series[0] ?? look.ink)));
  return {
    type: "bar",
    data: {
      labels: spec.items.map(({ label }) => short(label, look.narrow ? 14 : 28)),
      datasets: [
        {
          label: spec.valueName,
          data: spec.items.map(({ value }) => value),
          backgroundColor: spec.items.map(({ provisional }, place) => `${fill[place]}${provisional ? "47" : "b8"}`),
          hoverBackgroundColor: fill,
          borderRadius: 3,
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
      layout: { padding: { right: 62, left: 0 } },
      scales: {
        x: {
          beginAtZero: true,
          max: Math.max(...spec.items.map(reach), 0) || 1,
          suggestedMin: Math.min(
            ...spec.items.map(({ value, low, compare }) => Math.min(value ?? 0, low ?? 0, compare ?? 0)),
            0,
          ),
          grid: { color: look.grid },
          border: { display: false },
          ticks: {
            color: look.muted,
            font: { family: look.font, size: 11 },
            maxTicksLimit: look.narrow ? 4 : 6,
            includeBounds: false,
            callback: (value) => onAxis(Number(value), spec.unit, spec.locale),
          },
        },
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
            title: ([item]) => (item ? (spec.items[item.dataIndex]?.label ?? "") : ""),
            label: (item) => said(spec, spec.items[item.dataIndex]),
            afterLabel: (item) => compared(spec, spec.items[item.dataIndex]),
          },
        },
      },
    },
    plugins: [ornaments(spec, look)],
  };
}

export const barHeight = (spec: BarSpec): number => spec.items.length * 31 + 40;

const reach = ({ value, high, compare }: BarItem): number => Math.max(value ?? 0, high ?? 0, compare ?? 0);

/** Whiskers, comparison ticks and the value beside each bar. */
function ornaments(spec: BarSpec, look: Look): Plugin<"bar"> {
  return {
    id: "ornaments",
    afterDatasetsDraw(chart) {
      const scale = chart.scales.x;
      if (!scale) return;
      const { ctx } = chart;
      const at = (value: number): number => scale.getPixelForValue(value);
      ctx.save();
      ctx.textBaseline = "middle";
      ctx.font = `600 12px ${look.font}`;
      spec.items.forEach((item, place) => {
        const bar = chart.getDatasetMeta(0).data[place];
        if (!bar) return;
        if (item.provisional && item.value !== null)
          dashedEdge(ctx, at(0), at(item.value), bar.y, look.series[0] ?? look.ink);
        if (typeof item.compare === "number")
          stroke(ctx, look.compare, 2.5, [
            [at(item.compare), bar.y - 12],
            [at(item.compare), bar.y + 12],
          ]);
        if (typeof item.low === "number" && typeof item.high === "number")
          whisker(ctx, at(item.low), at(item.high), bar.y, look);
        ctx.fillStyle = item.value === null ? look.muted : look.ink;
        const text = item.value === null ? "–" : exact(item.value, spec.unit, spec.locale);
        ctx.fillText(text, besideBar(item, at, ctx.measureText(text).width), bar.y);
      });
      ctx.restore();
    },
  };
}

/** Right of the bar and its whisker; past the comparison's tick only where the tick would cross the text. */
function besideBar(item: BarItem, at: (value: number) => number, width: number): number {
  const start = Math.max(at(item.value ?? 0), at(item.high ?? 0), at(0)) + 8;
  const tick = typeof item.compare === "number" ? at(item.compare) : null;
  return tick !== null && tick > start - 6 && tick < start + width + 6 ? tick + 8 : start;
}

function whisker(ctx: CanvasRenderingContext2D, low: number, high: number, y: number, look: Look): void {
  stroke(ctx, look.ink, 1.25, [
    [low, y],
    [high, y],
  ]);
  for (const end of [low, high])
    stroke(ctx, look.ink, 1.25, [
      [end, y - 4],
      [end, y + 4],
    ]);
}

function dashedEdge(ctx: CanvasRenderingContext2D, from: number, to: number, y: number, colour: string): void {
  ctx.save();
  ctx.setLineDash([4, 3]);
  ctx.strokeStyle = colour;
  ctx.strokeRect(Math.min(from, to), y - 8.5, Math.abs(to - from), 17);
  ctx.restore();
}

function stroke(
  ctx: CanvasRenderingContext2D,
  colour: string,
  width: number,
  [from, to]: readonly [readonly [number, number], readonly [number, number]],
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function said(spec: BarSpec, item: BarItem | undefined): string {
  if (!item || item.value === null) return ` ${spec.valueName}: –`;
  const value = exact(item.value, spec.unit, spec.locale);
  return typeof item.low === "number" && typeof item.high === "number"
    ? ` ${spec.valueName}: ${value} (${exact(item.low, spec.unit, spec.locale)} – ${exact(item.high, spec.unit, spec.locale)})`
    : ` ${spec.valueName}: ${value}`;
}
const compared = (spec: BarSpec, item: BarItem | undefined): string =>
  typeof item?.compare === "number" ? ` ${spec.compareName ?? ""}: ${exact(item.compare, spec.unit, spec.locale)}` : "";

const short = (label: string, max: number): string => (label.length > max ? `${label.slice(0, max - 1)}…` : label);
