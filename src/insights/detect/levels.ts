import { weekdaysOf } from "./track.ts";

/** Hits' worth of doubt that a phase of the season, or a holiday, differs at all. */
export const PRIOR_HITS = 25;

/** A season: which of its phases each bucket has, and how its factors and the level forget. */
export interface Cycle {
  readonly phases: ArrayLike<number>;
  readonly count: number;
  /** Factor by which a phase forgets each time it comes round. */
  readonly decay: number;
  /** Factor by which the level forgets a bucket. */
  readonly levelDecay: number;
}

/** The week of daily series: half-lives of 84 days for weekdays and of 28 days for the level. */
export const weeklyCycle = (days: readonly string[]): Cycle => ({
  phases: weekdaysOf(days),
  count: 7,
  decay: 2 ** (-1 / 12),
  levelDecay: 2 ** (-1 / 28),
});

/** Exponentially discounted hits per case. */
export class Level {
  readonly #usual: number;
  readonly #decay: number;
  #hits = 0;
  #cases = 0;
  #weight = 0;
  #usualCases = 0;

  /** `usual` hits per case are what half a hit's worth of prior says. */
  constructor(usual: number, cycles: readonly Cycle[]) {
    this.#usual = usual;
    this.#decay = cycles[0]?.levelDecay ?? 1;
  }

  /** The level for the next bucket; what is known ages by one. */
  next(): number {
    const level = this.#usual > 0 ? (this.#hits + 0.5) / (this.#cases + 0.5 / this.#usual) : 0;
    this.#hits *= this.#decay;
    this.#cases *= this.#decay;
    this.#weight *= this.#decay;
    return level;
  }

  learn(hits: number, cases: number): void {
    this.#hits += hits;
    this.#cases += cases;
    this.#weight += 1;
    this.#usualCases = this.#decay * this.#usualCases + cases;
  }

  /** Independent cases (rates) or hits (counts) behind the level: N / (1 + n̄ρ). */
  known(dispersion: number, binomial: boolean): number {
    if (!(this.#usualCases > 0)) return 0;
    const amount = binomial ? this.#cases : this.#hits;
    const perBucket = (binomial ? this.#usualCases : this.#hits) / Math.max(this.#weight, 1e-9);
    return amount / (1 + perBucket * dispersion);
  }
}

/** Factors of one or more seasons, each shrunk towards 1. */
export class SeasonFactors {
  readonly #cycles: readonly (Cycle & { hits: Float64Array; expected: Float64Array })[];

  constructor(cycles: readonly Cycle[]) {
    this.#cycles = cycles.map((cycle) => ({
      ...cycle,
      hits: new Float64Array(cycle.count),
      expected: new Float64Array(cycle.count),
    }));
  }

  /** Product of the factors of a bucket. */
  at(t: number): number {
    let product = 1;
    for (const { phases, hits, expected } of this.#cycles) product *= factorOf(hits, expected, phases[t] ?? 0);
    return product;
  }

  /** The first season's factor of a phase. */
  ofPhase(phase: number): number {
    const first = this.#cycles[0];
    return first ? factorOf(first.hits, first.expected, phase) : 1;
  }

  /** `level` = what was expected without any season. */
  learn(t: number, hits: number, level: number): void {
    const whole = this.at(t);
    for (const cycle of this.#cycles) {
      const phase = cycle.phases[t] ?? 0;
      const others = whole / factorOf(cycle.hits, cycle.expected, phase);
      cycle.hits[phase] = (cycle.hits[phase] ?? 0) * cycle.decay + hits;
      cycle.expected[phase] = (cycle.expected[phase] ?? 0) * cycle.decay + level * others;
    }
  }
}

const factorOf = (hits: Float64Array, expected: Float64Array, phase: number): number =>
  ((hits[phase] ?? 0) + PRIOR_HITS) / ((expected[phase] ?? 0) + PRIOR_HITS);
