import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { miettinenNurminen } from "../../src/insights/differences/miettinen-nurminen.ts";
import { pooledZTest } from "../../src/insights/differences/z-test.ts";
import type { Interval } from "../../src/insights/interval.ts";
import { agrestiCoull } from "../../src/insights/intervals/agresti-coull.ts";
import { clopperPearson } from "../../src/insights/intervals/clopper-pearson.ts";
import { jeffreys } from "../../src/insights/intervals/jeffreys.ts";
import { newcombe } from "../../src/insights/intervals/newcombe.ts";
import { tInterval } from "../../src/insights/intervals/t-interval.ts";
import { wald } from "../../src/insights/intervals/wald.ts";
import { wilson, wilsonContinuity } from "../../src/insights/intervals/wilson.ts";
import { fiellerLift } from "../../src/insights/lift/fieller.ts";
import { momentsFromShifted, momentsOf } from "../../src/insights/means/moments.ts";
import { welchTest } from "../../src/insights/means/welch.ts";
import { adjustP } from "../../src/insights/multiplicity/adjust-p.ts";
import { hajekMean } from "../../src/insights/survey/horvitz-thompson.ts";
import { stratifiedPrevalence } from "../../src/insights/survey/stratified.ts";
import { kaplanMeier, kmQuantile } from "../../src/insights/survival/kaplan-meier.ts";
import { mixRate } from "../../src/insights/tradeoff/mix-rate.ts";

const level = fc.constantFrom(0.8, 0.9, 0.95, 0.99, 0.9999);
const share = fc
  .integer({ min: 1, max: 2_000_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const EPSILON = 1e-12;

const proportionMethods: readonly [string, (x: number, n: number, level: number) => Interval][] = [
  ["Wilson", wilson],
  ["Wilson with continuity correction", wilsonContinuity],
  ["Clopper–Pearson", clopperPearson],
  ["Jeffreys", jeffreys],
  ["Agresti–Coull", agrestiCoull],
  ["Wald", wald],
];

describe.each(proportionMethods)("%s", (name, method) => {
  it("contains the estimate and stays within 0 and 1", () => {
    fc.assert(
      fc.property(share, level, ([x, n], confidence) => {
        const { estimate, low, high } = method(x, n, confidence);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual((estimate as number) + EPSILON);
        expect(high).toBeGreaterThanOrEqual((estimate as number) - EPSILON);
      }),
      { numRuns: 200 },
    );
  });

  it("shrinks when the same share comes of four times the cases", () => {
    fc.assert(
      fc.property(share, level, ([x, n], confidence) => {
        // At x = n/2 R's correction vanishes for odd reasons of its own; the law is about all others.
        fc.pre(name !== "Wilson with continuity correction" || x * 2 !== n);
        const width = ({ low, high }: Interval) => (high as number) - (low as number);
        expect(width(method(4 * x, 4 * n, confidence))).toBeLessThanOrEqual(width(method(x, n, confidence)) + EPSILON);
      }),
      { numRuns: 200 },
    );
  });

  it("turns round when successes and failures change places", () => {
    fc.assert(
      fc.property(share, level, ([x, n], confidence) => {
        const [a, b] = [method(x, n, confidence), method(n - x, n, confidence)];
        expect(a.low).toBeCloseTo(1 - (b.high as number), 10);
      }),
      { numRuns: 100 },
    );
  });
});

describe("differences", () => {
  it("change sign when the arms change places, limits too", () => {
    fc.assert(
      fc.property(share, share, level, ([x1, n1], [x2, n2], confidence) => {
        const there = newcombe(x1, n1, x2, n2, confidence);
        const back = newcombe(x2, n2, x1, n1, confidence);
        expect(there.low).toBeCloseTo(-(back.high as number), 12);
        const score = miettinenNurminen({ x1, n1, x2, n2 }, confidence);
        const scoreBack = miettinenNurminen({ x1: x2, n1: n2, x2: x1, n2: n1 }, confidence);
        expect(score.low).toBeCloseTo(-(scoreBack.high as number), 10);
        const z = pooledZTest({ x1, n1, x2, n2 });
        const zBack = pooledZTest({ x1: x2, n1: n2, x2: x1, n2: n1 });
        expect((z.z ?? 0) + (zBack.z ?? 0)).toBeCloseTo(0, 9);
      }),
      { numRuns: 200 },
    );
  });

  it("have limits around the difference and within −1 and 1", () => {
    fc.assert(
      fc.property(share, share, level, ([x1, n1], [x2, n2], confidence) => {
        for (const { estimate, low, high } of [
          newcombe(x1, n1, x2, n2, confidence),
          miettinenNurminen({ x1, n1, x2, n2 }, confidence),
        ]) {
          expect(low).toBeGreaterThanOrEqual(-1 - EPSILON);
          expect(high).toBeLessThanOrEqual(1 + EPSILON);
          expect(low).toBeLessThanOrEqual((estimate as number) + EPSILON);
          expect(high).toBeGreaterThanOrEqual((estimate as number) - EPSILON);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("means", () => {
  const moments = fc.record({
    n: fc.integer({ min: 2, max: 1_000_000 }),
    mean: fc.double({ min: 0.1, max: 1e4, noNaN: true }),
    variance: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  });

  it("p below α exactly when the interval leaves 0 out: 10,000 cases without a contradiction", () => {
    fc.assert(
      fc.property(moments, moments, level, (first, second, confidence) => {
        const { low, high, pValue } = welchTest(first, second, confidence);
        const alpha = 1 - confidence;
        fc.pre(Math.abs((pValue as number) / alpha - 1) > 1e-6);
        expect((low as number) > 0 || (high as number) < 0).toBe((pValue as number) < alpha);
      }),
      { numRuns: 10_000 },
    );
  });

  it("Fieller's relative interval leaves 0 out exactly when the z interval of the difference does", () => {
    fc.assert(
      fc.property(moments, moments, (first, second) => {
        const fieller = fiellerLift(first, second, 0.95);
        fc.pre(fieller.bounded);
        const z = Math.abs(second.mean - first.mean) / Math.sqrt(first.variance / first.n + second.variance / second.n);
        fc.pre(Math.abs(z - 1.959_963_984_540_054) > 1e-6);
        expect((fieller.low as number) > 0 || (fieller.high as number) < 0).toBe(z > 1.959_963_984_540_054);
      }),
      { numRuns: 2000 },
    );
  });

  it("do not depend on the unit: a change of unit by 100 scales the effect and keeps p", () => {
    fc.assert(
      fc.property(moments, moments, (first, second) => {
        const scaled = ({ n, mean, variance }: typeof first) => ({ n, mean: mean * 100, variance: variance * 1e4 });
        const [one, hundred] = [welchTest(first, second, 0.95), welchTest(scaled(first), scaled(second), 0.95)];
        expect((hundred.low as number) / 100).toBeCloseTo(one.low as number, 6);
        const ratio = (hundred.pValue as number) / (one.pValue as number);
        expect(one.pValue === hundred.pValue || Math.abs(ratio - 1) < 1e-6).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("the t interval shrinks with n and has no limits for one observation", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1e6 }),
        value,
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (n, mean, v) => {
          const [few, many] = [tInterval(mean, v, n, 0.95), tInterval(mean, v, n * 4, 0.95)];
          expect((many.high as number) - mean).toBeLessThanOrEqual((few.high as number) - mean + EPSILON);
        },
      ),
    );
    expect(tInterval(3, 1, 1, 0.95)).toEqual({ estimate: 3, low: null, high: null, reason: expect.any(String) });
  });

  it("sums of two parts give the moments of the whole, also for epoch-sized values", () => {
    const base = 1_760_000_000_000;
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(value, { minLength: 2 }), (a, b) => {
        const sums = (values: readonly number[]) => ({
          n: values.length,
          sum: values.reduce((total, v) => total + v, 0),
          sumSquares: values.reduce((total, v) => total + v * v, 0),
        });
        const [one, two] = [sums(a), sums(b)];
        const joined = {
          n: one.n + two.n,
          shift: base,
          sum: one.sum + two.sum,
          sumSquares: one.sumSquares + two.sumSquares,
        };
        const direct = momentsOf([...a, ...b]);
        const found = momentsFromShifted(joined);
        expect(found.mean).toBeCloseTo(base + direct.mean, 2);
        expect(Math.abs((found.variance as number) - direct.variance)).toBeLessThan(1e-9 * (joined.sumSquares + 1));
      }),
    );
  });
});

describe("weights", () => {
  it("that are all equal reduce to the plain mean and its plain error", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (y, pi) => {
          const weighted = hajekMean({ y, pi: y.map(() => pi) }, 0.95);
          const plain = momentsOf(y);
          expect(weighted.estimate).toBeCloseTo(plain.mean, 8);
          expect(weighted.se).toBeCloseTo(Math.sqrt(plain.variance / y.length), 6);
        },
      ),
    );
  });

  it("a stratum cut in two of the same share keeps the estimate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 51, max: 200 }), (positives, n) => {
        const half = { N: 10_000, n, positives };
        const whole = { N: 20_000, n: 2 * n, positives: 2 * positives };
        const cut = stratifiedPrevalence([half, half], 0.95, false).estimate;
        expect(cut).toBeCloseTo(stratifiedPrevalence([whole], 0.95, false).estimate as number, 12);
      }),
    );
  });
});

describe("Kaplan–Meier", () => {
  const times = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 200 });
  it("without censoring is the empirical quantile: the smallest t with at least q·n ended", () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.1, 0.5, 0.9, 0.95), (list, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const empirical = sorted[Math.ceil(q * list.length - 1e-9) - 1];
        const points = list.map((time) => ({ time, events: 1, censored: 0 }));
        expect(kmQuantile(points, q, 0.95).value).toBe(empirical);
      }),
    );
  });

  it("is never lower for counting open cases as censored than for leaving them out", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.boolean()), { minLength: 1 }), (list) => {
        const points = list.map(([time, ended]) => ({ time, events: ended ? 1 : 0, censored: ended ? 0 : 1 }));
        const all = kmQuantile(points, 0.5, 0.95).value ?? Number.POSITIVE_INFINITY;
        const closedOnly = kmQuantile(
          points.filter(({ events }) => events === 1),
          0.5,
          0.95,
        ).value;
        if (closedOnly !== null) expect(all).toBeGreaterThanOrEqual(closedOnly);
      }),
    );
  });

  it("falls from 1 to at least 0 and adds up over split histograms", () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const points = (list: readonly number[]) => list.map((time) => ({ time, events: 1, censored: 1 }));
        const joined = kaplanMeier([...points(a), ...points(b)]);
        expect(joined).toEqual(kaplanMeier([...points(b), ...points(a)]));
        const curve = joined.map(({ survival }) => survival);
        expect(curve.every((s, i) => s >= 0 && s <= (curve[i - 1] ?? 1))).toBe(true);
      }),
    );
  });
});

describe("parts and wholes", () => {
  const segment = fc.record({
    w0: fc.integer({ min: 1, max: 1e6 }),
    w1: fc.integer({ min: 1, max: 1e6 }),
    r0: fc.double({ min: 0, max: 1, noNaN: true }),
    r1: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  it("mix and rate sum to the whole change of the overall rate", () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 12 }), (segments) => {
        const rate = (w: "w0" | "w1", r: "r0" | "r1") =>
          segments.reduce((sum, s) => sum + s[w] * s[r], 0) / segments.reduce((sum, s) => sum + s[w], 0);
        expect(mixRate(segments).total).toBeCloseTo(rate("w1", "r1") - rate("w0", "r0"), 12);
      }),
    );
  });

  it("adjusted p-values are never below the raw ones, and Bonferroni ≥ Holm ≥ Hochberg ≥ Hommel", () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 30 }), (list) => {
        const chain = (["bonferroni", "holm", "hochberg", "hommel"] as const).map((method) => adjustP(list, method));
        list.forEach((raw, i) => {
          const values = [...chain.map((adjusted) => adjusted[i] as number), raw];
          values.slice(1).forEach((next, k) => {
            expect(next).toBeLessThanOrEqual((values[k] as number) + EPSILON);
          });
        });
      }),
    );
  });
});
