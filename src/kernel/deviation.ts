import type { Period, Question } from "./question.ts";

/** One metric of one segment that left its expectation: what a detector says, before anyone puts it into words. */
export interface Deviation {
  readonly metric: string;
  /** `{}` = the whole. */
  readonly segment: Question["filters"];
  readonly kind: "spike" | "level_shift" | "drift" | "variance" | "silence";
  readonly direction: "up" | "down";
  /** The days (or hours) that left the expectation, half-open, in `zone`. */
  readonly period: Period;
  readonly zone: string;
  /** In the metric's unit, over the period: a rate as a fraction, a count per bucket. */
  readonly value: number;
  readonly expected: number;
  /** 95 % band of what was to be expected. */
  readonly low: number;
  readonly high: number;
  /** Denominator of a rate, rows behind a mean; null for a count. */
  readonly n: number | null;
  /** Two-sided p against the baseline (parent's shock divided out), and the same adjusted for everything that was tested with it (BH). */
  readonly p: number;
  readonly q: number;
  /** The segment's part of the whole's movement, in the metric's unit: what it moved of the total. */
  readonly excess: number;
  /** Name and version of the detector, for its weekly precision. */
  readonly detector: string;
}
