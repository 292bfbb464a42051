import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FollowOptions, pullChanges } from "../../../src/queries/load/follow.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

let here: TestDatabase;
let source: TestDatabase;
beforeAll(async () => {
  [here, source] = await Promise.all([testDatabase(), testDatabase()]);
  await source.writer.query("drop table mart.watermarks");
});
afterAll(() => Promise.all([here.end(), source.end()]));
beforeEach(async () => {
  await source.writer.query("truncate mart.cases, mart.decisions, mart.appeals");
  await here.writer.query(
    "truncate mart.cases, mart.decisions, mart.appeals, mart.quarantine, mart.watermarks, mart.follow_cursors, mart.dirty_hours",
  );
});

const options: FollowOptions = {
  schema: "mart",
  overlapMs: 15 * 60_000,
  rules: { closedSets: new Map([["market", ["ID", "VN"]]]) },
  tables: ["cases", "decisions", "appeals"],
};
const pull = (changes: Partial<FollowOptions> = {}) => pullChanges(here.writer, source.url, { ...options, ...changes });
const addCases = (from: number, to: number, at: string, market = "ID") =>
  source.writer.query(
    `insert into mart.cases select n, $3::timestamptz, $4, 'product', 'model', 'listing', 'beauty', 11, 'gold', 'low', $3::timestamptz + interval '1 day', 5, 9.5
     from generate_series($1::bigint, $2::bigint) n`,
    [from, to, at, market],
  );
const addDecision = (id: number, at: string) =>
  source.writer.query(
    "insert into mart.decisions values ($1, $1, $2, 'model', null, null, 'remove', 'spam', 0.9, 'm-1', 'g-1', null, 0.002, null)",
    [id, at],
  );
const same = async (table: string): Promise<boolean> => {
  const read = async (database: TestDatabase) =>
    (await database.writer.query(`select * from mart.${table} order by 1`)).rows;
  return JSON.stringify(await read(here)) === JSON.stringify(await read(source));
};

it("what is at the source is here, over many pages with the same moment, and a second pull changes nothing", async () => {
  await addCases(1, 25_000, "2026-03-01T08:00:00.123456Z");
  await addDecision(7, "2026-03-01T09:00Z");
  expect(await pull()).toMatchObject([
    { table: "cases", changed: 25_000 },
    { table: "decisions", changed: 1 },
    { table: "appeals", read: 0 },
  ]);
  expect([await same("cases"), await same("decisions")]).toEqual([true, true]);
  await here.writer.query("truncate mart.dirty_hours");
  expect((await pull()).map(({ changed }) => changed)).toEqual([0, 0, 0]);
  expect((await here.writer.query("select from mart.dirty_hours")).rowCount, "and marks nothing").toBe(0);
}, 60_000);

it("an appeal resolved weeks later takes the place of the open one and marks its cohort's hour", async () => {
  await addCases(1, 1, "2026-03-01T08:00Z");
  await addDecision(1, "2026-03-01T09:00Z");
  await source.writer.query("insert into mart.appeals values (1, 1, '2026-03-02T10:00Z', null, null)");
  await pull();
  await here.writer.query("truncate mart.dirty_hours");
  await source.writer.query("update mart.appeals set resolved_at = '2026-03-20T11:30Z', outcome = 'overturned'");
  expect((await pull()).at(-1)).toMatchObject({ table: "appeals", changed: 1 });
  expect(await same("appeals")).toBe(true);
  const { rows } = await here.writer.query("select distinct clock, hour from mart.dirty_hours order by hour");
  expect(rows).toEqual([
    { clock: "decisions.decided_at", hour: new Date("2026-03-01T09:00Z") },
    { clock: "appeals.filed_at", hour: new Date("2026-03-02T10:00Z") },
    { clock: "appeals.resolved_at", hour: new Date("2026-03-20T11:00Z") },
  ]);
});

it("a row committed late is still found within the overlap; the watermark stays that far behind the source's clock", async () => {
  await addCases(1, 1, "2026-03-01T08:00Z");
  await pull();
  await addCases(2, 2, "2026-03-01T07:50Z");
  await addCases(3, 3, "2026-03-01T07:30Z");
  await pull();
  expect((await here.writer.query("select case_id from mart.cases order by 1")).rows).toEqual([
    { case_id: 1 },
    { case_id: 2 },
  ]);
  const { rows } = await here.writer.query(
    "select extract(epoch from loaded_at - complete_through) / 60 as behind, now() - loaded_at < interval '1 minute' as fresh from mart.watermarks where source = 'cases'",
  );
  expect(rows).toEqual([{ behind: 15, fresh: true }]);
});

it("a decision that comes before its case waits for it, and the case marks the decision's hour", async () => {
  await addDecision(9, "2026-03-01T09:00Z");
  await pull();
  await here.writer.query("truncate mart.dirty_hours");
  await addCases(9, 9, "2026-03-01T08:55Z");
  await pull();
  const { rows } = await here.writer.query("select hour from mart.dirty_hours where clock = 'decisions.decided_at'");
  expect(rows).toEqual([{ hour: new Date("2026-03-01T09:00Z") }]);
});

it("a bad row is put aside under its key, a table whose column was renamed is refused in one sentence, the others go on", async () => {
  await addCases(1, 1, "2026-03-01T08:00Z");
  await addCases(2, 2, "2026-03-01T08:00Z", "XX");
  await source.writer.query("alter table mart.decisions rename column cost_usd to cost");
  try {
    expect(await pull()).toMatchObject([
      { table: "cases", changed: 1, putAsideCount: 1 },
      { table: "decisions", refused: expect.stringMatching(/^missing column cost_usd; cost is new here/) },
      { table: "appeals", changed: 0 },
    ]);
    expect((await here.writer.query("select line, reason from mart.quarantine")).rows).toEqual([
      { line: 2, reason: 'market "XX" is not one of ID, VN' },
    ]);
  } finally {
    await source.writer.query("alter table mart.decisions rename column cost to cost_usd");
  }
});
