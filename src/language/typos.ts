import { distance } from "fastest-levenshtein";
import { type Index, isCorrectable, type TableWord } from "./lexicon.ts";
import type { Normal } from "./normalise.ts";
import type { Token } from "./token.ts";

const CORRECTED_MAX = 12;

/**
 * Slips of the pen: a word of ≥ 5 letters that is in no table and no ordinary word becomes the nearest word of the tables (one slip for
 * five letters, two for more). Returns null when nothing was to be mended. At most CORRECTED_MAX words are looked at.
 */
export function mendTypos(normal: Normal, tokens: readonly Token[], index: Index): Normal | null {
  let text = "";
  let at: number[] = [];
  let done = 0;
  let looked = 0;
  for (const token of tokens) {
    if (!token.word || looked >= CORRECTED_MAX) continue;
    for (const { word, start } of wordsOf(token)) {
      if (!isCorrectable(word) || index.ordinary.has(word) || looked >= CORRECTED_MAX) continue;
      looked += 1;
      const mended = nearestWord(word, index);
      if (mended === null) continue;
      text += normal.text.slice(done, start) + mended;
      at = at.concat(normal.at.slice(done, start));
      const place = normal.at[start] ?? 0;
      for (let unit = 0; unit < mended.length; unit += 1) at.push(place);
      done = start + word.length;
    }
  }
  return done === 0
    ? null
    : { raw: normal.raw, text: text + normal.text.slice(done), at: at.concat(normal.at.slice(done)) };
}

function* wordsOf(token: Token): Generator<{ word: string; start: number }> {
  if (/[0-9_]/.test(token.text)) return;
  for (const match of token.text.matchAll(/[^-]+/g)) yield { word: match[0], start: token.start + match.index };
}

/** The nearest word within reach; on a tie an English one, then the one that stands first in the tables. */
function nearestWord(typed: string, index: Index): string | null {
  const slips = typed.length === 5 ? 1 : 2;
  let best: TableWord | null = null;
  let nearest = slips;
  for (let length = typed.length - slips; length <= typed.length + slips; length += 1)
    for (const candidate of index.vocabulary.get(length) ?? []) {
      const far = distance(typed, candidate.word);
      if (far < nearest || (far === nearest && goesBefore(candidate, best))) {
        best = candidate;
        nearest = far;
      }
    }
  return best?.word ?? null;
}

const goesBefore = (a: TableWord, b: TableWord | null): boolean =>
  b === null || (a.english !== b.english ? a.english : a.rank < b.rank);
