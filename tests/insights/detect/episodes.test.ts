import { describe, expect, it } from "vitest";
import { episodesIn } from "../../../src/insights/detect/episodes.ts";
import { chanceGoesOn } from "../../../src/insights/detect/goes-on.ts";
import { shrunkDispersions } from "../../../src/insights/detect/shrink-dispersion.ts";
import type { Track } from "../../../src/insights/detect/track.ts";

/** Scores that are `size` on the days named and calm otherwise. */
const scores = (length: number, from: number, to: number, size: number): Float64Array =>
  Float64Array.from({ length }, (_, t) => (t >= from && t <= to ? size : t % 2 === 0 ? 0.3 : -0.3));

describe("changes that came and went", () => {
  it.each([
    ["a week above", scores(60, 20, 26, 3), [{ from: 20, to: 26 }]],
    ["a week below", scores(60, 20, 26, -3), [{ from: 20, to: 26 }]],
    ["two days, which may be a weekday that is about to differ", scores(60, 20, 21, 6), []],
    ["a month, which is the new usual", scores(60, 20, 50, 3), []],
    ["five days that hardly stand out", scores(60, 20, 24, 1.2), []],
    ["nothing", scores(60, 70, 71, 3), []],
  ])("%s", (_, score, expected) => expect(found(score)).toEqual(expected));

  it("are looked for on the days named only, and days without a score are left out", () => {
    const score = scores(60, 20, 26, 3);
    expect(found(score, 15)).toEqual([]);
    score[23] = Number.NaN;
    expect(found(score)).toEqual([{ from: 20, to: 26 }]);
  });
});

const found = (score: Float64Array, last = 59) => episodesIn(score, 0, last).map(({ from, to }) => ({ from, to }));

/** A track about 0 with variance 1 whose values are the scores. */
const trackOf = (score: Float64Array): Track =>
  ({ observed: score, score, variance: score.map(() => 1), expectedFrom: () => 0 }) as unknown as Track;

describe("the chance that a change goes on", () => {
  it("is near one while it does, and small after a day that is as usual", () => {
    const chances = [7, 6, 5, 4].map((days) => chanceGoesOn(trackOf(scores(40, 30, 30 + days - 1, 3)), 30, 36, "up"));
    expect(chances[0]).toBeGreaterThan(0.99);
    // One usual day is enough for a window not to be told.
    expect(chances[1]).toBeLessThan(0.5);
    expect(Math.max(...chances.slice(2))).toBeLessThan(0.2);
  });

  it("is the posterior of one that ends each day with chance 1 in 10, worked by hand for one day", () => {
    // One score of 2: evidence 2·2 − 2²/2 = 2; ended before it: 0.1·e^−2.
    expect(chanceGoesOn(trackOf(scores(40, 36, 36, 2)), 36, 36, "up")).toBeCloseTo(1 / (1 + 0.1 * Math.exp(-2)), 12);
  });
});

describe("over-dispersion drawn towards the usual of its group", () => {
  const of = (dispersion: number, days: number, precision: number) => ({
    dispersion,
    days,
    precision: () => precision,
  });
  // The group is known well and spread between 0.008 and 0.012.
  const group = [0.008, 0.009, 0.01, 0.011, 0.012].map((dispersion) => of(dispersion, 120, 1e9));

  it("leaves one that is known well where it is, and gives one of which nothing is known the usual", () => {
    const [known, unknown] = shrunkDispersions([of(0.03, 120, 1e9), of(0.03, 0, 0), ...group]);
    expect(known).toBeCloseTo(0.03, 3);
    expect(unknown).toBeCloseTo(0.01, 2);
  });

  it("goes the further the less its own days say", () => {
    const found = [3, 10, 30, 120].map((days) => shrunkDispersions([of(0.05, days, 1), ...group])[0] ?? 0);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    // Thirty days weigh as much as the group.
    expect(found[2]).toBeCloseTo((0.05 + 0.011) / 2, 2);
  });

  it("has nothing to draw towards where no day is known", () => expect(shrunkDispersions([of(0, 0, 0)])).toEqual([0]));
});
