/**
 * A series without gaps: a missing value is the mean, by nearness, of the nearest observed values of its phase before and after; where the
 * phase was never observed, of its nearest neighbours. Null where nothing was observed.
 */
export function fillGaps(values: readonly (number | null)[], period: number): Float64Array | null {
  if (values.every((value) => value === null)) return null;
  return Float64Array.from(values, (value, i) => value ?? between(values, i, period) ?? between(values, i, 1) ?? 0);
}

function between(values: readonly (number | null)[], at: number, step: number): number | null {
  const before = nearest(values, at, -step);
  const after = nearest(values, at, step);
  if (!before || !after) return (before ?? after)?.value ?? null;
  return (before.value * after.distance + after.value * before.distance) / (before.distance + after.distance);
}

function nearest(values: readonly (number | null)[], at: number, step: number) {
  for (let i = at + step; i >= 0 && i < values.length; i += step) {
    const value = values[i] ?? null;
    if (value !== null) return { value, distance: Math.abs(i - at) };
  }
  return null;
}
