import { distance } from "fastest-levenshtein";
import { limits } from "../kernel/limits.ts";
import type { Normal } from "./normalise.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, type Token } from "./token.ts";

/** A word that stood where a metric, dimension or value was to be, with the nearest ids to offer instead. */
export interface Unknown {
  readonly text: string;
  readonly role: "metric" | "dimension" | "value";
  /** The dimension that lacks the value, where one was named. */
  readonly dimension?: string;
  readonly nearest: readonly string[];
}

/** How different a word may be from an id and still be taken for it: the share of letters to change. */
const FAR_MAX = 0.5;

/**
 * Looks at `dimension=`, behind "by", behind "in", and, where nothing was understood, at the first unknown word. A word that is like no id
 * and no proper name means nothing, as READING-RULES §1 has it.
 */
export function findUnknown(typed: Sentence, read: Sentence, normal: Normal, understood: boolean): Unknown | null {
  const { catalog } = typed.index;
  for (const { assign } of typed.tokens) {
    const text = assign?.unknown[0];
    if (!assign || text === undefined) continue;
    const values = valuesOf(typed, assign.dimension);
    return { text, role: "value", dimension: assign.dimension, nearest: nearest(text, values) };
  }
  for (let place = 0; place + 1 < read.length; place += 1) {
    const next = read.at(read.skip(place + 1));
    if (!next || !isForeign(typed, next)) continue;
    if (hasRole(read.at(place), "split") && read.takenAs(place) === null)
      return { text: next.text, role: "dimension", nearest: nearest(next.text, [...catalog.dimensions.keys()]) };
    if (!hasRole(read.at(place), "place")) continue;
    // "in X" asks for a place: where markets are known, the nearest of them.
    const places = catalog.zoned ? [catalog.zoned.dimension] : [...catalog.dimensions.keys()];
    const values = places.flatMap((dimension) => valuesOf(typed, dimension));
    if (isProperName(next, normal) || isNear(next.text, values))
      return { text: next.text, role: "value", nearest: nearest(next.text, values) };
  }
  if (understood) return null;
  const metrics = [...catalog.metrics.keys()];
  const word = read.tokens.find((token) => isForeign(typed, token) && isNear(token.text, metrics));
  return word ? { text: word.text, role: "metric", nearest: nearest(word.text, metrics) } : null;
}

const isForeign = (sentence: Sentence, token: Token): boolean =>
  token.word === true && /^[a-z][a-z-]{3,30}$/.test(token.text) && !sentence.index.ordinary.has(token.text);

/** Typed with a capital in a message that is not all capitals. */
function isProperName(token: Token, { raw, at }: Normal): boolean {
  const letter = raw[at[token.start] ?? 0] ?? "";
  return letter !== letter.toLowerCase() && raw !== raw.toUpperCase();
}

const isNear = (text: string, ids: readonly string[]): boolean => ids.some((id) => farness(text, id) <= FAR_MAX);
const farness = (text: string, id: string): number => {
  const typed = text.slice(0, 40).toLowerCase();
  return distance(typed, id.toLowerCase()) / Math.max(typed.length, id.length);
};

const valuesOf = ({ index: { catalog } }: Sentence, dimension: string): string[] => [
  ...new Set([
    ...(catalog.dimensions.get(dimension)?.values ?? []).map(({ id }) => id),
    ...(catalog.lexicon.dimensions.get(dimension)?.values.keys() ?? []),
  ]),
];

function nearest(text: string, ids: readonly string[]): string[] {
  return ids
    .map((id) => ({ id, far: farness(text, id) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, limits.nearestMax)
    .map(({ id }) => id);
}
