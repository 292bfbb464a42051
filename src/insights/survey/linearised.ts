/**
 * Linearised ("Taylor") variance of totals, ratios and smooth functions of totals under stratified sampling, from counts of equal
 * rows. Source: Särndal, Swensson & Wretman (1992) §5.5; survey::svyratio over the full design (domains are not subsets).
 */

/** `k` observations of stratum `h` that share their contributions. */
export interface DesignCell {
  readonly h: number;
  readonly k: number;
}

/** Per stratum: labels n of N items (N only for the weights and, where used, the finite-population correction). */
export interface DesignStratum {
  readonly N: number;
  readonly n: number;
}

/**
 * Variance of Σ_h Σ_i z_i, where `z(cell)` is one observation's linearised, weighted contribution: Σ (1−f_h) n_h/(n_h−1) Σ(z − z̄_h)².
 * Observations of a stratum that no cell names contribute 0. Null where a stratum has one observation.
 */
export function linearisedVariance<C extends DesignCell>(
  strata: ReadonlyMap<number, DesignStratum>,
  cells: readonly C[],
  z: (cell: C) => number,
  fpc = false,
): number | null {
  const sums = new Map<number, { sum: number; squares: number }>();
  for (const cell of cells) {
    const value = z(cell);
    const found = sums.get(cell.h) ?? { sum: 0, squares: 0 };
    found.sum += cell.k * value;
    sums.set(cell.h, found);
  }
  for (const cell of cells) {
    const stratum = strata.get(cell.h);
    const found = sums.get(cell.h);
    if (stratum && found) found.squares += cell.k * (z(cell) - found.sum / stratum.n) ** 2;
  }
  let variance = 0;
  for (const [h, { N, n }] of strata) {
    const free = fpc ? (N - n) / N : 1;
    if (free === 0) continue;
    if (n < 2) return null;
    const { sum, squares } = sums.get(h) ?? { sum: 0, squares: 0 };
    const named = cells.reduce((count, cell) => (cell.h === h ? count + cell.k : count), 0);
    variance += free * (n / (n - 1)) * (squares + (n - named) * (sum / n) ** 2);
  }
  return variance;
}
