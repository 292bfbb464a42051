import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawPicture } from "../../src/charts/draw.ts";
import { png } from "../../src/charts/png.ts";
import { closeCharts, poolDraw, warmCharts } from "../../src/charts/pool.ts";
import type { ChartSpec } from "../../src/kernel/chart-spec.ts";
import { gallery } from "../gallery/specs.ts";

const spec = gallery["line-hours-zh"] as ChartSpec;

describe("the workers that draw pictures", () => {
  beforeAll(async () => {
    expect(await warmCharts()).toBeGreaterThan(0);
  });
  afterAll(() => closeCharts());

  it("draw what this thread draws, to the byte, letters of every script included", async () => {
    for (const name of ["line-hours-zh", "glyphs", "heat-week"]) {
      const each = gallery[name] as ChartSpec;
      expect(Buffer.from((await poolDraw(each)) ?? []).equals(Buffer.from(await drawPicture(each))), name).toBe(true);
    }
  });

  it("draw many at once in any order, each its own", async () => {
    const titles = Array.from({ length: 12 }, (_, index) => `Picture ${index % 4}`);
    const pictures = await Promise.all(titles.map((title) => png({ ...spec, title })));
    expect(new Set(pictures.map((picture) => Buffer.from(picture).toString("base64"))).size).toBe(4);
  });

  it("fail as this thread fails on what cannot be drawn, and go on", async () => {
    const broken = { ...spec, kind: "line", series: null } as unknown as ChartSpec;
    await expect(poolDraw(broken)).rejects.toThrow(TypeError);
    expect((await poolDraw(spec))?.length).toBeGreaterThan(1_000);
  });
});

it("without workers this thread draws", async () => {
  await closeCharts();
  expect(poolDraw(spec)).toBeNull();
  expect((await png({ ...spec, title: "alone" })).length).toBeGreaterThan(1_000);
});
