import type { Cube } from "../../src/insights/drivers/cube.ts";
import { type Random, randomOf } from "./random.ts";
import { labelOf } from "./root-causes.ts";

/** A dense additive cube with planted causes. */
export interface Instance {
  readonly cube: Cube;
  /** See `labelOf`. */
  readonly truth: readonly string[];
}

interface World {
  readonly sizes: readonly number[];
  readonly noiseMax: number;
  /** Share by which a cause's leaves fall: from, to, and by how much they may differ. */
  readonly severity: readonly [number, number];
  readonly deviationMax: number;
  readonly causesMax: number;
  readonly elementsMax: number;
  /** Every cause names all attributes. */
  readonly deepest: boolean;
}

/** The sets S and L of the paper: five attributes with causes of any depth, four with causes of single leaves. */
export const WORLDS: Readonly<Record<"S" | "L", World>> = {
  S: {
    sizes: [10, 12, 10, 8, 5],
    noiseMax: 0.25,
    severity: [0.2, 1],
    deviationMax: 0.1,
    causesMax: 3,
    elementsMax: 3,
    deepest: false,
  },
  L: {
    sizes: [10, 24, 10, 15],
    noiseMax: 0.1,
    severity: [0.5, 1],
    deviationMax: 0,
    causesMax: 5,
    elementsMax: 1,
    deepest: true,
  },
};

interface Cause {
  /** Attributes by their place. */
  readonly at: readonly number[];
  /** One list of values a segment, beside `at`. */
  readonly elements: readonly (readonly number[])[];
  readonly severity: number;
  readonly deviation: number;
}

/**
 * An instance as the paper describes them (Kalander 2022, section 5.1): Weibull amounts, a share of empty leaves, forecasts with relative normal
 * errors that fall on either side alike, and causes whose leaves fall short of their forecast by a common share. Written anew, with our own
 * random numbers: not the published instances.
 */
export function instanceOf(set: "S" | "L", seed: number): Instance {
  const random = randomOf(seed);
  const world = WORLDS[set];
  const noise = between(random, 0, world.noiseMax);
  const { real, forecast } = amountsOf(world, noise, random);
  const causes: Cause[] = [];
  const count = whole(random, 1, world.causesMax);
  while (causes.length < count) {
    const cause = drawCause(world, noise, causes, real, random);
    if (cause) causes.push(cause);
  }
  plant(world, causes, real, forecast, random);
  return {
    cube: cubeOf(world, forecast, real),
    truth: causes.flatMap(({ at, elements }) =>
      elements.map((values) =>
        labelOf(Object.fromEntries(at.map((place, index) => [nameOf(place), valueNameOf(place, values[index] ?? 0)]))),
      ),
    ),
  };
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();
const whole = (random: Random, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random.uniform());
const nameOf = (place: number): string => "abcdef"[place] ?? "";
const valueNameOf = (place: number, value: number): string => `${nameOf(place)}${value + 1}`;
const leavesOf = ({ sizes }: World): number => sizes.reduce((all, size) => all * size, 1);

function amountsOf(world: World, noise: number, random: Random): { real: Float64Array; forecast: Float64Array } {
  const leaves = leavesOf(world);
  const [shape, empty] = [between(random, 0.5, 1), between(random, 0, 0.25)];
  const real = new Float64Array(leaves);
  const forecast = new Float64Array(leaves);
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const amount = random.uniform() < empty ? 0 : 100 * (-Math.log(1 - random.uniform())) ** (1 / shape);
    const other = amount + amount * noise * random.normal();
    const isSwapped = random.uniform() < 0.5;
    real[leaf] = isSwapped ? other : amount;
    forecast[leaf] = Math.max(0, isSwapped ? amount : other);
  }
  return { real, forecast };
}

/** Null where the draw would overlap with another cause, repeat its attributes or fall on an empty leaf. */
function drawCause(
  world: World,
  noise: number,
  known: readonly Cause[],
  real: Float64Array,
  random: Random,
): Cause | null {
  const depth = world.deepest ? world.sizes.length : whole(random, 1, world.sizes.length);
  const at = shuffled(
    world.sizes.map((_, place) => place),
    random,
  )
    .slice(0, depth)
    .sort((a, b) => a - b);
  const isDeepest = depth === world.sizes.length;
  if (!isDeepest && known.some((other) => other.at.join() === at.join())) return null;
  const count = whole(random, 1, world.elementsMax);
  const free = at.map((place) => {
    const used = new Set(
      known.flatMap((other) => other.elements.flatMap((values) => values[other.at.indexOf(place)] ?? [])),
    );
    return Array.from({ length: world.sizes[place] ?? 0 }, (_, value) => value).filter((value) => !used.has(value));
  });
  if (free.some((values) => values.length === 0)) return null;
  const elements = Array.from({ length: count }, () =>
    free.map((values) => values[Math.floor(values.length * random.uniform())] ?? 0),
  );
  if (new Set(elements.map((values) => values.join())).size < count) return null;
  if (isDeepest && elements.some((values) => real[leafAt(world, values)] === 0)) return null;
  const severity = between(random, ...world.severity) + noise;
  return { at, elements, severity, deviation: between(random, 0, world.deviationMax) };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(left.length * random.uniform()), 1)[0] as T);
}

const leafAt = ({ sizes }: World, values: readonly number[]): number =>
  values.reduce((leaf, value, place) => leaf * (sizes[place] ?? 1) + value, 0);

/** The causes move the way in which the noise as a whole already leans, so that it does not hide them. */
function plant(
  world: World,
  causes: readonly Cause[],
  real: Float64Array,
  forecast: Float64Array,
  random: Random,
): void {
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
  const [moved, base] = sum(real) > sum(forecast) ? [forecast, real] : [real, forecast];
  for (const { at, elements, severity, deviation } of causes) {
    for (let leaf = 0; leaf < real.length; leaf += 1) {
      const values = valuesOf(world, leaf);
      if (!elements.some((own) => at.every((place, index) => values[place] === own[index]))) continue;
      const share = severity + deviation * random.normal();
      moved[leaf] = Math.max(0, (base[leaf] as number) * (1 - share));
    }
  }
}

function valuesOf({ sizes }: World, leaf: number): number[] {
  const values: number[] = [];
  let rest = leaf;
  for (const size of [...sizes].reverse()) {
    values.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return values;
}

function cubeOf(world: World, before: Float64Array, after: Float64Array): Cube {
  const codes = world.sizes.map(() => new Int32Array(before.length));
  for (let leaf = 0; leaf < before.length; leaf += 1)
    valuesOf(world, leaf).forEach((value, place) => {
      (codes[place] as Int32Array)[leaf] = value;
    });
  return {
    attributes: world.sizes.map((size, place) => ({
      name: nameOf(place),
      values: Array.from({ length: size }, (_, value) => valueNameOf(place, value)),
    })),
    codes,
    before: { hits: before, weight: null },
    after: { hits: after, weight: null },
  };
}
