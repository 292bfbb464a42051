import { describe, expect, it } from "vitest";
import { conformalBands } from "../../../src/insights/forecast/bands.ts";
import { fillGaps } from "../../../src/insights/forecast/fill.ts";
import { minimise } from "../../../src/insights/forecast/minimise.ts";
import { ridgeAutoregression } from "../../../src/insights/forecast/ridge-autoregression.ts";
import { intervalScore, seasonalNaiveError, smapePoint } from "../../../src/insights/forecast/scores.ts";
import { isSeasonal } from "../../../src/insights/forecast/seasonal.ts";
import { exponentialSmoothing } from "../../../src/insights/forecast/smoothing.ts";
import { mstl } from "../../../src/insights/forecast/stl.ts";
import { dynamicTheta } from "../../../src/insights/forecast/theta.ts";

const made = (length: number, f: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => f(i));
const wave = (period: number) => (i: number) => 10 * Math.sin((2 * Math.PI * i) / period);

describe("STL", () => {
  it("parts a line and a season that repeats, and its parts always add up", () => {
    const y = made(140, (i) => 50 + 0.3 * i + wave(7)(i));
    const { trend, seasonal, remainder } = mstl(y, [7], false);
    y.forEach((value, i) => {
      expect((trend[i] ?? 0) + (seasonal[0]?.[i] ?? 0) + (remainder[i] ?? 0)).toBeCloseTo(value, 9);
      expect(seasonal[0]?.[i]).toBeCloseTo(wave(7)(i), 1);
    });
  });

  it("keeps a single outlier out of the season when robust", () => {
    const y = made(140, (i) => (i === 70 ? 500 : 50 + wave(7)(i)));
    const worst = (robust: boolean): number =>
      Math.max(...(mstl(y, [7], robust).seasonal[0] ?? []).map((value, i) => Math.abs(value - wave(7)(i))));
    expect(worst(false)).toBeGreaterThan(30);
    expect(worst(true)).toBeLessThan(worst(false) / 4);
  });

  it("tells two seasons apart", () => {
    const y = made(24 * 7 * 4, (i) => 100 + wave(24)(i) + 3 * Math.cos((2 * Math.PI * i) / 168));
    const { seasonal } = mstl(y, [24, 168], false);
    const errors = y.map((_, i) => Math.abs((seasonal[0]?.[i] ?? 0) - wave(24)(i)));
    expect(errors.reduce((sum, error) => sum + error, 0) / y.length).toBeLessThan(0.5);
  });
});

describe("single forecasters", () => {
  it("exponential smoothing continues a line", () => {
    const out = exponentialSmoothing(
      made(60, (i) => 5 + 2 * i),
      3,
    );
    [125, 127, 129].forEach((value, j) => {
      expect(out[j]).toBeCloseTo(value, 1);
    });
  });

  it("theta takes about half of a line's slope or more, and a level as it is", () => {
    expect(
      dynamicTheta(
        made(40, () => 7),
        2,
      )[1],
    ).toBeCloseTo(7, 9);
    const out = dynamicTheta(
      made(60, (i) => 2 * i),
      10,
    );
    expect(out[9]).toBeGreaterThan(128);
  });

  it("autoregression finds the rule of a series that follows one", () => {
    const y = new Float64Array(300);
    y[0] = 1;
    y[1] = 0.5;
    for (let i = 2; i < 300; i++)
      y[i] = 1.8 * Math.cos(0.4) * (y[i - 1] ?? 0) - 0.81 * (y[i - 2] ?? 0) + Math.sin(i * i);
    const expected = 1.8 * Math.cos(0.4) * (y[299] ?? 0) - 0.81 * (y[298] ?? 0);
    expect(Math.abs((ridgeAutoregression(y, [1, 2], 1, 1e-6)?.[0] ?? 0) - expected)).toBeLessThan(0.3);
  });

  it("autoregression says nothing of a constant or of too few values", () => {
    expect(
      ridgeAutoregression(
        made(50, () => 3),
        [1, 2],
        2,
      ),
    ).toBeNull();
    expect(
      ridgeAutoregression(
        made(5, (i) => i),
        [1, 2],
        2,
      ),
    ).toBeNull();
  });
});

describe("parts", () => {
  it("Nelder–Mead finds the foot of Rosenbrock's valley", () => {
    const { x } = minimise(
      ([a = 0, b = 0]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2,
      [-1.2, 1],
      [0.5, 0.5],
      600,
      1e-14,
    );
    expect(x[0]).toBeCloseTo(1, 3);
    expect(x[1]).toBeCloseTo(1, 3);
  });

  it("a season is found where there is one, and only there", () => {
    expect(
      isSeasonal(
        made(70, (i) => 50 + wave(7)(i)),
        7,
      ),
    ).toBe(true);
    expect(
      isSeasonal(
        made(70, (i) => Math.sin(i * i)),
        7,
      ),
    ).toBe(false);
    expect(
      isSeasonal(
        made(70, () => 4),
        7,
      ),
    ).toBe(false);
  });

  it("gaps are filled from the same day of other weeks", () => {
    const values = Array.from({ length: 28 }, (_, i) => (i === 10 ? null : i % 7));
    expect(fillGaps(values, 7)?.[10]).toBe(3);
    expect(fillGaps([null, 2, null, 6, null], 1)).toEqual(Float64Array.from([2, 2, 4, 6, 6]));
    expect(fillGaps([null], 7)).toBeNull();
  });

  it("a band is as wide as the errors and there is none without them", () => {
    expect(conformalBands([], 3)).toBeNull();
    const errors = Array.from({ length: 200 }, (_, i) => ({ ahead: 1 + (i % 10), error: (i % 2 ? 1 : -1) * 5 }));
    const bands = conformalBands(errors, 10);
    expect(bands?.at95[4]).toBeGreaterThan(5);
    expect(bands?.at95[4]).toBeLessThan(15);
  });

  it("scores are those of M4's definitions", () => {
    expect(smapePoint(100, 50)).toBeCloseTo((200 * 50) / 150, 12);
    expect(smapePoint(0, 0)).toBe(0);
    expect(seasonalNaiveError([1, 2, 4, 8], 2)).toBe(4.5);
    expect(seasonalNaiveError([1, 1, 1], 1)).toBeNull();
    expect(intervalScore(12, 0, 10, 0.95)).toBeCloseTo(10 + 40 * 2, 9);
  });
});
