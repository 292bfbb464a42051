import { type Cube, type CubeSide, leafCount, type Region } from "./cube.ts";
import { deviationScan } from "./deviation-scan.ts";
import { dispersionOf } from "./dispersion.ts";
import { expectations, likelihoodScan, SCAN_OPTIONS } from "./likelihood-scan.ts";

export interface Located {
  readonly region: Region;
  readonly direction: "up" | "down";
  /** Strength within its method; the first of a list is the strongest. */
  readonly score: number;
}
export interface Localisation {
  readonly method: "likelihood scan" | "deviation scan";
  readonly regions: readonly Located[];
}

/** A cube is dense when it has no denominators, at least so many leaves, and this share of all combinations occurs. */
const DENSE_LEAVES_MIN = 1_000;
const DENSE_SHARE_MIN = 0.5;
/** Cells of all cuboids together that a scan may touch. */
const WORK_MAX = 60_000_000;

/**
 * The conjunctions that moved a cube, strongest first. Rates and sparse counts: likelihood scan, upwards and downwards. Dense additive cubes
 * (see `isDense`), where every leaf has noise of its own: deviation scan.
 */
export function locate(cube: Cube): Localisation {
  if (isDense(cube)) {
    const regions = deviationScan(cube).map(({ region, direction, score }) => ({ region, direction, score }));
    return { method: "deviation scan", regions };
  }
  const scaled = inUnits(cube);
  const options = { ...SCAN_OPTIONS, depth: depthOf(cube) };
  const regions = (["up", "down"] as const)
    .flatMap((direction) => likelihoodScan(scaled, direction, options))
    .map(({ region, direction, ratio }) => ({ region, direction, score: ratio }))
    .sort((a, b) => b.score - a.score);
  return { method: "likelihood scan", regions };
}

/** Without denominators, large, and with most combinations of values present. */
export function isDense(cube: Cube): boolean {
  const combinations = cube.attributes.reduce((all, { values }) => all * values.length, 1);
  const leaves = leafCount(cube);
  return cube.after.weight === null && leaves >= DENSE_LEAVES_MIN && leaves >= DENSE_SHARE_MIN * combinations;
}

/** Hits in units that vary like Poisson counts; counts out of a total are so already. */
function inUnits(cube: Cube): Cube {
  const unit = unitOf(cube);
  if (unit === 1) return cube;
  const scaled = ({ hits, weight }: CubeSide): CubeSide => ({ hits: hits.map((value) => value / unit), weight });
  return { ...cube, before: scaled(cube.before), after: scaled(cube.after) };
}

function unitOf(cube: Cube): number {
  const { hits, weight } = cube.after;
  const isShare = weight !== null && hits.every((value, leaf) => value <= (weight[leaf] as number));
  return isShare ? 1 : dispersionOf(hits, expectations(cube, SCAN_OPTIONS.priorCases));
}

/** As many attributes in a region as the work allows. */
function depthOf(cube: Cube): number {
  const n = cube.attributes.length;
  let [cuboids, choose, depth] = [0, 1, 0];
  while (depth < Math.min(n, SCAN_OPTIONS.depth)) {
    choose = (choose * (n - depth)) / (depth + 1);
    cuboids += choose;
    if (depth > 0 && cuboids * leafCount(cube) > WORK_MAX) break;
    depth += 1;
  }
  return Math.max(1, depth);
}
