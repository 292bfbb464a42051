import { distance } from "fastest-levenshtein";
import { limits } from "../kernel/limits.ts";
import { names, type Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

/** A word that stood where a metric, dimension or value was to be, with the nearest ids to offer instead. */
export interface Unknown {
  readonly text: string;
  readonly role: "metric" | "dimension" | "value";
  /** The dimension that lacks the value, where one was named. */
  readonly dimension?: string;
  readonly nearest: readonly string[];
}

/** Looks behind "by", behind "in" and at `dimension=`, and, where no metric was named, at the first unknown word. */
export function findUnknown(typed: Sentence, read: Sentence): Unknown | null {
  const { catalog } = typed.index;
  for (const { assign } of typed.tokens) {
    const text = assign?.unknown[0];
    if (!assign || text === undefined) continue;
    const values = valuesOf(typed, assign.dimension);
    return { text, role: "value", dimension: assign.dimension, nearest: nearest(text, values) };
  }
  for (let place = 0; place + 1 < read.length; place += 1) {
    const at = read.skip(place + 1);
    const next = read.at(at);
    if (!next?.word || !isForeign(typed, next.text)) continue;
    if (hasRole(read.at(place), "split") && !hasRole(read.at(place), "place"))
      return { text: next.text, role: "dimension", nearest: nearest(next.text, [...catalog.dimensions.keys()]) };
    if (hasRole(read.at(place), "place")) {
      const values = [...catalog.dimensions.keys()].flatMap((dimension) => valuesOf(typed, dimension));
      return { text: next.text, role: "value", nearest: nearest(next.text, values) };
    }
  }
  if (read.tokens.some((token) => names(token, "metric", "ambiguous"))) return null;
  const word = read.tokens.find((token) => token.word && isForeign(typed, token.text));
  if (!word || read.length > 8) return null;
  return { text: word.text, role: "metric", nearest: nearest(word.text, [...catalog.metrics.keys()]) };
}

const isForeign = (sentence: Sentence, text: string): boolean => text.length >= 3 && !sentence.index.ordinary.has(text);

const valuesOf = ({ index: { catalog } }: Sentence, dimension: string): string[] => [
  ...new Set([
    ...(catalog.dimensions.get(dimension)?.values ?? []).map(({ id }) => id),
    ...(catalog.lexicon.dimensions.get(dimension)?.values.keys() ?? []),
  ]),
];

function nearest(text: string, ids: readonly string[]): string[] {
  const typed = text.slice(0, 40).toLowerCase();
  return [...ids]
    .map((id) => ({ id, far: distance(typed, id.toLowerCase()) / Math.max(typed.length, id.length) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, limits.nearestMax)
    .map(({ id }) => id);
}
