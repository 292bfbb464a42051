import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completenessOf, nowcast } from "../../../src/insights/estimate/nowcast.ts";
import { wilson } from "../../../src/insights/intervals/wilson.ts";
import type { LagCurve } from "../../../src/kernel/measurement.ts";

const curve = (hits: readonly number[], of: LagCurve["of"] = "hit"): LagCurve => ({ of, hits });
const hits = fc
  .array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 })
  .filter((all) => sum(all) >= 50);
const share = fc
  .integer({ min: 600, max: 5_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 1, max: n - 1 }), fc.constant(n)));
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

describe("the nowcast of a share", () => {
  test("of a cohort that is complete is the share with Wilson's interval", () => {
    fc.assert(
      fc.property(share, hits, ([x, n], days) => {
        const expected = wilson(x, n, 0.95);
        const found = nowcast({ x, n }, 1, curve(days), 0.95);
        expect(found?.value).toBeCloseTo(x / n, 12);
        expect(found?.low).toBeCloseTo(expected.low as number, 12);
        expect(found?.high).toBeCloseTo(expected.high as number, 12);
      }),
    );
  });

  test("stands on the same hits less firmly, the less of them were to be expected yet", () => {
    fc.assert(
      fc.property(share, fc.double({ min: 0.06, max: 0.99, noNaN: true }), ([x, n], completeness) => {
        fc.pre(x / n < completeness * 0.25);
        const [more, less] = [completeness, completeness * 0.9].map((one) =>
          nowcast({ x, n }, one, curve([100]), 0.95),
        );
        fc.pre(less !== null && less !== undefined && less.high < 1);
        expect((less?.high ?? 0) - (less?.low ?? 0)).toBeGreaterThan((more?.high ?? 1) - (more?.low ?? 0));
      }),
      // Most random shares are ruled out by the preconditions; the default gives up too early on some seeds.
      { maxSkipsPerRun: 2_000 },
    );
  });

  test("stays within 0 and 1, and within its interval", () => {
    fc.assert(
      fc.property(
        share,
        hits,
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.constantFrom("hit", "miss"),
        ([x, n], days, completeness, of) => {
          const found = nowcast({ x, n }, completeness, curve(days, of), 0.95);
          const order = [0, found?.low, found?.value, found?.high, 1];
          expect(order).toEqual([...order].sort((a, b) => (a ?? Number.NaN) - (b ?? Number.NaN)));
        },
      ),
    );
  });

  test("is wider when the curve rests on fewer hits", () => {
    const width = (of: number) => {
      const found = nowcast({ x: 200, n: 4_000 }, 0.4, curve([of]), 0.95);
      return (found?.high ?? 0) - (found?.low ?? 0);
    };
    expect(width(60)).toBeGreaterThan(1.2 * width(6_000));
  });

  test("by hand: 21 of 1,000 after a day by which 36 % of 500 hits had happened", () => {
    // 0.021/0.36 = 0.05833; Wilson of 21/1000 is 0.013774 … 0.031894 (Newcombe 1998, method 3); √(0.64/(0.36·500)) = 0.05963.
    const found = nowcast({ x: 21, n: 1_000 }, 0.36, curve([180, 320]), 0.95);
    const curveError = 1.959964 * 0.0583333 * 0.0596285;
    expect(found?.value).toBeCloseTo(0.0583333, 6);
    expect(found?.low).toBeCloseTo(0.0583333 - Math.hypot((0.021 - 0.013774) / 0.36, curveError), 4);
    expect(found?.high).toBeCloseTo(0.0583333 + Math.hypot((0.031894 - 0.021) / 0.36, curveError), 4);
  });

  test("of what still stands is the complement of the nowcast of what fell", () => {
    const fell = nowcast({ x: 30, n: 900 }, 0.5, curve([60, 60]), 0.95);
    const stands = nowcast({ x: 870, n: 900 }, 0.5, curve([60, 60], "miss"), 0.95);
    expect(stands?.value).toBeCloseTo(1 - (fell?.value ?? 0), 12);
    expect(stands?.low).toBeCloseTo(1 - (fell?.high ?? 0), 12);
    expect(stands?.high).toBeCloseTo(1 - (fell?.low ?? 0), 12);
  });

  test("is not said of a cohort too young or too small, from a curve of too few hits, or of nothing", () => {
    expect(nowcast({ x: 30, n: 1_000 }, 0.04, curve([100]), 0.95)).toBeNull();
    expect(nowcast({ x: 3, n: 59 }, 0.5, curve([100]), 0.95)).toBeNull();
    expect(nowcast({ x: 3, n: 100 }, 0.5, curve([49]), 0.95)).toBeNull();
    expect(nowcast({ x: 0, n: 0 }, 0.5, curve([100]), 0.95)).toBeNull();
  });
});

describe("the completeness of a cohort", () => {
  test("is the mean of the cumulative share of hits over its ages", () => {
    // Cumulative: 0.2 after one day, 0.5 after two, 1 after three.
    const days = curve([20, 30, 50]);
    expect(completenessOf(days, 1, 1)).toBeCloseTo(0.2, 12);
    expect(completenessOf(days, 0, 1)).toBeCloseTo(0.1, 12);
    expect(completenessOf(days, 1, 3)).toBeCloseTo((0.35 + 0.75) / 2, 12);
    expect(completenessOf(days, 2, 4)).toBeCloseTo((0.75 + 1) / 2, 12);
    expect(completenessOf(days, -1, 1)).toBeCloseTo(0.05, 12);
    expect(completenessOf(days, 3, 9)).toBe(1);
    expect(completenessOf(days, -2, -1)).toBe(0);
  });

  test("of a span is that of its parts, each by its length", () => {
    // Three ages at least a thousandth of a day apart.
    const gap = fc.double({ min: 1e-3, max: 20, noNaN: true });
    fc.assert(
      fc.property(hits, fc.double({ min: -3, max: 20, noNaN: true }), gap, gap, (all, a, first, second) => {
        const [b, c] = [a + first, a + first + second];
        const of = (from: number, to: number) => completenessOf(curve(all), from, to) * (to - from);
        expect(of(a, c)).toBeCloseTo(of(a, b) + of(b, c), 8);
      }),
    );
  });
});
