import { type Cube, leafCount, type Region } from "./cube.ts";

/** One set of attributes, and to which of its cells ("regions") every leaf belongs. */
export interface Cuboid {
  readonly attributes: readonly number[];
  /** Number of cells that occur. */
  readonly cells: number;
  /** cellOf[leaf]. */
  readonly cellOf: Int32Array;
  /** A leaf of each cell, by which its values are known. */
  readonly sample: Int32Array;
}

/** Cells are numbered by an array where the product of the values is at most this many times the leaves, else by a map. */
const DENSE_FACTOR = 8;
const DENSE_MIN = 4_096;

/** The cuboids of up to `depth` attributes, those of fewer attributes first. */
export function cuboidsOf(cube: Cube, depth: number): Cuboid[] {
  return subsets(cube.attributes.length, depth).map((attributes) => cuboidOf(cube, attributes));
}

export function regionOf(cube: Cube, cuboid: Cuboid, cell: number): Region {
  const leaf = cuboid.sample[cell] ?? 0;
  const region = new Int32Array(cube.attributes.length).fill(-1);
  for (const attribute of cuboid.attributes) region[attribute] = cube.codes[attribute]?.[leaf] ?? -1;
  return region;
}

/** All non-empty sets of the first `n` numbers with at most `depth` members, smaller sets first. */
export function subsets(n: number, depth: number): number[][] {
  const all: number[][] = [];
  let layer: number[][] = [[]];
  for (let size = 1; size <= Math.min(depth, n); size += 1) {
    layer = layer.flatMap((set) =>
      Array.from({ length: n }, (_, next) => next)
        .filter((next) => next > (set.at(-1) ?? -1))
        .map((next) => [...set, next]),
    );
    all.push(...layer);
  }
  return all;
}

function cuboidOf(cube: Cube, attributes: readonly number[]): Cuboid {
  const leaves = leafCount(cube);
  const keys = new Float64Array(leaves);
  let size = 1;
  for (const attribute of attributes) {
    const column = cube.codes[attribute] as Int32Array;
    const width = cube.attributes[attribute]?.values.length ?? 1;
    for (let leaf = 0; leaf < leaves; leaf += 1) keys[leaf] = (keys[leaf] as number) * width + (column[leaf] as number);
    size *= width;
  }
  const numbered = size <= Math.max(DENSE_MIN, DENSE_FACTOR * leaves) ? byArray(keys, size) : byMap(keys);
  return { attributes, ...numbered };
}

type Numbered = Pick<Cuboid, "cells" | "cellOf" | "sample">;

function byArray(keys: Float64Array, size: number): Numbered {
  const numbers = new Int32Array(size).fill(-1);
  return numberCells(keys, (key, next) => {
    const known = numbers[key] as number;
    if (known >= 0) return known;
    numbers[key] = next;
    return next;
  });
}

function byMap(keys: Float64Array): Numbered {
  const numbers = new Map<number, number>();
  return numberCells(keys, (key, next) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, next);
    return next;
  });
}

function numberCells(keys: Float64Array, numberOf: (key: number, next: number) => number): Numbered {
  const cellOf = new Int32Array(keys.length);
  const sample = new Int32Array(keys.length);
  let cells = 0;
  for (let leaf = 0; leaf < keys.length; leaf += 1) {
    const cell = numberOf(keys[leaf] as number, cells);
    cellOf[leaf] = cell;
    if (cell < cells) continue;
    sample[cells] = leaf;
    cells += 1;
  }
  return { cells, cellOf, sample: sample.slice(0, cells) };
}
