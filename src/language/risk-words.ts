import type { RiskOption } from "../kernel/question.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

/**
 * "which sellers are at risk", "top 10 sellers by risk" ask for sellers one by one, "seller risk", "risk by category" for segments. Takes the
 * word for sellers, which otherwise names a queue.
 */
export function readRisk(sentence: Sentence): RiskOption {
  let of: RiskOption["of"] = "segment";
  for (let place = 0; place < sentence.length; place += 1) {
    if (!sentence.is(place, "risk.seller")) continue;
    if (asksWhich(sentence, place)) of = "seller";
    sentence.take(place, place + 1, "risk");
  }
  return { of };
}

/** "which", "each" or "top 5" before it, or its language's "which" behind it; "riskiest" anywhere. */
function asksWhich(sentence: Sentence, place: number): boolean {
  const before = sentence.back(place - 1);
  const counted = sentence.number(before) === null ? before : sentence.back(before - 1);
  return (
    hasRole(sentence.at(before), "split", "top", "risk.list") ||
    hasRole(sentence.at(counted), "top", "bottom") ||
    hasRole(sentence.at(place + 1), "split.after", "risk.list") ||
    sentence.has("risk.most")
  );
}
