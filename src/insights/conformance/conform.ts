import { compareFields, type Tolerance } from "./compare.ts";
import { methods } from "./methods.ts";

/** A file of conformance vectors, parsed. */
export interface VectorFile {
  readonly family: string;
  readonly vectors: readonly Vector[];
}
export interface Vector {
  readonly id: string;
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tol: Tolerance;
}

export interface Miss {
  readonly id: string;
  readonly method: string;
  /** What was off, field by field; or that the method is unknown or threw. */
  readonly why: readonly string[];
}
export interface MethodReport {
  readonly method: string;
  readonly passed: number;
  readonly missed: number;
  /** Expected fields that our method does not expose: neither a pass nor a miss. */
  readonly skippedFields: readonly string[];
}
export interface ConformanceReport {
  readonly family: string;
  readonly passed: number;
  readonly missed: number;
  readonly methods: readonly MethodReport[];
  readonly misses: readonly Miss[];
}

/**
 * Runs every vector of a file through the method of its name. A vector passes when every field that we expose is within its
 * tolerance and at least one is; an unknown method, or one that throws, is a miss. `data` reads a data set that a vector names
 * (`data/mpdta.csv`) as text.
 */
export function conformVectors(file: VectorFile, data: (name: string) => string): ConformanceReport {
  const byMethod = new Map<string, { passed: number; missed: number; skipped: Set<string> }>();
  const misses: Miss[] = [];
  for (const vector of file.vectors) {
    const tally = byMethod.get(vector.method) ?? { passed: 0, missed: 0, skipped: new Set<string>() };
    byMethod.set(vector.method, tally);
    const { why, skipped } = judge(vector, data);
    for (const field of skipped) tally.skipped.add(field);
    if (why.length === 0) tally.passed += 1;
    else {
      tally.missed += 1;
      misses.push({ id: vector.id, method: vector.method, why });
    }
  }
  const reports = [...byMethod].map(([method, { passed, missed, skipped }]) => ({
    method,
    passed,
    missed,
    skippedFields: [...skipped],
  }));
  return {
    family: file.family,
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    missed: misses.length,
    methods: reports,
    misses,
  };
}

function judge(vector: Vector, data: (name: string) => string): { why: readonly string[]; skipped: readonly string[] } {
  const method = methods[vector.method];
  if (!method) return { why: [`unknown method ${vector.method}`], skipped: [] };
  try {
    const got = method(vector.input, data);
    const { misses, skipped } = compareFields(got, vector.expected, vector.tol);
    const compared = Object.keys(vector.expected).length - skipped.length;
    return { why: compared === 0 ? ["no expected field is exposed"] : misses, skipped };
  } catch (error) {
    return { why: [`threw ${error instanceof Error ? error.message : String(error)}`], skipped: [] };
  }
}
