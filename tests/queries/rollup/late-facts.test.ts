import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { loadCatalog } from "../../../src/catalog/load.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import type { Measure, Measurement } from "../../../src/queries/measure.ts";
import { captureChanges } from "../../../src/queries/rollup/changes.ts";
import { postgresKeeper } from "../../../src/queries/rollup/keeper.ts";
import { openRollups } from "../../../src/queries/rollup/open-rollups.ts";
import { reconcile } from "../../../src/queries/rollup/reconcile.ts";
import { streamsOf } from "../../../src/queries/rollup/streams.ts";
import { startRollups } from "../../../src/schedules/rollups.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { fillSmallMart, NOW } from "../small-mart.ts";
import { expectSameRows, rollUpAll } from "./support.ts";

let db: TestDatabase;
let catalog: Catalog;
let events: Measure;
let cells: Measure;
/** Some cuboids only: the changes matter here, not the splits. */
const SOME = { budgetShare: 2, eventsPerCellMin: 1 };

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

const PERIOD = { from: "2026-02-01", to: "2026-03-10" };
const ALL = [
  "decisions", "overturn_cohort", "automation_stood", "precision", "tat_p50", "sla", "queue_wait", "wrong_reason", "rework", "aht",
] as const; // biome-ignore format: one list, read as one

const ask = async (measure: Measure, question: Partial<Question>): Promise<Measurement> => {
  const answered = await measure(
    { ...blank("metric"), period: PERIOD, grain: "day", ...question },
    { catalog, now: NOW, zone: "Asia/Singapore" },
  );
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  return answered.value;
};

/** The answers of both are the same; says how many of the statements read roll-ups. */
async function expectEqual(): Promise<number> {
  let rolled = 0;
  for (const metric of ALL) {
    const found = await ask(cells, { metrics: [metric] });
    expectSameRows(found.rows, (await ask(events, { metrics: [metric] })).rows);
    rolled += found.sql.filter(({ source }) => source === "rollup").length > 0 ? 1 : 0;
  }
  return rolled;
}

const overturned = ({ rows }: Measurement): number =>
  rows[0]?.state.kind === "proportion" ? rows[0].state.x : Number.NaN;

/** The server's counter of deleted rows is told at once, not when the session rests. */
const withdraw = (decisions: string): Promise<unknown> =>
  db.writer.query(`delete from mart.decisions where decision_id ${decisions}; select pg_stat_force_next_flush()`);

const dirty = async (): Promise<number> =>
  Number((await db.reader.query("select count(*) as n from rollup.units where dirty_since is not null")).rows[0].n);

describe("facts that come late", () => {
  test("before anything changes, every metric is answered from roll-ups, and nothing is dirty", async () => {
    expect(await dirty()).toBe(0);
    expect(await expectEqual()).toBeGreaterThan(ALL.length - 3);
    // Nothing was written, so nothing is made anew.
    expect((await rollUpAll(db, catalog, NOW, SOME)).days).toBe(0);
  });

  const changes: readonly (readonly [string, string])[] = [
    [
      "an appeal of a decision taken five weeks ago",
      `insert into mart.appeals select 900001, decision_id, decided_at + interval '3 days', decided_at + interval '4 days', 'overturned'
       from mart.decisions d where action = 'remove' and decided_at between '2026-02-03' and '2026-02-05'
       and not exists (select from mart.appeals a where a.decision_id = d.decision_id) limit 1`,
    ],
    [
      "an appeal that is decided otherwise",
      "update mart.appeals set outcome = 'overturned' where appeal_id % 7 = 1 and outcome = 'upheld'",
    ],
    [
      "a label that comes in",
      "update mart.qa_labels set labelled_at = '2026-03-16', correct_action = 'approve' where labelled_at is null and label_id % 3 = 0",
    ],
    [
      "a case that turns out to belong to another market",
      "update mart.cases set market = 'TH' where case_id between 2000 and 2020",
    ],
    [
      "a first decision that is loaded after the second",
      `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
       select 900001, case_id, created_at + interval '1 minute', 'human', 'remove', 'spam', 'g1', 0.5 from mart.cases
       where created_at between '2026-02-10' and '2026-02-11' limit 1`,
    ],
    [
      "a claim of a case that waited",
      "insert into mart.claims select 900001, case_id, 1, 'jkt-1', '2026-03-16 01:00Z', '2026-03-16 02:00Z', 'decided' from mart.cases where created_at > '2026-03-01' limit 1",
    ],
    ["a corrected handling time", "update mart.decisions set handle_seconds = 999 where decision_id % 500 = 3"],
    ["decisions that are taken back", "delete from mart.appeals where appeal_id % 11 = 0"],
  ];
  test.each(changes)(
    "%s: seen at the next look, answered from events until its dates are made anew",
    async (_, change) => {
      const { rowCount } = await db.writer.query(change);
      expect(rowCount).toBeGreaterThan(0);
      // Counters of deleted rows reach the statistics when a session rests.
      await db.writer.query("select pg_stat_force_next_flush()");
      await rollUpAll(db, catalog, NOW, { ...SOME, from: "1999-01-01", to: "1999-01-02" });
      expect(await dirty()).toBeGreaterThan(0);
      await expectEqual();
      await rollUpAll(db, catalog, NOW, SOME);
      expect(await dirty()).toBe(0);
      expect(await expectEqual()).toBeGreaterThan(ALL.length - 3);
    },
  );

  test("the marks of the loader are taken, also for the hour that a row left", async () => {
    await db.writer.query(
      "update mart.decisions set decided_at = decided_at + interval '9 days' where decision_id % 997 = 5",
    );
    await db.writer.query(
      "insert into mart.dirty_hours (source, clock, hour) select 'decisions', 'decisions.decided_at', date_trunc('hour', decided_at - interval '9 days') from mart.decisions where decision_id % 997 = 5",
    );
    await rollUpAll(db, catalog, NOW, SOME);
    const { rows } = await db.reader.query("select count(*)::int as n from mart.dirty_hours");
    expect(rows[0].n).toBe(0);
    const found = await ask(cells, { metrics: ["decisions"] });
    expectSameRows(found.rows, (await ask(events, { metrics: ["decisions"] })).rows);
  });

  test("a row that moved to another day behind everybody's back is found by the reconciliation", async () => {
    await db.writer.query(
      "update mart.decisions set decided_at = decided_at + interval '9 days' where decision_id % 991 = 7",
    );
    const seeded = (() => {
      let state = 7;
      return () => {
        state = (state * 16_807) % 2_147_483_647;
        return state / 2_147_483_647;
      };
    })();
    const first = await reconcile(db.writer, { catalog, datesPerStream: 2, random: seeded });
    expect(first.differences.map(({ what }) => what)).toContain("the number of rows");
    await rollUpAll(db, catalog, NOW, SOME);
    const second = await reconcile(db.writer, { catalog, datesPerStream: 2, random: seeded });
    expect(second).toMatchObject({ differences: [], held: true });
    expect(second.dates).toBeGreaterThan(10);
    expect(await expectEqual()).toBeGreaterThan(ALL.length - 3);
  });

  test("a cell that is wrong is named", async () => {
    await db.writer.query("update rollup.decisions_decided_at_day set s0 = s0 + 1 where t = '2026-02-20'");
    let day = 0;
    // Every date in turn.
    const random = () => (day++ % 97) / 97;
    const { differences } = await reconcile(db.writer, { catalog, datesPerStream: 200, random });
    expect(differences).toEqual([
      { stream: "decisions_decided_at", day: "2026-02-20", what: expect.stringContaining("the cell") },
    ]);
    await rollUpAll(db, catalog, NOW, SOME);
    expect(await expectEqual()).toBeGreaterThan(ALL.length - 3);
  });

  test("a date that goes on: from its cells while changes are looked for and none of its rows is yet to come, else from events", async () => {
    const today = { metrics: ["decisions"], period: { from: "2026-03-16", to: "2026-03-18" } };
    const sources = async (): Promise<string[]> => {
      const found = await ask(cells, today);
      expectSameRows(found.rows, (await ask(events, today)).rows);
      return [...new Set(found.sql.map(({ source }) => source))];
    };
    const look = () => rollUpAll(db, catalog, NOW, SOME);
    await look();
    await look();
    // As if the changes above had been long ago: rows in the middle of a table are found by whole readings only.
    await db.writer.query("update rollup.captures set written_within_at = null");
    expect(await sources()).toEqual(["rollup"]);

    await db.writer.query("update rollup.captures set captured_at = captured_at - interval '1 minute'");
    expect(await sources()).toContain("events");

    const later = new Date(NOW + 3_600_000).toISOString();
    await db.writer.query(
      `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
       select 920001, case_id, $1, 'human', 'remove', 'spam', 'g1', 0.5 from mart.cases where market = 'ID' order by case_id limit 1`,
      [later],
    );
    await look();
    await look();
    expect(await sources()).toContain("events");
    await withdraw("= 920001");
    await look();
  });

  test("rows of this hour leave yesterday and the hours before alone; a late row of yesterday does not", async () => {
    const decide = (id: number, at: number): Promise<unknown> =>
      db.writer.query(
        `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
         select $1, case_id, $2, 'human', 'remove', 'spam', 'g1', 0.5 from mart.cases where market = 'ID' order by case_id limit 1`,
        [id, new Date(at).toISOString()],
      );
    const sources = async (question: Partial<Question>): Promise<string[]> => {
      const found = await ask(cells, { metrics: ["decisions"], ...question });
      expectSameRows(found.rows, (await ask(events, { metrics: ["decisions"], ...question })).rows);
      return [...new Set(found.sql.map(({ source }) => source))].sort().reverse();
    };
    const yesterday = { period: { from: "2026-03-15", to: "2026-03-17" } };
    const hours = { period: { from: "2026-03-16T12:00Z", to: "2026-03-17T01:00Z" }, grain: "hour" as const };
    await rollUpAll(db, catalog, NOW, SOME);
    const client = await db.writer.connect();
    try {
      await decide(930_001, NOW - 600_000);
      await captureChanges(client, streamsOf(catalog), { catalog });
      expect(await dirty()).toBeGreaterThan(0);
      expect([await sources(yesterday), await sources(hours)]).toEqual([["rollup"], ["rollup"]]);
      // Each market's own days up to now: what goes on somewhere is told by hours, and events are read from this hour on.
      for (const grain of ["day", "week", "total"] as const) {
        const own = { by: ["market"], period: { from: "2026-03-14", to: "2026-03-18" }, grain };
        expect(await sources(own)).toEqual(["rollup", "events"]);
        const { sql } = await ask(cells, { metrics: ["decisions"], ...own });
        const read = sql.filter(({ source }) => source === "events");
        expect(read.map(({ params }) => params)).toEqual([expect.arrayContaining(["2026-03-17T01:00:00.000Z"])]);
      }

      await decide(930_002, NOW - 30 * 3_600_000);
      await captureChanges(client, streamsOf(catalog), { catalog });
      expect(await sources(yesterday)).toContain("events");
    } finally {
      client.release();
    }
    await withdraw("> 930000");
    await rollUpAll(db, catalog, NOW, SOME);
  });

  test("in the background a late appeal shows in its cohort at the next look; one process at a time", async () => {
    const log = createLog("silent");
    const parts = { catalog, zone: "Asia/Singapore" };
    const one = startRollups(postgresKeeper(db.writer), parts, fixedClock(new Date(NOW).toISOString()), log, 10);
    const other = startRollups(postgresKeeper(db.writer), parts, fixedClock(new Date(NOW).toISOString()), log, 10);
    const before = await ask(cells, { metrics: ["overturn_cohort"], grain: "total" });
    await db.writer.query(
      `insert into mart.appeals select 910000 + row_number() over (), decision_id, decided_at + interval '3 days', decided_at + interval '4 days', 'overturned'
       from mart.decisions d where action = 'remove' and decided_at between '2026-02-13' and '2026-02-15'
       and not exists (select from mart.appeals a where a.decision_id = d.decision_id)`,
    );
    await Promise.all([one.caughtUp(), other.caughtUp()]);
    await Promise.all([one.caughtUp(), other.caughtUp()]);
    const after = await ask(cells, { metrics: ["overturn_cohort"], grain: "total" });
    expect(overturned(after)).toBeGreaterThan(overturned(before));
    expectSameRows(after.rows, (await ask(events, { metrics: ["overturn_cohort"], grain: "total" })).rows);
    await Promise.all([one.stop(), other.stop()]);
  });
});
