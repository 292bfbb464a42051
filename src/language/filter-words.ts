import { isOpen } from "./lex.ts";
import type { Chosen, Scopes } from "./meanings.ts";
import { isJoin, type Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

export interface Included {
  readonly dimension: string;
  readonly values: readonly string[];
  /** Named one by one (a region word is not): two of them split. */
  readonly single: boolean;
  /** Said after "vs": joins what the thread has. */
  readonly versus: boolean;
  readonly place: number;
}
export interface Filters {
  readonly included: readonly Included[];
  readonly excluded: readonly { readonly dimension: string; readonly values: readonly string[] }[];
  /** "all markets": the dimensions that shall not filter. */
  readonly cleared: readonly string[];
  readonly named: boolean;
}

/** Values, regions, `dimension=value`, exclusions and "all markets". */
export function readFilters(sentence: Sentence, chosen: readonly (Chosen | null)[], scopes: Scopes): Filters {
  const included: Included[] = [];
  const excluded: { dimension: string; values: readonly string[] }[] = [];
  const cleared: string[] = [];
  for (let place = 0; place < sentence.length; place += 1) {
    const found = valuesAt(sentence, chosen, place);
    if (found) {
      const { dimension, values, single, negated } = found;
      sentence.take(place, found.end, "value");
      if (scopes.not.has(place) || negated) excluded.push({ dimension, values });
      else included.push({ dimension, values, single, versus: isVersus(sentence, place), place });
      place = found.end - 1;
    } else if (chosen[place]?.what === "dimension" && isAll(sentence, place)) {
      const meaning = chosen[place];
      if (meaning?.what === "dimension" && sentence.isFree(place)) cleared.push(meaning.id);
    }
  }
  return { included, excluded, cleared, named: included.length + excluded.length + cleared.length > 0 };
}

interface FoundValues {
  readonly dimension: string;
  readonly values: readonly string[];
  readonly single: boolean;
  readonly negated: boolean;
  readonly end: number;
}

function valuesAt(sentence: Sentence, chosen: readonly (Chosen | null)[], place: number): FoundValues | null {
  if (!sentence.isFree(place)) return null;
  const assign = sentence.at(place)?.assign;
  if (assign)
    return assign.values.length > 0
      ? { dimension: assign.dimension, values: assign.values, single: true, negated: assign.negated, end: place + 1 }
      : null;
  const meaning = chosen[place];
  if (meaning?.what === "value")
    return { dimension: meaning.dimension, values: [meaning.id], single: true, negated: false, end: place + 1 };
  if (meaning?.what === "group")
    return { dimension: meaning.dimension, values: meaning.values, single: false, negated: false, end: place + 1 };
  return meaning?.what === "dimension" ? asTyped(sentence, meaning.id, place) : null;
}

/** An open dimension's values stand behind its word, as typed: "team jkt-1", "guideline version v13 vs v14". */
function asTyped(sentence: Sentence, dimension: string, place: number): FoundValues | null {
  if (!isOpen(sentence.index.catalog, dimension)) return null;
  const values: string[] = [];
  let end = place + 1;
  for (let at = end; ; ) {
    const token = sentence.at(at);
    if (!token?.word || !/\d/.test(token.text) || !sentence.isFree(at)) break;
    values.push(token.text);
    end = at + 1;
    at = end;
    while (isJoin(sentence, at) || hasRole(sentence.at(at), "vs")) at += 1;
  }
  return values.length > 0 ? { dimension, values, single: true, negated: false, end } : null;
}

const isVersus = (sentence: Sentence, place: number): boolean =>
  hasRole(sentence.at(sentence.back(place - 1)), "vs") || hasRole(sentence.at(place - 1), "vs");

const isAll = (sentence: Sentence, place: number): boolean => hasRole(sentence.at(sentence.back(place - 1)), "all");
