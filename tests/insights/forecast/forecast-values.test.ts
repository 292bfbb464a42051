import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatSeason } from "../../../src/insights/forecast/components.ts";
import { type ForecastInput, forecastValues } from "../../../src/insights/forecast/forecast-values.ts";
import { seasonalNaiveError, smapePoint } from "../../../src/insights/forecast/scores.ts";
import { adjusted, classicalIndices, isSeasonal, seasoned } from "../../../src/insights/forecast/seasonal.ts";

const ANY = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const COUNT = { low: 0, high: Number.POSITIVE_INFINITY };
const forecast = (values: readonly (number | null)[], more: Partial<ForecastInput> = {}) => {
  const made = forecastValues({ values, periods: [7], horizon: 7, range: ANY, ...more });
  if (!made) throw new Error("no forecast");
  return made;
};
const week = (i: number): number => 100 + 30 * Math.sin((2 * Math.PI * i) / 7);
const seriesOf = fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null, freq: 12 }), {
  minLength: 1,
  maxLength: 90,
});
const observed = seriesOf.filter((values) => values.some((value) => value !== null));

describe("a forecast", () => {
  it("continues an undisturbed weekly pattern on a line", () => {
    const truth = (i: number): number => week(i) + 0.5 * i;
    const { steps } = forecast(Array.from({ length: 140 }, (_, i) => truth(i)));
    steps.forEach(({ point }, j) => {
      expect(Math.abs(point - truth(140 + j))).toBeLessThan(2);
    });
  });

  it("follows the hour of the day and the day of the week at once", () => {
    const truth = (i: number): number =>
      200 + 50 * Math.sin((2 * Math.PI * i) / 24) + (Math.floor(i / 24) % 7 >= 5 ? -60 : 0);
    const { steps, periods } = forecast(
      Array.from({ length: 24 * 28 }, (_, i) => truth(i)),
      { periods: [24, 168], horizon: 48 },
    );
    expect(periods).toEqual([24, 168]);
    const error = steps.reduce((sum, { point }, j) => sum + Math.abs(point - truth(24 * 28 + j)), 0) / 48;
    expect(error).toBeLessThan(6);
  });

  it("lies in both bands, and the 80 % band lies in the 95 % band, whatever the series", () => {
    fc.assert(
      fc.property(observed, fc.integer({ min: 1, max: 20 }), (values, horizon) => {
        for (const { point, band80, band95 } of forecast(values, { horizon, range: COUNT }).steps) {
          expect(Number.isFinite(point)).toBe(true);
          expect(point).toBeGreaterThanOrEqual(0);
          expect(band80 === null).toBe(band95 === null);
          if (!band80 || !band95) continue;
          const order = [band95.low, band80.low, point, band80.high, band95.high];
          expect(order).toEqual([...order].sort((a, b) => a - b));
          expect(band95.low).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("scales with its series: in cents it is a hundred times that in dollars", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 30, maxLength: 80 }),
        fc.constantFrom(0.01, 4, 1_024),
        (values, factor) => {
          const own = forecast(values, { range: COUNT }).steps;
          const scaled = forecast(
            values.map((value) => value * factor),
            { range: COUNT },
          ).steps;
          own.forEach(({ point, band95 }, j) => {
            expect((scaled[j]?.point ?? 0) / factor).toBeCloseTo(point, 3);
            expect((scaled[j]?.band95?.high ?? 0) / factor).toBeCloseTo(band95?.high ?? 0, 3);
          });
        },
      ),
      { numRuns: 30, seed: 2 },
    );
  });

  it("is the same each time and leaves its input alone", () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 40 ? null : week(i) + ((i * 7_919) % 13)));
    const before = [...values];
    expect(forecast(values)).toEqual(forecast(values));
    expect(values).toEqual(before);
  });

  it("of a share stays in [0, 1], bands too", () => {
    const values = Array.from({ length: 84 }, (_, i) => Math.min(1, 0.9 + 0.1 * Math.sin(i) + 0.002 * i));
    for (const { point, band95 } of forecast(values, { range: { low: 0, high: 1 }, horizon: 30 }).steps) {
      expect(point).toBeLessThanOrEqual(1);
      expect(band95?.high).toBeLessThanOrEqual(1);
      expect(band95?.low).toBeGreaterThanOrEqual(0);
    }
  });

  it("of gaps is near that of the whole series", () => {
    const whole = Array.from({ length: 120 }, (_, i) => week(i));
    const gaps = whole.map((value, i) => (i % 9 === 4 || (i > 60 && i < 66) ? null : value));
    const [own, other] = [forecast(whole).steps, forecast(gaps).steps];
    own.forEach(({ point }, j) => {
      expect(Math.abs((other[j]?.point ?? 0) - point)).toBeLessThan(1);
    });
  });

  it("widens with the steps ahead and shows where more error is expected", () => {
    const values = Array.from({ length: 120 }, (_, i) => week(i) + ((i * 7_919) % 29));
    const width = (input: Partial<ForecastInput>): number[] =>
      forecast(values, input).steps.map(({ band95 }) => (band95?.high ?? 0) - (band95?.low ?? 0));
    const plain = width({});
    expect(plain[6]).toBeGreaterThan(plain[0] ?? 0);
    const ahead = [1, 1, 3, 1, 1, 1, 1];
    expect(width({ scale: { past: values.map(() => 1), ahead } })[2]).toBeCloseTo(3 * (plain[2] ?? 0), 9);
  });

  it("beats seasonal naive on its own past where the noise is more than the change", () => {
    const { backTest } = forecast(Array.from({ length: 200 }, (_, i) => week(i) + ((i * 104_729) % 41)));
    expect(backTest?.ratio).toBeLessThan(0.9);
    expect(backTest?.windows).toBe(4);
  });
});

describe("a short or empty history", () => {
  it("of one value is carried forward without a band", () => {
    const { steps, backTest } = forecast([5]);
    expect(steps).toHaveLength(7);
    for (const step of steps) expect(step).toEqual({ point: 5, band80: null, band95: null });
    expect(backTest).toBeNull();
  });

  it("of three values has a random walk's band", () => {
    const [first] = forecast([5, 7, 6]).steps;
    expect((first?.band95?.high ?? 0) - (first?.band95?.low ?? 0)).toBeGreaterThan(4);
  });

  it("of less than two weeks uses no week", () => {
    expect(forecast([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).periods).toEqual([]);
  });

  it("of zeros is zero, of a constant the constant", () => {
    for (const value of [0, 3]) {
      for (const { point, band95 } of forecast(new Array(40).fill(value)).steps) {
        expect(point).toBeCloseTo(value, 9);
        expect(band95?.high).toBeCloseTo(value, 9);
      }
    }
  });

  it("without a value, or without a horizon, is none", () => {
    expect(forecastValues({ values: [null, null], periods: [7], horizon: 3, range: ANY })).toBeNull();
    expect(forecastValues({ values: [], periods: [], horizon: 3, range: ANY })).toBeNull();
    expect(forecastValues({ values: [1, 2], periods: [], horizon: 0, range: ANY })).toBeNull();
  });
});

interface Task {
  readonly train: readonly number[];
  readonly test: readonly (number | null)[];
}
const tasksOf = (path: string): readonly Task[] => JSON.parse(readFileSync(path, "utf8")) as Task[];
const HOURLY = "../shared/acceptance/series/hourly.json";
const NN5 = "../shared/acceptance/series/nn5_14.json";

describe("published series", () => {
  it.skipIf(!existsSync(HOURLY))("M4 hourly: Naive2 has the published sMAPE 18.383 and MASE 2.395", () => {
    let [smape, mase] = [0, 0];
    const tasks = tasksOf(HOURLY);
    for (const { train, test } of tasks) {
      const y = Float64Array.from(train);
      const indices = isSeasonal(y, 24) ? classicalIndices(y, 24) : null;
      const point = indices
        ? seasoned(repeatSeason(adjusted(y, indices), 1, 48), indices, y.length)
        : repeatSeason(y, 1, 48);
      const scale = seasonalNaiveError(y, 24) ?? 1;
      test.forEach((actual, j) => {
        smape += smapePoint(actual ?? 0, point[j] ?? 0) / test.length;
        mase += Math.abs((actual ?? 0) - (point[j] ?? 0)) / scale / test.length;
      });
    }
    expect(smape / tasks.length).toBeCloseTo(18.383, 3);
    expect(mase / tasks.length).toBeCloseTo(2.395, 3);
  });

  it.skipIf(!existsSync(NN5))(
    "NN5: a tenth of the series has at most 0.85 of seasonal naive's error, and bands that cover",
    () => {
      let [own, naive, inside, count] = [0, 0, 0, 0];
      for (const { train, test } of tasksOf(NN5).filter((_, i) => i % 11 === 0)) {
        const scale = seasonalNaiveError(Float64Array.from(train), 7) ?? 1;
        const { steps } = forecast(train, { horizon: 14, range: COUNT });
        test.forEach((actual, j) => {
          const step = steps[j];
          if (actual === null || !step) return;
          own += Math.abs(actual - step.point) / scale;
          naive += Math.abs(actual - (train[train.length - 7 + (j % 7)] ?? 0)) / scale;
          inside += actual >= (step.band95?.low ?? 0) && actual <= (step.band95?.high ?? 0) ? 1 : 0;
          count += 1;
        });
      }
      expect(own / naive).toBeLessThan(0.85);
      expect(inside / count).toBeGreaterThan(0.9);
    },
  );
});
