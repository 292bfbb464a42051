export type MeasurementLevel = "nominal" | "ordinal" | "interval" | "ratio";

export interface KrippendorffAlpha {
  readonly alpha: number | null;
  readonly reason?: string;
}

/**
 * Krippendorff's α = 1 − D_observed/D_expected from the coincidence matrix; any number of raters, missing ratings as null.
 * `ratings[r][u]` = rater r on unit u. Undefined where nothing can be paired or all values are equal.
 * Source: Hayes & Krippendorff (2007).
 */
export function krippendorffAlpha(
  ratings: readonly (readonly (number | null)[])[],
  level: MeasurementLevel,
): KrippendorffAlpha {
  const units = (ratings[0] ?? []).map((_, u) => ratings.flatMap((row) => row[u] ?? []));
  const paired = units.filter((values) => values.length >= 2);
  const values = [...new Set(paired.flat())].sort((a, b) => a - b);
  if (values.length === 0) return { alpha: null, reason: "no unit was rated twice" };
  if (values.length === 1)
    return { alpha: null, reason: "all ratings are equal: there is no variation to agree about" };
  const totals = values.map((value) => paired.flat().filter((rating) => rating === value).length);
  const n = totals.reduce((a, b) => a + b, 0);
  const distance = distances(values, totals, level);
  const observed = paired.reduce((sum, unit) => sum + unitDisagreement(unit, values, distance), 0);
  const expected = values.reduce(
    (sum, _, c) => sum + values.reduce((acc, __, k) => acc + (totals[c] ?? 0) * (totals[k] ?? 0) * distance(c, k), 0),
    0,
  );
  return { alpha: 1 - ((n - 1) * observed) / expected };
}

/** Σ over ordered pairs of a unit's ratings of the squared distance, over (m − 1). */
function unitDisagreement(
  unit: readonly number[],
  values: readonly number[],
  distance: (c: number, k: number) => number,
): number {
  const counts = values.map((value) => unit.filter((rating) => rating === value).length);
  const sum = counts.reduce(
    (total, a, c) => total + counts.reduce((acc, b, k) => acc + (c === k ? 0 : a * b * distance(c, k)), 0),
    0,
  );
  return sum / (unit.length - 1);
}

function distances(
  values: readonly number[],
  totals: readonly number[],
  level: MeasurementLevel,
): (c: number, k: number) => number {
  const value = (i: number) => values[i] ?? 0;
  const between = (c: number, k: number) => {
    const [low, high] = c < k ? [c, k] : [k, c];
    const sum = totals.slice(low, high + 1).reduce((a, b) => a + b, 0);
    return sum - ((totals[low] ?? 0) + (totals[high] ?? 0)) / 2;
  };
  switch (level) {
    case "nominal":
      return (c, k) => (c === k ? 0 : 1);
    case "ordinal":
      return (c, k) => (c === k ? 0 : between(c, k) ** 2);
    case "interval":
      return (c, k) => (value(c) - value(k)) ** 2;
    case "ratio":
      return (c, k) => (c === k ? 0 : ((value(c) - value(k)) / (value(c) + value(k))) ** 2);
  }
}
