import type { Metric } from "../../catalog/catalog.ts";
import type { Unit } from "../../kernel/measurement.ts";
import type { Options, Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { shownMetrics } from "../names.ts";

type When = NonNullable<Options["when"]>;
export type LevelFound =
  | {
      readonly ok: true;
      readonly question: Question;
      readonly metric: Metric;
      readonly level: number;
      readonly swapped: boolean;
    }
  | { readonly ok: false; readonly metric: Metric };

/**
 * The level in the metric's own unit: 8 % of a share is 0.08, 90 min of hours 1.5. A time beside a count of open cases is meant of the
 * oldest of them, so that the metric of their age takes its place. Null where no metric is known; not ok where the unit cannot be meant.
 */
export function levelOf(question: Question, when: When, asking: Asking): LevelFound | null {
  const [metric] = shownMetrics(question, asking.catalog);
  if (!metric) return null;
  const own = inUnit(when, metric.unit);
  if (own !== null)
    return { ok: true, question: { ...question, metrics: [metric.id] }, metric, level: own, swapped: false };
  const age = metric.aged && when.unit !== "%" ? ageOf(metric, asking) : undefined;
  const level = age && inUnit(when, age.unit);
  if (!age || level === null || level === undefined) return { ok: false, metric };
  return { ok: true, question: { ...question, metrics: [age.id] }, metric: age, level, swapped: true };
}

/** The metric that says in hours how long what this one counts is open. */
const ageOf = (metric: Metric, { catalog }: Asking): Metric | undefined =>
  [...catalog.metrics.values()].find(
    (other) => other.moment && other.unit === "hours" && other.reads.every((table) => metric.reads.includes(table)),
  );

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** Null where the unit typed cannot be the metric's. A bare number of a share counts as percent from 1 up. */
function inUnit({ value, unit }: Pick<When, "value" | "unit">, own: Unit): number | null {
  if (own === "share") {
    if (unit === "%") return value / 100;
    return unit === undefined ? (value > 1 ? value / 100 : value) : null;
  }
  const seconds = unit === undefined ? undefined : SECONDS[unit];
  if (own === "hours" || own === "seconds") {
    if (unit === "%") return null;
    if (seconds === undefined) return value;
    return (value * seconds) / (own === "hours" ? 3_600 : 1);
  }
  return unit === undefined ? value : null;
}
