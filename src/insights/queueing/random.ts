/** A seeded source of numbers in [0, 1): mulberry32, 32 bits of state. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal by Box–Muller. */
export const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const POISSON_NORMAL_FROM = 50;

/** Poisson by multiplication, from a mean of 50 by the normal rounded. */
export function poisson(next: () => number, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean >= POISSON_NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(next)));
  const floor = Math.exp(-mean);
  let [count, product] = [0, next()];
  while (product > floor) {
    count++;
    product *= next();
  }
  return count;
}

/** How many of n, each with chance p. */
export function binomial(next: () => number, n: number, p: number): number {
  if (n > 200 && n * p > 20 && n * (1 - p) > 20)
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal(next))));
  let count = 0;
  for (let i = 0; i < n; i++) if (next() < p) count++;
  return count;
}
