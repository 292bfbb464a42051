/** One unit of a stratified sample: its stratum, weight N_h/n_h and stratum size N_h (for the finite-population correction). */
export interface SampleUnit {
  readonly stratum: string;
  readonly weight: number;
  readonly stratumSize: number;
}

export interface EstimateWithError {
  readonly estimate: number | null;
  readonly se: number | null;
  readonly reason?: string;
}

/** Σ w·y with its stratified error and finite-population correction. Source: survey::svytotal. */
export function sampleTotal<U extends SampleUnit>(units: readonly U[], y: (unit: U) => number): EstimateWithError {
  const estimate = units.reduce((sum, unit) => sum + unit.weight * y(unit), 0);
  return withError(units, estimate, (unit) => unit.weight * y(unit));
}

/**
 * Σ w·y / Σ w·x, linearised over the whole design; a domain mean has x = 1 inside and y = 0, x = 0 outside.
 * Source: survey::svyratio, svymean.
 */
export function sampleRatioOf<U extends SampleUnit>(
  units: readonly U[],
  y: (unit: U) => number,
  x: (unit: U) => number = () => 1,
): EstimateWithError {
  const base = units.reduce((sum, unit) => sum + unit.weight * x(unit), 0);
  if (base === 0) return { estimate: null, se: null, reason: "the denominator is 0" };
  const ratio = units.reduce((sum, unit) => sum + unit.weight * y(unit), 0) / base;
  return withError(units, ratio, (unit) => (unit.weight * (y(unit) - ratio * x(unit))) / base);
}

function withError<U extends SampleUnit>(
  units: readonly U[],
  estimate: number,
  z: (unit: U) => number,
): EstimateWithError {
  const strata = groupByStratum(units);
  let variance = 0;
  for (const members of strata.values()) {
    const n = members.length;
    const free = 1 - n / (members[0]?.stratumSize ?? Number.POSITIVE_INFINITY);
    if (free === 0) continue;
    if (n < 2) return { estimate, se: null, reason: "a stratum with one unit has no variance" };
    const mean = members.reduce((sum, unit) => sum + z(unit), 0) / n;
    variance += free * (n / (n - 1)) * members.reduce((sum, unit) => sum + (z(unit) - mean) ** 2, 0);
  }
  return { estimate, se: Math.sqrt(variance) };
}

function groupByStratum<U extends SampleUnit>(units: readonly U[]): Map<string, U[]> {
  const strata = new Map<string, U[]>();
  for (const unit of units) {
    const members = strata.get(unit.stratum);
    if (members) members.push(unit);
    else strata.set(unit.stratum, [unit]);
  }
  return strata;
}
