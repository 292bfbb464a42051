import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decomposeCount, decomposeRate, type Segment } from "../../../src/insights/drivers/decompose.ts";
import { type Factor, lmdi } from "../../../src/insights/drivers/lmdi.ts";
import { reweighQuantile } from "../../../src/insights/drivers/reweigh-quantile.ts";
import { quantileOf } from "../../../src/insights/estimate/simple.ts";
import type { DurationBin } from "../../../src/kernel/measurement.ts";

/** The parts of a change and the change differ by less than 10⁻⁹ of the largest number among them. */
function expectExact(parts: readonly number[], change: number, ...sizes: readonly number[]): void {
  const scale = Math.max(...[...sizes, ...parts].map(Math.abs), Number.MIN_VALUE);
  const sum = parts.reduce((all, part) => all + part, 0);
  expect(Math.abs(sum - change) / scale).toBeLessThan(1e-9);
}

/** From a millionth to a billion, so that sums of very unlike sizes are among them. */
const amount = fc.double({ min: -6, max: 9, noNaN: true }).map((power) => 10 ** power);

describe("the parts of a change add up to it within 1e-9", () => {
  it("Kitagawa: rate and mix of every segment, segments that come and go, ratios above one", () => {
    const side = fc.record({
      weight: fc.oneof({ weight: 5, arbitrary: amount }, { weight: 1, arbitrary: fc.constant(0) }),
      // Nothing below 10⁻¹²: numbers of some 10⁻³²⁴ have no digits left to be exact in.
      ratio: fc.double({ min: 0, max: 50, noNaN: true }).map((ratio) => (ratio < 1e-12 ? 0 : ratio)),
    });
    const table = fc.array(fc.record({ before: side, after: side }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(table, (rows) => {
        const sideOf = ({ weight, ratio }: { weight: number; ratio: number }) => ({ weight, hits: weight * ratio });
        const segments = rows.map(
          ({ before, after }, at): Segment => ({ name: `s${at}`, before: sideOf(before), after: sideOf(after) }),
        );
        const made = decomposeRate(segments);
        if (!made) return;
        const { effects, before, after, change, rate, mix } = made;
        const parts = effects.flatMap((effect) => [effect.rate, effect.mix]);
        expectExact(parts, change, before, after);
        // Effects of the size 25 may sum to a millionth: rounding is relative to the effects, not to what is left of them.
        expectExact([rate, mix], change, before, after, ...parts);
      }),
      { numRuns: 2_000 },
    );
  });

  it("counts and amounts: every segment's own change", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 40 }), (rows) => {
        const made = decomposeCount(
          rows.map(([before, after], at) => ({
            name: `s${at}`,
            before: { hits: before, weight: 0 },
            after: { hits: after, weight: 0 },
          })),
        );
        expectExact(
          made.effects.map(({ total }) => total),
          made.change,
          made.before,
          made.after,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("LMDI: factors that multiply and divide, nearly equal ones among them", () => {
    const factor = fc.record({
      before: amount,
      growth: fc.oneof(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -1e-9, max: 1e-9, noNaN: true }).map((little) => 1 + little),
      ),
      power: fc.constantFrom<1 | -1>(1, -1),
    });
    fc.assert(
      fc.property(fc.array(factor, { minLength: 1, maxLength: 6 }), (drawn) => {
        const factors = drawn.map(
          ({ before, growth, power }, at): Factor => ({ name: `f${at}`, before, after: before * growth, power }),
        );
        const made = lmdi(factors);
        if (!made) throw new Error("every factor is above zero");
        const level = (when: "before" | "after"): number =>
          factors.reduce((all, one) => all * one[when] ** one.power, 1);
        expectExact([...made.effects.values()], made.change, level("before"), level("after"));
      }),
      { numRuns: 2_000 },
    );
  });

  it("a quantile: what happened inside the segments, and the shift between them", () => {
    const bins = fc
      .uniqueArray(fc.integer({ min: 100, max: 1_200 }), { minLength: 1, maxLength: 12 })
      .chain((indices) =>
        fc.tuple(
          ...indices.map((index) =>
            fc
              .integer({ min: 1, max: 500 })
              .map((events): DurationBin => ({ index, events, censored: 0, seconds: events * 1.01 ** (index + 0.5) })),
          ),
        ),
      );
    fc.assert(
      fc.property(fc.array(fc.record({ before: bins, after: bins }), { minLength: 1, maxLength: 6 }), (rows) => {
        const made = reweighQuantile(
          rows.map((row, at) => ({ name: `s${at}`, ...row })),
          (merged) => quantileOf(merged, 0.95),
        );
        if (!made) return;
        expectExact([made.inside, made.mix], made.change, made.before, made.after);
      }),
      { numRuns: 300 },
    );
  });
});
