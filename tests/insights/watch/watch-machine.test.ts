import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  armed,
  HYSTERESIS,
  look,
  lookAll,
  type Observed,
  type WatchRule,
} from "../../../src/insights/watch/watch-machine.ts";

const HOUR = 3_600_000;
const rule: WatchRule = { op: ">", level: 100, volumeMin: 30, coolDownMs: 4 * HOUR };
const hourly = (values: readonly (number | null)[], more: Partial<Observed> = {}): Observed[] =>
  values.map((value, index) => ({ at: index * HOUR, value, n: null, complete: true, hushed: false, ...more }));
const firedAt = (seen: readonly Observed[], by = rule): number[] =>
  lookAll(armed, seen, by).fired.map(({ at }) => at / HOUR);

describe("a watch", () => {
  it("fires once when the level is passed, not again while it stays passed", () => {
    expect(firedAt(hourly([90, 101, 120, 150, 101, 130]))).toEqual([1]);
  });

  it("does not flap around the level: it is armed again only when the number is back by 5 %", () => {
    expect(firedAt(hourly([101, 99, 101, 99, 101, 99, 101], {}))).toEqual([0]);
    expect(firedAt(hourly([101, 94, 90, 90, 90, 101]))).toEqual([0, 5]);
  });

  it("is silent in its cool-down, and fires after it if the number is still beyond", () => {
    expect(firedAt(hourly([101, 90, 101, 90, 90, 90, 101]))).toEqual([0, 6]);
    expect(firedAt(hourly([101, 90, 101, 101, 101, 101]))).toEqual([0, 4]);
  });

  it("never fires on a number that is partial, immature or late, and looks at it again once it is complete", () => {
    const late = hourly([101], { complete: false });
    const first = lookAll(armed, late, rule);
    expect(first).toEqual({ state: armed, fired: [] });
    expect(lookAll(first.state, hourly([101]), rule).fired).toHaveLength(1);
  });

  it("never fires on fewer cases than its minimum", () => {
    expect(firedAt(hourly([500], { n: 29 }))).toEqual([]);
    expect(firedAt(hourly([500], { n: 30 }))).toEqual([0]);
  });

  it("holds its tongue in quiet hours, speaks afterwards if it still holds, and then says since when", () => {
    const night = hourly([90, 101, 120]).map((one, index) => ({ ...one, hushed: index > 0 }));
    const { state, fired } = lookAll(armed, night, rule);
    expect(fired).toEqual([]);
    const morning = look(state, { at: 3 * HOUR, value: 130, n: null, complete: true, hushed: false }, rule);
    expect(morning).toMatchObject({ fires: true, state: { since: HOUR } });
    const calm = look(state, { at: 3 * HOUR, value: 80, n: null, complete: true, hushed: false }, rule);
    expect(calm).toMatchObject({ fires: false, state: { since: null } });
  });

  it("speaks in the morning of a day's number that ended in the night, though there is no newer one", () => {
    const day = { at: HOUR, value: 130, n: null, complete: true };
    const night = look(armed, { ...day, hushed: true }, rule);
    expect(night.fires).toBe(false);
    expect(look(night.state, { ...day, hushed: false }, rule).fires).toBe(true);
  });

  it("reads all four comparisons as they are written", () => {
    const at = (op: WatchRule["op"]) => [99, 100, 101].map((value) => firedAt(hourly([value]), { ...rule, op }).length);
    expect([at(">"), at(">="), at("<"), at("<=")]).toEqual([
      [0, 0, 1],
      [0, 1, 1],
      [1, 0, 0],
      [1, 1, 0],
    ]);
  });
});

describe("whatever a watch sees", () => {
  const observed = fc.record({
    value: fc.option(fc.integer({ min: 50, max: 150 })),
    n: fc.option(fc.integer({ min: 0, max: 60 })),
    complete: fc.boolean(),
    hushed: fc.boolean(),
  });
  const series = fc
    .array(observed, { maxLength: 60 })
    .map((list) => list.map((one, index): Observed => ({ at: index * HOUR, ...one })));
  const rules = fc.record({
    op: fc.constantFrom<WatchRule["op"]>(">", ">=", "<", "<="),
    level: fc.integer({ min: 60, max: 140 }),
    volumeMin: fc.integer({ min: 0, max: 60 }),
    coolDownMs: fc.integer({ min: 0, max: 12 }).map((hours) => hours * HOUR),
  });

  it("two firings are never closer than the cool-down, and between them it came back by the hysteresis", () => {
    fc.assert(
      fc.property(series, rules, (seen, by) => {
        const { fired } = lookAll(armed, seen, by);
        for (const [index, one] of fired.entries()) {
          const before = fired[index - 1];
          if (!before) continue;
          expect(one.at - before.at).toBeGreaterThanOrEqual(by.coolDownMs);
          const margin = by.level * HYSTERESIS;
          const back = seen.some(
            ({ at, value, complete }) =>
              before.at < at && at < one.at && complete && value !== null &&
              (by.op.startsWith(">") ? value <= by.level - margin : value >= by.level + margin),
          ); // biome-ignore format: one condition
          expect(back).toBe(true);
        }
      }),
    );
  });

  it("every firing is on a complete number beyond the level, with enough cases, at a time when people may be told", () => {
    fc.assert(
      fc.property(series, rules, (seen, by) => {
        for (const { value, n, complete, hushed } of lookAll(armed, seen, by).fired) {
          expect({ complete, hushed }).toEqual({ complete: true, hushed: false });
          expect(n === null || n >= by.volumeMin).toBe(true);
          const { op, level } = by;
          const beyond = {
            ">": (value ?? 0) > level,
            ">=": (value ?? 0) >= level,
            "<": (value ?? 0) < level,
            "<=": (value ?? 0) <= level,
          };
          expect(value !== null && beyond[op]).toBe(true);
        }
      }),
    );
  });

  it("looking twice at the same number is the same as looking once, and looks in one go the same as one by one", () => {
    fc.assert(
      fc.property(series, rules, (seen, by) => {
        const once = lookAll(armed, seen, by);
        expect(
          lookAll(
            armed,
            seen.flatMap((one) => [one, one]),
            by,
          ),
        ).toEqual(once);
        const half = Math.floor(seen.length / 2);
        const first = lookAll(armed, seen.slice(0, half), by);
        const second = lookAll(first.state, seen.slice(half), by);
        expect([...first.fired, ...second.fired]).toEqual(once.fired);
      }),
    );
  });
});
