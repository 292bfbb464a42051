import { type Cube, leafCount, type Region } from "./cube.ts";
import { type Cuboid, cuboidsOf, regionOf } from "./cuboids.ts";

export interface DeviationOptions {
  readonly regionsMax: number;
  /** A region's mean deviation is at least so many times the spread of a leaf by chance. */
  readonly effectMin: number;
  /** … and its score at least so many times the best score in the other direction. */
  readonly mirrorMargin: number;
  /** Leaves' worth of the chance spread that a region's own spread is drawn to. */
  readonly priorLeaves: number;
}
export const DEVIATION_OPTIONS: DeviationOptions = {
  regionsMax: 30,
  effectMin: 1,
  mirrorMargin: 1.5,
  priorLeaves: 4,
};

export interface Deviating {
  readonly region: Region;
  readonly direction: "up" | "down";
  readonly observed: number;
  readonly expected: number;
  /** Log-likelihood ratio, less the logarithm of the number of cells that were compared with it. */
  readonly score: number;
}

/** A score below this is nothing, whatever the mirror says. */
const SCORE_MIN = 5;
/** Below this spread a deviation is rounding. */
const SPREAD_MIN = 0.01;
/** Median of |z| of a normal z. */
const NORMAL_MEDIAN = 0.6745;

/**
 * Which conjunctions moved a dense additive cube, where each leaf is an amount with noise of its own. The deviation d = 2(v − f)/(v + f) of
 * a cause's leaves is alike and off zero; by chance it is spread around zero. Each region's likelihood ratio of a mean of its own and a
 * spread not above that of chance is compared, the best is removed, and the scan goes on. How large a score chance gives is read off the
 * other direction, where the noise mirrors itself and the cause is absent (target and decoy, as in Barber and Candès 2015): the scan ends at
 * the first region that moved the other way, and what does not stand clear of it is dropped.
 */
export function deviationScan(cube: Cube, options: DeviationOptions = DEVIATION_OPTIONS): Deviating[] {
  const leaves = leavesOf(cube);
  const cuboids = cuboidsOf(cube, cube.attributes.length);
  const sums = cuboids.map((cuboid) => sumsOf(cuboid, leaves));
  const found: Deviating[] = [];
  let mirror = 0;
  while (found.length < options.regionsMax) {
    const best = bestOf(cuboids, sums, leaves.spread, options);
    if (!best) break;
    if (found[0] && best.direction !== found[0].direction) {
      mirror = best.score;
      break;
    }
    const own = takeOut(best, cuboids, sums, leaves);
    const amount = (hits: Float64Array): number => own.reduce((sum, leaf) => sum + (hits[leaf] as number), 0);
    found.push({
      region: regionOf(cube, best.cuboid, best.cell),
      direction: best.direction,
      observed: amount(cube.after.hits),
      expected: amount(cube.before.hits),
      score: best.score,
    });
  }
  return found.filter(({ score }) => score > options.mirrorMargin * mirror);
}

interface Leaves {
  readonly deviation: Float64Array;
  /** Leaves that are nothing in both periods, and those that a found region has taken, are out. */
  readonly isIn: Uint8Array;
  readonly spread: number;
}

function leavesOf(cube: Cube): Leaves {
  const count = leafCount(cube);
  const deviation = new Float64Array(count);
  const isIn = new Uint8Array(count);
  for (let leaf = 0; leaf < count; leaf += 1) {
    const [after, before] = [cube.after.hits[leaf] as number, cube.before.hits[leaf] as number];
    const size = Math.abs(after) + Math.abs(before);
    if (size === 0) continue;
    isIn[leaf] = 1;
    deviation[leaf] = (2 * (after - before)) / size;
  }
  return { deviation, isIn, spread: spreadOf(deviation) };
}

/** The spread by chance: that of the side which moved less, for the other side has the cause in it. */
function spreadOf(deviation: Float64Array): number {
  const medianOf = (side: Float64Array): number => side.sort()[side.length >> 1] ?? Number.POSITIVE_INFINITY;
  const [up, down] = [deviation.filter((d) => d > 0), deviation.filter((d) => d < 0).map((d) => -d)];
  const median = Math.min(medianOf(up), medianOf(down));
  return Math.max(SPREAD_MIN, Number.isFinite(median) ? median / NORMAL_MEDIAN : 0);
}

interface Sums {
  readonly leaves: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

function sumsOf({ cells, cellOf }: Cuboid, leaves: Leaves): Sums {
  const sums = {
    leaves: new Float64Array(cells),
    sum: new Float64Array(cells),
    squares: new Float64Array(cells),
  };
  for (let leaf = 0; leaf < cellOf.length; leaf += 1)
    if (leaves.isIn[leaf]) addLeaf(sums, cellOf[leaf] as number, leaves.deviation[leaf] as number, 1);
  return sums;
}

function addLeaf(sums: Sums, cell: number, deviation: number, sign: 1 | -1): void {
  sums.leaves[cell] = (sums.leaves[cell] as number) + sign;
  sums.sum[cell] = (sums.sum[cell] as number) + sign * deviation;
  sums.squares[cell] = (sums.squares[cell] as number) + sign * deviation * deviation;
}

interface Best {
  readonly cuboid: Cuboid;
  readonly cell: number;
  readonly direction: "up" | "down";
  readonly score: number;
}

function bestOf(
  cuboids: readonly Cuboid[],
  sums: readonly Sums[],
  spread: number,
  options: DeviationOptions,
): Best | null {
  let best: Best | null = null;
  cuboids.forEach((cuboid, index) => {
    const own = sums[index] as Sums;
    const compared = Math.log(cuboid.cells);
    for (let cell = 0; cell < cuboid.cells; cell += 1) {
      const n = own.leaves[cell] as number;
      const sum = own.sum[cell] as number;
      if (n === 0 || Math.abs(sum) < options.effectMin * spread * n) continue;
      const score = likelihoodRatio(n, sum, own.squares[cell] as number, spread, options.priorLeaves) - compared;
      if (score > (best?.score ?? SCORE_MIN)) best = { cuboid, cell, direction: sum > 0 ? "up" : "down", score };
    }
  });
  return best;
}

/** Of n normal deviations with a mean of their own, and a spread that is at most that of chance, against mean 0 and chance's spread. */
function likelihoodRatio(n: number, sum: number, squares: number, spread: number, priorLeaves: number): number {
  const variance = spread * spread;
  const within = Math.max(0, squares - (sum * sum) / n);
  const own = Math.min(variance, (within + priorLeaves * variance) / (n + priorLeaves));
  return (n / 2) * Math.log(variance / own) + squares / (2 * variance) - within / (2 * own);
}

/** Takes a region's leaves out of all sums; answers which they were. */
function takeOut({ cuboid, cell }: Best, cuboids: readonly Cuboid[], sums: readonly Sums[], leaves: Leaves): number[] {
  const own: number[] = [];
  for (let leaf = 0; leaf < cuboid.cellOf.length; leaf += 1)
    if (leaves.isIn[leaf] && cuboid.cellOf[leaf] === cell) own.push(leaf);
  cuboids.forEach(({ cellOf }, index) => {
    for (const leaf of own) addLeaf(sums[index] as Sums, cellOf[leaf] as number, leaves.deviation[leaf] as number, -1);
  });
  for (const leaf of own) leaves.isIn[leaf] = 0;
  return own;
}
