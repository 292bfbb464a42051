import type { NextStep } from "../chat/answer.ts";
import { blank, canonical, canonicalQuestion, type Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";
import type { Outlook } from "./forecast-outlook.ts";
import { dimensionWord, metricName, valueName } from "./names.ts";

const STEPS_MAX = 5;
/** The other view of the time ahead: a day by the hour for days, days for hours. */
const ELSEWHERE = {
  hour: { grain: "day", horizon: 14 },
  day: { grain: "week", horizon: 8 },
  week: { grain: "day", horizon: 28 },
  month: { grain: "week", horizon: 13 },
} as const;

/** What an ops lead asks after a forecast: its parts, another reach, the ledger, the past as it was. */
export function forecastNext({ question, metric, grain, series }: Outlook, asking: Asking): NextStep[] {
  const steps: NextStep[] = [];
  const seen = new Set([canonical(question)]);
  const offer = (label: string, next: Question): void => {
    const made = canonicalQuestion(next);
    if (steps.length >= STEPS_MAX || seen.has(canonical(made))) return;
    seen.add(canonical(made));
    steps.push({ label, question: made });
  };
  const [split] = question.by;
  const largest = series.find(({ of }) => typeof of === "string" && of !== "(other)")?.of;
  if (split && typeof largest === "string")
    offer(asking.say("next.only", { value: valueName(largest, asking) }), {
      ...question,
      by: [],
      filters: { ...question.filters, [split]: [largest] },
      options: withoutRank(question.options),
    });
  const used = new Set([...question.by, ...Object.keys(question.filters)]);
  const open = [...asking.catalog.dimensions.keys()].find((id) => !used.has(id) && metric.dimensions.includes(id));
  if (open)
    offer(asking.say("next.by", { dimension: dimensionWord(asking.catalog, open, asking.language) }), {
      ...question,
      by: [open],
    });
  const other = ELSEWHERE[grain];
  if (metric.grains.includes(other.grain))
    offer(asking.say("forecast.next.grain", { n: other.horizon, grain: other.grain }), {
      ...question,
      grain: other.grain,
      options: { ...question.options, horizon: other.horizon },
    });
  const today = new Date(asking.now).toISOString().slice(0, 10);
  const back = new Date(asking.now - 28 * 86_400_000).toISOString().slice(0, 10);
  offer(asking.say("next.trend"), {
    ...blank("metric"),
    metrics: [metric.id],
    filters: question.filters,
    period: { from: back, to: today },
    grain: "day",
  });
  offer(asking.say("next.define", { metric: metricName(asking.catalog, metric.id, asking.language) }), {
    ...blank("define"),
    metrics: [question.metrics[0] ?? metric.id],
  });
  return steps;
}

const withoutRank = ({ limit: _, order: __, ...options }: Question["options"]): Question["options"] => options;
