import { describe, expect, it } from "vitest";
import { ChartsBusy, png } from "../../src/charts/png.ts";
import type { ChartSpec, LineSpec } from "../../src/kernel/chart-spec.ts";
import { gallery } from "../gallery/specs.ts";

const base = gallery["line-five-90"] as LineSpec;
const titled = (title: string): ChartSpec => ({ ...base, title });

describe("png", () => {
  it("draws an equal spec once, also while it is being drawn", async () => {
    const first = png(titled("same"));
    expect(png(titled("same"))).toBe(first);
    const picture = await first;
    expect(await png(titled("same"))).toBe(picture);
  });

  it("refuses what would wait too long, and draws again when the queue is empty", async () => {
    const small: ChartSpec = { ...(gallery["bar-one"] as ChartSpec) };
    const queue = Array.from({ length: 201 }, (_, index) => png({ ...small, title: `Queue ${index}` }));
    const settled = await Promise.allSettled(queue);
    expect(settled.filter((each) => each.status === "fulfilled")).toHaveLength(200);
    expect(settled.at(-1)).toMatchObject({ status: "rejected", reason: expect.any(ChartsBusy) });
    await expect(png({ ...small, title: "Queue 200" })).resolves.toBeInstanceOf(Uint8Array);
  }, 240_000);

  it("draws 200 charts in at most 60 MB more memory", async () => {
    for (let index = 0; index < 60; index++) await png(titled(`warm ${index}`));
    const before = process.memoryUsage.rss();
    for (let index = 0; index < 200; index++) await png(titled(`chart ${index}`));
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(60);
  }, 240_000);

  it("lets the event loop turn between charts", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: 20 }, (_, index) => png(titled(`turn ${index}`))));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
