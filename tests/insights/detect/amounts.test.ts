import { describe, expect, it } from "vitest";
import { trackAmount } from "../../../src/insights/detect/amount-track.ts";
import { type ScanSeries, scan } from "../../../src/insights/detect/scan.ts";
import { tracksOf } from "../../../src/insights/detect/tracks.ts";
import { changed, days, normal, uniforms } from "./worlds.ts";

const AT = 179;
const amount = (id: string, valueAt: (t: number) => number): ScanSeries => {
  const dated = days(AT + 1);
  return {
    id,
    parent: "all",
    kind: "amount",
    days: dated,
    values: dated.map((_, t) => valueAt(t)),
    denominators: null,
    masked: dated.map(() => false),
    calendar: dated.map(() => null),
  };
};

describe("the unit in which an amount is judged", () => {
  const uniform = uniforms(1);
  it("is the logarithm where noise is a share of the value, and the value itself where it is not", () => {
    const share = amount("share", (t) => 40 * (t % 7 < 5 ? 1 : 0.2) * Math.exp(0.2 * normal(uniform)));
    const fixed = amount("fixed", (t) => 40 * (t % 7 < 5 ? 1 : 0.2) + 1.5 * normal(uniform));
    expect(trackAmount(share, AT).unit.power).toBe(0);
    expect(trackAmount(fixed, AT).unit.power).toBe(1);
  });

  it("holds zeros and what is below, and never tells a band below zero of what is never below", () => {
    const zeros = amount("zeros", (t) => (t % 9 === 0 ? 0 : 2 + Math.abs(normal(uniform))));
    const signed = amount("signed", () => normal(uniform));
    for (const { score } of [trackAmount(zeros, AT), trackAmount(signed, AT)])
      expect(score.subarray(30).every(Number.isFinite)).toBe(true);
    const { back, expected, variance } = trackAmount(zeros, AT);
    expect(back((expected[AT] ?? 0) - 9 * Math.sqrt(variance[AT] ?? 0))).toBeGreaterThanOrEqual(0);
  });
});

describe("amounts that move together", () => {
  const uniform = uniforms(2);
  const common = days(AT + 1).map(() => normal(uniform));
  const siblings = Array.from({ length: 8 }, (_, i) =>
    amount(`sibling ${i}`, (t) => 60 * Math.exp(0.1 * (common[t] ?? 0) + 0.03 * normal(uniform))),
  );
  const loner = amount("loner", () => 60 * Math.exp(0.1 * normal(uniform)));
  const world = [...siblings, loner];
  const errorOf = (all: readonly ScanSeries[], id: string): number => {
    const track = tracksOf(all, AT).find(({ series }) => series.id === id)?.track;
    return Math.sqrt(track?.variance[AT] ?? Number.NaN);
  };

  it("are judged by what each does beside the others; one that goes its own way is not", () => {
    const alone = errorOf([{ ...(siblings[0] as ScanSeries), parent: null }], "sibling 0");
    expect(errorOf(world, "sibling 0")).toBeLessThan(0.6 * alone);
    const own = errorOf([{ ...loner, parent: null }], "loner");
    expect(errorOf(world, "loner")).toBeGreaterThan(0.9 * own);
    expect(errorOf(world, "loner")).toBeLessThan(1.1 * own);
  });

  it("a day that moved all of them is no finding of any, a day that moved one of them is", () => {
    const all = world.map((series) => (series === loner ? series : changed(series, AT, AT, (value) => value * 1.5)));
    expect(scan(all, { at: AT })).toEqual([]);
    const [first, ...others] = world as [ScanSeries, ...ScanSeries[]];
    const found = scan([changed(first, AT, AT, (value) => value * 1.5), ...others], { at: AT });
    expect(found.map(({ id, kind, direction }) => [id, kind, direction])).toEqual([["sibling 0", "spike", "up"]]);
  });
});
