import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CubeRow, cubeBuilder } from "../../../src/insights/drivers/cube.ts";
import { type Explanation, explainCube } from "../../../src/insights/drivers/explain-cube.ts";
import { isDense } from "../../../src/insights/drivers/locate.ts";

const cubeOf = (names: readonly string[], rows: readonly CubeRow[]) => {
  const builder = cubeBuilder(names);
  for (const row of rows) builder.add(row);
  return builder.build();
};
const explained = (names: readonly string[], rows: readonly CubeRow[]): Explanation => {
  const made = explainCube(cubeOf(names, rows));
  if (!made) throw new Error("nothing to explain");
  return made;
};
/** A generator of numbers that is the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MARKETS = ["ID", "VN", "TH", "MY"];
const QUEUES = ["live", "video", "product"];
const TIERS = ["new", "gold"];
/** Every leaf has 1,000 cases a period and 5 % hits, but where `hits` says otherwise. */
function grid(hits: (leaf: { market: string; queue: string; tier: string }, period: string) => number): CubeRow[] {
  return MARKETS.flatMap((market) =>
    QUEUES.flatMap((queue) =>
      TIERS.flatMap((tier) =>
        (["before", "after"] as const).map((period) => ({
          values: [market, queue, tier],
          period,
          weight: 1_000,
          hits: hits({ market, queue, tier }, period),
        })),
      ),
    ),
  );
}
const NAMES = ["market", "queue", "tier"];

describe("what moved a rate", () => {
  it("is the conjunction in which it moved, and nothing else", () => {
    const made = explained(
      NAMES,
      grid(({ market, queue }, period) => (period === "after" && market === "ID" && queue === "live" ? 150 : 50)),
    );
    expect(made.segments.map(({ where }) => where)).toEqual([{ market: "ID", queue: "live" }]);
    expect(made.explained).toBeCloseTo(made.change, 12);
    expect(made.rest.total).toBeCloseTo(0, 12);
    expect(made.segments[0]?.q).toBeLessThan(1e-6);
  });

  it("is the whole market when all of its queues moved, however unevenly", () => {
    const more: Record<string, number> = { live: 300, video: 110, product: 90 };
    const made = explained(
      NAMES,
      grid(({ market, queue }, period) => (period === "after" && market === "TH" ? (more[queue] ?? 50) : 50)),
    );
    expect(made.segments.map(({ where }) => where)).toEqual([{ market: "TH" }]);
  });

  it("is two segments where two moved", () => {
    const made = explained(
      NAMES,
      grid(({ market }, period) => (period === "after" && (market === "ID" || market === "VN") ? 120 : 50)),
    );
    expect(made.segments.map(({ where }) => where.market).sort()).toEqual(["ID", "VN"]);
  });

  it("is nothing when the rates only wobble", () => {
    const draw = random(7);
    const made = explained(
      NAMES,
      grid(() => Math.round(50 + 14 * (draw() - 0.5))),
    );
    expect(made.segments).toEqual([]);
    expect(made.splits.flatMap(({ parts }) => parts.filter(({ q }) => q < 0.05))).toEqual([]);
  });

  it("names what fell although the whole rose as working against it", () => {
    const made = explained(
      NAMES,
      grid(({ market, queue }, period) =>
        period === "before" ? 50 : market === "ID" ? 150 : market === "MY" && queue === "video" ? 5 : 50,
      ),
    );
    expect(made.segments.map(({ where }) => where)).toEqual([{ market: "ID" }]);
    expect(made.against.map(({ where }) => where)).toEqual([{ market: "MY", queue: "video" }]);
  });
});

describe("Simpson's paradox in the literature", () => {
  // Bickel, Hammel and O'Connell (1975), Berkeley admissions of 1973, the six largest departments: admitted and applicants.
  const BERKELEY: Readonly<Record<string, { men: [number, number]; women: [number, number] }>> = {
    A: { men: [512, 825], women: [89, 108] },
    B: { men: [353, 560], women: [17, 25] },
    C: { men: [120, 325], women: [202, 593] },
    D: { men: [138, 417], women: [131, 375] },
    E: { men: [53, 191], women: [94, 393] },
    F: { men: [22, 373], women: [24, 341] },
  };
  it("Berkeley: women are admitted less as a whole, and the departments they applied to are all of it", () => {
    const rows = Object.entries(BERKELEY).flatMap(([department, { men, women }]): CubeRow[] => [
      { values: [department], period: "before", hits: men[0], weight: men[1] },
      { values: [department], period: "after", hits: women[0], weight: women[1] },
    ]);
    const { change, splits } = explained(["department"], rows);
    expect(change).toBeCloseTo(557 / 1835 - 1198 / 2691, 12);
    expect(change).toBeLessThan(-0.14);
    expect(splits[0]?.decomposition.mix).toBeLessThan(change);
    expect(splits[0]?.decomposition.rate).toBeGreaterThan(0);
    // Departments C and E went against women, but not so that the whole may be read from it: the paradox proper is not in it.
    expect(splits[0]?.decomposition.simpson).toBe(false);
  });

  it("kidney stones (Charig et al. 1986): better for small and for large stones, worse as a whole", () => {
    const rows: CubeRow[] = [
      { values: ["small"], period: "before", hits: 234, weight: 270 },
      { values: ["large"], period: "before", hits: 55, weight: 80 },
      { values: ["small"], period: "after", hits: 81, weight: 87 },
      { values: ["large"], period: "after", hits: 192, weight: 263 },
    ];
    const { before, after, splits } = explained(["stone"], rows);
    expect([before, after].map((rate) => rate.toFixed(2))).toEqual(["0.83", "0.78"]);
    expect(splits[0]?.decomposition.simpson).toBe(true);
  });
});

describe("what moved an amount", () => {
  it("a dense cube is known by its leaves, not by their size", () => {
    const draw = random(3);
    const rows: CubeRow[] = [];
    for (let a = 0; a < 12; a += 1)
      for (let b = 0; b < 12; b += 1)
        for (let c = 0; c < 10; c += 1) {
          const size = 1 + 100 * (-Math.log(1 - draw())) ** 1.5;
          const noise = 1 + 0.1 * (draw() + draw() + draw() - 1.5);
          const factor = a === 3 && c === 7 ? 0.4 : b === 5 ? 0.6 : noise;
          rows.push({ values: [`a${a}`, `b${b}`, `c${c}`], period: "before", hits: size, weight: null });
          rows.push({ values: [`a${a}`, `b${b}`, `c${c}`], period: "after", hits: size * factor, weight: null });
        }
    expect(isDense(cubeOf(["a", "b", "c"], rows))).toBe(true);
    const made = explained(["a", "b", "c"], rows);
    expect(made.method).toBe("deviation scan");
    expect(made.segments.map(({ where }) => where)).toEqual(
      expect.arrayContaining([{ b: "b5" }, { a: "a3", c: "c7" }]),
    );
    expect(made.segments).toHaveLength(2);
  });

  it("does not depend on the currency", () => {
    const rows = (unit: number): CubeRow[] => {
      const draw = random(11);
      return MARKETS.flatMap((market) =>
        QUEUES.flatMap((queue): CubeRow[] => [
          { values: [market, queue], period: "before", hits: unit * 1_000, weight: null },
          {
            values: [market, queue],
            period: "after",
            hits: unit * (market === "VN" && queue === "live" ? 2_400 : 1_000 + 40 * (draw() - 0.5)),
            weight: null,
          },
        ]),
      );
    };
    for (const unit of [0.001, 1, 15_000])
      expect(explained(["market", "queue"], rows(unit)).segments.map(({ where }) => where)).toEqual([
        { market: "VN", queue: "live" },
      ]);
  });
});

describe("the parts", () => {
  const leaf = fc.record({
    a: fc.constantFrom("x", "y", "z"),
    b: fc.constantFrom("p", "q"),
    period: fc.constantFrom("before" as const, "after" as const),
    weight: fc.integer({ min: 0, max: 100_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  it("add up to the change within 1e-9, whatever the table: zero cells, segments that come and go", () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 60 }), fc.boolean(), (leaves, isRate) => {
        const rows = leaves.map(({ a, b, period, weight, share }) => ({
          values: [a, b],
          period,
          hits: Math.round(weight * share),
          weight: isRate ? weight : null,
        }));
        const made = explainCube(cubeOf(["a", "b"], rows));
        if (!made) return;
        const scale = Math.max(1, Math.abs(made.before), Math.abs(made.after));
        const parts = [...made.segments, ...made.against, made.rest];
        const sum = parts.reduce((all, { total }) => all + total, 0);
        expect(Math.abs(sum - made.change)).toBeLessThanOrEqual(1e-9 * scale);
        for (const { decomposition } of made.splits) {
          const along = decomposition.effects.reduce((all, { total }) => all + total, 0);
          expect(Math.abs(along - made.change)).toBeLessThanOrEqual(1e-9 * scale);
        }
      }),
    );
  });

  it("are unknown when a period has no denominator", () => {
    expect(explainCube(cubeOf(["a"], [{ values: ["x"], period: "before", hits: 1, weight: 1 }]))).toBeNull();
  });
});
