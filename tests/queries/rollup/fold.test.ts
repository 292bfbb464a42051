import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binOf } from "../../../src/kernel/duration-bins.ts";
import { dayOf } from "../../../src/queries/periods.ts";
import { HOUR, OWN } from "../../../src/queries/rollup/calendar.ts";
import type { Cuboid } from "../../../src/queries/rollup/cuboids.ts";
import { type Fold, Pass } from "../../../src/queries/rollup/fold.ts";
import { contains, planOf } from "../../../src/queries/rollup/fold-plan.ts";
import type { Stream } from "../../../src/queries/rollup/streams.ts";

const DIMENSIONS = ["market", "queue", "reason", "team"];
const WHOLE_HOURS = new Map([
  ["ID", "Asia/Jakarta"],
  ["US", "America/New_York"],
]);
const ZONES = new Map([...WHOLE_HOURS, ["IN", "Asia/Kolkata"]]);
/** The Sunday on which the clocks of New York go forward, 8 March 2026. */
const FIRST = 20_519;

/** Streams of one scan: all rows with an amount and durations; of some rows those for which a condition holds. */
const STREAMS = [
  stream("all", [
    { where: [], amount: null, power: 1 },
    { where: [], amount: "cost", power: 1 },
    { where: [], amount: "cost", power: 2 },
  ]),
  stream("some", [{ where: ["hit"], amount: null, power: 1 }]),
] as const;

function stream(id: string, slots: readonly object[]): Stream {
  const histograms = id === "all" ? [{ event: ["ended"], censored: ["waits"], seconds: "took" }] : [];
  const settled = id === "all" ? [] : ["settled"];
  const fact = { table: "mart.rows", alias: "r", where: null, joins: [], dimensions: {} };
  return { id, fact, on: "r.at", dimensions: DIMENSIONS, slots, histograms, settled } as unknown as Stream;
}

interface Row {
  readonly values: readonly (string | null)[];
  readonly second: number;
  readonly cents: number;
  readonly took: number;
  readonly ended: boolean;
  readonly isSettled: boolean;
  readonly hit: boolean;
}

const value = (names: readonly string[]) => fc.option(fc.constantFrom(...names), { freq: 8 });
const row: fc.Arbitrary<Row> = fc.record({
  values: fc.tuple(
    value([...ZONES.keys(), "??"]),
    value(["live", "video", "a\tb"]),
    value(["spam", "adult", "fake", "weapons"]),
    value(["jkt-1", "bkk-1"]),
  ),
  second: fc.integer({ min: (FIRST - 1) * 86_400, max: (FIRST + 3) * 86_400 }),
  cents: fc.integer({ min: 0, max: 90_000 }),
  took: fc.integer({ min: 0, max: 400 }),
  ended: fc.boolean(),
  isSettled: fc.boolean(),
  hit: fc.boolean(),
});

const escaped = (text: string | null): string => (text === null ? "\\N" : text.replace("\t", "\\t"));
/** As COPY writes it: values, second; for `all` a mask and two amounts; for `some` whether it belongs, and a mask. */
const lineOf = (one: Row): string =>
  [
    ...one.values.map(escaped),
    one.second,
    one.ended ? 1 : 2,
    (one.cents / 100).toFixed(2),
    one.took,
    one.isSettled ? 1 : 0,
    one.hit ? 1 : 0,
  ].join("\t");

const CALENDARS = [HOUR, OWN, "Asia/Singapore", "Asia/Kolkata"];
const sets = fc.uniqueArray(
  fc.record({ calendar: fc.constantFrom(...CALENDARS), dimensions: fc.subarray(DIMENSIONS), histograms: fc.boolean() }),
  { minLength: 1, maxLength: 12, selector: (one) => JSON.stringify(one) },
);
const cuboidsOf = (wanted: readonly Omit<Cuboid, "id">[]): Cuboid[] =>
  wanted.filter((one) => one.calendar !== OWN || one.dimensions.includes("market")).map((one, id) => ({ ...one, id }));

/** What each cell of a cuboid has, row by row. */
function expected(
  rows: readonly Row[],
  cuboids: readonly Cuboid[],
  zones: ReadonlyMap<string, string>,
  isSome: boolean,
): Map<string, number[]> {
  const cells = new Map<string, number[]>();
  for (const one of rows) {
    if (isSome && !one.isSettled) continue;
    const adds = isSome ? [one.hit ? 1 : 0] : [1, one.cents / 100, (one.cents / 100) ** 2];
    for (const cuboid of cuboids) {
      const time = timeOf(one, cuboid.calendar, zones);
      if (time === null) continue;
      const values = cuboid.dimensions.map((name) => one.values[DIMENSIONS.indexOf(name)] ?? null);
      const add = (part: string, numbers: readonly number[]): void => {
        const key = JSON.stringify([cuboid.id, time, values, part]);
        cells.set(
          key,
          numbers.map((number, at) => number + (cells.get(key)?.[at] ?? 0)),
        );
      };
      if (adds.some((number) => number !== 0)) add("numbers", adds);
      if (cuboid.histograms && !isSome) {
        add(`bin ${binOf(one.took)}`, one.ended ? [1, 0, one.took] : [0, 1, 0]);
      }
    }
  }
  return cells;
}

function timeOf({ second, values }: Row, calendar: string, zones: ReadonlyMap<string, string>): number | null {
  const isWithin = (day: number): boolean => day >= FIRST && day < FIRST + 2;
  if (calendar === HOUR) return isWithin(Math.floor(second / 86_400)) ? Math.floor(second / 3_600) : null;
  const zone = calendar === OWN ? zones.get(values[0] ?? "") : calendar;
  if (zone === undefined) return null;
  const day = Date.parse(`${dayOf(second * 1_000, zone)}T00:00Z`) / 86_400_000;
  return isWithin(day) ? day : null;
}

function found(fold: Fold): Map<string, number[]> {
  const cells = new Map<string, number[]>();
  for (const { cuboid, time, values, numbers, durations } of fold.groups()) {
    values.forEach((names, index) => {
      cells.set(JSON.stringify([cuboid.id, time, names, "numbers"]), [...(numbers[index] as Float64Array)]);
      for (const { bins, events, censored, seconds } of durations[index] ?? []) {
        bins.forEach((bin, at) => {
          const sums = [events[at], censored[at], seconds[at]] as number[];
          cells.set(JSON.stringify([cuboid.id, time, names, `bin ${bin}`]), sums);
        });
      }
    });
  }
  return cells;
}

describe("rows folded into cells", () => {
  it("every cell of every set and calendar is the sum of its rows, also where it is summed from hours or wider cells", () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        sets,
        fc.constantFrom(0, 1_000, 1_000_000),
        fc.constantFrom(ZONES, WHOLE_HOURS),
        (rows, wanted, rowsADay, zones) => {
          const cuboids = cuboidsOf(wanted);
          const pass = new Pass({
            targets: STREAMS.map((one) => ({ stream: one, cuboids })),
            zoned: { dimension: "market", zones },
            first: FIRST,
            end: FIRST + 2,
            rowsADay,
          });
          for (const one of rows) {
            const line = Buffer.from(lineOf(one));
            pass.push(line, 0, line.length);
          }
          STREAMS.forEach((_, at) => {
            const cells = found(pass.folds[at] as Fold);
            const wantedCells = expected(rows, cuboids, zones, at === 1);
            expect([...cells.keys()].sort()).toEqual([...wantedCells.keys()].sort());
            for (const [key, numbers] of wantedCells) {
              numbers.forEach((number, part) => {
                expect(cells.get(key)?.[part], key).toBeCloseTo(number, 6);
              });
            }
          });
          expect((pass.folds[1] as Fold).passedOver()).toBe(rows.filter(({ isSettled }) => !isSettled).length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("which sets rows are added to", () => {
  const pairs = Array.from({ length: 13 }, (_, a) =>
    Array.from({ length: 13 - a - 1 }, (__, b) => [a, a + b + 1]),
  ).flat();
  const options = { cardinalities: Array.from({ length: 13 }, () => 6), rowsADay: 250_000, hasWholeHours: () => true };
  const directOf = (calendar: string, more: Partial<typeof options> = {}) => {
    const plan = planOf(
      new Map([
        [HOUR, { numbers: [], bins: [] }],
        [calendar, { numbers: pairs, bins: [] }],
      ]),
      { ...options, ...more },
    );
    return plan.at(-1)?.numbers.direct ?? [];
  };

  it("the 78 pairs of thirteen dimensions are within fewer than thirty sets, and each is within one", () => {
    const direct = directOf("Asia/Singapore");
    expect(direct.length).toBeLessThan(30);
    for (const pair of pairs) expect(direct.some((set) => contains(set, pair))).toBe(true);
  });

  it("with few rows a day every pair stands for itself: wide sets would have as many cells as rows", () => {
    expect(directOf("Asia/Singapore", { rowsADay: 200 })).toHaveLength(78);
  });

  it("days that begin within an hour are not summed from hours", () => {
    const wanted = new Map([
      [HOUR, { numbers: [[0, 1]], bins: [[0]] }],
      ["Asia/Kolkata", { numbers: [[0]], bins: [[0]] }],
    ]);
    const [, ofWhole] = planOf(wanted, options);
    const [, ofHalf] = planOf(wanted, { ...options, hasWholeHours: () => false });
    expect([ofWhole?.numbers.direct, ofWhole?.numbers.fromHours, ofWhole?.bins.fromHours]).toEqual([
      [],
      [[0, 1]],
      [[0]],
    ]);
    expect([ofHalf?.numbers.direct, ofHalf?.numbers.fromHours, ofHalf?.bins.direct]).toEqual([[[0]], [], [[0]]]);
  });
});
