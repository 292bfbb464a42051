import { minimise } from "./minimise.ts";

/**
 * Dynamic optimised theta: simple smoothing plus a share 1 − 1/θ of the line through all values so far; θ, α and the start by least
 * squares of the one-step errors. The series must be seasonally adjusted. Fewer than four values are carried forward.
 * Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), DOTM; R's forecTheta.
 */
export function dynamicTheta(y: Float64Array, horizon: number): Float64Array {
  const n = y.length;
  if (n < 4) return new Float64Array(horizon).fill(y[n - 1] ?? 0);
  const start = y[0] ?? 0;
  let spread = 0;
  for (let i = 1; i < n; i++) spread += Math.abs((y[i] ?? 0) - (y[i - 1] ?? 0));
  spread = spread / (n - 1) || 1;
  const { x } = minimise(
    ([alpha = 0, logTheta = 0, shift = 0]) =>
      alpha >= 0.01 && alpha <= 0.99 && logTheta >= 0 && logTheta <= 5
        ? run(y, start + shift * spread, alpha, Math.exp(logTheta), 0, null)
        : Number.POSITIVE_INFINITY,
    [0.4, Math.LN2, 0],
    [-0.25, 0.8, 0.5],
    90,
  );
  const [alpha = 0.5, logTheta = Math.LN2, shift = 0] = x;
  const out = new Float64Array(horizon);
  run(y, start + shift * spread, alpha, Math.exp(logTheta), horizon, out);
  return out;
}

/** The recursion over y, then over its own forecasts; returns the squared one-step errors after the third value. */
function run(
  y: Float64Array,
  start: number,
  alpha: number,
  theta: number,
  horizon: number,
  out: Float64Array | null,
): number {
  const n = y.length;
  const share = 1 - 1 / theta;
  let level = start;
  let [mean, intercept, slope, squares] = [0, 0, 0, 0];
  let decay = 1; // (1 − α)^t before step t + 1
  for (let t = 1; t <= n + horizon; t++) {
    const decayed = decay * (1 - alpha);
    const expected = level + share * (decay * intercept + ((1 - decayed) / alpha) * slope);
    const value = t <= n ? (y[t - 1] ?? 0) : expected;
    if (t > n && out) out[t - n - 1] = expected;
    if (t > 3 && t <= n) squares += (value - expected) ** 2;
    level = alpha * value + (1 - alpha) * level;
    const before = mean;
    mean += (value - mean) / t;
    slope = t === 1 ? 0 : ((t - 2) * slope + (6 * (value - before)) / t) / (t + 1);
    intercept = mean - (slope * (t + 1)) / 2;
    decay = decayed;
  }
  return squares;
}
