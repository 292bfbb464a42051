import type { Tails } from "./incomplete-gamma.ts";
import { devianceTerm, stirlingRemainder } from "./stirling.ts";

const ITERATIONS_MAX = 10_000_000;
const TINY = 1e-300;

/**
 * Regularised incomplete beta I_x(a, b) and its complement, a, b > 0. `y` = 1 − x is an argument of its own, so that a caller
 * who knows it exactly (t and F tails at large df) loses nothing.
 * Lentz on the continued fraction of DiDonato & Morris (1992) eq. 9 with Loader's saddle-point prefactor.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): Tails {
  if (!(a > 0 && b > 0) || Number.isNaN(x + y)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  if (a * y + y >= b * x + x) {
    const lower = betaTerm(a, b, x, y) / fraction(a, b, x, y);
    return { lower, upper: 1 - lower };
  }
  const upper = betaTerm(b, a, y, x) / fraction(b, a, y, x);
  return { lower: 1 - upper, upper };
}

/** ln I_x(a, b) for x below the mean, also where the value itself underflows. */
export function logLowerBeta(a: number, b: number, x: number, y: number): number {
  return Math.log(a) + Math.log(b) - Math.log(a + b) + logBinomialTerm(a, b, x, y) - Math.log(fraction(a, b, x, y));
}

/** x^a y^b / B(a, b). */
export function betaTerm(a: number, b: number, x: number, y: number): number {
  return (a * b * Math.exp(logBinomialTerm(a, b, x, y))) / (a + b);
}

/** ln of Γ(a+b+1) / (Γ(a+1) Γ(b+1)) x^a y^b: a binomial probability where a and b are whole. */
export function logBinomialTerm(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  if (a === 0) return logPower(b, y, x);
  if (b === 0) return logPower(a, x, y);
  return (
    stirlingRemainder(n) -
    stirlingRemainder(a) -
    stirlingRemainder(b) -
    devianceTerm(a, n * x) -
    devianceTerm(b, n * y) +
    0.5 * (Math.log(n / a) - Math.log(b) - Math.log(2 * Math.PI))
  );
}

/** n ln p, from q = 1 − p where p is near 1. */
function logPower(n: number, p: number, q: number): number {
  return n * (q < 0.1 ? Math.log1p(-q) : Math.log(p));
}

/** The denominator of the fraction: b₀ + a₁/(b₁ + a₂/(b₂ + …)). */
function fraction(a: number, b: number, x: number, y: number): number {
  const lambda = a * y - b * x + 1;
  let f = (a * lambda) / (a + 1);
  if (Math.abs(f) < TINY) f = TINY;
  let c = f;
  let d = 0;
  for (let m = 1; m < ITERATIONS_MAX; m++) {
    const odd = a + 2 * m - 1;
    const top = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * (m * (b - m) * x * x);
    const bottom = m + (m * (b - m) * x) / odd + ((a + m) * (lambda + m * (1 + y))) / (a + 2 * m + 1);
    d = 1 / nonzero(bottom + top * d);
    c = nonzero(bottom + top / c);
    const step = c * d;
    f *= step;
    if (Math.abs(step - 1) < 2e-16) return f;
  }
  throw new RangeError(`incomplete beta fraction did not converge: a = ${a}, b = ${b}, x = ${x}`);
}

const nonzero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
