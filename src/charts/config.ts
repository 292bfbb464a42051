import type { ChartConfiguration } from "chart.js";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { BARS_MAX, barConfig, barsLie } from "./bar.ts";
import { heatConfig } from "./heat.ts";
import { lineConfig } from "./line.ts";
import { multiplesConfig } from "./multiples.ts";
import { FAMILY } from "./pen.ts";
import { waterfallConfig, waterfallRows } from "./waterfall.ts";

/** Width of every picture in px, before the pixel ratio of 2. */
export const WIDTH = 1000;
/** Heights: the usual one, and two taller ones for many bars. */
export const HEIGHTS = [560, 840, 1120] as const;
export type Height = (typeof HEIGHTS)[number];

/** A spec as chart.js draws it: no animation, its own fonts. It needs neither Node nor a DOM. */
export function chartConfig(spec: ChartSpec): ChartConfiguration {
  const config = configOf(spec);
  return {
    ...config,
    options: {
      ...config.options,
      animation: false,
      responsive: false,
      devicePixelRatio: 2,
      events: [],
      font: { family: FAMILY, size: 15 },
    },
  };
}

/** Lying bars need about 24 px each to be read, the steps of a waterfall as much again. */
export function chartHeight(spec: ChartSpec): Height {
  if (spec.kind === "waterfall") return waterfallRows(spec) <= 10 ? 560 : 840;
  if (spec.kind !== "bar" || !barsLie(spec)) return 560;
  const bars = Math.min(BARS_MAX, spec.items.length);
  return bars <= 16 ? 560 : bars <= 28 ? 840 : 1120;
}

function configOf(spec: ChartSpec): ChartConfiguration {
  switch (spec.kind) {
    case "line":
      return lineConfig(spec) as ChartConfiguration;
    case "bar":
      return barConfig(spec) as ChartConfiguration;
    case "waterfall":
      return waterfallConfig(spec) as ChartConfiguration;
    case "heat":
      return heatConfig(spec) as ChartConfiguration;
    case "multiples":
      return multiplesConfig(spec) as ChartConfiguration;
    default:
      return spec satisfies never;
  }
}
