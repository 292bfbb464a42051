import { normalCritical } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";

export interface CohenKappa {
  readonly kappa: number | null;
  /** Observed and expected (weighted) agreement. */
  readonly po: number | null;
  readonly pe: number | null;
  readonly se: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** κ over its error under no agreement beyond chance. */
  readonly zNull: number | null;
  readonly reason?: string;
}

export type KappaWeights = "none" | "linear" | "quadratic";

/**
 * Cohen's κ of two raters from their k × k table (rows = first rater, categories in order), plain or weighted by distance.
 * Errors after Fleiss, Cohen & Everitt (1969). Undefined where both always use one category: then agreement is total but chance is too.
 */
export function cohenKappa(table: readonly (readonly number[])[], weights: KappaWeights, level: number): CohenKappa {
  const none = { kappa: null, po: null, pe: null, se: null, low: null, high: null, zNull: null };
  const k = table.length;
  const n = table.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
  const bad = badLevel(level) ?? (n > 0 ? null : "no observations");
  if (bad) return { ...none, reason: bad };
  const p = (i: number, j: number) => (table[i]?.[j] ?? 0) / n;
  const indices = Array.from({ length: k }, (_, i) => i);
  const sum = (value: (i: number) => number) => indices.reduce((total, i) => total + value(i), 0);
  const row = indices.map((i) => sum((j) => p(i, j)));
  const column = indices.map((j) => sum((i) => p(i, j)));
  const r = (i: number) => row[i] ?? 0;
  const c = (j: number) => column[j] ?? 0;
  const w = (i: number, j: number) => weightOf(weights, Math.abs(i - j), k);
  const po = sum((i) => sum((j) => w(i, j) * p(i, j)));
  const pe = sum((i) => sum((j) => w(i, j) * r(i) * c(j)));
  if (!(1 - pe > 1e-15)) return { ...none, po, pe, reason: "both raters always use one category: chance explains all" };
  const kappa = (po - pe) / (1 - pe);
  const rowWeight = indices.map((i) => sum((j) => w(i, j) * c(j)));
  const columnWeight = indices.map((j) => sum((i) => w(i, j) * r(i)));
  const mean = (i: number, j: number) => (rowWeight[i] ?? 0) + (columnWeight[j] ?? 0);
  const spread = sum((i) => sum((j) => p(i, j) * (w(i, j) - mean(i, j) * (1 - kappa)) ** 2));
  const spreadNull = sum((i) => sum((j) => r(i) * c(j) * (w(i, j) - mean(i, j)) ** 2));
  const variance = (spread - (kappa - pe * (1 - kappa)) ** 2) / (n * (1 - pe) ** 2);
  const varianceNull = (spreadNull - pe * pe) / (n * (1 - pe) ** 2);
  const se = Math.sqrt(Math.max(0, variance));
  const margin = normalCritical(level) * se;
  const zNull = varianceNull > 0 ? kappa / Math.sqrt(varianceNull) : null;
  return {
    kappa,
    po,
    pe,
    se,
    low: kappa - margin,
    high: kappa + margin,
    zNull,
    ...(zNull === null ? { reason: "a rater used one category only" } : {}),
  };
}

function weightOf(weights: KappaWeights, distance: number, k: number): number {
  if (weights === "none") return distance === 0 ? 1 : 0;
  const share = k > 1 ? distance / (k - 1) : 0;
  return 1 - (weights === "linear" ? share : share * share);
}
