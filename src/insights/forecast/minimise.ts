/**
 * Nelder–Mead in a few dimensions, with a fixed budget so that equal data cost equal time. Points outside the domain are refused by a
 * function that returns Infinity. Returns the best point seen and its value.
 * Source: Nelder & Mead (1965), standard coefficients.
 */
export function minimise(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  step: readonly number[],
  evaluationsMax: number,
  tolerance = 1e-4,
): { readonly x: readonly number[]; readonly value: number } {
  const simplex: Vertex[] = [{ x: start, value: f(start) }];
  for (let i = 0; i < start.length; i++) {
    const x = start.map((value, j) => (i === j ? value + (step[i] ?? 0) : value));
    simplex.push({ x, value: f(x) });
  }
  let spent = simplex.length;
  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex[simplex.length - 1]];
    if (!best || !worst) throw new RangeError("nothing to minimise");
    const flat = worst.value - best.value <= tolerance * Math.abs(best.value);
    if (spent >= evaluationsMax || flat) return best;
    const centre = centroid(simplex.slice(0, -1));
    const at = (t: number): Vertex => {
      const x = centre.map((value, j) => value + t * ((worst.x[j] ?? 0) - value));
      spent += 1;
      return { x, value: f(x) };
    };
    const next = improve(at, best.value, simplex[simplex.length - 2]?.value ?? best.value, worst.value);
    if (next) simplex[simplex.length - 1] = next;
    else {
      for (let i = 1; i < simplex.length; i++) {
        const x = best.x.map((value, j) => (value + (simplex[i]?.x[j] ?? 0)) / 2);
        simplex[i] = { x, value: f(x) };
        spent += 1;
      }
    }
  }
}

interface Vertex {
  readonly x: readonly number[];
  readonly value: number;
}

/** Reflection, expansion or contraction of the worst point; null where the simplex must shrink. */
function improve(at: (t: number) => Vertex, best: number, second: number, worst: number): Vertex | null {
  const reflected = at(-1);
  if (reflected.value < best) {
    const expanded = at(-2);
    return expanded.value < reflected.value ? expanded : reflected;
  }
  if (reflected.value < second) return reflected;
  const contracted = reflected.value < worst ? at(-0.5) : at(0.5);
  return contracted.value < Math.min(reflected.value, worst) ? contracted : null;
}

const centroid = (points: readonly Vertex[]): number[] =>
  (points[0]?.x ?? []).map((_, j) => points.reduce((sum, { x }) => sum + (x[j] ?? 0), 0) / points.length);
