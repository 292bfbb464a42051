import { type Interval, noInterval } from "../interval.ts";
import { wilson } from "./wilson.ts";

/**
 * Newcombe's hybrid score interval for p₂ − p₁ (second − first), from the two Wilson intervals.
 * Source: Newcombe (1998b) method 10.
 */
export function newcombe(x1: number, n1: number, x2: number, n2: number, level: number): Interval {
  return newcombeFrom(named(wilson(x1, n1, level)), named(wilson(x2, n2, level)));
}

/** A share with limits of its own, by whatever method (Wilson on effective n, Clopper–Pearson, linearised). */
export interface Share {
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Difference second − first from two intervals: d − √((p₂−l₂)² + (u₁−p₁)²) to d + √((u₂−p₂)² + (p₁−l₁)²) (the "MOVER").
 * Source: Newcombe (1998b); Zou & Donner (2008).
 */
export function newcombeFrom(first: Share, second: Share): Interval {
  const { p: p1, low: l1, high: u1 } = first;
  const { p: p2, low: l2, high: u2 } = second;
  if (p1 === null || p2 === null) return noInterval("one of the two sides has no estimate");
  const estimate = p2 - p1;
  if (l1 === null || u1 === null || l2 === null || u2 === null) {
    return noInterval("one of the two sides has no interval", estimate);
  }
  return {
    estimate,
    low: estimate - Math.hypot(p2 - l2, u1 - p1),
    high: estimate + Math.hypot(u2 - p2, p1 - l1),
  };
}

const named = (interval: Interval): Share => ({ p: interval.estimate, low: interval.low, high: interval.high });
