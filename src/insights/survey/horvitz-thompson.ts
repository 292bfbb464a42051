import { noSurvey, type SurveyEstimate, surveyInterval } from "./stratified.ts";

/** A sample with known inclusion probabilities π; `cluster` = what was drawn as one (by default each unit). */
export interface ProbabilitySample {
  readonly y: readonly number[];
  readonly pi: readonly number[];
  readonly cluster?: readonly (number | string)[];
}

/**
 * Horvitz–Thompson total Σ y/π with the ultimate-cluster (with replacement) variance G/(G−1) Σ(t_g − t̄)².
 * Source: Horvitz & Thompson (1952); survey::svytotal.
 */
export function horvitzThompsonTotal(sample: ProbabilitySample, level: number): SurveyEstimate {
  const bad = badSample(sample);
  if (bad) return noSurvey(bad);
  const estimate = sample.y.reduce((sum, y, i) => sum + y / (sample.pi[i] ?? 1), 0);
  return clustered(sample, estimate, (y, pi) => y / pi, level);
}

/** Hájek mean Σ(y/π)/Σ(1/π), linearised, ultimate clusters. Source: Hájek (1971); survey::svymean. */
export function hajekMean(sample: ProbabilitySample, level: number): SurveyEstimate {
  const bad = badSample(sample);
  if (bad) return noSurvey(bad);
  const size = sample.pi.reduce((sum, pi) => sum + 1 / pi, 0);
  const estimate = sample.y.reduce((sum, y, i) => sum + y / (sample.pi[i] ?? 1), 0) / size;
  return clustered(sample, estimate, (y, pi) => (y - estimate) / pi / size, level);
}

/** Horvitz–Thompson total under Poisson sampling (each unit drawn on its own with π): variance Σ(1−π)y²/π². */
export function poissonSamplingTotal({ y, pi }: Pick<ProbabilitySample, "y" | "pi">): {
  readonly estimate: number | null;
  readonly se: number | null;
  readonly reason?: string;
} {
  const bad = badSample({ y, pi });
  if (bad) return { estimate: null, se: null, reason: bad };
  const expanded = y.map((value, i) => value / (pi[i] ?? 1));
  return {
    estimate: expanded.reduce((sum, value) => sum + value, 0),
    se: Math.sqrt(expanded.reduce((sum, value, i) => sum + (1 - (pi[i] ?? 1)) * value * value, 0)),
  };
}

function badSample({ y, pi }: ProbabilitySample): string | null {
  if (y.length === 0) return "no observations";
  if (y.length !== pi.length) return "every observation needs its inclusion probability";
  return pi.every((p) => p > 0 && p <= 1) ? null : "inclusion probabilities must lie in (0, 1]";
}

function clustered(
  { y, pi, cluster }: ProbabilitySample,
  estimate: number,
  z: (y: number, pi: number) => number,
  level: number,
): SurveyEstimate {
  const totals = new Map<number | string, number>();
  y.forEach((value, i) => {
    const key = cluster?.[i] ?? i;
    totals.set(key, (totals.get(key) ?? 0) + z(value, pi[i] ?? 1));
  });
  const groups = totals.size;
  if (groups < 2) return { ...noSurvey("one cluster has no variance"), estimate };
  const mean = [...totals.values()].reduce((sum, total) => sum + total, 0) / groups;
  const squares = [...totals.values()].reduce((sum, total) => sum + (total - mean) ** 2, 0);
  return surveyInterval(estimate, Math.sqrt((groups / (groups - 1)) * squares), groups - 1, level);
}
