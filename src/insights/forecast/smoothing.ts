import { minimise } from "./minimise.ts";

/**
 * ETS(A,N,N), (A,A,N) and (A,Ad,N), the one with the least corrected AIC; smoothing parameters by least squares of the one-step errors,
 * start from the first values. Two values or fewer are carried forward.
 * Source: Hyndman, Koehler, Ord & Snyder (2008), ch. 2 and 5.
 */
export function exponentialSmoothing(y: Float64Array, horizon: number): Float64Array {
  if (y.length < 4) return new Float64Array(horizon).fill(y[y.length - 1] ?? 0);
  const slope = startingSlope(y);
  const models = [
    fitted(y, 0, [0.3], [0.4], ([a]) => ({ alpha: a ?? 0, beta: 0, phi: 0 })),
    fitted(y, slope, [0.3, 0.1], [0.4, 0.2], ([a, b]) => ({ alpha: a ?? 0, beta: (a ?? 0) * (b ?? 0), phi: 1 })),
    fitted(y, slope, [0.3, 0.1, 0.93], [0.4, 0.2, -0.06], ([a, b, c]) => ({
      alpha: a ?? 0,
      beta: (a ?? 0) * (b ?? 0),
      phi: c ?? 0,
    })),
  ];
  const best = models.reduce((least, model) => (model.aicc < least.aicc ? model : least));
  return ahead(y, best.start, best.parameters, horizon);
}

interface Parameters {
  readonly alpha: number;
  readonly beta: number;
  /** Damping of the trend: 0 has no trend, 1 an undamped one. */
  readonly phi: number;
}

interface Fitted {
  readonly parameters: Parameters;
  readonly start: { readonly level: number; readonly slope: number };
  readonly aicc: number;
}

const ALPHA_MIN = 1e-4;

function fitted(
  y: Float64Array,
  slope: number,
  first: readonly number[],
  step: readonly number[],
  read: (x: readonly number[]) => Parameters,
): Fitted {
  const start = { level: startingLevel(y, slope), slope };
  const inside = ([a = 0, b = 0, c = 0.9]: readonly number[]): boolean =>
    a >= ALPHA_MIN && a <= 0.9999 && b >= 0 && b <= 1 && c >= 0.8 && c <= 0.98;
  const { x, value } = minimise(
    (x) => (inside(x) ? run(y, start, read(x)).squares : Number.POSITIVE_INFINITY),
    first,
    step,
    first.length === 1 ? 24 : 45 * (first.length - 1),
  );
  const [n, k] = [y.length, first.length + (slope === 0 && first.length === 1 ? 2 : 3)];
  const aic = n * Math.log(Math.max(value, 1e-300)) + 2 * k;
  const correction = n - k - 1 > 0 ? (2 * k * (k + 1)) / (n - k - 1) : Number.POSITIVE_INFINITY;
  return { parameters: read(x), start, aicc: aic + correction };
}

/** The filter over y: squared one-step errors and the state at the end. */
function run(y: Float64Array, start: { level: number; slope: number }, { alpha, beta, phi }: Parameters) {
  let level = start.level;
  let slope = start.slope;
  let squares = 0;
  for (let i = 0; i < y.length; i++) {
    const expected = level + phi * slope;
    const error = (y[i] ?? 0) - expected;
    squares += error * error;
    level = expected + alpha * error;
    slope = phi * slope + beta * error;
  }
  return { squares, level, slope };
}

function ahead(y: Float64Array, start: Fitted["start"], parameters: Parameters, horizon: number): Float64Array {
  const end = run(y, start, parameters);
  const out = new Float64Array(horizon);
  let reach = 0;
  for (let j = 0; j < horizon; j++) {
    reach += parameters.phi ** (j + 1);
    out[j] = end.level + reach * end.slope;
  }
  return out;
}

/** Least-squares slope of the first ten values. */
function startingSlope(y: Float64Array): number {
  const n = Math.min(10, y.length);
  let [top, bottom] = [0, 0];
  for (let i = 0; i < n; i++) {
    top += (i - (n - 1) / 2) * (y[i] ?? 0);
    bottom += (i - (n - 1) / 2) ** 2;
  }
  return top / bottom;
}

function startingLevel(y: Float64Array, slope: number): number {
  const n = Math.min(10, y.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += y[i] ?? 0;
  return sum / n - slope * ((n + 1) / 2);
}
