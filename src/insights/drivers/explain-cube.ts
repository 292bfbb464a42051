import { type Cube, leafCount, type Region, regionHolds, whereOf } from "./cube.ts";
import { type Decomposition, decomposeCount, decomposeRate, type Effect, type Segment } from "./decompose.ts";
import { dispersionOf } from "./dispersion.ts";
import { expectations, SCAN_OPTIONS } from "./likelihood-scan.ts";
import { type Localisation, type Located, locate } from "./locate.ts";
import { type SegmentTest, segmentTests, separation } from "./segment-tests.ts";
import { mostTelling } from "./telling.ts";

/** One part of the change with its two sides and its test. */
export interface Part extends Effect, SegmentTest {
  readonly segment: Segment;
}
export interface RegionPart extends Part {
  readonly where: Readonly<Record<string, string>>;
  readonly region: Region;
  readonly direction: "up" | "down";
  readonly score: number;
}
/** One attribute: every value's part of the change. */
export interface Split {
  readonly attribute: string;
  readonly decomposition: Decomposition;
  readonly separation: number;
  readonly parts: readonly Part[];
}
export interface Explanation {
  readonly isRate: boolean;
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** Of the whole. */
  readonly test: SegmentTest;
  readonly method: Localisation["method"];
  /** Disjoint (a later one without the leaves of those before it), with the change's direction, strongest first. */
  readonly segments: readonly RegionPart[];
  /** What moved the other way. */
  readonly against: readonly RegionPart[];
  /** All other leaves. Segments, against and rest add up to the change exactly. */
  readonly rest: Part;
  /** Σ effect of `segments`. */
  readonly explained: number;
  /** Every attribute, the one worth telling first. */
  readonly splits: readonly Split[];
}

/** A part is called real when its adjusted p is below this. */
export const REAL_BELOW = 0.05;

/** What moved a number between two periods: the conjunctions that moved, the exact parts of the change, a test for each. Null: a period is empty. */
export function explainCube(cube: Cube): Explanation | null {
  const isRate = cube.after.weight !== null;
  const dispersion = dispersionOf(cube.after.hits, expectations(cube, SCAN_OPTIONS.priorCases));
  const everything = segmentOver(cube, "all", () => true);
  const whole = decompose([everything], isRate);
  if (!whole) return null;
  const [test = { p: 1, q: 1 }] = segmentTests([everything], isRate, dispersion);
  const { method, regions: located } = locate(cube);
  const main = mainDirection(whole.change, test, located);
  // What moved the other way is worth a word only where it is no noise; the rest takes it up otherwise.
  const tried = partsOf(cube, located, isRate, dispersion).parts;
  const regions = located.filter((one, at) => one.direction === main || (tried[at]?.q ?? 1) < REAL_BELOW);
  const { parts, rest } = partsOf(cube, regions, isRate, dispersion);
  const segments = parts.filter(({ direction }) => direction === main);
  return {
    isRate,
    before: whole.before,
    after: whole.after,
    change: whole.change,
    test,
    method,
    segments,
    against: parts.filter(({ direction }) => direction !== main),
    rest,
    explained: segments.reduce((sum, { total }) => sum + total, 0),
    splits: splitsOf(cube, isRate, dispersion),
  };
}

/** The change's own direction; where the whole did not surely change, that of the strongest region. */
function mainDirection(change: number, test: SegmentTest, regions: readonly Located[]): "up" | "down" {
  const own = change >= 0 ? "up" : "down";
  return test.p > 0.05 ? (regions[0]?.direction ?? own) : own;
}

const decompose = (segments: readonly Segment[], isRate: boolean): Decomposition | null =>
  isRate ? decomposeRate(segments) : decomposeCount(segments);

/** The regions as disjoint parts, and the rest. */
function partsOf(
  cube: Cube,
  regions: readonly Located[],
  isRate: boolean,
  dispersion: number,
): { readonly parts: readonly RegionPart[]; readonly rest: Part } {
  const owner = ownersOf(cube, regions);
  const segments = [...regions, null].map((_, at) =>
    segmentOver(cube, String(at), (leaf) => owner[leaf] === (at === regions.length ? -1 : at)),
  );
  const tests = segmentTests(segments, isRate, dispersion);
  const effects = new Map(decompose(segments, isRate)?.effects.map((effect) => [effect.name, effect]));
  const part = (at: number): Part => ({
    ...(effects.get(String(at)) as Effect),
    ...(tests[at] as SegmentTest),
    segment: segments[at] as Segment,
  });
  const parts = regions.map(({ region, direction, score }, at) => ({
    ...part(at),
    where: whereOf(cube, region),
    region,
    direction,
    score,
  }));
  return { parts, rest: part(regions.length) };
}

/** owner[leaf] = the first region that holds it, −1 = none. */
function ownersOf(cube: Cube, regions: readonly Located[]): Int32Array {
  const owner = new Int32Array(leafCount(cube)).fill(-1);
  for (let leaf = 0; leaf < owner.length; leaf += 1)
    owner[leaf] = regions.findIndex(({ region }) => regionHolds(cube, region, leaf));
  return owner;
}

function splitsOf(cube: Cube, isRate: boolean, dispersion: number): Split[] {
  const splits = cube.attributes.flatMap(({ name }, attribute): Split[] => {
    const segments = segmentsAlong(cube, attribute);
    const decomposition = decompose(segments, isRate);
    if (segments.length < 2 || !decomposition) return [];
    const tests = new Map(segmentTests(segments, isRate, dispersion).map((test, at) => [segments[at]?.name, test]));
    const byName = new Map(segments.map((segment) => [segment.name, segment]));
    const parts = decomposition.effects.map((effect) => ({
      ...effect,
      ...(tests.get(effect.name) as SegmentTest),
      segment: byName.get(effect.name) as Segment,
    }));
    return [{ attribute: name, decomposition, parts, separation: separation(segments, isRate, dispersion) }];
  });
  const best = mostTelling(splits);
  return best ? [best, ...splits.filter((split) => split !== best)] : splits;
}

function segmentsAlong(cube: Cube, attribute: number): Segment[] {
  const codes = cube.codes[attribute] as Int32Array;
  const values = cube.attributes[attribute]?.values ?? [];
  const sums = values.map(() => ({ before: { hits: 0, weight: 0 }, after: { hits: 0, weight: 0 } }));
  for (let leaf = 0; leaf < codes.length; leaf += 1) {
    const own = sums[codes[leaf] as number];
    if (own) addLeaf(own, cube, leaf);
  }
  return values.map((name, at) => ({ name, ...(sums[at] as Sides) }));
}

interface Sides {
  readonly before: { hits: number; weight: number };
  readonly after: { hits: number; weight: number };
}

function segmentOver(cube: Cube, name: string, holds: (leaf: number) => boolean): Segment {
  const sides: Sides = { before: { hits: 0, weight: 0 }, after: { hits: 0, weight: 0 } };
  for (let leaf = 0; leaf < leafCount(cube); leaf += 1) if (holds(leaf)) addLeaf(sides, cube, leaf);
  return { name, ...sides };
}

function addLeaf(sides: Sides, cube: Cube, leaf: number): void {
  for (const period of ["before", "after"] as const) {
    sides[period].hits += cube[period].hits[leaf] as number;
    sides[period].weight += cube[period].weight?.[leaf] ?? 0;
  }
}
