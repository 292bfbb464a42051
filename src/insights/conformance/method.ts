/** What a vector's name stands for: its input (and data sets by name) → the fields of `expected`. */
// biome-ignore lint/suspicious/noExplicitAny: vectors are data of a hundred shapes; each mapping reads its own and a wrong one misses
export type VectorInput = any;
export type VectorMethod = (input: VectorInput, data: (name: string) => string) => Readonly<Record<string, unknown>>;
export type VectorMethods = Readonly<Record<string, VectorMethod>>;

/**
 * A result under the names of the vectors: camelCase to snake_case, low/high to lower/upper, and what `names` says.
 */
export function fields(result: object, names: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(result).map(([key, value]) => [names[key] ?? USUAL[key] ?? snake(key), value]),
  );
}

const USUAL: Readonly<Record<string, string>> = { low: "lower", high: "upper" };
const snake = (key: string): string =>
  key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/([a-z])(\d+)_p$/g, "$1$2_p");

/** One number under its name, with the reason where it is null. */
export function orReason(name: string, value: number | null, reason: string): Record<string, unknown> {
  return value === null ? { [name]: null, reason } : { [name]: value };
}
