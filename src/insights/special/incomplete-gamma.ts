import { devianceTerm, logGamma, stirlingRemainder } from "./stirling.ts";

/** Both tails of a distribution at one point; neither is ever computed as 1 − a small other. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

const ITERATIONS_MAX = 10_000_000;
const TINY = 1e-300;

/**
 * Regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0, x ≥ 0.
 * Series below a + 1 (for small a the alternating one, which gives Q without cancellation), Lentz's continued fraction above,
 * with Loader's saddle-point prefactor. Source: Abramowitz & Stegun 6.5; Loader (2000); Numerical Recipes §6.2.
 */
export function incompleteGamma(a: number, x: number): Tails {
  if (!(a > 0) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (a < 0.5 && x < 1.5) return smallShape(a, x);
  if (x < a + 1) {
    const lower = poissonTerm(a, x) * seriesSum(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = poissonTerm(a, x) * a * upperFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** x^a e^−x / Γ(a+1). */
export function poissonTerm(a: number, x: number): number {
  return Math.exp(-stirlingRemainder(a) - devianceTerm(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** Σ x^k / ((a+1)…(a+k)). */
function seriesSum(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < ITERATIONS_MAX; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  throw new RangeError(`incomplete gamma series did not converge: a = ${a}, x = ${x}`);
}

/** Γ(a, x) / (x^a e^−x) by modified Lentz. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < ITERATIONS_MAX; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonzero(an * d + b);
    c = nonzero(b + an / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 2e-16) return h;
  }
  throw new RangeError(`incomplete gamma fraction did not converge: a = ${a}, x = ${x}`);
}

const nonzero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** For a < ½, x < 1.5: P = e^u (1 + aS), Q = −expm1(u) − a e^u S with u = a ln x − ln Γ(1+a), S = Σ (−x)^k / ((a+k) k!). */
function smallShape(a: number, x: number): Tails {
  const u = a * Math.log(x) - logGammaOnePlus(a);
  let term = 1;
  let sum = 0;
  for (let k = 1; k < 60; k++) {
    term *= -x / k;
    sum += term / (a + k);
  }
  const scaled = a * Math.exp(u) * sum;
  return { lower: Math.exp(u) + scaled, upper: -Math.expm1(u) - scaled };
}

const EULER = 0.577_215_664_901_532_9;
/** ζ(k) − 1 for k = 2…20 give ln Γ(1+a) = −ln(1+a) + a(1 − γ) + Σ (−1)^k (ζ(k) − 1) a^k / k. A&S 6.1.33. */
const ZETA_MINUS_ONE = [
  0.644_934_066_848_226_4, 0.202_056_903_159_594_3, 0.082_323_233_711_138_19, 0.036_927_755_143_369_93,
  0.017_343_061_984_449_14, 0.008_349_277_381_922_827, 0.004_077_356_197_944_339, 0.002_008_392_826_082_214,
  0.000_994_575_127_818_085_3, 0.000_494_188_604_119_464_6, 0.000_246_086_553_308_048_3, 0.000_122_713_347_578_489_15,
  6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6,
  3.81729326499984e-6, 1.908212716553939e-6, 9.53962033872796e-7,
]; // biome-ignore format: a table

function logGammaOnePlus(a: number): number {
  if (a > 0.2) return logGamma(1 + a);
  let power = a;
  let sum = -Math.log1p(a) + a * (1 - EULER);
  ZETA_MINUS_ONE.forEach((zeta, i) => {
    power *= -a;
    sum += (-power * zeta) / (i + 2);
  });
  return sum;
}
