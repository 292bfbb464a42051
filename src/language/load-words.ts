import { limits } from "../kernel/limits.ts";
import type { LoadOption } from "../kernel/question.ts";
import { unitAt } from "./period-words.ts";
import type { Sentence } from "./sentence.ts";
import { first, hasRole } from "./token.ts";

/** "12 people 6h", "90%", "next 6 hours": the numbers of a question about a queue's load. Takes its words. */
export function readLoad(sentence: Sentence, ask: LoadOption["ask"]): LoadOption {
  const found: { within?: number; people?: number; hours?: number; target?: number } = {};
  for (let place = 0; place < sentence.length; place += 1) {
    const value = sentence.number(place);
    if (value === null || !(value > 0)) continue;
    const after = hasRole(sentence.at(place + 1), "counter") ? place + 2 : place + 1;
    if (isPeople(sentence, after) && value <= limits.addedPeopleMax) {
      found.people ??= value;
      sentence.take(place, after + 1, "load");
    } else if (unitAt(sentence, after) === "hour" && value <= limits.addedHoursMax) {
      const isAhead = sentence.is(place - 1, "next") || sentence.is(after + 1, "next.after");
      if (isAhead) found.within ??= value;
      else found.hours ??= value;
      sentence.take(isAhead ? place - 1 : place, after + 1, "load");
    } else if (ask === "breach" && hasRole(sentence.at(place + 1), "percent") && value < 100) {
      found.target ??= Number(`${value}e-2`);
      sentence.take(place, place + 2, "load");
    }
  }
  return { ask, ...found };
}

/** "people", or those who decide: reviewers, moderators. */
function isPeople(sentence: Sentence, place: number): boolean {
  const token = sentence.at(place);
  return hasRole(token, "people") || first(token, "value")?.id === "human";
}
