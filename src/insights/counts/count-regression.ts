import { brentRoot } from "../special/brent.ts";
import { digamma, logGamma, trigamma } from "../special/stirling.ts";

/** Counts with exposure in two groups (0 = control, 1 = treatment): a log-linear model y ~ group, offset ln exposure. */
export interface GroupedCounts {
  readonly y: readonly number[];
  readonly exposure: readonly number[];
  readonly group: readonly number[];
}

interface Unit {
  readonly y: number;
  readonly t: number;
  readonly g: number;
}

export interface PoissonModel {
  readonly b0: number | null;
  readonly b1: number | null;
  readonly seB1: number | null;
  /** Robust (sandwich, HC0) standard error of b1. */
  readonly seB1Hc0: number | null;
  readonly deviance: number | null;
  /** Pearson dispersion χ²/(n−2): above 1 = more spread than Poisson. */
  readonly dispersion: number | null;
  /** seB1·√dispersion (quasi-Poisson). */
  readonly seB1Quasi: number | null;
  readonly reason?: string;
}

/**
 * Poisson model of two groups. With one binary covariate the likelihood equations have a closed form: rate_g = Σy/Σt in each group.
 * Source: McCullagh & Nelder (1989) §6; HC0 after White (1980).
 */
export function poissonModel(data: GroupedCounts): PoissonModel {
  const units = unitsOf(data);
  const bad = badGroups(units);
  if (bad) {
    return {
      b0: null,
      b1: null,
      seB1: null,
      seB1Hc0: null,
      deviance: null,
      dispersion: null,
      seB1Quasi: null,
      reason: bad,
    };
  }
  const [y0, y1] = [0, 1].map((g) => total(units, g, (u) => u.y)) as [number, number];
  const rates = [y0 / total(units, 0, (u) => u.t), y1 / total(units, 1, (u) => u.t)] as const;
  const mean = (u: Unit) => u.t * (u.g === 0 ? rates[0] : rates[1]);
  const squares = (g: number) => total(units, g, (u) => (u.y - mean(u)) ** 2);
  const pearson = sum(units, (u) => (u.y - mean(u)) ** 2 / mean(u));
  const seB1 = Math.sqrt(1 / y0 + 1 / y1);
  const dispersion = units.length > 2 ? pearson / (units.length - 2) : null;
  return {
    b0: Math.log(rates[0]),
    b1: Math.log(rates[1] / rates[0]),
    seB1,
    seB1Hc0: Math.sqrt(squares(0) / y0 ** 2 + squares(1) / y1 ** 2),
    deviance: 2 * sum(units, (u) => (u.y > 0 ? u.y * Math.log(u.y / mean(u)) : 0) - (u.y - mean(u))),
    dispersion,
    seB1Quasi: dispersion === null ? null : seB1 * Math.sqrt(dispersion),
    ...(dispersion === null ? { reason: "two observations leave no freedom for a dispersion" } : {}),
  };
}

export interface NegativeBinomialModel {
  readonly b0: number | null;
  readonly b1: number | null;
  /** Conditional on θ, as MASS gives it. */
  readonly seB1: number | null;
  /** Variance = μ + μ²/θ. */
  readonly theta: number | null;
  readonly seTheta: number | null;
  readonly loglik: number | null;
  readonly rateRatio: number | null;
  readonly reason?: string;
}

/**
 * Negative-binomial (NB2) model of two groups by maximum likelihood: for each θ the group rates solve Σ(y−μ)/(1+μ/θ) = 0, and θ
 * solves its own score at those rates. Null where the counts are no more spread than Poisson (θ → ∞). Source: MASS::glm.nb.
 */
export function negativeBinomialModel(data: GroupedCounts): NegativeBinomialModel {
  const units = unitsOf(data);
  const bad = badGroups(units);
  if (bad) return noModel(bad);
  const score = (logTheta: number) => thetaScore(units, Math.exp(logTheta));
  const [low, high] = [Math.log(1e-4), Math.log(1e7)];
  if (score(high) >= 0 || score(low) <= 0) return noModel("the counts are no more spread than Poisson: θ is unbounded");
  const theta = Math.exp(brentRoot(score, low, high));
  const rates = ratesAt(units, theta);
  const mean = (u: Unit) => u.t * (rates[u.g] ?? 0);
  const information = (g: number) => total(units, g, (u) => mean(u) / (1 + mean(u) / theta));
  return {
    b0: Math.log(rates[0]),
    b1: Math.log(rates[1] / rates[0]),
    seB1: Math.sqrt(1 / information(0) + 1 / information(1)),
    theta,
    seTheta: 1 / Math.sqrt(sum(units, (u) => thetaInformation(u.y, mean(u), theta))),
    loglik: sum(units, (u) => logDensity(u.y, mean(u), theta)),
    rateRatio: rates[1] / rates[0],
  };
}

const noModel = (reason: string): NegativeBinomialModel => ({
  b0: null,
  b1: null,
  seB1: null,
  theta: null,
  seTheta: null,
  loglik: null,
  rateRatio: null,
  reason,
});

function ratesAt(units: readonly Unit[], theta: number): [number, number] {
  const rate = (g: number) => {
    const crude = total(units, g, (u) => u.y) / total(units, g, (u) => u.t);
    const score = (logRate: number) =>
      total(units, g, (u) => (u.y - u.t * Math.exp(logRate)) / (1 + (u.t * Math.exp(logRate)) / theta));
    return Math.exp(brentRoot(score, Math.log(crude) - 20, Math.log(crude) + 20));
  };
  return [rate(0), rate(1)];
}

/** dl/dθ at the rates that are best for this θ. */
function thetaScore(units: readonly Unit[], theta: number): number {
  const rates = ratesAt(units, theta);
  return sum(units, ({ y, t, g }) => {
    const mu = t * (rates[g] ?? 0);
    return digamma(theta + y) - digamma(theta) - Math.log1p(mu / theta) + (mu - y) / (mu + theta);
  });
}

function thetaInformation(y: number, mu: number, theta: number): number {
  return trigamma(theta) - trigamma(theta + y) - 1 / theta + 2 / (mu + theta) - (y + theta) / (mu + theta) ** 2;
}

function logDensity(y: number, mu: number, theta: number): number {
  const rest = y === 0 ? 0 : y * Math.log(mu / (mu + theta));
  return logGamma(theta + y) - logGamma(theta) - logGamma(y + 1) - theta * Math.log1p(mu / theta) + rest;
}

const unitsOf = ({ y, exposure, group }: GroupedCounts): Unit[] =>
  y.map((count, i) => ({ y: count, t: exposure[i] ?? Number.NaN, g: group[i] ?? Number.NaN }));

function badGroups(units: readonly Unit[]): string | null {
  if (units.some((u) => !(u.t > 0))) return "every unit needs exposure";
  if (![0, 1].every((g) => units.some((u) => u.g === g))) return "one of the two groups is empty";
  if (![0, 1].every((g) => total(units, g, (u) => u.y) > 0)) return "a group without events has no finite log rate";
  return null;
}

const sum = (units: readonly Unit[], value: (unit: Unit) => number): number =>
  units.reduce((acc, unit) => acc + value(unit), 0);
const total = (units: readonly Unit[], g: number, value: (unit: Unit) => number): number =>
  sum(units, (unit) => (unit.g === g ? value(unit) : 0));
