import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaCdf, betaQuantile, betaSf } from "../../src/insights/distributions/beta.ts";
import { binomialTest } from "../../src/insights/distributions/binomial.ts";
import { chi2Cdf, chi2LogSf, chi2Quantile, chi2Sf } from "../../src/insights/distributions/chi2.ts";
import { fCdf, fQuantile } from "../../src/insights/distributions/f.ts";
import { noncentralTSf } from "../../src/insights/distributions/noncentral-t.ts";
import { normalCdf, normalLogSf, normalQuantile, normalSf } from "../../src/insights/distributions/normal.ts";
import { tCdf, tLogSf, tQuantile, tSf } from "../../src/insights/distributions/t.ts";

const near = (got: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(got / expected - 1), `${got} for ${expected}`).toBeLessThan(relative);

/** Values of mpmath 1.3 with 40 digits, or of SciPy 1.17 where said. */
describe("distribution functions against 40-digit arithmetic and SciPy", () => {
  it("keep their digits far out in the upper tail", () => {
    near(normalSf(37), 5.725_571_222_524_577e-300);
    near(tSf(8.5, 1e9), 9.479_547_533_467_355e-18, 1e-12);
    near(tSf(50, 5), 3.023_878_813_300_612_5e-8);
    near(chi2Sf(700, 0.5), 3.377_320_085_646_154_3e-155);
    near(betaSf(0.999_999_999_999, 2, 5), 5.999_336_377_752_936e-60);
  });
  it("give logarithms where the probability underflows", () => {
    near(tLogSf(50, 1e6), -1253.270_212_242_122_6, 1e-13);
    near(tLogSf(60, 1000), -767.278_933_723_081_1, 1e-13);
    near(chi2LogSf(1500, 1), -753.883_067_105_382_5, 1e-13);
    near(normalLogSf(40), -804.608_442_013_754, 1e-12);
  });
  it("the noncentral t matches SciPy", () => {
    near(noncentralTSf(2.832_522_690_296_173, 1, 0.162_140_263_710_169_7), 0.130_862_097_270_566_27, 1e-9);
  });
  it("the exact binomial test matches SciPy's and R's binom.test(682, 925, 0.75)", () => {
    near(binomialTest(682, 925, 0.75), 0.382_491_559_574_851_7, 1e-12);
  });
});

describe("laws of distribution functions", () => {
  const p = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
  const size = fc.double({ min: -1, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);

  it("a quantile put into its own distribution gives the probability back", () => {
    fc.assert(
      fc.property(p, size, size, (q, a, b) => {
        near(normalCdf(normalQuantile(q)), q, 1e-11);
        near(tCdf(tQuantile(q, a), a), q, 1e-9);
        near(chi2Cdf(chi2Quantile(q, a), a), q, 1e-9);
        near(fCdf(fQuantile(q, a, b), a, b), q, 1e-8);
      }),
      { numRuns: 300 },
    );
  });

  it("a beta quantile does too, where a double can hold it", () => {
    fc.assert(
      fc.property(p, size, size, (q, a, b) => {
        const x = betaQuantile(q, a, b);
        fc.pre(x > 1e-290 && x < 1 - 1e-9);
        near(betaCdf(x, a, b), q, 1e-8);
      }),
      { numRuns: 300 },
    );
  });

  it("the two tails sum to 1", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), size, size, (x, a, b) => {
        expect(betaCdf(x, a, b) + betaSf(x, a, b)).toBeCloseTo(1, 12);
        expect(chi2Cdf(x * a * 3, a) + chi2Sf(x * a * 3, a)).toBeCloseTo(1, 12);
      }),
      { numRuns: 300 },
    );
  });
});
