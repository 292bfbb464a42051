/**
 * a·b − c·d with the rounding of both products corrected, so that nearly equal products keep their difference.
 * Source: Dekker (1971) two-product; Kahan.
 */
export function productDifference(a: number, b: number, c: number, d: number): number {
  const first = a * b;
  const second = c * d;
  const plain = first - second;
  if (Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d)) > 1e150) return plain;
  return plain + (productError(a, b, first) - productError(c, d, second));
}

/** The exact error a·b − fl(a·b). */
function productError(a: number, b: number, product: number): number {
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  return ah * bh - product + ah * bl + al * bh + al * bl;
}

function split(x: number): [number, number] {
  const scaled = 134_217_729 * x;
  const high = scaled - (scaled - x);
  return [high, x - high];
}

/** Σ(y − ȳ)(x − x̄)/(n − 1) from Σ sums: (n·Σxy − Σx·Σy) / (n(n−1)). n ≥ 2. */
export function covarianceFromSums(n: number, sumX: number, sumY: number, sumXY: number): number {
  return productDifference(n, sumXY, sumX, sumY) / (n * (n - 1));
}
