import type { Metric } from "../../catalog/catalog.ts";
import { formatValue } from "../../chat/format.ts";
import { limits } from "../../kernel/limits.ts";
import type { Unit } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import type { Asking } from "../asking.ts";
import { subjectName } from "../echo.ts";
import { rowName } from "../names.ts";
import { payloadOf, type WatchPayload } from "./payload.ts";
import type { SeenPoint, WatchSeries } from "./watch-series.ts";

/** What a schedule is called in a sentence: "Overturn rate, by market", "Backlog, TH > 5,000". */
export function nameOf(schedule: Pick<Schedule, "payload">, asking: Asking): string {
  const payload = payloadOf(schedule);
  if (payload.type === "question") return questionName(payload.question, asking);
  if (payload.type === "watch") return `${subjectName(payload.question, asking)} ${conditionName(payload, asking)}`;
  return asking.say(payload.type === "owners" ? "name.owners" : "name.digest");
}

/** What a scheduled question asks: "Overturn rate, by market", "Why: Removals". */
export const questionName = (question: Question, asking: Asking): string =>
  asking.say("name.question", { kind: question.kind, what: subjectName(question, asking) });

/** "> 8 %". */
export function conditionName(
  { question, op, level }: Pick<WatchPayload, "question" | "op" | "level">,
  asking: Asking,
): string {
  const unit = asking.catalog.metrics.get(question.metrics[0] ?? "")?.unit ?? "number";
  const sign = { ">": ">", ">=": "≥", "<": "<", "<=": "≤" }[op];
  return `${sign} ${levelName(level, unit, asking)}`;
}

/** A level as a person types it: "8 %", not "8.0 %". */
export const levelName = (level: number, unit: Unit, asking: Asking): string =>
  formatValue(level, unit, asking.locale).replace(/[.,]0+(?=\s|$)/u, "");

/** The day that is judged, not the midnight at which it ended. */
export const dayName = (point: SeenPoint, step: WatchSeries["step"], zone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" }).format(
    point.at - (step === "hour" ? 0 : 1),
  );

/** `{"market":"ID"}` → "ID"; "" for the whole. */
export function segmentName(segment: string, asking: Asking): string {
  const key = JSON.parse(segment) as Record<string, string>;
  return rowName(key, Object.keys(key), asking);
}

/** A number as it may be shown: a count below the smallest cell is only said to be that small. */
export function shownValue(point: Pick<SeenPoint, "value" | "n">, metric: Metric, asking: Asking): string {
  const hidden = metric.unit === "count" && point.n === null && point.value !== null && point.value < limits.cellMin;
  return hidden
    ? asking.say("fewer_than", { n: limits.cellMin })
    : formatValue(point.value, metric.unit, asking.locale);
}
