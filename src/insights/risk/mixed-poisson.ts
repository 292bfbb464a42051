/** A unit's events in so many months. */
export interface UnitEvents {
  readonly events: number;
  readonly months: number;
}

/** Monthly rates of the units of a population, as weights on a grid. */
export interface RateMixture {
  /** Posterior chance that at least one event of a month counts, where each does with chance `each`. */
  atLeastOne(unit: UnitEvents, each: number): number;
  /** Posterior mean rate a month. */
  mean(unit: UnitEvents): number;
}

const RATES = Array.from({ length: 48 }, (_, i) => 0.01 * 1.22 ** i);
const ROUNDS = 60;

/**
 * Empirical Bayes with a prior of any shape: the distribution of the units' Poisson rates by maximum likelihood on a grid from 0.01 to 115
 * events a month, by the EM algorithm from an even start; stopping after 60 rounds leaves it smooth. A few units with very many events do not
 * make it weak on the many with few, as they do a gamma prior's variance. Source: Robbins (1956); Laird (1978).
 */
export function mixRates(units: readonly UnitEvents[]): RateMixture {
  const tallies = tally(units).map(({ unit, count }) => ({ count, likely: likelihoods(unit) }));
  const total = units.length;
  let weights = new Float64Array(RATES.length).fill(1 / RATES.length);
  for (let round = 0; round < ROUNDS && total > 0; round++) {
    const next = new Float64Array(RATES.length);
    for (const { count, likely } of tallies) {
      let sum = 0;
      for (let i = 0; i < next.length; i++) sum += (weights[i] ?? 0) * (likely[i] ?? 0);
      const share = count / (total * sum);
      for (let i = 0; i < next.length; i++) next[i] = (next[i] ?? 0) + share * (weights[i] ?? 0) * (likely[i] ?? 0);
    }
    weights = next;
  }
  const known = new Map<string, Float64Array>();
  const of = (unit: UnitEvents): Float64Array => {
    const { key, rounded } = roughly(unit);
    const found = known.get(key) ?? posterior(weights, rounded);
    known.set(key, found);
    return found;
  };
  return {
    atLeastOne: (unit, each) =>
      of(unit).reduce((sum, share, i) => sum - share * Math.expm1(-(RATES[i] ?? 0) * each), 0),
    mean: (unit) => of(unit).reduce((sum, share, i) => sum + share * (RATES[i] ?? 0), 0),
  };
}

/** Months to a quarter: what differs by less is one case. */
function roughly({ events, months }: UnitEvents): { key: string; rounded: UnitEvents } {
  const rounded = Math.max(0.25, Math.round(4 * months) / 4);
  return { key: `${events}/${rounded}`, rounded: { events, months: rounded } };
}

/** Equal units once. */
function tally(units: readonly UnitEvents[]): { unit: UnitEvents; count: number }[] {
  const found = new Map<string, { unit: UnitEvents; count: number }>();
  for (const unit of units) {
    const { key, rounded } = roughly(unit);
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { unit: rounded, count: 1 });
  }
  return [...found.values()];
}

/** Of each rate, rate^events × e^(−rate·months), the largest 1. */
function likelihoods({ events, months }: UnitEvents): Float64Array {
  const logs = RATES.map((rate) => events * Math.log(rate) - rate * months);
  const top = Math.max(...logs);
  return Float64Array.from(logs, (log) => Math.exp(log - top));
}

function posterior(weights: Float64Array, unit: UnitEvents): Float64Array {
  const shares = likelihoods(unit).map((likely, i) => likely * (weights[i] ?? 0));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
