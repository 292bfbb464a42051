import type { Comparison } from "./comparison.ts";
import type { Mention } from "./date-words.ts";
import { attachClock, periodRole, readPeriod } from "./period-words.ts";
import { isJoin, type Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";
import type { Window } from "./window.ts";

/** The period and the comparison that a message names. */
export interface Times {
  readonly window: Window | null;
  readonly comparison: Comparison | null;
}

/** Reads all periods; which one is compared with follows from the words around it. `why`: "since X", "from X" compare. */
export function readTimes(sentence: Sentence, why: boolean): Times {
  let window: Window | null = null;
  let comparison: Comparison | null = null;
  let mains = 0;
  const verb = sentence.has("compare.verb");
  for (let place = 0; place < sentence.length; place += 1) {
    const shift = sentence.isFree(place) ? shiftWord(sentence, place) : null;
    if (shift) {
      comparison ??= shift;
      sentence.take(place, place + 1, "compare");
      continue;
    }
    if (why && isSinceInWhy(sentence, place)) {
      const since = readPeriod(sentence, sentence.skip(place + 1));
      if (since && !isRangeFrom(sentence, place)) {
        comparison ??= asComparison(sentence, since);
        sentence.take(place, since.end, "compare");
        continue;
      }
    }
    const found = readPeriod(sentence, place);
    if (!found) continue;
    if (isCompared(sentence, found, verb, mains)) comparison ??= asComparison(sentence, found);
    else if (found.window.kind === "clock" && found.window.day === null && window !== null)
      window = attachClock(window, found.window);
    else if (window?.kind === "clock" && window.day === null) window = attachClock(found.window, window);
    else window ??= found.window;
    mains += 1;
    sentence.take(found.start, found.end, "period");
    place = found.end - 1;
  }
  return { window, comparison };
}

/** Words that compare by themselves: "wow", 同比, "the week before". */
function shiftWord(sentence: Sentence, place: number): Comparison | null {
  for (const unit of ["day", "week", "month", "year"] as const)
    if (sentence.is(place, `compare.${unit}`)) return { kind: "shift", unit };
  return sentence.is(place, "compare.previous") ? { kind: "previous" } : null;
}

const isSinceInWhy = (sentence: Sentence, place: number): boolean => sentence.is(place, "since", "from");
/** "from A to B" is a period, in a why too. */
function isRangeFrom(sentence: Sentence, place: number): boolean {
  const found = readPeriod(sentence, place);
  return found?.window.kind === "range" && found.window.to !== null;
}

/** After "vs", "last week" means the same days a week earlier; any other period means itself. */
function asComparison(sentence: Sentence, { window, start, end }: Mention): Comparison {
  const role = end - start === 1 ? periodRole(sentence, start) : null;
  if (role?.offset === -1 && role.unit !== "quarter") return { kind: "shift", unit: role.unit };
  return { kind: "window", window };
}

function isCompared(sentence: Sentence, { start, end }: Mention, verb: boolean, mains: number): boolean {
  const before = sentence.at(start - 1);
  if (hasRole(before, "vs") || hasRole(sentence.at(sentence.back(start - 1)), "vs")) return true;
  // 跟上周比: the word stands behind.
  if (hasRole(before, "and", "compare.with") && hasRole(sentence.at(end), "vs")) return true;
  if (!verb) return false;
  return hasRole(before, "compare.with") || (mains > 0 && isJoin(sentence, start - 1));
}
