import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { chartConfig, chartHeight, type Height, WIDTH } from "./config.ts";

/**
 * Draws one picture on this thread, after a turn of the event loop: without that native buffers are never freed, and a long queue eats the
 * memory. Throws only on a bug.
 */
export async function drawPicture(spec: ChartSpec): Promise<Uint8Array> {
  await nextTurn();
  return renderer(chartHeight(spec)).renderToBuffer(chartConfig(spec));
}

/** One a size, for each holds a copy of chart.js (1.7 MB) for ever. */
const renderers = new Map<Height, ChartJSNodeCanvas>();

function renderer(height: Height): ChartJSNodeCanvas {
  let known = renderers.get(height);
  if (!known) {
    known = new ChartJSNodeCanvas({ width: WIDTH, height });
    if (renderers.size === 0) registerFonts(known);
    renderers.set(height, known);
  }
  return known;
}

/** Each under a family name of its own: files that share one hide each other's letters. */
const FONTS = [
  { file: "Inter_400Regular.ttf", family: "Inter", weight: "400" },
  { file: "Inter_600SemiBold.ttf", family: "Inter", weight: "600" },
  { file: "noto-sans-sc-chinese-simplified-400-normal.woff2", family: "Noto Sans SC", weight: "400" },
  { file: "noto-sans-thai-thai-400-normal.woff2", family: "Noto Sans Thai", weight: "400" },
];

function registerFonts(to: ChartJSNodeCanvas): void {
  const folder = fontsFolder();
  for (const { file, family, weight } of FONTS) to.registerFont(join(folder, file), { family, weight });
}

/** Beside the sources or, once compiled, beside `dist`: the nearest `assets/fonts` above this file. */
function fontsFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const fonts = join(folder, "assets", "fonts");
    if (existsSync(fonts)) return fonts;
  }
  throw new Error("assets/fonts is missing: the charts' fonts belong to the installation");
}
