import { normalPdf, normalQuantile, normalSf } from "../distributions/normal.ts";
import { brentRoot } from "../special/brent.ts";
import { gaussLegendre } from "../special/gauss-legendre.ts";

export type Boundary = "obrien-fleming" | "pocock" | "spending-obrien-fleming" | "spending-pocock";

export interface GroupSequential {
  /** |z| to pass at each look. */
  readonly zBounds: readonly number[];
  readonly nominalP: readonly number[];
  /** Two-sided error spent up to each look. */
  readonly cumulativeAlpha: readonly number[];
}

/**
 * Two-sided symmetric group-sequential boundaries at the given shares of information (rising, last 1). O'Brien–Fleming and Pocock
 * have one constant found so that all error is spent; Lan–DeMets boundaries spend it by a function of time. Crossing probabilities by
 * recursive integration. Source: Armitage, McPherson & Rowe (1969); Lan & DeMets (1983); gsDesign.
 */
export function groupSequentialBounds(fractions: readonly number[], alpha: number, type: Boundary): GroupSequential {
  const rising = fractions.every((t, k) => t > (fractions[k - 1] ?? 0)) && fractions.length > 0;
  if (!rising || !(alpha > 0 && alpha < 1))
    throw new RangeError("needs rising information fractions and 0 < alpha < 1");
  const zBounds = type.startsWith("spending")
    ? spendingBounds(fractions, alpha, type)
    : constantBounds(fractions, alpha, type === "pocock" ? 0 : 0.5);
  let spent = 0;
  const cumulativeAlpha = crossings(fractions, zBounds).map((step) => {
    spent += step;
    return spent;
  });
  return { zBounds, nominalP: zBounds.map((z) => 2 * normalSf(z)), cumulativeAlpha };
}

/** Bounds C·t^−power with C such that the crossings sum to α. */
function constantBounds(fractions: readonly number[], alpha: number, power: number): number[] {
  const bounds = (c: number) => fractions.map((t) => c * t ** -power);
  const excess = (c: number) => crossings(fractions, bounds(c)).reduce((a, b) => a + b, 0) - alpha;
  const start = -normalQuantile(alpha / 2);
  return bounds(fractions.length === 1 ? start : brentRoot(excess, start * 0.5, start * 3, 1e-12));
}

function spendingBounds(fractions: readonly number[], alpha: number, type: Boundary): number[] {
  const bounds: number[] = [];
  let density: Density = null;
  fractions.forEach((t, k) => {
    const before = fractions[k - 1] ?? 0;
    const step = spentAt(t, alpha, type) - (k === 0 ? 0 : spentAt(before, alpha, type));
    const gap = t - before;
    const crossing = (z: number) => crossingProbability(density, z * Math.sqrt(t), gap) - step;
    const z = brentRoot(crossing, 0, 38, 1e-13);
    bounds.push(z);
    density = continuation(density, z * Math.sqrt(t), gap);
  });
  return bounds;
}

/** Two-sided error spent by time t; each side spends half. */
function spentAt(t: number, alpha: number, type: Boundary): number {
  if (type === "spending-pocock") return alpha * Math.log1p((Math.E - 1) * t);
  return 4 * normalSf(-normalQuantile(alpha / 4) / Math.sqrt(t));
}

/** Probability of first crossing at each look, both sides together, under no effect. */
function crossings(fractions: readonly number[], bounds: readonly number[]): number[] {
  let density: Density = null;
  return fractions.map((t, k) => {
    const gap = t - (fractions[k - 1] ?? 0);
    const border = (bounds[k] ?? 0) * Math.sqrt(t);
    const crossed = crossingProbability(density, border, gap);
    density = continuation(density, border, gap);
    return crossed;
  });
}

/** Density of the score among those not stopped, at quadrature nodes with their weights; null before the first look. */
type Density = readonly { readonly at: number; readonly mass: number }[] | null;

function crossingProbability(density: Density, border: number, gap: number): number {
  const sd = Math.sqrt(gap);
  if (density === null) return 2 * normalSf(border / sd);
  return density.reduce(
    (sum, { at, mass }) => sum + mass * (normalSf((border - at) / sd) + normalSf((border + at) / sd)),
    0,
  );
}

function continuation(density: Density, border: number, gap: number): Density {
  const sd = Math.sqrt(gap);
  return gaussLegendre(160).map(({ node, weight }) => {
    const at = node * border;
    const height =
      density === null
        ? normalPdf(at / sd) / sd
        : density.reduce((sum, from) => sum + (from.mass * normalPdf((at - from.at) / sd)) / sd, 0);
    return { at, mass: height * weight * border };
  });
}
