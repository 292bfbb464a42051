/** Nodes and weights of n-point Gauss–Legendre quadrature on [−1, 1], by Newton on the Legendre polynomial. Kept per n. */
export function gaussLegendre(n: number): readonly { readonly node: number; readonly weight: number }[] {
  const known = rules.get(n);
  if (known) return known;
  const rule = Array.from({ length: n }, (_, i) => nodeOf(n, i));
  rules.set(n, rule);
  return rule;
}

const rules = new Map<number, readonly { readonly node: number; readonly weight: number }[]>();

function nodeOf(n: number, i: number): { node: number; weight: number } {
  let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
  let slope = 1;
  for (let round = 0; round < 100; round++) {
    let [p0, p1] = [1, x];
    for (let k = 2; k <= n; k++) [p0, p1] = [p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k];
    slope = (n * (x * p1 - p0)) / (x * x - 1);
    const step = p1 / slope;
    x -= step;
    if (Math.abs(step) < 1e-16) break;
  }
  return { node: x, weight: 2 / ((1 - x * x) * slope * slope) };
}
