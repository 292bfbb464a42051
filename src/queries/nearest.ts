import { distance } from "fastest-levenshtein";
import { limits } from "../kernel/limits.ts";

/** The known ids or values that are most like the one given, nearest first, at most `limits.nearestMax`. */
export function nearest(given: string, known: readonly string[]): readonly string[] {
  const folded = fold(given);
  return [...known]
    .map((id) => ({ id, far: apart(folded, fold(id)) }))
    .sort((a, b) => a.far - b.far || (a.id < b.id ? -1 : 1))
    .slice(0, limits.nearestMax)
    .map(({ id }) => id);
}

const fold = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, "_")
    .slice(0, 60);

/** A part of a name is nearer than any slip of the pen. */
const apart = (given: string, id: string): number =>
  given.length > 1 && (id.includes(given) || given.includes(id))
    ? 0.5 + Math.abs(id.length - given.length) / 100
    : distance(given, id);
