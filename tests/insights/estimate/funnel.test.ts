import { describe, expect, it } from "vitest";
import { estimate } from "../../../src/insights/estimate/estimate.ts";
import { standsApart } from "../../../src/insights/estimate/funnel.ts";

const team = (x: number, n: number) => estimate({ kind: "proportion", x, n }, { method: "wilson" }, 0.95, []);

describe("teams around a whole of 5 %", () => {
  it("a small team at 9 % is within chance, a large one is not", () => {
    expect(standsApart(team(9, 100), 0.05)).toBe(false);
    expect(standsApart(team(900, 10_000), 0.05)).toBe(true);
  });
  it("one in twenty that leaves its 95 % interval is not yet apart", () => {
    const borderline = team(75, 1000);
    expect(borderline.low).toBeGreaterThan(0.05);
    expect(standsApart(team(69, 1000), 0.05)).toBe(false);
  });
  it("nothing is said where there is no interval", () => {
    expect(standsApart(estimate({ kind: "count", n: 500 }, { method: "plain" }, 0.95, []), 100)).toBeNull();
  });
});
