import type { NextStep } from "../chat/answer.ts";
import type { MessageKey } from "../chat/messages.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";
import { differenceName } from "./clarify.ts";
import { dimensionWord, metricName } from "./names.ts";

/** One sentence that says what to do, with the nearest questions as buttons. */
export function answerRefusal(question: Question, refusal: Refusal, asking: Asking, labels?: readonly string[]): Draft {
  const instead = refusal.instead ?? [];
  const next = instead.map(
    (choice, index): NextStep => ({
      label: labels?.[index] ?? differenceName(choice, instead, asking),
      question: choice,
    }),
  );
  return {
    ...blankDraft(asking, question, refusal.code === "fault" ? "fault" : "refused"),
    code: refusal.code,
    headline: refusalSentence(refusal, asking),
    next,
  };
}

export function refusalSentence(refusal: Refusal, asking: Asking): string {
  const key: MessageKey = `refuse.${refusal.code}`;
  return asking.say(key, namedParams(refusal, asking));
}

/** Ids in the parameters become names. */
function namedParams(refusal: Refusal, asking: Asking): Record<string, string | number> {
  const params: Record<string, string | number> = { ...refusal.params };
  if (typeof params.metric === "string") params.metric = metricName(asking.catalog, params.metric, asking.language);
  if (typeof params.dimension === "string")
    params.dimension = dimensionWord(asking.catalog, params.dimension, asking.language);
  if (typeof params.possible === "string") {
    params.possible = params.possible
      .split(/,\s*/)
      .map((id) => dimensionWord(asking.catalog, id, asking.language))
      .join(", ");
  }
  return params;
}
