import type { NextStep } from "../chat/answer.ts";
import type { Question } from "../kernel/question.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { dimensionName, dimensionWord, metricName, valueName, windowName } from "./names.ts";

/** Ambiguous words: one tap settles them. The choices are complete Questions, the default first. */
export function answerClarify(question: Question, asking: Asking): Draft {
  const choices = question.options.choices ?? [];
  const next = choices.map(
    (choice): NextStep => ({ label: differenceName(choice, choices, asking), question: choice }),
  );
  return {
    ...blankDraft(asking, question, "clarify"),
    headline: asking.say("clarify"),
    body: [next.map((step, index) => `${index + 1}. ${step.label}`).join("\n")],
    next,
  };
}

/** What sets a choice apart from the others: its metric, a filter that they lack, its period; "without the filter" where it lacks theirs. */
export function differenceName(choice: Question, choices: readonly Question[], asking: Asking): string {
  const others = choices.filter((other) => other !== choice);
  const parts: string[] = [];
  if (others.some((other) => other.metrics.join() !== choice.metrics.join())) {
    parts.push(choice.metrics.map((id) => metricName(asking.catalog, id, asking.language)).join(", "));
  }
  if (others.some((other) => other.by.join() !== choice.by.join()) && choice.by.length > 0) {
    const names = choice.by.map((id) => dimensionWord(asking.catalog, id, asking.language));
    parts.push(asking.say("by", { dimensions: names.reduce((a, b) => asking.say("and", { a, b })) }));
  }
  const keys = new Set(choices.flatMap((one) => Object.keys(one.filters)));
  for (const key of keys) {
    if (others.every((other) => other.filters[key]?.join() === choice.filters[key]?.join())) continue;
    const values = choice.filters[key];
    const dimension = dimensionName(asking.catalog, key.replace(/^!/, ""), asking.language);
    if (values)
      parts.push(asking.say("only", { dimension, values: values.map((value) => valueName(value, asking)).join(", ") }));
    else if (choices.length === 2 && Object.keys(choice.filters).length < Object.keys(others[0]?.filters ?? {}).length)
      parts.push(asking.say("clarify.without"));
  }
  if (others.some((other) => JSON.stringify(other.period) !== JSON.stringify(choice.period)) && choice.period) {
    parts.push(windowName(choice.period, asking, null));
  }
  return parts.length > 0 ? parts.join(" · ") : asking.say("everything");
}
