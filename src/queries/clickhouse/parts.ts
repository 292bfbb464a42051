/** A part of a MergeTree: the blocks of inserts that it holds, and the last mutation that it went through. */
export interface Part {
  readonly name: string;
  readonly partition: string;
  readonly first: number;
  readonly last: number;
  readonly version: number;
}

/**
 * What became of a table between two lists of its parts. `new`: `known` parts hold only what was there before, `merged` ones old and new
 * rows, all others new rows. `lost`: rows were deleted, changed in place or dropped, so nothing can be told apart.
 */
export type PartChange =
  | { readonly kind: "none" }
  | { readonly kind: "new"; readonly known: readonly string[]; readonly merged: readonly string[] }
  | { readonly kind: "lost" };

/** `isReplicated`: blocks are numbered within a partition before they are written, so that one may come to light after a later one. */
export function partChange(before: readonly Part[], now: readonly Part[], isReplicated: boolean): PartChange {
  const held = new Map(now.map((part) => [part.name, before.filter((one) => holds(part, one))]));
  const found = new Set([...held.values()].flat());
  if (before.some((part) => !found.has(part))) return { kind: "lost" };
  if (now.some((part) => held.get(part.name)?.some((one) => isMutated(part, one)))) return { kind: "lost" };
  const known = now.filter((part) => isCovered(part, held.get(part.name) ?? [], isReplicated));
  if (known.length === now.length) return { kind: "none" };
  const merged = now.filter((part) => !known.includes(part) && (held.get(part.name)?.length ?? 0) > 0);
  return { kind: "new", known: known.map(({ name }) => name), merged: merged.map(({ name }) => name) };
}

const holds = (part: Part, one: Part): boolean =>
  part.partition === one.partition && part.first <= one.first && part.last >= one.last;

/** A part's version is its first block, or the last mutation that it went through, which is later than all its blocks. */
const isMutated = (part: Part, one: Part): boolean => part.version !== part.first && part.version > one.version;

/** Every block was there before: the last one, and where numbers may be filled later, all in between. */
function isCovered({ first, last }: Part, held: readonly Part[], isReplicated: boolean): boolean {
  if (!isReplicated) return held.some((one) => one.last === last);
  let next = first;
  for (const one of [...held].sort((a, b) => a.first - b.first)) {
    if (one.first > next) return false;
    next = Math.max(next, one.last + 1);
  }
  return next > last;
}
