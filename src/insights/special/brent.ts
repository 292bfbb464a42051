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
    if (Math.abs(e) >= tol && Math.abs(fa) > Math.abs(fb)) {
      const step = interpolate(a, b, c, fa, fb, fc, half);
      const ok =
        2 * Math.abs(step.p) < Math.min(3 * Math.abs(half * step.q) - Math.abs(tol * step.q), Math.abs(e * step.q));
      e = ok ? d : half;
      d = ok ? step.p / step.q : half;
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

function interpolate(a: number, b: number, c: number, fa: number, fb: number, fc: number, half: number) {
  const s = fb / fa;
  if (a === c) return { p: 2 * half * s, q: 1 - s };
  const q = fa / fc;
  const r = fb / fc;
  return { p: s * (2 * half * q * (q - r) - (b - a) * (r - 1)), q: (q - 1) * (r - 1) * (s - 1) };
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
