import { betaQuantile, betaUpperQuantile } from "../distributions/beta.ts";
import { brentRoot } from "../special/brent.ts";
import { digamma, logBeta, logChoose } from "../special/stirling.ts";

/** x of n for one unit (a team, a queue). */
export interface UnitCount {
  readonly x: number;
  readonly n: number;
}

export interface BetaBinomialMoments {
  readonly p: number | null;
  /** Intra-unit correlation 1/(α+β+1), floored at 0. */
  readonly rho: number | null;
  readonly reason?: string;
}

/**
 * Moments of a beta-binomial: p = Σx/Σn, ρ = (S − (k−1)pq)/((N − Σn²/N − (k−1))pq), S = Σn(p̂−p)². Source: Kleinman (1973).
 */
export function betaBinomialMoments(units: readonly UnitCount[]): BetaBinomialMoments {
  const k = units.length;
  const N = units.reduce((sum, { n }) => sum + n, 0);
  if (!(N > 0)) return { p: null, rho: null, reason: "no observations" };
  const p = units.reduce((sum, { x }) => sum + x, 0) / N;
  const spread = p * (1 - p);
  const size = N - units.reduce((sum, { n }) => sum + n * n, 0) / N - (k - 1);
  if (!(spread > 0) || !(size > 0)) return { p, rho: null, reason: "all outcomes are alike, or each unit has one" };
  const between = units.reduce((sum, { x, n }) => sum + (n > 0 ? n * (x / n - p) ** 2 : 0), 0);
  return { p, rho: Math.max(0, (between - (k - 1) * spread) / (size * spread)) };
}

export interface BetaBinomialShrinkage {
  readonly alpha: number | null;
  readonly beta: number | null;
  readonly loglik: number | null;
  readonly posteriorMean: readonly number[] | null;
  readonly low: readonly number[] | null;
  readonly high: readonly number[] | null;
  readonly reason?: string;
}

/**
 * Empirical-Bayes shrinkage: Beta(α, β) fitted to the units by maximum likelihood, then each unit's posterior mean and equal-tailed
 * interval. Null where the units do not differ beyond chance (α + β unbounded): show the pooled rate then. Source: Casella (1985).
 */
export function betaBinomialShrinkage(all: readonly UnitCount[], level: number): BetaBinomialShrinkage {
  const units = all.filter(({ n }) => n > 0);
  const none = { alpha: null, beta: null, loglik: null, posteriorMean: null, low: null, high: null };
  if (units.some(({ x, n }) => !(x >= 0 && x <= n))) return { ...none, reason: "the count must lie between 0 and n" };
  const x = units.reduce((sum, unit) => sum + unit.x, 0);
  const n = units.reduce((sum, unit) => sum + unit.n, 0);
  if (units.length < 2 || x === 0 || x === n) return { ...none, reason: "needs units that differ" };
  const logSize = bestLogSize(units);
  if (logSize === null) return { ...none, reason: "the units do not differ beyond chance: the prior is unbounded" };
  const size = Math.exp(logSize);
  const alpha = size * bestMean(units, size);
  const beta = size - alpha;
  const tail = (1 - level) / 2;
  return {
    alpha,
    beta,
    loglik: logLikelihood(units, alpha, beta),
    posteriorMean: all.map((unit) => (unit.x + alpha) / (unit.n + size)),
    low: all.map((unit) => betaQuantile(tail, unit.x + alpha, unit.n - unit.x + beta)),
    high: all.map((unit) => betaUpperQuantile(tail, unit.x + alpha, unit.n - unit.x + beta)),
  };
}

const [LOG_SIZE_MIN, LOG_SIZE_MAX, STEP] = [-8, 18, 0.5];

/** ln(α+β) of the highest profile likelihood: best of a grid, then the root of the score beside it. Null at the upper border. */
function bestLogSize(units: readonly UnitCount[]): number | null {
  let best = LOG_SIZE_MIN;
  let height = Number.NEGATIVE_INFINITY;
  for (let at = LOG_SIZE_MIN; at <= LOG_SIZE_MAX; at += STEP) {
    const size = Math.exp(at);
    const mean = bestMean(units, size);
    const value = logLikelihood(units, size * mean, size * (1 - mean));
    if (value > height) [best, height] = [at, value];
  }
  const score = (at: number) => sizeScore(units, Math.exp(at));
  if (best >= LOG_SIZE_MAX - 4 * STEP || best === LOG_SIZE_MIN) return null;
  if (score(best - STEP) <= 0 || score(best + STEP) >= 0) return null;
  return brentRoot(score, best - STEP, best + STEP);
}

/** dl/d(α+β) at the best mean for this size. */
function sizeScore(units: readonly UnitCount[], size: number): number {
  const mean = bestMean(units, size);
  const [a, b] = [size * mean, size * (1 - mean)];
  return units.reduce(
    (sum, { x, n }) =>
      sum +
      mean * (digamma(x + a) - digamma(a)) +
      (1 - mean) * (digamma(n - x + b) - digamma(b)) -
      (digamma(n + size) - digamma(size)),
    0,
  );
}

function bestMean(units: readonly UnitCount[], size: number): number {
  const score = (logit: number) => {
    const mean = 1 / (1 + Math.exp(-logit));
    const [a, b] = [size * mean, size / (1 + Math.exp(logit))];
    return units.reduce((sum, { x, n }) => sum + digamma(x + a) - digamma(a) - digamma(n - x + b) + digamma(b), 0);
  };
  return 1 / (1 + Math.exp(-brentRoot(score, -30, 30)));
}

function logLikelihood(units: readonly UnitCount[], a: number, b: number): number {
  return units.reduce((sum, { x, n }) => sum + logChoose(n, x) + logBeta(x + a, n - x + b) - logBeta(a, b), 0);
}
