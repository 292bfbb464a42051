import type { Estimate } from "../../kernel/measurement.ts";

/** What suppression looks at: an estimate, and whether its number is a count, or a rate, mean or quantile with an n. */
export interface Cell {
  readonly estimate: Estimate;
  /** The size that the small-cell rule reads: the count itself, or the n of a rate, mean or quantile; null = rule does not apply. */
  readonly size: number | null;
}

/**
 * Small cells: a size below `cellMin` is not shown; when exactly one row of a split is hidden, the next smallest is hidden too, for the
 * total would give the first away (complementary suppression; Cox 1980). `fewBelow` marks what is given with care.
 * `isSplit` = the cells are the rows of one split that add up to a shown or askable total.
 */
export function suppressSmallCells(
  cells: readonly Cell[],
  rule: { readonly cellMin: number; readonly fewBelow: number; readonly isSplit: boolean },
): Estimate[] {
  const hidden = new Set(cells.flatMap((cell, index) => (isSmall(cell, rule.cellMin) ? [index] : [])));
  if (rule.isSplit && hidden.size === 1) {
    const next = nextSmallest(cells, hidden);
    if (next !== null) hidden.add(next);
  }
  return cells.map((cell, index) => (hidden.has(index) ? suppressed(cell.estimate) : withFew(cell, rule.fewBelow)));
}

const isSmall = (cell: Cell, cellMin: number): boolean =>
  cell.size !== null && cell.size > 0 && cell.size < cellMin && !cell.estimate.flags.includes("no_data");

function nextSmallest(cells: readonly Cell[], hidden: ReadonlySet<number>): number | null {
  let best: number | null = null;
  cells.forEach((cell, index) => {
    if (hidden.has(index) || cell.size === null || cell.size <= 0 || cell.estimate.flags.includes("no_data")) return;
    const smallest = best === null ? null : cells[best];
    if (smallest == null || (smallest.size ?? 0) > cell.size) best = index;
  });
  return best;
}

/** The cell without anything that its size could be read from. */
function suppressed(estimate: Estimate): Estimate {
  return {
    value: null,
    numerator: null,
    denominator: null,
    n: null,
    neff: null,
    low: null,
    high: null,
    level: null,
    flags: [...estimate.flags.filter((flag) => flag !== "few"), "suppressed"],
  };
}

function withFew(cell: Cell, fewBelow: number): Estimate {
  if (cell.size === null || cell.size <= 0 || cell.size >= fewBelow || cell.estimate.value === null)
    return cell.estimate;
  return { ...cell.estimate, flags: [...cell.estimate.flags, "few"] };
}
