/**
 * Seeded randomness of the simulated marketplace. Every kind of thing draws from a stream of its own (`STREAMS`), begun anew for each
 * entity: `random.begin(STREAMS.appeal, decisionId)`. So one seed gives one world, and a change in how appeals are drawn leaves all cases
 * as they were.
 */
export class Random {
  private readonly seed: number;
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  constructor(seed: number) {
    this.seed = seed >>> 0;
  }

  /** Begins the stream of one entity; returns itself. */
  begin(stream: number, entity: number): this {
    this.a = mix(this.seed ^ Math.imul(stream, 0x9e3779b1));
    this.b = mix(this.a ^ (entity >>> 0));
    this.c = mix(this.b ^ Math.floor(entity / 0x1_0000_0000) ^ 0x85ebca6b);
    this.counter = 1;
    // sfc32 needs a few rounds until close seeds part.
    for (let i = 0; i < 4; i++) this.next();
    return this;
  }

  /** Uniform in [0, 1): sfc32 (C. Doty-Humphrey, PractRand). */
  next(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Standard normal: Box–Muller, one of the pair. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  lognormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Pareto from `scale` up, with tail index `alpha`. */
  pareto(scale: number, alpha: number): number {
    return scale * (1 - this.next()) ** (-1 / alpha);
  }

  /** Knuth below 30, normal approximation above. */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > limit; product *= this.next()) count++;
    return count;
  }

  pick<T>(choice: Choice<T>): T {
    const u = this.next() * choice.total;
    let i = 0;
    while (i < choice.cumulated.length - 1 && u >= (choice.cumulated[i] as number)) i++;
    return choice.values[i] as T;
  }
}

/** A number per stream; a new kind of thing gets a new number. */
export const STREAMS = {
  inflow: 1,
  case: 2,
  review: 3,
  appeal: 4,
  audit: 5,
  seller: 6,
  view: 7,
  staffing: 8,
  assignment: 9,
  rework: 10,
} as const;

export interface Choice<T> {
  readonly values: readonly T[];
  readonly cumulated: readonly number[];
  readonly total: number;
}

/** Values with weights that need not sum to one. */
export function weighted<T extends string>(weights: Readonly<Partial<Record<T, number>>>): Choice<T> {
  const values = Object.keys(weights) as T[];
  let total = 0;
  const cumulated = values.map((value) => (total += weights[value] ?? 0));
  return { values, cumulated, total };
}

/** Finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
