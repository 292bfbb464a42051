/** Scoring of root causes as in the published comparisons: a segment is found where all its attributes and values are named, and no other. */
export interface Counts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

/** `{ market: "ID", queue: "live" }` → `market=ID&queue=live`, attributes in the order of the alphabet. */
export const labelOf = (where: Readonly<Record<string, string>>): string =>
  Object.keys(where)
    .sort()
    .map((name) => `${name}=${where[name]}`)
    .join("&");

export function countsOf(named: readonly string[], truth: readonly string[]): Counts {
  const own = new Set(named);
  const right = truth.filter((label) => own.has(label)).length;
  return { right, wrong: own.size - right, missed: truth.length - right };
}

export const addCounts = (a: Counts, b: Counts): Counts => ({
  right: a.right + b.right,
  wrong: a.wrong + b.wrong,
  missed: a.missed + b.missed,
});
export const NONE: Counts = { right: 0, wrong: 0, missed: 0 };

export const f1Of = ({ right, wrong, missed }: Counts): number => (2 * right) / (2 * right + wrong + missed);
