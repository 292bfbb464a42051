/** Population counts of one variable's categories. */
export interface Margin<U> {
  readonly category: (unit: U) => string;
  readonly counts: Readonly<Record<string, number>>;
}

const ROUNDS_MAX = 1000;

/**
 * Raked weights (iterative proportional fitting): start from the design weights and scale to each margin in turn until all margins
 * hold. Null where a category of a margin has no unit, or the margins contradict each other. Source: Deming & Stephan (1940).
 */
export function rake<U>(
  units: readonly U[],
  start: (unit: U) => number,
  margins: readonly Margin<U>[],
): readonly number[] | null {
  let weights = units.map(start);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let change = 0;
    for (const { category, counts } of margins) {
      const sums = new Map<string, number>();
      units.forEach((unit, i) => {
        sums.set(category(unit), (sums.get(category(unit)) ?? 0) + (weights[i] ?? 0));
      });
      if (Object.keys(counts).some((name) => !sums.get(name) && (counts[name] ?? 0) > 0)) return null;
      weights = units.map((unit, i) => {
        const factor = (counts[category(unit)] ?? 0) / (sums.get(category(unit)) ?? 1);
        change = Math.max(change, Math.abs(factor - 1));
        return (weights[i] ?? 0) * factor;
      });
    }
    if (change < 1e-13) return weights;
  }
  return null;
}

/** Mean of y under weights. */
export function weightedMean<U>(units: readonly U[], weights: readonly number[], y: (unit: U) => number): number {
  const size = weights.reduce((sum, weight) => sum + weight, 0);
  return units.reduce((sum, unit, i) => sum + (weights[i] ?? 0) * y(unit), 0) / size;
}
