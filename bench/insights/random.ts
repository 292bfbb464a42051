/** Seeded random numbers for benches. */
export interface Random {
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly normal: () => number;
  readonly gamma: (shape: number) => number;
  readonly poisson: (mean: number) => number;
  readonly binomial: (n: number, chance: number) => number;
  /** Of a Student's t with 5 degrees of freedom, scaled to variance 1. */
  readonly heavy: () => number;
}

/** mulberry32; normal by Box & Muller (1958), gamma by Marsaglia & Tsang (2000), large means by the normal law. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [product, count] = [uniform(), 0];
    for (const end = Math.exp(-mean); product > end; product *= uniform()) count += 1;
    return count;
  };
  const binomial = (n: number, chance: number): number => {
    const mean = n * chance;
    if (mean > 60 && n - mean > 60)
      return Math.min(n, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal())));
    if (chance > 0.5) return n - binomial(n, 1 - chance);
    let count = 0;
    // Waiting times between hits are geometric.
    for (let i = 0; chance > 0; count++) {
      i += Math.floor(Math.log(1 - uniform()) / Math.log1p(-chance)) + 1;
      if (i > n) break;
    }
    return count;
  };
  return { uniform, normal, gamma, poisson, binomial, heavy: () => (normal() / Math.sqrt(gamma(2.5) / 2.5)) * 0.7746 };
}
