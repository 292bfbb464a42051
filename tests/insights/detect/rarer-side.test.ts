import { expect, it } from "vitest";
import { type ScanSeries, scan } from "../../../src/insights/detect/scan.ts";
import { uniforms } from "./worlds.ts";

const AT = 149;
const PARTS = [0.95, 0.85, 0.6] as const;

/** A whole of three parts with different shares of hits, whose mixture swings by 30 % from day to day. */
function family(seed: number, dip: (part: number, t: number) => number): ScanSeries[] {
  const uniform = uniforms(seed);
  const days = Array.from({ length: AT + 1 }, (_, t) => new Date(Date.UTC(2026, 0, 1 + t)).toISOString().slice(0, 10));
  const parts = PARTS.map((share, part) => {
    const cases = days.map(() => Math.round((part === 1 ? 20 : 150) * (0.7 + 0.6 * uniform())));
    const hits = cases.map((n, t) => binomial(n, share * dip(part, t), uniform));
    return series(`part ${part}`, "whole", days, hits, cases);
  });
  const sum = (of: (one: ScanSeries) => readonly (number | null)[]): number[] =>
    days.map((_, t) => parts.reduce((total, one) => total + (of(one)[t] ?? 0), 0));
  const cases = sum(({ denominators }) => denominators ?? []);
  return [
    series(
      "whole",
      null,
      days,
      sum(({ values }) => values),
      cases,
    ),
    ...parts,
  ];
}

const series = (
  id: string,
  parent: string | null,
  days: string[],
  values: number[],
  denominators: number[],
): ScanSeries => ({
  id,
  parent,
  kind: "rate",
  days,
  values,
  denominators,
  masked: days.map(() => false),
  calendar: days.map(() => null),
});
const binomial = (n: number, share: number, uniform: () => number): number =>
  Array.from({ length: n }, () => (uniform() < share ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0);
const missesOf = (one: ScanSeries): ScanSeries => ({
  ...one,
  values: one.values.map((hits, t) => (one.denominators?.[t] ?? 0) - (hits ?? 0)),
});

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

it("speaks no more often than one world in twenty while nothing happens", () => {
  const loud = seeds(100, 80).filter(
    (seed) =>
      scan(
        family(seed, () => 1),
        { at: AT },
      ).length > 0,
  );
  expect(loud.length).toBeLessThanOrEqual(4);
});

/** Half of the misses of the first and the last part. */
const BETTER = [0.975 / 0.95, 1, 0.8 / 0.6] as const;

it("leaves a part alone that is all hits or none, whatever the others do", () => {
  for (const seed of seeds(200, 10)) {
    const [whole, ...parts] = family(seed, (part, t) => (part === 1 ? 0 : t > AT - 20 ? (BETTER[part] ?? 1) : 1)) as [
      ScanSeries,
      ...ScanSeries[],
    ];
    const found = scan([whole, ...parts], { at: AT, minEffect: 0.01 });
    expect(found.filter(({ id }) => id === "part 1")).toEqual([]);
  }
});

it("tells the same of hits and of misses, the other way round", () => {
  const world = family(7, (part, t) => (part === 0 && t >= AT - 4 ? 0.8 : 1));
  const [hits, misses] = [scan(world, { at: AT, minEffect: 0 }), scan(world.map(missesOf), { at: AT, minEffect: 0 })];
  expect(hits.length).toBeGreaterThan(0);
  expect(misses).toHaveLength(hits.length);
  for (const [index, one] of hits.entries()) {
    const other = misses[index];
    expect(other).toMatchObject({ id: one.id, from: one.from, to: one.to, p: one.p, q: one.q });
    expect(other?.direction).not.toBe(one.direction);
    expect(other?.value).toBeCloseTo(1 - one.value, 12);
    expect(other?.low).toBeCloseTo(1 - one.high, 12);
  }
});

it("a feast of a month keeps its weekdays: late Mondays stay usual, also when all days are better", () => {
  const uniform = uniforms(3);
  const days = Array.from({ length: AT + 1 }, (_, t) => new Date(Date.UTC(2026, 0, 5 + t)).toISOString().slice(0, 10));
  const monday = AT - (AT % 7);
  const cases = days.map(() => 50);
  const hits = days.map((_, t) => binomial(50, 1 - (t % 7 === 0 ? 0.35 : 0.05) * (t > AT - 28 ? 0.68 : 1), uniform));
  const feast = {
    ...series("sla", null, days, hits, cases),
    calendar: days.map((_, t) => (t > AT - 28 ? "holiday: Ramadan" : null)),
  };
  expect(scan([feast], { at: monday })).toEqual([]);
});
