import type { LexiconLanguage } from "../catalog/catalog.ts";
import type { Meaning, Sense } from "./lexicon.ts";
import { findScopes } from "./meanings.ts";
import type { Normal } from "./normalise.ts";
import { dimensionAt, names, type Sentence } from "./sentence.ts";
import { first, hasRole, roleAfter, type Token } from "./token.ts";

/** Readings of one message: the default first. `asks` = the asker must choose even when one is left. */
export interface Variants {
  readonly readings: readonly (readonly Token[])[];
  readonly asks: boolean;
}
const CHOICES_MAX = 4;

/**
 * The words that can be read in two ways (READING-RULES §9), each way as tokens of its own: every further step sees only settled words.
 * `home` = the asker's own market.
 */
export function variantsOf(sentence: Sentence, normal: Normal, home: string | null): Variants {
  const scopes = findScopes(sentence);
  let readings: Map<number, Token>[] = [new Map()];
  let asks = false;
  for (const [place, token] of sentence.tokens.entries()) {
    if (token.assign && token.assign.unknown.length > 0) asks = true;
    const ways = waysOf(sentence, place, normal, home, scopes.only);
    // Beyond what can be offered, a word is read in its first way.
    const offered = readings.length * ways.length > CHOICES_MAX ? ways.slice(0, 1) : ways;
    const [first, ...others] = offered;
    if (first === undefined) continue;
    const more = others.flatMap((way) => readings.map((reading) => new Map(reading).set(place, way)));
    for (const reading of readings) reading.set(place, first);
    readings = [...readings, ...more];
  }
  return {
    readings: readings.map((reading) => sentence.tokens.map((token, place) => reading.get(place) ?? token)),
    asks,
  };
}

function waysOf(
  sentence: Sentence,
  place: number,
  normal: Normal,
  home: string | null,
  only: ReadonlySet<number>,
): Token[] {
  const token = sentence.at(place);
  if (!token) return [];
  const ambiguous = first(token, "ambiguous");
  if (ambiguous) return ambiguous.metrics.map((id) => as(token, [{ what: "metric", id }]));
  if (token.assign && token.assign.unknown.length > 0) return [nothing(token)];
  if (hasRole(token, "us")) return isPronounUs(sentence, place, normal) ? [nothing(token)] : [];
  if (hasRole(token, "my")) return waysOfMy(sentence, place, normal, home);
  if (hasRole(token, "may")) return isBareMay(sentence, place) ? [token, nothing(token)] : [];
  return only.has(place) ? waysOfOnly(sentence, place) : [];
}

function as(token: Token, meanings: readonly Meaning[]): Token {
  const language: LexiconLanguage = token.senses[0]?.language ?? "en";
  return { ...token, senses: meanings.map((meaning): Sense => ({ meaning, language, term: token.text })) };
}
function nothing({ start, end, text, glued }: Token): Token {
  return { start, end, text, glued, senses: [], word: true };
}

/** "show us tat": a pronoun; "overturn US": the market. */
const isPronounUs = (sentence: Sentence, place: number, normal: Normal): boolean =>
  hasRole(sentence.at(place - 1), "pronoun.before") && isLowerCase(sentence.at(place), normal);

/** Lower-case "my" right before a metric, dimension or value is the asker's: the home market, or a choice. */
function waysOfMy(sentence: Sentence, place: number, normal: Normal, home: string | null): Token[] {
  const token = sentence.at(place);
  const zoned = sentence.index.catalog.zoned?.dimension;
  const next = sentence.at(place + 1);
  const market = next?.senses.some(
    ({ meaning }) => (meaning.what === "value" || meaning.what === "group") && meaning.dimension === zoned,
  );
  const isOwn =
    token !== undefined &&
    isLowerCase(token, normal) &&
    !market &&
    (names(next, "metric", "ambiguous", "dimension", "value", "group") || next?.assign !== undefined);
  if (!isOwn || zoned === undefined) return [];
  if (home !== null) return [as(token, [{ what: "value", dimension: zoned, id: home }])];
  return [
    nothing(token),
    as(
      token,
      token.senses.flatMap(({ meaning }) => (meaning.what === "value" ? [meaning] : [])),
    ),
  ];
}

/** Typed in small letters, or in a message that is all capitals. */
function isLowerCase(token: Token | undefined, { raw, at }: Normal): boolean {
  if (!token) return false;
  const start = at[token.start] ?? 0;
  const typed = raw.slice(start, start + token.text.length);
  if (typed === typed.toLowerCase()) return true;
  const letters = raw.match(/\p{L}/gu) ?? [];
  return letters.every((letter) => letter === letter.toUpperCase() && letter !== letter.toLowerCase());
}

/** "may" with no day, year or second month, and no in, for, since, from, until before it. */
function isBareMay(sentence: Sentence, place: number): boolean {
  const isNumber = (at: number): boolean =>
    sentence.at(at)?.number !== undefined || hasRole(sentence.at(at), "ordinal.glued", "date.of");
  const dashed = sentence.mark(place + 1, "-", ",") ? place + 2 : place + 1;
  if (isNumber(place - 1) || isNumber(place + 1) || isNumber(dashed) || hasRole(sentence.at(place + 1), "date.before"))
    return false;
  if (hasRole(sentence.at(place - 1), "may.before")) return false;
  return !sentence.tokens.some((token, at) => at !== place && isMonth(token));
}
const isMonth = (token: Token): boolean =>
  /^\d+$/.test(roleAfter(token, "month.") ?? "") || hasRole(token, "month.after") || token.date?.kind === "month";

/** "only appeals" without "queue" or "source" beside it. */
function waysOfOnly(sentence: Sentence, place: number): Token[] {
  const token = sentence.at(place);
  for (const { of, or } of sentence.index.catalog.lexicon.onlyAmbiguous) {
    const isIt = token?.senses.some(
      ({ meaning }) => meaning.what === "value" && meaning.dimension === of.dimension && meaning.id === of.value,
    );
    if (!token || !isIt) continue;
    const beside = [place - 1, place + 1].map((at) => dimensionAt(sentence, at));
    if (beside.some((dimension) => dimension === of.dimension || dimension === or.dimension)) return [];
    return [of, or].map(({ dimension, value }) => as(token, [{ what: "value", dimension, id: value }]));
  }
  return [];
}
