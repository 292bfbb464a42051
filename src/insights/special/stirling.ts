/**
 * Stirling's remainder δ(n) = ln Γ(n+1) − [(n+½) ln n − n + ½ ln 2π], for n > 0, to about 1e-16 absolute.
 * Below 16 by the exact step δ(n) = δ(n+1) + (n+½) ln(1+1/n) − 1, above by the asymptotic series.
 * Source: Loader (2000), Fast and Accurate Computation of Binomial Probabilities.
 */
export function stirlingRemainder(n: number): number {
  let steps = 0;
  let m = n;
  while (m < 16) {
    steps += (m + 0.5) * Math.log1p(1 / m) - 1;
    m += 1;
  }
  const s = 1 / (m * m);
  return steps + (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - (s * 1) / 1188)))) / m;
}

/**
 * Deviance term D(x, m) = x ln(x/m) + m − x, without cancellation where x ≈ m. x ≥ 0, m > 0.
 * Source: Loader (2000), bd0.
 */
export function devianceTerm(x: number, m: number): number {
  if (x === 0) return m;
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = difference / (x + m);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
  return sum;
}

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** ln Γ(x) for x > 0. Near 1 and 2 it is exact in the absolute sense (about 1e-15). */
export function logGamma(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  const n = x - 1;
  if (n === 0 || n === 1) return 0;
  if (n < 15) return logGamma(x + 15) - logRising(x, 15);
  return (n + 0.5) * Math.log(n) - n + HALF_LOG_2PI + stirlingRemainder(n);
}

/** ln of x(x+1)…(x+k−1). */
function logRising(x: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= x + i;
  return Math.log(product);
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b), without cancellation where a or b is large. */
export function logBeta(a: number, b: number): number {
  const n = a + b;
  return (
    HALF_LOG_2PI +
    0.5 * (Math.log(n) - Math.log(a) - Math.log(b)) +
    a * -Math.log1p(b / a) +
    b * -Math.log1p(a / b) +
    stirlingRemainder(a) +
    stirlingRemainder(b) -
    stirlingRemainder(n)
  );
}

/** ln C(n, k), 0 ≤ k ≤ n. */
export function logChoose(n: number, k: number): number {
  if (k <= 0 || k >= n) return 0;
  return -Math.log(n + 1) - logBeta(k + 1, n - k + 1);
}

/** The digamma function ψ(x), x > 0: recurrence up to 10, then the asymptotic series. */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) {
    shift -= 1 / y;
    y += 1;
  }
  const s = 1 / (y * y);
  return (
    shift +
    Math.log(y) -
    0.5 / y -
    s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))))))
  );
}

/** The trigamma function ψ′(x), x > 0: recurrence up to 10, then the asymptotic series. */
export function trigamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) {
    shift += 1 / (y * y);
    y += 1;
  }
  const s = 1 / (y * y);
  return (
    shift +
    1 / y +
    s / 2 +
    (s / y) * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - (s * 691) / 2730)))))
  );
}
