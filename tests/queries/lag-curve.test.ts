import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import type { LagCurve } from "../../src/kernel/measurement.ts";
import { blank } from "../../src/kernel/question.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

const NOW = Date.parse("2026-03-17T00:00Z");
const MATURITY_DAYS = 17;

let db: TestDatabase;
let catalog: Catalog;
beforeAll(async () => {
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  catalog = loaded.value;
  expect(catalog.metrics.get("overturn_cohort")?.maturityDays).toBe(MATURITY_DAYS);
});
afterAll(() => db?.end());

let last = 0;
/** Removals that were all overturned, `lagDays` and a bit after the decision. */
async function overturned(count: number, decidedDaysAgo: number, lagDays: number): Promise<void> {
  const decided = new Date(NOW - decidedDaysAgo * 86_400_000).toISOString();
  const first = last + 1;
  last += count;
  await db.writer.query(
    `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
     select id, id, $3, 'human', 'remove', 'spam', 'g1', 0.5 from generate_series($1::int, $2::int) id`,
    [first, last, decided],
  );
  await db.writer.query(
    `insert into mart.cases select id, $3::timestamptz, 'ID', 'video', 'model', 'video', 'beauty', 1, 'small', 'low', $3::timestamptz, 0, 0
     from generate_series($1::int, $2::int) id`,
    [first, last, decided],
  );
  await db.writer.query(
    `insert into mart.appeals select id, id, $3::timestamptz, $3::timestamptz + make_interval(days => $4, hours => 6), 'overturned'
     from generate_series($1::int, $2::int) id`,
    [first, last, decided, lagDays],
  );
}

async function lag(): Promise<LagCurve> {
  const answered = await createMeasure(db.reader)(
    {
      ...blank("metric"),
      metrics: ["overturn_cohort"],
      period: { from: "2026-03-10", to: "2026-03-17" },
      grain: "day",
    },
    { catalog, now: NOW, zone: "UTC" },
  );
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  return answered.value.lags.get("overturn_cohort") as LagCurve;
}

const byDay = (hits: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: MATURITY_DAYS }, (_, day) => hits[day] ?? 0);

describe("how long after their start the hits of a cohort happen is told", () => {
  test.each([
    ["by the newest mature week alone, where much happened in it", 5_200, { 1: 5_200 }],
    ["by two mature months, where the week has too few hits to say it", 400, { 1: 400, 9: 300 }],
  ])("%s", async (_, inTheWeek, hits) => {
    await db?.end();
    db = await testDatabase();
    last = 0;
    await overturned(inTheWeek, MATURITY_DAYS + 3, 1);
    await overturned(300, MATURITY_DAYS + 20, 9);
    // Not mature yet, and before the two months: neither says anything.
    await overturned(50, 3, 2);
    await overturned(70, MATURITY_DAYS + 70, 4);
    expect((await lag()).hits).toEqual(byDay(hits));
  });
});
