/**
 * Loess on equally spaced points 0 … n−1, evaluated at `from` … `to` (inclusive, may lie outside): tricube weights over the nearest `span`
 * points, degree 0 or 1, times optional robustness weights. Fitted at every `jump`-th point and interpolated between them.
 * Source: Cleveland et al. (1990), STL, §2 and appendix; stats::stl's Fortran for the reach of spans above n.
 */
export function loess(
  y: Float64Array,
  span: number,
  degree: 0 | 1,
  jump: number,
  robustness: Float64Array | null,
  from: number,
  to: number,
): Float64Array {
  const out = new Float64Array(to - from + 1);
  let previous = from;
  out[0] = fitAt(y, from, span, degree, robustness);
  for (let x = from; x < to; ) {
    x = Math.min(x + jump, to);
    const value = fitAt(y, x, span, degree, robustness);
    const before = out[previous - from] ?? 0;
    for (let i = previous + 1; i <= x; i++)
      out[i - from] = before + ((value - before) * (i - previous)) / (x - previous);
    previous = x;
  }
  return out;
}

/** The local fit at one place; the plain mean of the window where robustness leaves no weight. */
function fitAt(y: Float64Array, x: number, span: number, degree: 0 | 1, robustness: Float64Array | null): number {
  const n = y.length;
  const width = Math.min(span, n);
  const left = Math.max(0, Math.min(n - width, x - ((width - 1) >> 1)));
  const right = left + width - 1;
  const reach = Math.max(x - left, right - x) + (span > n ? (span - n) / 2 : 0);
  const weights = tricube(reach);
  let sum = 0;
  let sumX = 0;
  let sumXX = 0;
  let sumY = 0;
  let sumXY = 0;
  for (let i = left; i <= right; i++) {
    const d = i - x;
    const w = weights[d < 0 ? -d : d] as number;
    const weight = robustness ? w * (robustness[i] as number) : w;
    const value = y[i] as number;
    const moment = weight * d;
    sum += weight;
    sumY += weight * value;
    sumX += moment;
    sumXX += moment * d;
    sumXY += moment * value;
  }
  if (!(sum > 0)) return plainMean(y, left, right);
  const variance = sumXX - (sumX * sumX) / sum;
  if (degree === 0 || !(variance > 1e-6 * n * n * 1e-6 * sum)) return sumY / sum;
  const slope = (sumXY - (sumX * sumY) / sum) / variance;
  return sumY / sum - (slope * sumX) / sum;
}

/** Weights by distance, kept by reach: all fits but those at the ends share one. */
function tricube(reach: number): Float64Array {
  const known = tables.get(reach);
  if (known) return known;
  const made = Float64Array.from({ length: Math.ceil(reach) + 1 }, (_, d) => {
    const u = d / reach;
    if (u >= 0.999) return 0;
    const c = 1 - u * u * u;
    return u <= 0.001 ? 1 : c * c * c;
  });
  if (tables.size >= TABLES_MAX) tables.clear();
  tables.set(reach, made);
  return made;
}
const tables = new Map<number, Float64Array>();
const TABLES_MAX = 2_000;

function plainMean(y: Float64Array, left: number, right: number): number {
  let sum = 0;
  for (let i = left; i <= right; i++) sum += y[i] ?? 0;
  return sum / (right - left + 1);
}
