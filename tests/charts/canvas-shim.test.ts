import { createRequire } from "node:module";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { ChartJSNodeCanvas } from "chartjs-node-canvas";
import { describe, expect, it } from "vitest";
import { chartConfig, WIDTH } from "../../src/charts/config.ts";
import { gallery } from "../gallery/specs.ts";

const require = createRequire(import.meta.url);
const { palettePngSync } = require("../../shims/canvas/palette-png.js") as {
  palettePngSync(rgba: Uint8Array, width: number, height: number): Buffer | null;
};

const renderer = new ChartJSNodeCanvas({ width: WIDTH, height: 560 });
renderer.registerFont(join(import.meta.dirname, "..", "..", "assets", "fonts", "Inter_400Regular.ttf"), {
  family: "Inter",
});
const config = () => chartConfig(spec("line-five-90"));

describe("the package named canvas", () => {
  it("gives chartjs-node-canvas the same picture as buffer, sync buffer, data URL and stream", async () => {
    const picture = await renderer.renderToBuffer(config());
    const chunks: Buffer[] = [];
    for await (const chunk of renderer.renderToStream(config())) chunks.push(chunk as Buffer);
    const url = `data:image/png;base64,${picture.toString("base64")}`;
    expect(renderer.renderToBufferSync(config())).toEqual(picture);
    expect(Buffer.concat(chunks)).toEqual(picture);
    expect(await renderer.renderToDataURL(config())).toBe(url);
    expect(renderer.renderToDataURLSync(config())).toBe(url);
  });

  it("still writes JPEG", async () => {
    expect((await renderer.renderToBuffer(config(), "image/jpeg")).subarray(0, 3)).toEqual(
      Buffer.from([0xff, 0xd8, 0xff]),
    );
  });
});

describe("the palette PNG encoder", () => {
  it.each([2, 200])("keeps %i colours exactly, read by another decoder", async (colours) => {
    const source = pixels(64, 64, (x, y) => [((x + y * 64) % colours) + 20, 90, 200, 255]);
    expect(await decoded(encoded(source, 64, 64))).toEqual(source);
  });

  it.each(Object.keys(gallery))("moves no pixel of %s by more than an eye can see", async (name) => {
    const picture = await renderer.renderToBuffer(chartConfig(spec(name)));
    expect(picture[25], "colour type: palette").toBe(3);
    const skia = skiaPixels(name);
    expect(skia.length).toBe(2000 * 1120 * 4);
    const { largest, mean } = difference(await decoded(picture), skia);
    expect(largest).toBeLessThanOrEqual(20);
    expect(mean).toBeLessThan(0.5);
  });

  it("does move some pixels of a chart of many colours, so that the check above can see it", async () => {
    const picture = await decoded(await renderer.renderToBuffer(chartConfig(spec("line-twelve"))));
    expect(difference(picture, skiaPixels("line-twelve")).largest).toBeGreaterThan(0);
  });

  it("leaves transparency and photographs to Skia", () => {
    expect(
      palettePngSync(
        pixels(8, 8, () => [1, 2, 3, 128]),
        8,
        8,
      ),
    ).toBeNull();
    expect(
      palettePngSync(
        pixels(256, 256, (x, y) => [x, y, (x * y) % 256, 255]),
        256,
        256,
      ),
    ).toBeNull();
  });
});

function spec(name: string) {
  const found = gallery[name];
  if (!found) throw new Error(`no such chart in the gallery: ${name}`);
  return found;
}

function encoded(rgba: Uint8Array, width: number, height: number): Buffer {
  const bytes = palettePngSync(rgba, width, height);
  if (!bytes) throw new Error("not encoded");
  return bytes;
}

function pixels(width: number, height: number, of: (x: number, y: number) => readonly number[]): Uint8Array {
  return Uint8Array.from({ length: width * height }).reduce<Uint8Array>(
    (all, _, index) => {
      all.set(of(index % width, Math.floor(index / width)), index * 4);
      return all;
    },
    new Uint8Array(width * height * 4),
  );
}

/** Skia is the oracle: it decodes the file that we encoded. */
async function decoded(png: Uint8Array): Promise<Uint8Array> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return new Uint8Array(canvas.getContext("2d").getImageData(0, 0, image.width, image.height).data);
}

/** The same chart's pixels before any encoder. */
function skiaPixels(name: string): Uint8Array {
  return new Uint8Array(renderer.renderToBufferSync(chartConfig(spec(name)), "raw" as "image/png"));
}

function difference(a: Uint8Array, b: Uint8Array): { largest: number; mean: number } {
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < b.length; i++) {
    const by = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (by > largest) largest = by;
    sum += by;
  }
  return { largest, mean: sum / b.length };
}
