import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { chartConfig, chartHeight, type Height, WIDTH } from "./config.ts";

/** Pictures kept, at most about 100 KB each. */
const KEPT_MAX = 64;
/** Pictures waiting or being drawn; the next one is refused, for an answer without its picture is better than none. */
const WAITING_MAX = 200;

/**
 * PNG of 1000 px width at pixel ratio 2, 560 px high (840 or 1120 for more than 16 lying bars). Pictures are drawn one after
 * another, the event loop turning between them: without that native buffers are never freed and a long queue eats the
 * memory. Equal specs share one drawing. Throws ChartsBusy when too many wait, else only on a bug.
 */
export function png(spec: ChartSpec): Promise<Uint8Array> {
  const key = JSON.stringify(spec);
  const known = pictures.get(key);
  if (known) {
    keep(key, known);
    return known;
  }
  if (waiting >= WAITING_MAX) return Promise.reject(new ChartsBusy());
  const picture = enqueue(spec);
  keep(key, picture);
  picture.catch(() => pictures.delete(key));
  return picture;
}

export class ChartsBusy extends Error {
  constructor() {
    super(`more than ${WAITING_MAX} charts are waiting to be drawn`);
    this.name = "ChartsBusy";
  }
}

const pictures = new Map<string, Promise<Uint8Array>>();

/** The newest last; the oldest goes. */
function keep(key: string, picture: Promise<Uint8Array>): void {
  pictures.delete(key);
  pictures.set(key, picture);
  const [oldest] = pictures.keys();
  if (pictures.size > KEPT_MAX && oldest !== undefined) pictures.delete(oldest);
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

function enqueue(spec: ChartSpec): Promise<Uint8Array> {
  waiting++;
  const picture = last.then(() => draw(spec)).finally(() => waiting--);
  last = picture.catch(() => undefined);
  return picture;
}

async function draw(spec: ChartSpec): Promise<Uint8Array> {
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
