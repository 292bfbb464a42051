import type { Grain } from "../kernel/question.ts";
import type { Chosen } from "./meanings.ts";
import { unitAt } from "./period-words.ts";
import { isJoin, type Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";

export interface Splits {
  /** Dimensions with the place of their mention. */
  readonly by: readonly { readonly dimension: string; readonly place: number }[];
  /** A grain listed among the splits: "by market and day". */
  readonly grain: Grain | null;
}

/** "by reason and market", "per alasan", "market mana", 各国; `ranked` = the dimension of a "top 5 reasons". */
export function readSplits(
  sentence: Sentence,
  chosen: readonly (Chosen | null)[],
  ranked: { dimension: string; place: number } | null,
): Splits {
  const by: { dimension: string; place: number }[] = ranked ? [ranked] : [];
  let grain: Grain | null = null;
  const dimensionOf = (place: number): string | null => {
    const meaning = chosen[place];
    return meaning?.what === "dimension" ? meaning.id : null;
  };
  for (let place = 0; place < sentence.length; place += 1) {
    const dimension = dimensionOf(place);
    if (dimension !== null && sentence.is(place + 1, "split.after")) by.push({ dimension, place });
    if (!sentence.is(place, "split")) continue;
    for (let at = behindSplit(sentence, place + 1); ; ) {
      const split = dimensionOf(at);
      const unit: Grain | null = split === null ? grainUnit(sentence, at) : null;
      if (split !== null) by.push({ dimension: split, place: at });
      else if (unit !== null && at > place + 1) grain ??= unit;
      else break;
      sentence.take(at, at + 1, "split");
      if (!isJoin(sentence, at + 1)) break;
      let next = at + 1;
      while (isJoin(sentence, next)) next += 1;
      at = behindSplit(sentence, next);
    }
  }
  const seen = new Set<string>();
  const ordered = [...by].sort((a, b) => a.place - b.place);
  return { by: ordered.filter(({ dimension }) => !seen.has(dimension) && seen.add(dimension)), grain };
}

/** "by each market", "by the top 5 reasons" */
function behindSplit(sentence: Sentence, from: number): number {
  let at = sentence.skip(from);
  while (hasRole(sentence.at(at), "split", "top", "bottom") || sentence.at(at)?.number !== undefined)
    at = sentence.skip(at + 1);
  return at;
}

function grainUnit(sentence: Sentence, place: number): Grain | null {
  const named = grainAt(sentence, place);
  if (named !== null && named !== "trend") return named;
  const unit = unitAt(sentence, place);
  return unit === "hour" || unit === "day" || unit === "week" || unit === "month" ? unit : null;
}

function grainAt(sentence: Sentence, place: number): Grain | "trend" | null {
  return sentence.isFree(place) ? (roleAfter(sentence.at(place), "grain.") as Grain | "trend" | null) : null;
}

/** "weekly", "by hour", "trend"; an explicit grain before "trend". */
export function readGrain(sentence: Sentence): Grain | "trend" | null {
  let found: Grain | "trend" | null = null;
  for (let place = 0; place < sentence.length; place += 1) {
    const grain = grainAt(sentence, place);
    if (grain === null) continue;
    if (found === null || found === "trend") found = grain;
    sentence.take(place, place + 1, "grain");
  }
  return found;
}
