import { inverse, Matrix } from "ml-matrix";
import { normalSf } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import { momentsOf } from "../means/moments.ts";
import { quadratic } from "../regression/least-squares.ts";
import { brentRoot } from "../special/brent.ts";
import { augmentedFilter, type LevelVariances } from "./local-level.ts";

export interface CausalImpact {
  readonly averageActual: number | null;
  readonly averagePrediction: number | null;
  readonly averageEffect: number | null;
  readonly averageEffectSd: number | null;
  readonly averageEffectLow: number | null;
  readonly averageEffectHigh: number | null;
  readonly relativeEffect: number | null;
  readonly cumulativeEffect: number | null;
  /** One-sided posterior tail of no effect. */
  readonly tailProbability: number | null;
  readonly reason?: string;
}

/**
 * Bayesian structural time series with the priors of CausalImpact (local level, static regression on one control), without Monte
 * Carlo: for given variances everything is Gaussian, and the two variances are integrated on a grid of their posterior.
 * Estimate, interval and tail come from that one posterior. Source: Brodersen et al. (2015); CausalImpact, bsts.
 */
export function causalImpact(y: readonly number[], x: readonly number[], t0: number, level: number): CausalImpact {
  const none = {
    averageActual: null,
    averagePrediction: null,
    averageEffect: null,
    averageEffectSd: null,
    averageEffectLow: null,
    averageEffectHigh: null,
    relativeEffect: null,
    cumulativeEffect: null,
    tailProbability: null,
  };
  const [ofY, ofX] = [momentsOf(y.slice(0, t0)), momentsOf(x.slice(0, t0))];
  const bad =
    badLevel(level) ??
    (t0 < 3 || t0 >= y.length ? "needs three observations before and one after" : null) ??
    (ofY.variance > 0 && ofX.variance > 0 ? null : "the series or its control does not vary before");
  if (bad) return { ...none, reason: bad };
  const scale = Math.sqrt(ofY.variance);
  const standardY = y.map((value) => (value - ofY.mean) / scale);
  const standardX = x.map((value) => (value - ofX.mean) / Math.sqrt(ofX.variance));
  const mixture = posterior(standardY, standardX, t0);
  const actual = average(y.slice(t0));
  const mean = mixture.reduce((sum, part) => sum + part.weight * part.mean, 0);
  const variance = mixture.reduce((sum, part) => sum + part.weight * (part.variance + (part.mean - mean) ** 2), 0);
  const prediction = ofY.mean + scale * mean;
  const quantile = (upper: number) =>
    ofY.mean + scale * mixtureUpperQuantile(mixture, upper, mean, Math.sqrt(variance));
  const effect = actual - prediction;
  const above = mixtureSf(mixture, (actual - ofY.mean) / scale);
  return {
    averageActual: actual,
    averagePrediction: prediction,
    averageEffect: effect,
    averageEffectSd: scale * Math.sqrt(variance),
    averageEffectLow: actual - quantile((1 - level) / 2),
    averageEffectHigh: actual - quantile((1 + level) / 2),
    relativeEffect: prediction === 0 ? null : effect / prediction,
    cumulativeEffect: effect * (y.length - t0),
    tailProbability: Math.min(above, 1 - above),
    ...(prediction === 0 ? { reason: "the prediction is 0: a relative effect has no base" } : {}),
  };
}

/** Distribution of the average prediction for one pair of variances, and its posterior weight. */
interface Part {
  readonly weight: number;
  readonly mean: number;
  readonly variance: number;
}

/* Priors of CausalImpact on the standardised scale: variances scaled-inverse-χ² (degrees of freedom, guess), slab of the regression. */
const OBSERVATION_PRIOR = { df: 50, guess: 1 - 0.8 };
const LEVEL_PRIOR = { df: 32, guess: 0.01 ** 2 };
const SLAB_OBSERVATIONS = 0.01;
const GRID = 40;

function posterior(y: readonly number[], x: readonly number[], t0: number): Part[] {
  const observations = logGrid(0.002, 3);
  const levels = logGrid(0.01 ** 2 / 6, 1);
  const parts = observations.flatMap((observation) =>
    levels.flatMap((level) => part(y, x, t0, { observation, level }) ?? []),
  );
  const top = Math.max(...parts.map(({ logWeight }) => logWeight));
  const total = parts.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - top), 0);
  return parts.map(({ logWeight, mean, variance }) => ({ weight: Math.exp(logWeight - top) / total, mean, variance }));
}

const logGrid = (from: number, to: number): number[] =>
  Array.from({ length: GRID }, (_, i) => from * (to / from) ** (i / (GRID - 1)));

function part(y: readonly number[], x: readonly number[], t0: number, variances: LevelVariances) {
  const filtered = augmentedFilter(y.slice(0, t0), x, variances);
  if (!filtered) return null;
  const { gram, cross, squares, logDeterminant, state, stateVariance } = filtered;
  const slab = variances.observation / SLAB_OBSERVATIONS;
  const precision = Matrix.diag([1 / (1 + slab), 1 / slab]);
  const start = [y[0] ?? 0, 0];
  const covariance = inverse(Matrix.add(gram, precision));
  const right = cross.map((value, j) => value + precision.get(j, j) * (start[j] ?? 0));
  const delta = covariance.mmul(Matrix.columnVector(right)).to1DArray();
  const fit =
    squares + precision.get(0, 0) * (start[0] ?? 0) ** 2 - right.reduce((sum, r, j) => sum + r * (delta[j] ?? 0), 0);
  const determinant = (precision.get(0, 0) * precision.get(1, 1)) / inverseDeterminant(covariance);
  const logLikelihood = -0.5 * (logDeterminant - Math.log(determinant) + fit);
  const h = y.length - t0;
  const design = [1 - (state.columns[0] ?? 0), average(x.slice(t0)) - (state.columns[1] ?? 0)];
  const walk = Array.from({ length: h - 1 }, (_, j) => ((h - 1 - j) / h) ** 2).reduce((a, b) => a + b, 0);
  return {
    logWeight:
      logLikelihood + logPrior(variances.observation, OBSERVATION_PRIOR) + logPrior(variances.level, LEVEL_PRIOR),
    mean: state.data + design.reduce((sum, value, j) => sum + value * (delta[j] ?? 0), 0),
    variance: stateVariance + variances.level * walk + variances.observation / h + quadratic(covariance, design),
  };
}

/** 1/det of a 2 × 2 covariance, i.e. the determinant of its precision. */
const inverseDeterminant = (m: Matrix): number => 1 / (m.get(0, 0) * m.get(1, 1) - m.get(0, 1) ** 2);

/** Scaled-inverse-χ² density of a variance, in its logarithm's measure. */
function logPrior(variance: number, { df, guess }: { df: number; guess: number }): number {
  return -(df / 2) * Math.log(variance) - (df * guess) / (2 * variance);
}

const mixtureSf = (parts: readonly Part[], value: number): number =>
  parts.reduce((sum, { weight, mean, variance }) => sum + weight * normalSf((value - mean) / Math.sqrt(variance)), 0);

/** The value with the upper tail `upper`. */
function mixtureUpperQuantile(parts: readonly Part[], upper: number, mean: number, sd: number): number {
  return brentRoot((value) => mixtureSf(parts, value) - upper, mean - 40 * sd, mean + 40 * sd);
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
