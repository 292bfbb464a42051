/**
 * Root of a continuous f between `low` and `high` of opposite signs (or zero at an end), to the last bits of a double.
 * Source: Brent (1973), Algorithms for Minimization without Derivatives, ch. 4. Throws where the ends do not bracket a root.
 */
export function brentRoot(f: (x: number) => number, low: number, high: number, tolerance = 0): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) throw new RangeError(`no sign change between ${low} and ${high}`);
  let c = a;
  let fc = fa;
  let d = b - a;
  let e = d;
  for (let i = 0; i < 500; i++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      a = b;
      b = c;
      c = a;
      fa = fb;
      fb = fc;
      fc = fa;
    }
    const tol = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2 + 1e-320;
    const half = 0.5 * (c - b);
    if (Math.abs(half) <= tol || fb === 0) return b;
    const step = Math.abs(e) >= tol && Math.abs(fa) > Math.abs(fb) ? interpolate(a, b, c, fa, fb, fc, half) : null;
    if (step && 2 * step.p < Math.min(3 * half * step.q - Math.abs(tol * step.q), Math.abs(e * step.q))) {
      e = d;
      d = step.p / step.q;
    } else {
      d = half;
      e = half;
    }
    a = b;
    fa = fb;
    b += Math.abs(d) > tol ? d : half > 0 ? tol : -tol;
    fb = f(b);
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      d = b - a;
      e = d;
    }
  }
  return b;
}

/** Secant or inverse quadratic step p/q from b, with p ≥ 0. */
function interpolate(a: number, b: number, c: number, fa: number, fb: number, fc: number, half: number) {
  const s = fb / fa;
  const secant = a === c;
  const u = fa / fc;
  const r = fb / fc;
  const p = secant ? 2 * half * s : s * (2 * half * u * (u - r) - (b - a) * (r - 1));
  const q = secant ? 1 - s : (u - 1) * (r - 1) * (s - 1);
  return p > 0 ? { p, q: -q } : { p: -p, q };
}

/** Root of a monotone f on the whole line, from a guess and a first step that doubles until the sign changes. */
export function rootFrom(f: (x: number) => number, guess: number, step: number): number {
  const start = f(guess);
  if (start === 0) return guess;
  let width = step;
  for (let i = 0; i < 200; i++) {
    if (f(guess - width) > 0 !== start > 0) return brentRoot(f, guess - width, guess);
    if (f(guess + width) > 0 !== start > 0) return brentRoot(f, guess, guess + width);
    width *= 2;
  }
  throw new RangeError(`no root found around ${guess}`);
}
