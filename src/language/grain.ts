import type { Catalog } from "../catalog/catalog.ts";
import type { Grain, Question, QuestionKind } from "../kernel/question.ts";
import type { Slots } from "./slots.ts";

interface Asked {
  readonly slots: Slots;
  readonly base: Question | null;
  readonly kind: QuestionKind;
  readonly metrics: readonly string[];
  readonly by: readonly string[];
  readonly period: Question["period"];
  readonly compare: Question["compare"];
  /** Length of the period. */
  readonly minutes: number;
}
const DAY_MINUTES = 1440;
const SERIES: ReadonlySet<QuestionKind> = new Set(["metric", "schedule", "watch"]);

/** Into which steps the answer is cut (READING-RULES §6, and the forms of §7). */
export function grainOf(asked: Asked, catalog: Catalog): Grain {
  const { slots, base, kind } = asked;
  if (kind === "anomalies") return "day";
  if (kind === "forecast") return forecastGrain(slots, base);
  if (!SERIES.has(kind)) return "total";
  if (slots.grain === "trend") return asked.minutes > DAY_MINUTES ? "day" : "hour";
  if (slots.grain !== null) return slots.grain;
  if (slots.resets) return "total";
  if (base) return base.grain;
  return isLine(asked, catalog) ? "day" : "total";
}

function forecastGrain(slots: Slots, base: Question | null): Grain {
  if (slots.grain !== null && slots.grain !== "trend") return slots.grain;
  if (slots.horizon?.unit === "hour") return "hour";
  const known = base?.kind === "forecast" && slots.horizon === null ? base.grain : "total";
  return known === "total" ? "day" : known;
}

/** Volumes over more than a day are shown as a line when nothing asks for one number. */
function isLine({ slots, metrics, by, period, compare, minutes }: Asked, catalog: Catalog): boolean {
  if (slots.counted || by.length > 0 || compare !== null || period === null || minutes <= DAY_MINUTES) return false;
  return metrics.every((id) => {
    const metric = catalog.metrics.get(id);
    return metric !== undefined && (metric.moment || metric.defaultGrain === "day");
  });
}
