import type { Metric } from "../catalog/catalog.ts";
import type { NextStep } from "../chat/answer.ts";
import { OTHER } from "../kernel/measurement.ts";
import { blank, canonical, canonicalQuestion, type Period, type Question } from "../kernel/question.ts";
import { shiftPeriod } from "../kernel/time.ts";
import type { Asking } from "./asking.ts";
import { dimensionWord, metricName, valueName } from "./names.ts";
import { isOfPeople } from "./people.ts";
import type { Numbers } from "./rows.ts";

const STEPS_MAX = 5;
/** Splits that people reach for first; others follow in the catalog's order. */
const FIRST_SPLITS = 2;

/** Three to five questions that an ops lead would ask next, each complete. */
export function nextSteps(
  question: Question,
  metrics: readonly Metric[],
  numbers: Numbers,
  asking: Asking,
): NextStep[] {
  const steps: NextStep[] = [];
  const seen = new Set([canonical(question)]);
  const offer = (label: string, next: Question): void => {
    const step = canonicalQuestion(next);
    if (steps.length >= STEPS_MAX || seen.has(canonical(step))) return;
    seen.add(canonical(step));
    steps.push({ label, question: step });
  };
  const plain: Question = { ...question, kind: "metric", options: withoutForm(question.options) };
  const first = metrics[0];
  if (!first) return steps;
  if (isThin(numbers, metrics) && question.period) {
    offer(asking.say("next.wider"), { ...plain, period: wider(question.period), compare: null });
  }
  if (question.kind === "metric" && !metrics.some((metric) => metric.type === "quantile"))
    offer(asking.say("next.why"), whyOf(question));
  for (const value of extremeValues(question, numbers, asking)) {
    const dimension = question.by[0] ?? "";
    offer(asking.say("next.only", { value: valueName(value, asking) }), {
      ...plain,
      by: question.by.slice(1),
      filters: { ...question.filters, [dimension]: [value] },
      options: withoutRank(plain.options),
    });
  }
  for (const other of namesakes(question, metrics, asking)) {
    offer(metricName(asking.catalog, other, asking.language), { ...plain, metrics: [other] });
  }
  if (!question.compare) offer(asking.say("next.vs_week"), { ...plain, compare: weekEarlier(question) });
  for (const dimension of openSplits(question, metrics, asking)) {
    offer(asking.say("next.by", { dimension: dimensionWord(asking.catalog, dimension, asking.language) }), {
      ...plain,
      by: [dimension],
      grain: "total",
      options: withoutRank(plain.options),
    });
  }
  if (question.grain === "total" && question.period && question.by.length === 0 && isLongerThanADay(question.period)) {
    offer(asking.say("next.trend"), { ...plain, grain: "day", compare: null });
  }
  if (first.moment && !question.period)
    offer(asking.say("next.by", { dimension: dimensionWord(asking.catalog, "queue", asking.language) }), {
      ...plain,
      by: ["queue"],
    });
  offer(asking.say("next.define", { metric: metricName(asking.catalog, first.id, asking.language) }), {
    ...blank("define"),
    metrics: [question.metrics[0] ?? first.id],
  });
  return steps;
}

/** True when no number of the answer rests on enough cases to be read without care. */
const isThin = (numbers: Numbers, metrics: readonly Metric[]): boolean =>
  metrics.every((metric) => {
    const flags = numbers.totals.get(metric.id)?.flags ?? [];
    return flags.includes("few") || flags.includes("suppressed");
  });

const WIDER_DAYS = 90;
const wider = (period: Period): Period => ({
  from: shiftPeriod({ from: period.to, to: period.to }, -WIDER_DAYS).from.slice(0, 10),
  to: period.to,
});

/** Other metrics that go by the same name (FP rate, leakage), where they can answer the same question. */
function namesakes(question: Question, metrics: readonly Metric[], asking: Asking): string[] {
  const [only] = metrics;
  if (metrics.length !== 1 || !only) return [];
  const used = [...question.by, ...Object.keys(question.filters).map((key) => key.replace(/^!/, ""))];
  return only.alsoCalled.filter((name) => {
    const other = asking.catalog.metrics.get(name);
    return other !== undefined && used.every((dimension) => other.dimensions.includes(dimension));
  });
}

const whyOf = (question: Question): Question => ({
  ...question,
  kind: "why",
  by: [],
  grain: "total",
  compare: question.compare ?? weekEarlier(question),
  options: withoutRank(withoutForm(question.options)),
});

function weekEarlier(question: Question): Question["compare"] {
  if (question.options.at) return { at: shiftPeriod({ from: question.options.at, to: question.options.at }, -7).from };
  return question.period && shiftPeriod(question.period, -7);
}

function openSplits(question: Question, metrics: readonly Metric[], asking: Asking): string[] {
  const used = new Set([...question.by, ...Object.keys(question.filters)]);
  return [...asking.catalog.dimensions.keys()]
    .filter((id) => !used.has(id) && metrics.every((metric) => metric.dimensions.includes(id)))
    .slice(0, FIRST_SPLITS);
}

/** The worst row of a split is what people open: the highest where low is good, the lowest where high is good. */
function extremeValues(question: Question, numbers: Numbers, asking: Asking): string[] {
  const dimension = question.by[0];
  if (!dimension || question.grain !== "total" || isOfPeople(question, asking.catalog)) return [];
  const known = numbers.rows.filter(
    (row) => row.value !== null && typeof row.key?.[dimension] === "string" && row.key[dimension] !== OTHER,
  );
  const top = known.reduce<(typeof known)[number] | undefined>(
    (best, row) => ((row.value ?? 0) > (best?.value ?? -Infinity) ? row : best),
    undefined,
  );
  return top ? [String(top.key?.[dimension])] : [];
}

const isLongerThanADay = (period: Period): boolean =>
  Date.parse(period.to.slice(0, 10)) - Date.parse(period.from.slice(0, 10)) > 86_400_000;

function withoutForm({ form: _form, ...options }: Question["options"]): Question["options"] {
  return options;
}
function withoutRank({ limit: _limit, order: _order, ...options }: Question["options"]): Question["options"] {
  return options;
}
