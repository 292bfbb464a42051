import { intervalScore } from "./scores.ts";

/** Half-widths around the point forecast, one per step ahead. */
export interface HalfWidths {
  readonly at80: Float64Array;
  readonly at95: Float64Array;
}

/** One error of an honest forecast of the past, in units of the scale of its time. */
export interface PastError {
  /** Steps ahead, from 1. */
  readonly ahead: number;
  readonly error: number;
}

const GROWTHS = [0, 0.15, 0.3, 0.5];
const WIDENING = 1.13;

/**
 * Conformal bands: the half-width grows as stepsᵝ and mixes the quantile of past errors with their root mean square, so that few errors do
 * not leave it to the largest one; β has the least interval score over them. A small sample widens it. Null without errors.
 * Source: split conformal prediction (Vovk et al. 2005; Lei et al. 2018) on rolling origins.
 */
export function conformalBands(errors: readonly PastError[], horizon: number): HalfWidths | null {
  if (errors.length === 0) return null;
  const candidates = GROWTHS.map((growth) => widthsOf(errors, growth));
  const best = candidates.reduce((least, candidate) =>
    scoreOf(errors, candidate) < scoreOf(errors, least) ? candidate : least,
  );
  const spread = (unit: number): Float64Array =>
    Float64Array.from({ length: horizon }, (_, j) => unit * (j + 1) ** best.growth);
  return { at80: spread(Math.min(best.unit80, best.unit95)), at95: spread(best.unit95) };
}

interface Widths {
  readonly growth: number;
  readonly unit80: number;
  readonly unit95: number;
}

function widthsOf(errors: readonly PastError[], growth: number): Widths {
  const sizes = Float64Array.from(errors, ({ ahead, error }) => Math.abs(error) / ahead ** growth).sort();
  const rms = Math.sqrt(sizes.reduce((sum, size) => sum + size * size, 0) / sizes.length);
  const widening = WIDENING * (1 + 2 / sizes.length);
  return {
    growth,
    unit80: widening * (0.3 * quantile(sizes, 0.8) + 0.7 * 1.15 * rms),
    unit95: widening * (0.3 * quantile(sizes, 0.95) + 0.7 * 2.2 * rms),
  };
}

/** Interval score of the 95 % band over the errors themselves. */
function scoreOf(errors: readonly PastError[], { growth, unit95 }: Widths): number {
  let score = 0;
  for (const { ahead, error } of errors) {
    const half = unit95 * ahead ** growth;
    score += intervalScore(error, -half, half, 0.95);
  }
  return score;
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
