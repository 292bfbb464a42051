/** A factor of a product in two periods; `power` 1 multiplies, −1 divides. */
export interface Factor {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly power: 1 | -1;
}

/**
 * The change of a product V = Π fᵖ, split exactly over its factors: logarithmic mean Divisia index, ΔV_f = L(V₁, V₀)·p·ln(f₁/f₀) with
 * L(a, b) = (a − b)/ln(a/b) (Ang 2005). Null where a factor is not above zero: logarithms do not reach it.
 */
export function lmdi(
  factors: readonly Factor[],
): { readonly change: number; readonly effects: ReadonlyMap<string, number> } | null {
  if (factors.some(({ before, after }) => !(before > 0 && after > 0))) return null;
  const product = (when: "before" | "after"): number =>
    factors.reduce((all, factor) => all * factor[when] ** factor.power, 1);
  const [before, after] = [product("before"), product("after")];
  const mean = logarithmicMean(after, before);
  const effects = new Map(
    factors.map(({ name, before: old, after: now, power }) => [name, mean * power * Math.log(now / old)]),
  );
  return { change: after - before, effects };
}

/** (a − b)/ln(a/b), and their common value where they are equal; by log1p, so that nearly equal ones keep their digits. */
function logarithmicMean(a: number, b: number): number {
  const relative = (a - b) / b;
  return relative === 0 ? a : (a - b) / Math.log1p(relative);
}
