import { formatInstant } from "../chat/format.ts";
import type { Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import { dimensionWord, filtersName, metricName, windowName } from "./names.ts";

/**
 * What was understood, in one line: metrics, filters, split, grain, window with its zone, comparison. `zone` = null where days are
 * those of each row's own market.
 */
export function echoOf(question: Question, asking: Asking, zone: string | null): string {
  const { say, language, catalog } = asking;
  const parts = [
    question.kind === "anomalies" && question.metrics.length === 0
      ? say("anomalies.all_metrics")
      : question.metrics.map((id) => metricName(catalog, id, language)).join(", "),
    filtersName(question, asking),
    splitName(question, asking),
    grainName(question, asking),
    windowPart(question, asking, zone),
    question.compare ? say("compared", { period: windowName(question.compare, asking, zone) }) : "",
  ];
  return say("echo", { what: parts.filter((part) => part !== "").join(" · ") });
}

/** What a question is about without its time, for within a sentence: "Overturn rate, ID, by queue". */
export const subjectName = (question: Question, asking: Asking): string =>
  [
    question.metrics.map((id) => metricName(asking.catalog, id, asking.language)).join(", "),
    filtersName(question, asking),
    splitName(question, asking),
    grainName(question, asking),
  ]
    .filter((part) => part !== "")
    .join(", ");

function splitName(question: Question, asking: Asking): string {
  if (question.by.length === 0) return "";
  const names = question.by.map((id) => dimensionWord(asking.catalog, id, asking.language));
  const dimensions = names.reduce((a, b) => asking.say("and", { a, b }));
  const { limit, order } = question.options;
  const ranked = limit ? `, ${asking.say(order === "asc" ? "bottom" : "top", { n: limit })}` : "";
  return asking.say("by", { dimensions }) + ranked;
}

function grainName(question: Question, asking: Asking): string {
  const age = question.options.age;
  const ages = [
    age?.gt ? asking.say("older", { age: durationName(age.gt) }) : "",
    age?.lt ? asking.say("younger", { age: durationName(age.lt) }) : "",
  ];
  return [question.grain === "total" ? "" : asking.say(`grain.${question.grain}`), ...ages].filter(Boolean).join(" · ");
}

function windowPart(question: Question, asking: Asking, zone: string | null): string {
  const shown = zone ?? asking.zone;
  if (question.options.at) {
    return `${formatInstant(question.options.at, asking.locale, shown)} (${asking.say("instants", { zone: shown })})`;
  }
  if (!question.period) return "";
  const whole = !question.period.from.includes("T") && !question.period.to.includes("T");
  const days = zone === null ? asking.say("zone_own") : asking.say(whole ? "zone" : "instants", { zone: shown });
  return `${windowName(question.period, asking, zone)} (${days})`;
}

/** `PT24H` → "24 h", `PT90M` → "90 min". */
const durationName = (duration: string): string =>
  duration.replace(/^PT(\d+)H$/, "$1 h").replace(/^PT(\d+)M$/, "$1 min");
