import type { NextStep } from "../../chat/answer.ts";
import type { Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { dimensionWord, valueName } from "../names.ts";
import type { Explained } from "./splits.ts";

/** What to ask next: the split itself, the same why inside its strongest segment, the course of the days. */
export function nextOf(plain: Question, best: Explained | undefined, asking: Asking): NextStep[] {
  const steps: NextStep[] = [];
  if (best) {
    steps.push({
      label: asking.say("next.by", { dimension: dimensionWord(asking.catalog, best.dimension, asking.language) }),
      question: { ...plain, by: [best.dimension] },
    });
    const top = best.decomposition.effects[0]?.name;
    const values = best.measurement.rows.map((row) => row.key[best.dimension]);
    const value = values.find((one) => valueName(one, asking) === top);
    if (typeof value === "string") {
      steps.push({
        label: asking.say("next.only", { value: valueName(value, asking) }),
        question: { ...plain, kind: "why", filters: { ...plain.filters, [best.dimension]: [value] } },
      });
    }
  }
  if (plain.period)
    steps.push({ label: asking.say("next.trend"), question: { ...plain, compare: null, grain: "day" } });
  return steps;
}
