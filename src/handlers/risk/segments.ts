import { suppressSmallCells } from "../../insights/estimate/suppress.ts";
import { expectedViolators, meanChance, type ScoredSeller } from "../../insights/risk/outlook.ts";
import { limits } from "../../kernel/limits.ts";
import type { RowKey } from "../../kernel/measurement.ts";
import { SELLER_DIMENSIONS, type Segment, type SellerDimension } from "./situation.ts";

/** The finest usual split of which the shown cells hold most of the sellers. */
const USUAL: readonly (readonly SellerDimension[])[] = [
  ["seller_tier", "category", "market"],
  ["seller_tier", "category"],
  ["seller_tier", "market"],
  ["seller_tier"],
];
const SHOWN_LEAST = 0.8;

export function usualSplit(
  sellers: readonly ScoredSeller[],
  filters: Readonly<Record<string, readonly string[]>>,
): readonly SellerDimension[] {
  const isFixed = (id: SellerDimension): boolean => filters[id]?.length === 1;
  const open = USUAL.map((split) => split.filter((id) => !isFixed(id))).filter((split) => split.length > 0);
  const shownOf = (split: readonly SellerDimension[]): number =>
    grouped(sellers, split).reduce((sum, own) => sum + (own.length >= limits.cellMin ? own.length : 0), 0);
  return open.find((split) => shownOf(split) >= SHOWN_LEAST * sellers.length) ?? open[open.length - 1] ?? ["category"];
}

/** The riskiest first, those too small to be shown last. */
export function segmentsOf(
  sellers: readonly ScoredSeller[],
  by: readonly SellerDimension[],
  drift: number,
): readonly Segment[] {
  const groups = grouped(sellers, by);
  const shown = suppressSmallCells(
    groups.map((own) => ({ estimate: estimateOf(own), size: own.length })),
    { cellMin: limits.cellMin, fewBelow: 0, isSplit: true },
  );
  return groups
    .map((own, i): Segment => {
      const risk = shown[i]?.value ?? null;
      return {
        key: keyOf(own, by),
        sellers: own,
        risk,
        expected: risk === null ? null : expectedViolators(own, drift),
      };
    })
    .sort((a, b) => (b.risk ?? -1) - (a.risk ?? -1));
}

const keyOf = ([first]: readonly ScoredSeller[], by: readonly SellerDimension[]): RowKey =>
  Object.fromEntries(by.map((id) => [id, first?.record[SELLER_DIMENSIONS[id]] ?? null]));

function grouped(sellers: readonly ScoredSeller[], by: readonly SellerDimension[]): ScoredSeller[][] {
  const groups = new Map<string, ScoredSeller[]>();
  for (const seller of sellers) {
    const key = by.map((id) => seller.record[SELLER_DIMENSIONS[id]]).join("\u0000");
    const known = groups.get(key);
    if (known) known.push(seller);
    else groups.set(key, [seller]);
  }
  return [...groups.values()];
}

const estimateOf = (own: readonly ScoredSeller[]) => ({
  value: meanChance(own),
  numerator: null,
  denominator: null,
  n: own.length,
  neff: null,
  low: null,
  high: null,
  level: null,
  flags: [],
});
