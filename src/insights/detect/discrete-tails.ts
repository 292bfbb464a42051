import { normalSf } from "../distributions/normal.ts";
import { incompleteBeta } from "../special/incomplete-beta.ts";
import { incompleteGamma, type Tails } from "../special/incomplete-gamma.ts";
import { logBeta, logChoose, logGamma } from "../special/stirling.ts";

/** Beyond this standard deviation a lattice of ones is as good as continuous. */
const EXACT_SD_MAX = 100;
/** Below this size the tail of a negative binomial thins out too slowly to be summed. */
const EXACT_SIZE_MIN = 0.01;

/** Chances and means nearer to none (or all) are none (or all). */
const CERTAIN = 1e-12;

/** All cases of a day are nearly one case: an inflated variance can ask for more than n cases can vary. */
const CORRELATION_MAX = 0.999;

/** ln P(K = k) of n cases whose chance of a hit is Beta(a, b). Source: Skellam (1948). */
export function betaBinomialLogPmf(k: number, n: number, a: number, b: number): number {
  return logChoose(n, k) + logBeta(k + a, n - k + b) - logBeta(a, b);
}

/** ln P(K = k) with mean m and variance m + m²/size. Source: Fisher (1941). */
export function negativeBinomialLogPmf(k: number, mean: number, size: number): number {
  if (mean === 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY;
  return (
    logGamma(k + size) - logGamma(size) - logGamma(k + 1) - size * Math.log1p(mean / size) - k * Math.log1p(size / mean)
  );
}

/**
 * Mid-p tails of k hits of n with that mean and variance: beta-binomial where the variance exceeds the binomial one, else binomial.
 * Counts that need not be whole (winsorised sums) and wide distributions go by the beta distribution of the same mean and variance.
 */
export function rateTails(k: number, n: number, mean: number, variance: number): Tails {
  const chance = mean / n;
  if (!(chance > CERTAIN && chance < 1 - CERTAIN)) return certain(k, Math.round(mean));
  const binomial = n * chance * (1 - chance);
  const rho = n > 1 ? (variance / binomial - 1) / (n - 1) : 0;
  const size = 1 / Math.min(Math.max(rho, 1e-9), CORRELATION_MAX) - 1;
  if (Number.isInteger(k) && Number.isInteger(n) && variance < EXACT_SD_MAX ** 2)
    return outward(
      k,
      Math.exp(betaBinomialLogPmf(k, n, chance * size, (1 - chance) * size)),
      (i) => (((n - i) / (i + 1)) * (i + chance * size)) / (n - i - 1 + (1 - chance) * size),
      n,
      mean,
    );
  const spread = chance * (1 - chance) * (n * n) * 0.999_999;
  const strength = spread / Math.min(Math.max(variance, binomial), spread * 0.999) - 1;
  return lattice(k, (x) => {
    const share = Math.min(1, Math.max(0, x / n));
    return incompleteBeta(chance * strength, (1 - chance) * strength, share, 1 - share);
  });
}

/** Mid-p tails of a count with that mean and variance: negative binomial, or Poisson where the variance is not larger; gamma where wide. */
export function countTails(k: number, mean: number, variance: number): Tails {
  if (!(mean > CERTAIN)) return certain(k, 0);
  const alpha = Math.max((variance - mean) / (mean * mean), 1e-9);
  const size = 1 / alpha;
  if (Number.isInteger(k) && variance < EXACT_SD_MAX ** 2 && size > EXACT_SIZE_MIN)
    return outward(
      k,
      Math.exp(negativeBinomialLogPmf(k, mean, size)),
      (i) => ((i + size) / (i + 1)) * (mean / (mean + size)),
      Number.POSITIVE_INFINITY,
      mean,
    );
  const own = Math.max(variance, mean);
  return lattice(k, (x) => incompleteGamma((mean * mean) / own, (Math.max(0, x) * mean) / own));
}

/** Both tails doubled, at most 1. */
export const twoSided = ({ lower, upper }: Tails): number => Math.min(1, 2 * Math.max(0, Math.min(lower, upper)));

/** Normal tails, for what is already a standard score. */
export const normalTails = (z: number): Tails => ({ lower: normalSf(-z), upper: normalSf(z) });

/** Mid-p of a whole number by a continuous distribution: the mean of its tails half a step to both sides, so that 0 has a tail too. */
function lattice(k: number, tails: (x: number) => Tails): Tails {
  const [below, above] = [tails(k - 0.5), tails(k + 0.5)];
  return { lower: (below.lower + above.lower) / 2, upper: (below.upper + above.upper) / 2 };
}

/** The nearer tail summed outwards from k by the ratio of neighbouring probabilities; half of P(K = k) belongs to each tail. */
function outward(k: number, at: number, ratio: (i: number) => number, most: number, mean: number): Tails {
  let [sum, term] = [at / 2, at];
  if (k >= mean) {
    for (let i = k; i < most; i++) {
      term *= ratio(i);
      sum += term;
      if (term <= sum * 1e-12) break;
    }
    return { lower: 1 - sum, upper: sum };
  }
  for (let i = k - 1; i >= 0; i--) {
    term /= ratio(i);
    sum += term;
    if (term <= sum * 1e-12) break;
  }
  return { lower: sum, upper: 1 - sum };
}

/** Nothing (or all) was to be expected for sure. */
const certain = (k: number, mean: number): Tails =>
  k === mean ? { lower: 0.5, upper: 0.5 } : k > mean ? { lower: 1, upper: 0 } : { lower: 0, upper: 1 };
