import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concentration, decomposeCount, decomposeRate, type Segment } from "../../../src/insights/drivers/decompose.ts";

const side = fc
  .record({ weight: fc.integer({ min: 0, max: 1e6 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ weight, share }) => ({ weight, hits: weight * share }));
const table = fc
  .array(fc.record({ before: side, after: side }), { minLength: 1, maxLength: 30 })
  .map((rows): Segment[] => rows.map((row, index) => ({ name: `s${index}`, ...row })));

describe("the drivers of a rate", () => {
  it("add up exactly to the change, whatever the table", () => {
    fc.assert(
      fc.property(table, (segments) => {
        const made = decomposeRate(segments);
        if (!made) return;
        expect(Math.abs(made.rate + made.mix - made.change)).toBeLessThan(1e-9);
        expect(Math.abs(made.effects.reduce((sum, effect) => sum + effect.total, 0) - made.change)).toBeLessThan(1e-9);
      }),
    );
  });

  it("call a pure mix shift mix: every market keeps its rate, the whole rises", () => {
    const made = decomposeRate([
      { name: "ID", before: { hits: 40, weight: 1000 }, after: { hits: 20, weight: 500 } },
      { name: "VN", before: { hits: 90, weight: 1000 }, after: { hits: 180, weight: 2000 } },
    ]);
    expect(made?.rate).toBeCloseTo(0, 12);
    expect(made?.mix).toBeCloseTo(0.08 - 0.065, 12);
  });

  it("see Simpson's paradox: both segments fall, the whole rises", () => {
    const made = decomposeRate([
      { name: "small", before: { hits: 9, weight: 900 }, after: { hits: 0.5, weight: 100 } },
      { name: "large", before: { hits: 50, weight: 100 }, after: { hits: 400, weight: 900 } },
    ]);
    expect(made?.change).toBeGreaterThan(0);
    expect(made?.simpson).toBe(true);
  });

  it("are unknown when a period has no cases", () => {
    expect(decomposeRate([{ name: "ID", before: { hits: 0, weight: 0 }, after: { hits: 1, weight: 10 } }])).toBeNull();
  });
});

describe("the drivers of a count", () => {
  it("are each segment's own change", () => {
    const made = decomposeCount([
      { name: "ID", before: { hits: 100, weight: 0 }, after: { hits: 300, weight: 0 } },
      { name: "VN", before: { hits: 100, weight: 0 }, after: { hits: 90, weight: 0 } },
    ]);
    expect(made.change).toBe(190);
    expect(made.effects.map(({ name, total }) => [name, total])).toEqual([
      ["ID", 200],
      ["VN", -10],
    ]);
    expect(concentration(made)).toBeGreaterThan(0.4);
  });
});
