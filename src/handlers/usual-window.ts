import type { Metric } from "../catalog/catalog.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";

/** The window of a question that names none: now for a moment metric, else the last seven complete days of the asker. */
export function usualWindow(metric: Metric, asking: Asking): Pick<Question, "period" | "options"> {
  if (metric.moment)
    return { period: null, options: { at: `${new Date(asking.now).toISOString().slice(0, 16)}+00:00` } };
  const today = localDay(asking.now, asking.zone);
  return { options: {}, period: { from: daysBefore(today, 7), to: today } };
}

const localDay = (now: number, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
