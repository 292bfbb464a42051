import { type Cube, leafCount, type Region } from "../../../src/insights/drivers/cube.ts";
import { type Cuboid, cuboidsOf, regionOf } from "../../../src/insights/drivers/cuboids.ts";

export interface RiskOptions {
  /** A region is named when its high risk minus its low risk reaches this. */
  readonly riskMin: number;
  /** … and it explains this share of what the abnormal leaves explain together. */
  readonly powerMin: number;
  /** So many extreme deviations on either side are no sign of the side's reach. */
  readonly outliers: number;
}
export const RISK_OPTIONS: RiskOptions = { riskMin: 0.5, powerMin: 0.02, outliers: 5 };

export interface Risky {
  readonly region: Region;
  readonly direction: "up" | "down";
  readonly observed: number;
  readonly expected: number;
  readonly risk: number;
}

/**
 * Which conjunctions moved a dense additive cube: RiskLoc (Kalander 2022). Leaves are parted by the deviation 2(f − v)/(f + v): the reach of the side without
 * the incident, mirrored, is the border of the normal ones. A region's risk is the weight of its abnormal leaves against its normal ones,
 * less how unevenly its leaves moved (a cause moves its leaves alike). Shallow regions first; what is found is removed, and the search goes on.
 */
export function weightedRisk(cube: Cube, options: RiskOptions = RISK_OPTIONS): Risky[] {
  const leaves = leavesOf(cube, options.outliers);
  const cuboids = cuboidsOf(cube, cube.attributes.length);
  const sums = cuboids.map((cuboid) => sumsOf(cuboid, leaves));
  const threshold = leaves.abnormalPower * options.powerMin;
  let remaining = leaves.abnormalPower;
  const found: Risky[] = [];
  while (remaining >= threshold && remaining > 0) {
    const best = search(cuboids, sums, leaves, threshold, options.riskMin);
    if (!best) break;
    const { cuboid, cell, risk } = best;
    const own = members(cuboid, cell, leaves);
    const observed = own.reduce((sum, leaf) => sum + (leaves.real[leaf] as number), 0);
    const expected = own.reduce((sum, leaf) => sum + (leaves.forecast[leaf] as number), 0);
    const direction = observed >= expected ? "up" : "down";
    found.push({ region: regionOf(cube, cuboid, cell), direction, observed, expected, risk });
    for (const leaf of own) remaining -= leaves.abnormal[leaf] ? (leaves.power[leaf] as number) : 0;
    remove(own, cuboids, sums, leaves);
  }
  return found;
}

interface Leaves {
  readonly real: Float64Array;
  readonly forecast: Float64Array;
  readonly deviation: Float64Array;
  readonly weight: Float64Array;
  readonly power: Float64Array;
  readonly abnormal: Uint8Array;
  /** Set to 0 once a found region has taken the leaf. */
  readonly alive: Uint8Array;
  readonly abnormalPower: number;
}

function leavesOf(cube: Cube, outliers: number): Leaves {
  const count = leafCount(cube);
  const [real, forecast] = [cube.after.hits, cube.before.hits];
  const deviation = real.map((value, leaf) => deviationOf(value, forecast[leaf] as number));
  const border = borderOf(deviation, outliers);
  const abnormal = new Uint8Array(count);
  const weight = new Float64Array(count);
  for (let leaf = 0; leaf < count; leaf += 1) {
    const own = deviation[leaf] as number;
    abnormal[leaf] = (border >= 0 && !Object.is(border, -0) ? own > border : own < border) ? 1 : 0;
    const isEmpty = real[leaf] === 0 && forecast[leaf] === 0;
    weight[leaf] = Math.min(1, abnormal[leaf] ? Math.abs(own) : isEmpty ? 0 : Math.abs(border - own));
  }
  const power = real.map((value, leaf) => value - (forecast[leaf] as number));
  const abnormalPower = power.reduce((sum, value, leaf) => sum + (abnormal[leaf] ? value : 0), 0);
  return {
    real,
    forecast,
    deviation,
    weight,
    power: abnormalPower < 0 ? power.map((value) => -value) : power,
    abnormal,
    alive: new Uint8Array(count).fill(1),
    abnormalPower: Math.abs(abnormalPower),
  };
}

const deviationOf = (real: number, forecast: number): number =>
  real + forecast === 0 ? 0 : (2 * (forecast - real)) / (forecast + real);

/** Mirrors the reach of the side that reaches less far, a few extreme values set aside. */
function borderOf(deviation: Float64Array, outliers: number): number {
  const distinct = Float64Array.from(new Set(deviation)).sort();
  const at = Math.min(outliers, distinct.length - 1);
  const [low, high] = [distinct[at] ?? 0, distinct[distinct.length - 1 - at] ?? 0];
  return -(Math.abs(low) <= Math.abs(high) ? low : high);
}

interface Sums {
  readonly power: Float64Array;
  readonly abnormal: Int32Array;
  readonly abnormalWeight: Float64Array;
  readonly normalWeight: Float64Array;
}

function sumsOf({ cells, cellOf }: Cuboid, leaves: Leaves): Sums {
  const sums: Sums = {
    power: new Float64Array(cells),
    abnormal: new Int32Array(cells),
    abnormalWeight: new Float64Array(cells),
    normalWeight: new Float64Array(cells),
  };
  for (let leaf = 0; leaf < cellOf.length; leaf += 1) addLeaf(sums, cellOf[leaf] as number, leaf, leaves, 1);
  return sums;
}

function addLeaf(sums: Sums, cell: number, leaf: number, leaves: Leaves, sign: 1 | -1): void {
  const isAbnormal = leaves.abnormal[leaf] as number;
  const weights = isAbnormal ? sums.abnormalWeight : sums.normalWeight;
  weights[cell] = (weights[cell] as number) + sign * (leaves.weight[leaf] as number);
  sums.power[cell] = (sums.power[cell] as number) + sign * (leaves.power[leaf] as number);
  sums.abnormal[cell] = (sums.abnormal[cell] as number) + sign * isAbnormal;
}

interface Best {
  readonly cuboid: Cuboid;
  readonly cell: number;
  readonly power: number;
  readonly risk: number;
}

/** The region of the fewest attributes that is risky; of those the one with the largest explanatory power. */
function search(
  cuboids: readonly Cuboid[],
  sums: readonly Sums[],
  leaves: Leaves,
  threshold: number,
  riskMin: number,
): Best | null {
  let best: Best | null = null;
  for (const [index, cuboid] of cuboids.entries()) {
    if (best && cuboid.attributes.length > best.cuboid.attributes.length) return best;
    const powerMin: number = Math.max(threshold, best?.power ?? 0);
    best = riskiest(cuboid, sums[index] as Sums, leaves, powerMin, riskMin) ?? best;
  }
  return best;
}

function riskiest(cuboid: Cuboid, sums: Sums, leaves: Leaves, powerMin: number, riskMin: number): Best | null {
  for (const cell of promising(sums, powerMin, riskMin)) {
    const risk = highRisk(sums, cell) - lowRisk(members(cuboid, cell, leaves), leaves);
    if (risk >= riskMin) return { cuboid, cell, power: sums.power[cell] as number, risk };
  }
  return null;
}

/** Cells that explain enough and whose high risk alone suffices (low risk only takes away), the most powerful first. */
function promising(sums: Sums, powerMin: number, riskMin: number): number[] {
  const cells: number[] = [];
  for (let cell = 0; cell < sums.power.length; cell += 1)
    if (
      (sums.abnormal[cell] as number) > 0 &&
      (sums.power[cell] as number) > powerMin &&
      highRisk(sums, cell) >= riskMin
    )
      cells.push(cell);
  return cells.sort((a, b) => (sums.power[b] as number) - (sums.power[a] as number));
}

function highRisk(sums: Sums, cell: number): number {
  const abnormal = sums.abnormalWeight[cell] as number;
  return abnormal / (abnormal + (sums.normalWeight[cell] as number) + 1);
}

/** How far the leaves are from having moved alike, against how far they moved: 0 = all by the same factor. */
function lowRisk(members: readonly number[], leaves: Leaves): number {
  const own = members.filter((leaf) => leaves.real[leaf] !== 0 && leaves.forecast[leaf] !== 0);
  if (own.length === 0) return 0;
  const total = (values: Float64Array): number => own.reduce((sum, leaf) => sum + (values[leaf] as number), 0);
  const [real, forecast] = [total(leaves.real), total(leaves.forecast)];
  let [uneven, moved] = [0, 0];
  for (const leaf of own) {
    // In the order of the published code: a risk of exactly one half decides, and rounding decides about that.
    const alike = ((leaves.forecast[leaf] as number) * real) / forecast;
    uneven += Math.abs(deviationOf(leaves.real[leaf] as number, alike));
    moved += Math.abs(leaves.deviation[leaf] as number);
  }
  return moved === 0 ? 0 : uneven / moved;
}

function members({ cellOf }: Cuboid, cell: number, { alive }: Leaves): number[] {
  const own: number[] = [];
  for (let leaf = 0; leaf < cellOf.length; leaf += 1) if (cellOf[leaf] === cell && alive[leaf]) own.push(leaf);
  return own;
}

function remove(own: readonly number[], cuboids: readonly Cuboid[], sums: readonly Sums[], leaves: Leaves): void {
  cuboids.forEach((cuboid, index) => {
    for (const leaf of own) addLeaf(sums[index] as Sums, cuboid.cellOf[leaf] as number, leaf, leaves, -1);
  });
  for (const leaf of own) leaves.alive[leaf] = 0;
}
