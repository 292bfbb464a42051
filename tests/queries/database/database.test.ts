import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../../src/queries/database/migrate.ts";
import { openPools } from "../../../src/queries/database/pools.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

test("every table of the mart stands, and a second migration does nothing", async () => {
  const { rows } = await database.reader.query(
    "select table_name from information_schema.tables where table_schema = 'mart' order by 1",
  );
  expect(rows.map((row) => row.table_name)).toEqual([
    "appeals", "cases", "changes", "check_results", "claims", "decisions", "dirty_hours", "experiments", "exposures", "follow_cursors",
    "load_files", "qa_labels", "quarantine", "sellers", "staffing", "view_samples", "watermarks",
  ]); // biome-ignore format: one list, read as one
  expect(await migrate(database.writer)).toEqual([]);
});

test("the reader cannot write", async () => {
  await expect(database.reader.query("delete from mart.cases")).rejects.toThrow(/read-only transaction/);
});

test("a slow question is cancelled on the server", async () => {
  const impatient = openPools(database, { statementTimeoutMs: 50 });
  await expect(impatient.reader.query("select pg_sleep(20)")).rejects.toThrow(/statement timeout/);
  await impatient.end();
});

test("when all readers are taken, one more is told so in time", async () => {
  const narrow = openPools(database, { readersMax: 1, waitMsMax: 60 });
  const held = await narrow.reader.connect();
  await expect(narrow.reader.query("select 1")).rejects.toThrow(/timeout/);
  held.release();
  await narrow.end();
});

test("counts and money come as numbers, days as text", async () => {
  const { rows } = await database.reader.query("select count(*) as n, 1.25::numeric as usd, date '2026-03-09' as day");
  expect(rows).toEqual([{ n: 1, usd: 1.25, day: "2026-03-09" }]);
});

test("lists of floating-point numbers come as they are: with nothing in them, nested, unknown, and beyond the finite", async () => {
  const { rows } = await database.reader.query(`select '{}'::float8[] as empty, '{1,-2.5,1e300,-0}'::float8[] as flat,
    '{{1,2},{3,4}}'::float8[] as nested, '{NULL,1}'::float8[] as unknown, '{NaN,Infinity,-Infinity,2}'::float8[] as beyond,
    null::float8[] as none`);
  expect(rows).toEqual([
    {
      empty: [],
      flat: [1, -2.5, 1e300, -0],
      nested: [
        [1, 2],
        [3, 4],
      ],
      unknown: [null, 1],
      beyond: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2],
      none: null,
    },
  ]);
});
