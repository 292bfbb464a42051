import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { loadCatalog } from "../../../src/catalog/load.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import type { Measure, Measurement } from "../../../src/queries/measure.ts";
import { postgresKeeper } from "../../../src/queries/rollup/keeper.ts";
import { openRollups } from "../../../src/queries/rollup/open-rollups.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { fillSmallMart, NOW } from "../small-mart.ts";
import { expectSameRows, rollUpAll } from "./support.ts";

const HOUR = 3_600_000;
const SOME = { budgetShare: 2, eventsPerCellMin: 1 };
let db: TestDatabase;
let catalog: Catalog;
let events: Measure;
let cells: Measure;

beforeAll(async () => {
  db = await testDatabase();
  await fillSmallMart(db.writer);
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  catalog = loaded.value;
  await rollUpAll(db, catalog, NOW, SOME);
  events = createMeasure(db.reader);
  cells = createMeasure(db.reader, openRollups(db.reader).compiler);
}, 120_000);
afterAll(() => db?.end());

const ask = async (measure: Measure, question: Partial<Question>): Promise<Measurement> => {
  const answered = await measure(
    { ...blank("metric"), metrics: ["decisions"], ...question },
    { catalog, now: NOW, zone: "Asia/Singapore" },
  );
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  return answered.value;
};

/** From where the answer comes, which is the answer of the events. */
async function sources(question: Partial<Question>): Promise<string[]> {
  const found = await ask(cells, question);
  expectSameRows(found.rows, (await ask(events, question)).rows);
  return [...new Set(found.sql.map(({ source }) => source))].sort().reverse();
}

const decide = (id: number, at: number): Promise<unknown> =>
  db.writer.query(
    `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
     select $1, case_id, $2, 'human', 'remove', 'spam', 'g1', 0.5 from mart.cases where market = 'ID' order by case_id limit 1`,
    [id, new Date(at).toISOString()],
  );

/** As if the cells had been made and the tables read whole at one instant, and somebody had looked for changes so long ago. */
async function lookedAt(made: number, secondsAgo: number): Promise<void> {
  const at = new Date(made).toISOString();
  await db.writer.query("update rollup.units set built_at = $1", [at]);
  await db.writer.query(
    "update rollup.captures set swept_at = $1, captured_at = clock_timestamp() - make_interval(secs => $2)",
    [at, secondsAgo],
  );
}

const TODAY = { period: { from: "2026-03-16T12:00Z", to: "2026-03-17T02:05Z" }, grain: "hour" as const };
const OWN = { by: ["market"], period: { from: "2026-03-14", to: "2026-03-18" }, grain: "day" as const };
const YESTERDAY = { period: { from: "2026-03-15", to: "2026-03-17" } };

describe("how far cells are believed", () => {
  test("while somebody looks for changes, and new rows come at the end of their table: up to now", async () => {
    await rollUpAll(db, catalog, NOW, SOME);
    await lookedAt(NOW - 3 * HOUR, 1);
    expect([await sources(TODAY), await sources(OWN), await sources(YESTERDAY)]).toEqual([
      ["rollup"],
      ["rollup"],
      ["rollup"],
    ]);
  });

  test("when nobody has looked: up to the last look, for what came afterwards is in no cell", async () => {
    await lookedAt(NOW - 3 * HOUR, 60);
    await decide(940_001, NOW - HOUR);
    expect([await sources(TODAY), await sources(OWN), await sources(YESTERDAY)]).toEqual([
      ["rollup", "events"],
      ["rollup", "events"],
      ["rollup"],
    ]);
  });

  test("what was loaded while nobody follows is in the next answer, for a load ends with a look", async () => {
    await lookedAt(NOW - 3 * HOUR, 60);
    await db.writer.query(
      `insert into mart.appeals select 950001, decision_id, decided_at + interval '3 days', decided_at + interval '4 days', 'overturned'
       from mart.decisions d where action = 'remove' and decided_at between '2026-02-03' and '2026-02-05'
       and not exists (select from mart.appeals a where a.decision_id = d.decision_id) limit 1`,
    );
    await postgresKeeper(db.writer).look(catalog);
    const cohort = { metrics: ["overturn_cohort"], period: { from: "2026-02-01", to: "2026-02-10" } };
    expect(await sources(cohort)).toContain("events");
    await rollUpAll(db, catalog, NOW, SOME);
    expect(await sources(cohort)).toEqual(["rollup"]);
  });

  test("when rows were written into the middle of a table: up to its last whole reading, for a day", async () => {
    await db.writer.query(
      "delete from mart.decisions where decision_id between 1 and 2000; select pg_stat_force_next_flush()",
    );
    await db.writer.query("vacuum mart.decisions");
    await rollUpAll(db, catalog, NOW, SOME);
    await decide(940_002, NOW - HOUR);
    await rollUpAll(db, catalog, NOW, SOME);
    await lookedAt(NOW - 3 * HOUR, 1);
    await decide(940_003, NOW - HOUR);
    const { rows } = await db.writer.query<{ page: number; pages: number }>(
      `select (ctid::text::point)[0]::int as page, pg_relation_size('mart.decisions')::int / 8192 as pages
       from mart.decisions where decision_id = 940003`,
    );
    expect(rows[0]?.page, "it was written before the end of the table").toBeLessThan((rows[0]?.pages ?? 0) - 65);
    expect([await sources(TODAY), await sources(YESTERDAY)]).toEqual([["rollup", "events"], ["rollup"]]);

    await rollUpAll(db, catalog, NOW, SOME);
    await db.writer.query("update rollup.captures set written_within_at = written_within_at - interval '25 hours'");
    await lookedAt(NOW - 3 * HOUR, 1);
    expect(await sources(TODAY)).toEqual(["rollup"]);
  });
});
