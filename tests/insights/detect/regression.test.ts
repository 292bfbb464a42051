import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Combined, LagRegression, type OneStep, SmoothedSeason } from "../../../src/insights/detect/one-step.ts";
import { RecentErrors } from "../../../src/insights/detect/recent-errors.ts";
import { predict, RidgeSums } from "../../../src/insights/detect/regression.ts";
import { normal, uniforms } from "./worlds.ts";

const rowsOf = (seed: number, count: number, width: number): { x: Float64Array; y: number }[] => {
  const uniform = uniforms(seed);
  return Array.from({ length: count }, () => {
    const x = Float64Array.from({ length: width }, (_, i) => 1_000 * i + normal(uniform) * (i + 1));
    return { x, y: 50 + 3 * (x[0] ?? 0) - 0.5 * (x[width - 1] ?? 0) + normal(uniform) };
  });
};

const fitted = (rows: readonly { x: Float64Array; y: number }[], lambda: number): Float64Array | null => {
  const sums = new RidgeSums(rows[0]?.x.length ?? 0);
  for (const { x, y } of rows) sums.add(x, y);
  return sums.fit(lambda);
};

describe("a ridge regression from sums", () => {
  it("without a penalty finds the line that the values lie on", () => {
    const rows = rowsOf(1, 40, 3).map(({ x }) => ({ x, y: 7 + 2 * (x[0] ?? 0) - 4 * (x[2] ?? 0) }));
    const found = fitted(rows, 0) as Float64Array;
    [2, 0, -4, 7].forEach((truth, i) => {
      expect(found[i]).toBeCloseTo(truth, 6);
    });
  });

  it("solves its normal equations: each feature's correlation with the errors is its penalty", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.1, max: 50, noNaN: true }), (seed, lambda) => {
        const rows = rowsOf(seed, 60, 4);
        const found = fitted(rows, lambda) as Float64Array;
        const errors = rows.map(({ x, y }) => y - predict(found, x));
        const moments = (of: readonly number[]) => {
          const mean = of.reduce((sum, one) => sum + one, 0) / of.length;
          return { mean, sd: Math.sqrt(of.reduce((sum, one) => sum + (one - mean) ** 2, 0) / of.length) };
        };
        const target = moments(rows.map(({ y }) => y));
        for (let k = 0; k < 4; k++) {
          const own = moments(rows.map(({ x }) => x[k] ?? 0));
          const along = rows.reduce(
            (sum, { x }, t) => sum + (((x[k] ?? 0) - own.mean) / own.sd) * ((errors[t] ?? 0) / target.sd),
            0,
          );
          expect(along).toBeCloseTo((lambda * (found[k] ?? 0) * own.sd) / target.sd, 6);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("forgets a row that is taken away", () => {
    const [old, ...rows] = rowsOf(3, 50, 3);
    const sums = new RidgeSums(3);
    for (const { x, y } of [old, ...rows] as typeof rows) sums.add(x, y);
    sums.remove(old?.x as Float64Array, old?.y ?? 0);
    const [found, expected] = [sums.fit(3) as Float64Array, fitted(rows, 3) as Float64Array];
    found.forEach((one, i) => {
      expect(one).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    });
  });

  it("has nothing to say of a target that never varies", () =>
    expect(
      fitted(
        rowsOf(4, 30, 2).map(({ x }) => ({ x, y: 5 })),
        1,
      ),
    ).toBeNull());
});

describe("the scale of recent errors", () => {
  it("is that of the last ones, whatever order they came in", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })),
        fc.integer({ min: 1, max: 30 }),
        (all, most) => {
          const recent = new RecentErrors(most);
          for (const size of all) recent.push(size);
          const afresh = new RecentErrors(most);
          for (const size of all.slice(-most).sort((a, b) => a - b)) afresh.push(size);
          expect(recent.count).toBe(Math.min(most, all.length));
          expect(recent.scale).toBe(afresh.scale);
        },
      ),
    );
  });

  it("is the standard deviation of normal errors, and hardly moved by a few that are far off", () => {
    const uniform = uniforms(6);
    const recent = new RecentErrors(2_000);
    for (let i = 0; i < 2_000; i++) recent.push(Math.abs(i < 40 ? 1e6 : 3 * normal(uniform)));
    expect(recent.scale).toBeGreaterThan(2.8);
    expect(recent.scale).toBeLessThan(3.4);
  });
});

/** Sum of squared one-step errors over the second half. */
const lossOf = (model: OneStep, y: readonly number[]): number =>
  y.reduce((loss, value, t) => {
    const error = value - (model.forecast(t) ?? 0);
    model.learn(t, value);
    return t < y.length / 2 ? loss : loss + error * error;
  }, 0);

describe("forecasts of one step", () => {
  const uniform = uniforms(9);
  const WEEK = [0, 3, 8, 5, 2, -6, -12];
  const weekly = Array.from({ length: 420 }, (_, t) => 100 + (WEEK[t % 7] ?? 0) + normal(uniform));

  it("learn a weekly pattern up to its noise, each way", () => {
    const noise = weekly.length / 2;
    expect(lossOf(new SmoothedSeason(100, 7), weekly)).toBeLessThan(1.5 * noise);
    expect(lossOf(new LagRegression(weekly.length, 100, [7]), weekly)).toBeLessThan(1.5 * noise);
  });

  it("together are about as good as the best, however bad another one is", () => {
    const absurd: OneStep = { forecast: (t) => (t % 2 === 0 ? 1e4 : -1e4), learn: () => {} };
    const alone = lossOf(new SmoothedSeason(100, 7), weekly);
    expect(lossOf(new Combined([new SmoothedSeason(100, 7), absurd]), weekly)).toBeLessThan(1.1 * alone);
  });

  it("say nothing where no part can", () =>
    expect(new Combined([{ forecast: () => null, learn: () => {} }]).forecast(0)).toBeNull());
});
