import { describe, expect, it } from "vitest";
import { forecastRows } from "../../../src/insights/forecast/forecast-rows.ts";
import { ratesOf } from "../../../src/insights/forecast/rates.ts";
import { timelineOf } from "../../../src/insights/forecast/timeline.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const rowsOf = (count: number, distance: number, value: (i: number) => number, denominator?: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => ({
    at: START + i * distance,
    read: { value: value(i), denominator: denominator?.(i) ?? null },
  }));
const forecast = (rows: ReturnType<typeof rowsOf>, horizon = 7) => {
  const made = forecastRows(rows, horizon, 5_000);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
};
const grid = (moments: readonly number[]) =>
  timelineOf(
    moments.map((at) => ({ at, read: at })),
    5_000,
  );

describe("the grid of a file", () => {
  it.each([
    [DAY, 60, [7]],
    [DAY / 24, 400, [24, 168]],
    [DAY / 96, 400, [96, 672]],
    [7 * DAY, 60, [52]],
  ])("rows %d ms apart have the seasons of their grain", (distance, count, periods) => {
    const made = grid(Array.from({ length: count }, (_, i) => START + i * distance));
    expect(made.ok && made.value.periods).toEqual(periods);
    expect(made.ok && made.value.momentOf(count)).toBe(START + count * distance);
  });

  it("months are months, however long", () => {
    const made = grid(Array.from({ length: 30 }, (_, i) => Date.UTC(2024, i, 1)));
    expect(made.ok && made.value.periods).toEqual([12]);
    expect(made.ok && made.value.momentOf(30)).toBe(Date.UTC(2026, 6, 1));
  });

  it("days in a zone with summer time stay days", () => {
    const days = Array.from({ length: 20 }, (_, i) => Date.UTC(2026, 2, 1, i < 10 ? 5 : 4) + i * DAY);
    const made = grid(days);
    expect(made.ok && made.value.missing).toBe(0);
  });

  it("missing days are gaps and the order of rows does not matter", () => {
    const made = grid([5, 0, 1, 2, 4, 8].map((i) => START + i * DAY));
    expect(made.ok && made.value.reads.map((at) => at !== null)).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it("two rows of one bucket, rows off the grid and too many buckets are refused", () => {
    expect(grid([0, 1, 1, 2].map((i) => i * DAY))).toEqual({ ok: false, error: { code: "repeated", at: DAY } });
    expect(grid([0, 1, 2, 3.5, 4].map((i) => i * DAY))).toEqual({
      ok: false,
      error: { code: "irregular", at: 3.5 * DAY },
    });
    expect(grid([0, 1, 2, 3, 9_999].map((i) => i * DAY))).toEqual({
      ok: false,
      error: { code: "too_long", buckets: 10_000 },
    });
    expect(grid([])).toEqual({ ok: false, error: { code: "empty" } });
  });
});

describe("a forecast of rows", () => {
  it("of counts is not below zero and stands on the days after the last", () => {
    const { steps, kind } = forecast(rowsOf(60, DAY, (i) => Math.max(0, 20 - i)));
    expect(kind).toBe("amount");
    expect(steps[0]?.at).toBe(START + 60 * DAY);
    for (const { point, band95 } of steps) expect(Math.min(point, band95?.low ?? 0)).toBeGreaterThanOrEqual(0);
  });

  it("of balances may be negative", () => {
    const { steps, kind } = forecast(rowsOf(60, DAY, (i) => -i));
    expect(kind).toBe("level");
    expect(steps[0]?.point).toBeLessThan(-50);
  });

  it("of a rate stays in [0, 1] and is wider where fewer cases are expected", () => {
    const cases = (i: number): number => (i % 7 < 5 ? 1_000 : 20);
    const { steps, kind } = forecast(
      rowsOf(98, DAY, (i) => Math.round(cases(i) * (0.03 + 0.01 * ((i * 31) % 5 === 0 ? 1 : 0))), cases),
    );
    expect(kind).toBe("share");
    const width = steps.map(({ band95 }) => (band95?.high ?? 0) - (band95?.low ?? 0));
    expect(width[5]).toBeGreaterThan(1.5 * (width[1] ?? 0));
    for (const { band95 } of steps) {
      expect(band95?.low).toBeGreaterThanOrEqual(0);
      expect(band95?.high).toBeLessThanOrEqual(1);
    }
  });

  it("of fractions beside their denominators is that of the counts", () => {
    const cases = (): number => 500;
    const events = (i: number): number => 20 + ((i * 7) % 11);
    const [counts, fractions] = [
      forecast(rowsOf(60, DAY, events, cases)),
      forecast(rowsOf(60, DAY, (i) => events(i) / 500, cases)),
    ];
    fractions.steps.forEach(({ point }, j) => {
      expect(point).toBeCloseTo(counts.steps[j]?.point ?? 0, 9);
    });
  });

  it("says what it lacks", () => {
    expect(forecast(rowsOf(1, DAY, () => 5)).notes).toEqual(["no_season", "no_band"]);
    expect(forecast(rowsOf(4, DAY, (i) => i)).notes).toEqual(["no_season", "not_rehearsed"]);
    expect(forecast(rowsOf(40, DAY, () => 0)).notes).toEqual(["never_varied"]);
    const workdays = rowsOf(70, DAY, (i) => i % 5).filter((_, i) => i % 7 < 5);
    expect(forecast(workdays).notes).toEqual(["closed_phase"]);
  });
});

describe("rates of unequal buckets", () => {
  it("a day of two cases is drawn to the days around it, a day of thousands stays", () => {
    const counted = Array.from({ length: 41 }, (_, i) =>
      i === 20 ? { numerator: 2, denominator: 2 } : { numerator: 100 + 30 * (i % 2), denominator: 2_000 },
    );
    const { observed, learned } = ratesOf(counted, 14);
    expect(observed[20]).toBe(1);
    expect(learned[20]).toBeLessThan(0.1);
    expect(Math.abs((learned[10] ?? 0) - (observed[10] ?? 0))).toBeLessThan(0.004);
  });

  it("a day without cases has no rate", () => {
    expect(ratesOf([{ numerator: 0, denominator: 0 }, null], 7).observed).toEqual([null, null]);
  });
});
