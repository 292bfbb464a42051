import { describe, expect, it } from "vitest";
import { differenceOf } from "../../../src/insights/estimate/difference.ts";
import { estimate } from "../../../src/insights/estimate/estimate.ts";
import { suppressSmallCells } from "../../../src/insights/estimate/suppress.ts";
import { addStates } from "../../../src/kernel/add-states.ts";
import { binOf } from "../../../src/kernel/duration-bins.ts";
import type { DurationBin, MetricState } from "../../../src/kernel/measurement.ts";

const rule = { cellMin: 10, fewBelow: 30 };

describe("an estimate", () => {
  it("of a share has Wilson's interval (312 of 5,118: 5.47–6.79 %, by the formula of Wilson 1927 worked in Python)", () => {
    const made = estimate({ kind: "proportion", x: 312, n: 5118 }, { method: "wilson" }, 0.95, []);
    expect(made.value).toBeCloseTo(312 / 5118, 12);
    expect(made.low).toBeCloseTo(0.054729877, 8);
    expect(made.high).toBeCloseTo(0.067851321, 8);
  });

  it("of a share without a hit is exact: 0 of 40 reaches 8.81 % (Clopper–Pearson 1 − 0.025^(1/40))", () => {
    const made = estimate({ kind: "proportion", x: 0, n: 40 }, { method: "wilson" }, 0.95, []);
    expect(made.low).toBe(0);
    expect(made.high).toBeCloseTo(1 - 0.025 ** (1 / 40), 8);
  });

  it("of a small share keeps Wilson's interval, as the dictionary says: 7 of 16 is 23.10–66.82 % (SciPy)", () => {
    const made = estimate({ kind: "proportion", x: 7, n: 16 }, { method: "wilson" }, 0.95, []);
    expect(made.low).toBeCloseTo(0.230986524, 8);
    expect(made.high).toBeCloseTo(0.668214436, 8);
  });

  it("of a small weighted share is exact: 7 of 16 of equal weight is 19.75–70.12 % (Clopper–Pearson, SciPy)", () => {
    const state: MetricState = { kind: "weighted", sw: 32, swy: 14, sw2: 64, sw2y: 28, n: 16, x: 7, drawn: 16 };
    const made = estimate(state, { method: "weighted" }, 0.95, []);
    expect(made.low).toBeCloseTo(0.197534141, 8);
    expect(made.high).toBeCloseTo(0.701223101, 8);
  });

  it("composed of parts is unknown where a part has no rows, and no fault", () => {
    const weighted: MetricState = { kind: "weighted", sw: 40, swy: 30, sw2: 40, sw2y: 30, n: 40, x: 30, drawn: 40 };
    const count: MetricState = { kind: "count", n: 12 };
    for (const [state, method] of [
      [{ kind: "parts", parts: { rate: weighted } }, "identified"],
      [{ kind: "parts", parts: { labelled_approvals: count } }, "identified"],
      [{ kind: "parts", parts: { cost: { kind: "sum", sum: 8, n: 20 } } }, "cost_per_correct_removal"],
      [{ kind: "parts", parts: { precision: weighted } }, "cost_per_correct_removal"],
    ] as const satisfies readonly (readonly [MetricState, string])[]) {
      const made = estimate(state, { method, interval: "weighted" } as never, 0.95, []);
      expect(made, Object.keys(state.parts).join()).toMatchObject({ value: null, flags: ["no_data"] });
    }
  });

  it("of nothing is unknown, not zero", () => {
    for (const state of [
      { kind: "proportion", x: 0, n: 0 },
      { kind: "mean", n: 0, sum: 0, sumsq: 0 },
      { kind: "lifetimes", bins: [] },
      { kind: "ratio", numerator: 0, denominator: 0, n: 0 },
    ] as const satisfies readonly MetricState[]) {
      const method = { proportion: "wilson", mean: "t", lifetimes: "kaplan_meier", ratio: "plain" } as const;
      const made = estimate(state, { method: method[state.kind], quantile: 0.5 } as never, 0.95, []);
      expect(made.value, state.kind).toBeNull();
      expect(made.flags, state.kind).toContain("no_data");
    }
  });

  it("of a quota sample reads the weighted share, and says what the raw one would have read", () => {
    // 900 right of 1,000 in a stratum drawn at 1 %, 45 right of 100 in one drawn at 50 %.
    const state: MetricState = {
      kind: "weighted",
      sw: 100_000 + 200,
      swy: 90_000 + 90,
      sw2: 1000 * 1e4 + 100 * 4,
      sw2y: 900 * 1e4 + 45 * 4,
      n: 1100,
      x: 945,
      drawn: 1100,
    };
    const made = estimate(state, { method: "weighted" }, 0.95, []);
    expect(made.value).toBeCloseTo(90_090 / 100_200, 12);
    expect(made.extra?.unweighted).toBeCloseTo(945 / 1100, 12);
    expect(made.neff).toBeCloseTo(100_200 ** 2 / state.sw2, 8);
  });

  it("of a turnaround counts open cases as waiting: closed cases alone read too short", () => {
    // Case h takes h hours, h = 1 … 100; after 40 hours those above 40 are still open.
    const closed = Array.from({ length: 40 }, (_, index) => bin((index + 1) * 3600, 1, 0));
    const { bins } = addStates(
      { kind: "lifetimes", bins: closed },
      { kind: "lifetimes", bins: [bin(40 * 3600, 0, 60)] },
    ) as Extract<MetricState, { kind: "lifetimes" }>;
    const made = estimate({ kind: "lifetimes", bins }, { method: "kaplan_meier", quantile: 0.35 }, 0.95, []);
    expect(made.value).toBeCloseTo(35, 6);
    expect(made.extra?.closed_only).toBeCloseTo(14, 6);
    expect(made.extra?.open).toBe(60);
    const p95 = estimate({ kind: "lifetimes", bins }, { method: "kaplan_meier", quantile: 0.95 }, 0.95, []);
    expect(p95.value).toBeNull();
  });
});

const bin = (seconds: number, events: number, censored: number): DurationBin => ({
  index: binOf(seconds),
  events,
  censored,
  seconds: events * seconds,
});

describe("small cells", () => {
  const cell = (n: number) => ({
    size: n,
    estimate: estimate({ kind: "proportion", x: Math.floor(n / 2), n }, { method: "wilson" }, 0.95, []),
  });

  it("below 10 are not shown, and nothing of them is", () => {
    const [shown] = suppressSmallCells([cell(9)], { ...rule, isSplit: false });
    expect(shown).toMatchObject({
      value: null,
      numerator: null,
      denominator: null,
      n: null,
      low: null,
      flags: ["suppressed"],
    });
  });

  it("take the next smallest with them when they are alone, for the total would give them away", () => {
    const flags = suppressSmallCells([cell(500), cell(7), cell(42), cell(90)], { ...rule, isSplit: true }).map(
      (made) => made.flags,
    );
    expect(flags).toEqual([[], ["suppressed"], ["suppressed"], []]);
  });

  it("need no second one when two are hidden already", () => {
    const flags = suppressSmallCells([cell(500), cell(7), cell(3), cell(90)], { ...rule, isSplit: true }).map(
      (made) => made.flags,
    );
    expect(flags).toEqual([[], ["suppressed"], ["suppressed"], []]);
  });

  it("from 10 to 29 are given with care", () => {
    expect(suppressSmallCells([cell(29)], { ...rule, isSplit: false })[0]?.flags).toEqual(["few"]);
    expect(suppressSmallCells([cell(30)], { ...rule, isSplit: false })[0]?.flags).toEqual([]);
  });
});

describe("a difference", () => {
  it("of two shares is Newcombe's: 56/70 − 48/80 = 0.20 (0.0524 to 0.3339; Newcombe 1998, table II, method 10)", () => {
    const own = estimate({ kind: "proportion", x: 56, n: 70 }, { method: "wilson" }, 0.95, []);
    const before = estimate({ kind: "proportion", x: 48, n: 80 }, { method: "wilson" }, 0.95, []);
    const difference = differenceOf(own, before);
    expect(difference?.low).toBeCloseTo(0.0524, 4);
    expect(difference?.high).toBeCloseTo(0.3339, 4);
    expect(difference?.verdict).toBe("real");
  });
});
