import type { NextStep } from "../../chat/answer.ts";
import { blank, canonical, canonicalQuestion, type Question } from "../../kernel/question.ts";
import type { Asking } from "../asking.ts";
import { dimensionWord, rowName } from "../names.ts";
import { type RiskSituation, SELLER_DIMENSIONS } from "./situation.ts";

const STEPS_MAX = 5;

/** Seller by seller where that is allowed, the riskiest segment alone, other splits, and what was removed there. */
export function riskNext(situation: RiskSituation, allowed: boolean, asking: Asking): NextStep[] {
  const { question, by, segments, horizon, named } = situation;
  const steps: NextStep[] = [];
  const seen = new Set([canonical(question)]);
  const offer = (label: string, next: Question): void => {
    const made = canonicalQuestion(next);
    if (steps.length >= STEPS_MAX || seen.has(canonical(made))) return;
    seen.add(canonical(made));
    steps.push({ label, question: made });
  };
  const plain: Question = { ...question, by: [], options: { risk: { of: "segment", days: horizon } } };
  const [top] = segments;
  if (allowed && !named)
    offer(asking.say("risk.next.sellers"), { ...plain, options: { risk: { of: "seller", days: horizon } } });
  if (named) offer(asking.say("risk.next.segments"), plain);
  if (top && top.risk !== null && !named) {
    const filters = Object.fromEntries(by.flatMap((id) => (top.key[id] == null ? [] : [[id, [String(top.key[id])]]])));
    const only = asking.say("next.only", { value: rowName(top.key, by, asking) });
    offer(only, { ...plain, filters: { ...question.filters, ...filters } });
  }
  for (const id of Object.keys(SELLER_DIMENSIONS)) {
    if (by.length === 1 && by[0] === id) continue;
    if (question.filters[id]?.length === 1) continue;
    offer(asking.say("next.by", { dimension: dimensionWord(asking.catalog, id, asking.language) }), {
      ...plain,
      by: [id],
    });
  }
  if (asking.catalog.metrics.has("repeat_violation"))
    offer(asking.say("risk.next.repeat"), { ...blank("define"), metrics: ["repeat_violation"] });
  return steps;
}
