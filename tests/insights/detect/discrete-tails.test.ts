import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  betaBinomialLogPmf,
  countTails,
  negativeBinomialLogPmf,
  rateTails,
  twoSided,
} from "../../../src/insights/detect/discrete-tails.ts";

/** Expected values: SciPy 1.17.1, stats.betabinom and stats.nbinom; mid-p = P(K < k) + ½P(K = k). */
describe("over-dispersed counts", () => {
  it("have SciPy's beta-binomial probabilities", () => {
    expect(betaBinomialLogPmf(3, 20, 1.2, 8.1)).toBeCloseTo(-2.094148208710282, 10);
    expect(Math.exp(betaBinomialLogPmf(0, 500, 4, 96))).toBeCloseTo(0.000708852116383312, 12);
    expect(betaBinomialLogPmf(120, 5000, 9, 300)).toBeCloseTo(-4.796006504513798, 9);
  });

  it("have SciPy's negative binomial probabilities", () => {
    expect(negativeBinomialLogPmf(7, 3.5, 4)).toBeCloseTo(-3.061923259235727, 10);
    expect(negativeBinomialLogPmf(300, 200, 12.5)).toBeCloseTo(-6.5069512198024135, 10);
  });

  const betaBinomial = (k: number, n: number, a: number, b: number) => {
    const chance = a / (a + b);
    const variance = n * chance * (1 - chance) * (1 + (n - 1) / (a + b + 1));
    return rateTails(k, n, n * chance, variance);
  };

  it("have SciPy's tails, from mean and variance", () => {
    expect(betaBinomial(9, 40, 2, 30).upper).toBeCloseTo(0.015679571198534047, 8);
    expect(betaBinomial(30, 2000, 20, 380).lower / 5.08637726634725e-5).toBeCloseTo(1, 6);
    expect(countTails(40, 12, 12 + 144 / 5).upper / 0.001023171310048956).toBeCloseTo(1, 6);
    expect(countTails(250, 400, 400 + 160_000 / 50).lower / 0.002341946471084279).toBeCloseTo(1, 1);
  });

  it("are within 3 % of SciPy's where the continuous distribution stands in", () => {
    const size = 1 / 0.002 - 1;
    expect(betaBinomial(1400, 20_000, 0.05 * size, 0.95 * size).upper / 0.03019605768002899).toBeCloseTo(1, 1.5);
    expect(countTails(6800, 5000, 255_000).upper / 0.0005887349675139787).toBeCloseTo(1, 1.5);
  });

  it("give a day without any hit a tail of its own", () => {
    const { lower } = rateTails(0, 4451, 94.4, 115 ** 2);
    expect(lower).toBeGreaterThan(1e-4);
    expect(lower).toBeLessThan(0.5);
  });
});

describe("tails", () => {
  const sized = fc.tuple(
    fc.integer({ min: 1, max: 100_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: -2, max: 7, noNaN: true }),
  );

  it("of a rate are a chance whatever the variance, more than its cases can have included", () => {
    fc.assert(
      fc.property(sized, ([n, chance, share, spread]) => {
        const mean = n * chance;
        const p = twoSided(rateTails(Math.round(n * share), n, mean, mean * (1 - chance) * 10 ** spread));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
    const p = twoSided(rateTails(2, 2, 1.2, 8_900));
    expect(p).toBeGreaterThan(0.2);
  });

  it("of a count are a chance, and come back, however far out it is", () => {
    fc.assert(
      fc.property(sized, ([k, mean, scale, spread]) => {
        const own = mean * 10 ** (6 * scale);
        const p = twoSided(countTails(k, own, own * 10 ** spread));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
    expect(twoSided(countTails(100_000, 5, 5))).toBe(0);
  });
});
