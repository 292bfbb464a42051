/** Hits (numerator, count or amount) of every leaf, and its weight (denominator); no weights = a count or an amount. */
export interface CubeSide {
  readonly hits: Float64Array;
  readonly weight: Float64Array | null;
}
export interface Attribute {
  readonly name: string;
  readonly values: readonly string[];
}
/** Two periods by every combination of attribute values that occurs ("leaf"), column by column. */
export interface Cube {
  readonly attributes: readonly Attribute[];
  /** codes[attribute][leaf] = index of the leaf's value in the attribute's values. */
  readonly codes: readonly Int32Array[];
  readonly before: CubeSide;
  readonly after: CubeSide;
}
/** One row of a table: its attribute values, the period, what was counted. Rows of one leaf and period add. */
export interface CubeRow {
  readonly values: readonly string[];
  readonly period: "before" | "after";
  readonly hits: number;
  readonly weight: number | null;
}

/** Gathers rows into a cube. A table with a weight in any row is one of rates; a row without is then a weight of nothing. */
export function cubeBuilder(names: readonly string[]): { add(row: CubeRow): void; build(): Cube } {
  const dictionaries = names.map(() => new Map<string, number>());
  const leaves = new Map<string, number>();
  const codes: number[][] = names.map(() => []);
  const sums: number[][] = [[], [], [], []];
  let isRate = false;
  const leafOf = (values: readonly string[]): number => {
    const own = values.map((value, attribute) => codeIn(dictionaries[attribute] as Map<string, number>, value));
    const key = own.join(" ");
    const known = leaves.get(key);
    if (known !== undefined) return known;
    const leaf = leaves.size;
    leaves.set(key, leaf);
    own.forEach((code, attribute) => {
      codes[attribute]?.push(code);
    });
    for (const sum of sums) sum.push(0);
    return leaf;
  };
  return {
    add({ values, period, hits, weight }) {
      const leaf = leafOf(values);
      const side = period === "before" ? 0 : 2;
      addTo(sums[side], leaf, hits);
      if (weight === null) return;
      isRate = true;
      addTo(sums[side + 1], leaf, weight);
    },
    build: () => ({
      attributes: names.map((name, attribute) => ({ name, values: [...(dictionaries[attribute]?.keys() ?? [])] })),
      codes: codes.map((column) => Int32Array.from(column)),
      before: sideOf(sums[0], isRate ? sums[1] : undefined),
      after: sideOf(sums[2], isRate ? sums[3] : undefined),
    }),
  };
}

/** A conjunction: one code per attribute of the cube, −1 where any value will do. */
export type Region = Int32Array;

export const regionHolds = (cube: Cube, region: Region, leaf: number): boolean =>
  region.every((code, attribute) => code < 0 || cube.codes[attribute]?.[leaf] === code);

/** `{ market: "ID", queue: "live" }`. */
export function whereOf(cube: Cube, region: Region): Record<string, string> {
  return Object.fromEntries(
    cube.attributes.flatMap(({ name, values }, attribute) => {
      const code = region[attribute] ?? -1;
      return code < 0 ? [] : [[name, values[code] ?? ""]];
    }),
  );
}

export const leafCount = (cube: Cube): number => cube.after.hits.length;

const sideOf = (hits: readonly number[] = [], weight?: readonly number[]): CubeSide => ({
  hits: Float64Array.from(hits),
  weight: weight ? Float64Array.from(weight) : null,
});

function codeIn(dictionary: Map<string, number>, value: string): number {
  const known = dictionary.get(value);
  if (known !== undefined) return known;
  dictionary.set(value, dictionary.size);
  return dictionary.size - 1;
}

function addTo(column: number[] | undefined, at: number, value: number): void {
  if (column) column[at] = (column[at] ?? 0) + value;
}
