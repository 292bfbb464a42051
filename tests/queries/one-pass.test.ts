import { afterAll, beforeAll, expect, test } from "vitest";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import { createMeasure, measureOn } from "../../src/queries/create-measure.ts";
import { type Engine, postgresEngine } from "../../src/queries/engine.ts";
import { type Measurement, onePass } from "../../src/queries/measure.ts";
import { DEMO_NOW, demoDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
beforeAll(async () => {
  database = await demoDatabase();
}, 120_000);
afterAll(() => database.end());

const context = { catalog, now: DEMO_NOW, zone: "Asia/Singapore", asParts: true } as const;
const questionOf = (metric: string): Question => {
  const isMoment = catalog.metrics.get(metric)?.moment === true;
  return isMoment
    ? {
        ...blank("metric"),
        metrics: [metric],
        options: { at: "2026-03-17T10:05+08:00" },
        compare: { at: "2026-03-10T10:05+08:00" },
      }
    : {
        ...blank("metric"),
        metrics: [metric],
        filters: catalog.metrics.get(metric)?.dimensions.includes("market") ? { market: ["ID", "VN"] } : {},
        period: { from: "2026-02-01", to: "2026-03-01" },
        compare: { from: "2026-01-01", to: "2026-02-01" },
      };
};
const setsOf = (metric: string): string[][] => {
  const dimensions = catalog.metrics.get(metric)?.dimensions ?? [];
  return [[], ...dimensions.filter((id) => !catalog.dimensions.get(id)?.private).map((id) => [id])];
};
const rowsOf = ({ rows, compare }: Measurement) => ({ rows, compare });

test("of every metric the splits of one pass say what each says alone", async () => {
  const measure = createMeasure(database.reader);
  for (const [metric, { shows, grains }] of catalog.metrics) {
    if (shows.length > 0 || (!grains.includes("day") && catalog.metrics.get(metric)?.moment !== true)) continue;
    const sets = setsOf(metric);
    const pass = onePass(sets);
    const question = questionOf(metric);
    const inPass = await Promise.all(sets.map((by) => measure({ ...question, by }, { ...context, pass })));
    for (const [at, by] of sets.entries()) {
      const [own, alone] = [inPass[at], await measure({ ...question, by }, context)];
      if (!own?.ok || !alone.ok) throw new Error(`${metric} by ${by}: ${JSON.stringify([own, alone])}`);
      expect(rowsOf(own.value), `${metric} by ${by.join()}`).toEqual(nearly(rowsOf(alone.value)));
    }
  }
}, 240_000);

test("splits that read the same rows are one statement a period, those that join another table another", async () => {
  let statements = 0;
  const real = postgresEngine(database.reader);
  const counting: Engine = {
    dialect: "postgres",
    run: (text) => {
      statements += 1;
      return real.run(text);
    },
  };
  const statementsOf = async (metric: string, filters = {}): Promise<number> => {
    statements = 0;
    const sets = setsOf(metric);
    const pass = onePass(sets);
    await Promise.all(
      sets.map((by) => measureOn(counting)({ ...questionOf(metric), filters, by }, { ...context, pass })),
    );
    return statements - sets.length; // less those of the watermarks
  };
  expect(await statementsOf("inflow")).toBe(2);
  expect(await statementsOf("decisions")).toBe(2 * 2);
  expect(await statementsOf("decisions", { market: ["ID"] }), "the filter joins the cases anyway").toBe(2);
});

/** Sums of doubles in another order: equal to ten digits. */
function nearly(value: unknown): unknown {
  if (typeof value === "number")
    return expect.closeTo(value, value === 0 ? 12 : 10 - Math.ceil(Math.log10(Math.abs(value))));
  if (Array.isArray(value)) return value.map(nearly);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, nearly(one)]));
}
