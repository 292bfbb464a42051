import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { chartHeight } from "../../src/charts/config.ts";
import { COMPARE, INK, PAPER, SEQUENTIAL, SERIES, STEPS } from "../../src/charts/palette.ts";
import { png } from "../../src/charts/png.ts";
import type { ChartSpec } from "../../src/kernel/chart-spec.ts";
import { gallery } from "./specs.ts";

/** Every kind of chart and the cases that break charts, as files to open: tests/gallery/out/*.png. */
const out = join(import.meta.dirname, "out");
mkdirSync(out, { recursive: true });

describe("the gallery of charts", () => {
  it.each(Object.entries(gallery))("%s is a picture of the right size, light, in our colours", async (name, spec) => {
    const file = await png(spec);
    writeFileSync(join(out, `${name}.png`), file);
    const image = await pixelsOf(file);
    expect([image.width, image.height]).toEqual([2000, 2 * chartHeight(spec)]);
    expect(file.length / 1024).toBeLessThan((100 * image.height) / 1120);
    expect(image.share(PAPER), "mostly white paper").toBeGreaterThan(spec.kind === "heat" ? 0.2 : 0.5);
    expect(image.share(INK), "a title in ink").toBeGreaterThan(0);
    for (const colour of coloursOf(spec)) expect(image.share(colour), `${colour} is on it`).toBeGreaterThan(0);
  });

  it.each(Object.entries(gallery))("%s leaves its edges white: no label is cut", async (_, spec) => {
    const image = await pixelsOf(await png(spec));
    expect(image.edgesAre(PAPER, 6)).toBe(true);
  });
});

/** Colours that must appear: of each line with a value, of bars, of the ends of the heat scale. */
function coloursOf(spec: ChartSpec): readonly string[] {
  const known = (points: readonly { y: number | null }[]) => points.some((point) => point.y !== null);
  switch (spec.kind) {
    case "line":
      return spec.series
        .filter((series) => series.role === "main" && known(series.points))
        .map((_, index) => SERIES[index]?.line ?? "");
    case "bar":
      return spec.items.some((item) => item.value !== null) ? [SERIES[0]?.line ?? ""] : [];
    case "waterfall":
      return [
        COMPARE.text,
        ...spec.steps.map(({ effect, faint }) => STEPS[effect < 0 ? "down" : "up"][faint ? "faint" : "solid"]),
      ];
    case "heat":
      return spec.values.flat().some((value) => (value ?? 0) < 0) ? [] : [SEQUENTIAL[0] ?? "", SEQUENTIAL.at(-1) ?? ""];
    case "multiples":
      return [SERIES[0]?.line ?? ""];
    default:
      return spec satisfies never;
  }
}

async function pixelsOf(file: Uint8Array) {
  const image = await loadImage(Buffer.from(file));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  return {
    width,
    height,
    share: (hex: string): number => count(pixels, little(hex)) / pixels.length,
    edgesAre: (hex: string, depth: number): boolean => {
      const inner = context.getImageData(depth, depth, width - 2 * depth, height - 2 * depth).data.buffer;
      const colour = little(hex);
      return pixels.length - count(pixels, colour) === inner.byteLength / 4 - count(new Uint32Array(inner), colour);
    },
  };
}

function count(pixels: Uint32Array, colour: number): number {
  let found = 0;
  for (const pixel of pixels) if (pixel === colour) found++;
  return found;
}

/** "#rrggbb" as a little-endian RGBA word. */
function little(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return ((255 << 24) | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0;
}
