import { tSf, tUpperQuantile } from "../distributions/t.ts";
import { bestFreedom } from "./amount-track.ts";
import type { Finding } from "./finding.ts";
import { surprisesOf } from "./surprises.ts";

/** Every value against its one-step forecast; odd where Student's t, its tail as heavy as the series' own, gives it less than `chance`. */
export function surpriseFindings(values: Float64Array, seasons: readonly number[], chance: number): Finding[] {
  const { expected, score, at } = surprisesOf(values, seasons);
  const freedom = bestFreedom(score.filter((own) => Math.abs(own) < EXTREME));
  const limit = tUpperQuantile(chance / 2, freedom);
  const findings: Finding[] = [];
  values.forEach((value, bucket) => {
    const own = score[bucket] ?? Number.NaN;
    if (Number.isNaN(own)) return;
    findings.push({
      bucket,
      odd: Math.abs(own) > limit,
      direction: own > 0 ? "up" : "down",
      value,
      expected: expected[bucket] ?? 0,
      low: at(bucket, -limit),
      high: at(bucket, limit),
      score: Math.abs(own),
      p: 2 * tSf(Math.abs(own), freedom),
      part: "value",
    });
  });
  return findings;
}

/** Scores beyond this are events and say nothing of the tail. */
const EXTREME = 6;
