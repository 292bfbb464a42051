import { normalTwoSided } from "../special/p-value.ts";

export interface FleissKappa {
  readonly kappa: number | null;
  readonly z: number | null;
  readonly pValue: number | null;
  readonly reason?: string;
}

/**
 * Fleiss' κ of items rated by the same number of interchangeable raters; `counts[i][c]` = raters who put item i into category c.
 * z under no agreement beyond chance after Fleiss, Nee & Landis (1979).
 */
export function fleissKappa(counts: readonly (readonly number[])[]): FleissKappa {
  const none = { kappa: null, z: null, pValue: null };
  const items = counts.length;
  const raters = (counts[0] ?? []).reduce((a, b) => a + b, 0);
  if (items === 0 || raters < 2) return { ...none, reason: "needs items with two ratings at least" };
  const shares = (counts[0] ?? []).map(
    (_, c) => counts.reduce((sum, row) => sum + (row[c] ?? 0), 0) / (items * raters),
  );
  const chance = shares.reduce((sum, share) => sum + share * share, 0);
  const pairs = counts.reduce((sum, row) => sum + row.reduce((acc, count) => acc + count * (count - 1), 0), 0);
  const observed = pairs / (items * raters * (raters - 1));
  const spread = shares.reduce((sum, share) => sum + share * (1 - share), 0);
  if (!(spread > 0)) return { ...none, reason: "all ratings are in one category: chance explains all" };
  const kappa = (observed - chance) / spread;
  const skew = shares.reduce((sum, share) => sum + share * (1 - share) * (1 - 2 * share), 0);
  const variance = (2 * (spread * spread - skew)) / (spread * spread * items * raters * (raters - 1));
  const z = kappa / Math.sqrt(variance);
  return { kappa, z, pValue: normalTwoSided(z) };
}
