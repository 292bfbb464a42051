import { type Cube, leafCount, type Region } from "./cube.ts";
import { type Cuboid, cuboidsOf, regionOf } from "./cuboids.ts";

export interface ScanOptions {
  /** Attributes in one region at most. */
  readonly depth: number;
  /** Regions found at most. */
  readonly regionsMax: number;
  /** Prior cases that draw a leaf's past rate to the past rate of the whole. */
  readonly priorCases: number;
  /** Of regions this near to the best, the one with the fewest attributes is meant. */
  readonly nearBest: number;
  /** Another region must reach this share of the first one's ratio; a sibling of the first (same attributes) far less. */
  readonly again: number;
  readonly againSibling: number;
  /** A wider region is meant where what it adds moved by this share of the narrower one's relative move, and by this ratio. */
  readonly widenShare: number;
  readonly widenRatio: number;
}
/** Settled on 135 labelled incidents, which therefore say little about others; docs/insights.md gives the figures of a cross-fit beside them. */
export const SCAN_OPTIONS: ScanOptions = {
  depth: 4,
  regionsMax: 4,
  priorCases: 1_000,
  nearBest: 0.995,
  again: 0.7,
  againSibling: 0.08,
  widenShare: 0.06,
  widenRatio: 20,
};

export interface Found {
  readonly region: Region;
  readonly direction: "up" | "down";
  readonly observed: number;
  readonly expected: number;
  /** Log-likelihood ratio of the region's own level against its expectation (Poisson). */
  readonly ratio: number;
}

/** A ratio below this is chance whatever the scan (half the 99.9 % point of χ² with one degree of freedom). */
const RATIO_MIN = 5.41;

/**
 * Which conjunctions of attribute values moved, in one direction: a spatial scan statistic (Kulldorff 1997) over the cube, with each leaf's
 * expectation drawn to the whole's past rate (empirical Bayes), so that small leaves say little. The region with the largest likelihood
 * ratio is taken (of nearly equal ones that with the fewest attributes), widened while what a wider region adds moved too, its leaves are
 * removed, and the scan goes on. Counts and amounts: the expectation is the past period.
 */
export function likelihoodScan(cube: Cube, direction: "up" | "down", options: ScanOptions = SCAN_OPTIONS): Found[] {
  const cuboids = cuboidsOf(cube, options.depth);
  const leaves = leafCount(cube);
  const expected = expectations(cube, options.priorCases);
  const observed = Float64Array.from(cube.after.hits);
  const found: Found[] = [];
  let first: { readonly ratio: number; readonly cuboid: Cuboid } | null = null;
  while (found.length < options.regionsMax) {
    const sums = cuboids.map((cuboid) => sumsOf(cuboid, observed, expected));
    const best = widened(cuboids, sums, bestOf(cuboids, sums, direction, options.nearBest), direction, options);
    if (!best || best.ratio < RATIO_MIN) break;
    if (first && best.ratio < (best.cuboid === first.cuboid ? options.againSibling : options.again) * first.ratio)
      break;
    first ??= best;
    const { cuboid, cell, ratio } = best;
    found.push({
      region: regionOf(cube, cuboid, cell),
      direction,
      observed: best.observed,
      expected: best.expected,
      ratio,
    });
    for (let leaf = 0; leaf < leaves; leaf += 1) {
      if (cuboid.cellOf[leaf] !== cell) continue;
      observed[leaf] = 0;
      expected[leaf] = 0;
    }
  }
  return found;
}

/** Expected hits of every leaf in the later period. */
export function expectations({ before, after }: Cube, priorCases: number): Float64Array {
  if (!before.weight || !after.weight) return Float64Array.from(before.hits);
  const rate = total(before.hits) / Math.max(total(before.weight), Number.MIN_VALUE);
  return after.weight.map(
    (weight, leaf) =>
      (weight * ((before.hits[leaf] as number) + priorCases * rate)) / ((before.weight?.[leaf] as number) + priorCases),
  );
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

interface Sums {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
}
interface Candidate {
  readonly cuboid: Cuboid;
  readonly cell: number;
  readonly observed: number;
  readonly expected: number;
  readonly ratio: number;
}

function sumsOf({ cells, cellOf }: Cuboid, observed: Float64Array, expected: Float64Array): Sums {
  const sums = { observed: new Float64Array(cells), expected: new Float64Array(cells) };
  for (let leaf = 0; leaf < cellOf.length; leaf += 1) {
    const cell = cellOf[leaf] as number;
    sums.observed[cell] = (sums.observed[cell] as number) + (observed[leaf] as number);
    sums.expected[cell] = (sums.expected[cell] as number) + (expected[leaf] as number);
  }
  return sums;
}

/** K·ln(K/E) − (K − E) where K moved in the direction asked, else 0. What was not expected at all is measured against half a hit. */
export function likelihoodRatio(observed: number, expected: number, direction: "up" | "down"): number {
  const level = Math.max(expected, 0.5);
  if (direction === "up" ? observed <= level : observed >= expected) return 0;
  if (observed <= 0) return expected;
  return observed * Math.log(observed / level) - (observed - level);
}

function bestOf(
  cuboids: readonly Cuboid[],
  sums: readonly Sums[],
  direction: "up" | "down",
  nearBest: number,
): Candidate | null {
  const best = cuboids.map((cuboid, index) => bestCell(cuboid, sums[index] as Sums, direction));
  const top = Math.max(0, ...best.map((one) => one?.ratio ?? 0));
  const near = best.filter((one) => one !== null && one.ratio > 0 && one.ratio >= nearBest * top) as Candidate[];
  return near.sort((a, b) => a.cuboid.attributes.length - b.cuboid.attributes.length || b.ratio - a.ratio)[0] ?? null;
}

function bestCell(cuboid: Cuboid, { observed, expected }: Sums, direction: "up" | "down"): Candidate | null {
  let best: Candidate | null = null;
  for (let cell = 0; cell < cuboid.cells; cell += 1) {
    const [seen, awaited] = [observed[cell] as number, expected[cell] as number];
    // The ratio is at most K ln(K/E) upwards and E downwards: cells that cannot win are passed without a logarithm.
    if (direction === "up" ? seen <= awaited : awaited <= (best?.ratio ?? 0)) continue;
    const ratio = likelihoodRatio(seen, awaited, direction);
    if (ratio > (best?.ratio ?? 0)) best = { cuboid, cell, observed: seen, expected: awaited, ratio };
  }
  return best;
}

function widened(
  cuboids: readonly Cuboid[],
  sums: readonly Sums[],
  start: Candidate | null,
  direction: "up" | "down",
  options: ScanOptions,
): Candidate | null {
  if (!start || start.cuboid.attributes.length < 2) return start;
  const leaf = start.cuboid.sample[start.cell] as number;
  const parents = cuboids.flatMap((cuboid, index): Candidate[] => {
    if (cuboid.attributes.length !== start.cuboid.attributes.length - 1) return [];
    if (!cuboid.attributes.every((attribute) => start.cuboid.attributes.includes(attribute))) return [];
    const cell = cuboid.cellOf[leaf] as number;
    const [observed, expected] = [sums[index]?.observed[cell] as number, sums[index]?.expected[cell] as number];
    const parent = { cuboid, cell, observed, expected, ratio: likelihoodRatio(observed, expected, direction) };
    return movedToo(parent, start, direction, options) ? [parent] : [];
  });
  const widest = parents.sort((a, b) => b.ratio - a.ratio)[0];
  return widest ? widened(cuboids, sums, widest, direction, options) : start;
}

function movedToo(parent: Candidate, own: Candidate, direction: "up" | "down", options: ScanOptions): boolean {
  const [observed, expected] = [parent.observed - own.observed, parent.expected - own.expected];
  if (expected <= 0) return false;
  const moved = Math.abs(observed / expected - 1);
  const ownMoved = Math.abs(own.observed / Math.max(own.expected, 0.5) - 1);
  return moved >= options.widenShare * ownMoved && likelihoodRatio(observed, expected, direction) >= options.widenRatio;
}
