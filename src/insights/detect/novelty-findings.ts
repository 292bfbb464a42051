import type { Finding } from "./finding.ts";
import { NOVEL, NoveltyDetector } from "./novelty.ts";

/** Readings before the first that is judged: 15 %, at most 750. */
const probationOf = (length: number): number => Math.min(Math.floor(0.15 * length), 750);

/** Every reading against all before it. Missing readings (NaN) are passed over. */
export function noveltyFindings(values: Float64Array, perDay: number): Finding[] {
  const detector = new NoveltyDetector(perDay);
  const from = probationOf(values.length);
  const findings: Finding[] = [];
  values.forEach((value, bucket) => {
    if (Number.isNaN(value)) return;
    const score = detector.next(value);
    if (bucket < from) return;
    const { part, value: looked, expected, reach } = detector.last;
    findings.push({
      bucket,
      odd: score >= NOVEL,
      direction: looked >= expected ? "up" : "down",
      value,
      expected,
      low: expected - reach,
      high: expected + reach,
      score,
      p: null,
      part,
    });
  });
  return findings;
}
