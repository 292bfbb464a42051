import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadImage } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { vchart } from "../../src/charts/vchart.ts";
import { gallery } from "../gallery/specs.ts";
import { vchartPicture } from "./vchart-picture.ts";

const out = join(import.meta.dirname, "..", "gallery", "out", "vchart");
mkdirSync(out, { recursive: true });

describe("VChart spec for a Lark card", () => {
  it.each(Object.entries(gallery))("of %s is plain JSON and leaves half the card's 30 KB free", (_, spec) => {
    const made = vchart(spec);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(Buffer.byteLength(JSON.stringify(made))).toBeLessThan(16_000);
  });

  it.each([
    "line-one",
    "line-gaps",
    "bar-markets",
    "bar-long-names",
    "heat-week",
    "multiples-eight",
    "bar-null",
    "waterfall-rate",
    "waterfall-mix-zh",
    "waterfall-many",
    "waterfall-below-zero",
    "heat-effects",
  ])("of %s is drawn by VChart itself", async (name) => {
    const spec = gallery[name];
    if (!spec) throw new Error(name);
    const picture = vchartPicture(vchart(spec));
    writeFileSync(join(out, `${name}.png`), picture);
    const image = await loadImage(Buffer.from(picture));
    expect([image.width, image.height]).toEqual([1200, 760]);
  });

  it("says when points of a long series are left out, and keeps the newest", () => {
    const spec = gallery["line-five-90"];
    if (!spec) throw new Error("line-five-90");
    const made = vchart(spec) as { title: { subtext: string }; data: { values: { x: string }[] }[] };
    expect(made.title.subtext).toContain("1 point in 2 shown");
    expect(made.data[0]?.values.at(-1)?.x).toBe("16 Mar");
  });
});
