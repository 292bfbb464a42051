import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadDirectory } from "../../../src/queries/load/load.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

const NOW = Date.parse("2026-03-17T10:05+08:00");
const rules = { now: NOW, closedSets: new Map([["market", ["ID", "VN"]]]) };
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "load-"));
  await database.writer.query(
    "truncate mart.cases, mart.decisions, mart.appeals, mart.quarantine, mart.load_files, mart.dirty_hours",
  );
  return () => rmSync(folder, { recursive: true });
});

const CASES =
  "case_id,created_at,market,queue,source,content_type,category,seller_id,seller_tier,severity,sla_due_at,views,gmv_usd";
const aCase = (id: number, market = "ID"): string =>
  `${id},2026-03-01T08:00:00.123456+07:00,${market},product,model,listing,beauty,11,gold,low,2026-03-02T08:00:00+07:00,120,19.90`;
const write = (file: string, ...lines: string[]): void => writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
const load = (options = {}) => loadDirectory(database.writer, folder, rules, options);
const counted = async (what: string): Promise<number> =>
  (await database.writer.query<{ n: number }>(`select count(*) as n from ${what}`)).rows[0]?.n ?? -1;

test("a file that is in whole is known by its content and not read again, unless the table was emptied or it is wanted", async () => {
  write("cases.csv", CASES, aCase(1), aCase(2));
  await load();
  expect((await load()).files[0]).toMatchObject({ known: true, loaded: 0, duplicates: 2 });
  const again = (await load({ again: true })).files[0];
  expect(again).toMatchObject({ loaded: 0, duplicates: 2 });
  expect(again?.known).toBeUndefined();
  await database.writer.query("truncate mart.cases");
  expect(await load()).toMatchObject({ loaded: 2 });
});

test("a file that lost rows is read again: the catalog may know their values by then", async () => {
  write("cases.csv", CASES, aCase(1), aCase(2, "TH"));
  expect(await load()).toMatchObject({ loaded: 1, putAsideCount: 1 });
  const wider = { now: NOW, closedSets: new Map([["market", ["ID", "VN", "TH"]]]) };
  expect(await loadDirectory(database.writer, folder, wider)).toMatchObject({ loaded: 1, duplicates: 1 });
});

test("Parquet gives the same rows as CSV, to the microsecond and the cent", async () => {
  const rows = Array.from({ length: 1_000 }, (_, i) => i + 1);
  const strings = (name: string, data: string[]) => ({ name, data, type: "STRING" as const });
  const at = (ms: number) => new Date(ms);
  writeFileSync(
    join(folder, "cases.parquet"),
    Buffer.from(
      parquetWriteBuffer({
        rowGroupSize: [300],
        columnData: [
          { name: "case_id", data: rows.map(BigInt), type: "INT64" },
          { name: "created_at", data: rows.map(() => at(Date.parse("2026-03-01T01:00:00.123Z"))), type: "TIMESTAMP" },
          strings("market", rows.map((i) => (i === 700 ? "id" : "ID"))),
          ...["queue", "source", "content_type", "category"].map((name) => strings(name, rows.map(() => "product"))),
          { name: "seller_id", data: rows.map(() => 11), type: "INT32" },
          strings("seller_tier", rows.map(() => "gold")),
          strings("severity", rows.map(() => "low")),
          { name: "sla_due_at", data: rows.map(() => at(Date.parse("2026-03-02T01:00:00Z"))), type: "TIMESTAMP" },
          { name: "views", data: rows.map(BigInt), type: "INT64" },
          { name: "gmv_usd", data: rows.map(() => 19.9), type: "DOUBLE" },
        ],
      }), // biome-ignore format: one column a line
    ),
  );
  const report = await load({ chunkRows: 400 });
  expect(report).toMatchObject({ loaded: 999, putAsideCount: 1 });
  expect(report.files[0]?.putAside).toEqual([
    { line: 700, fault: "outside_set", reason: 'market "id" is not one of ID, VN' },
  ]);
  const { rows: found } = await database.writer.query("select created_at, gmv_usd from mart.cases where case_id = 999");
  expect(found).toEqual([{ created_at: new Date("2026-03-01T01:00:00.123Z"), gmv_usd: 19.9 }]);
  writeFileSync(join(folder, "cases.parquet"), "PAR1 cut off");
  expect((await load()).files[0]?.refused).toMatch(/not Parquet, or its end is cut off/);
});

test("a renamed column is named in one sentence, with what may be its new name", async () => {
  write("cases.csv", CASES.replace("gmv_usd", "gmv"), aCase(1));
  expect((await load()).files[0]?.refused).toBe(
    "missing column gmv_usd; gmv is new here: if it was renamed, rename it back or load a view",
  );
});

test("a late appeal marks the hours of its own clocks and of the decision's cohort", async () => {
  write("cases.csv", CASES, aCase(1));
  write(
    "decisions.csv",
    "decision_id,case_id,decided_at,decider,moderator_id,team,action,reason,score,model_version,guideline_version,handle_seconds,cost_usd,superseded_at",
    "5,1,2026-03-01T02:20:00Z,model,,,remove,spam,0.91,m-1,g-1,,0.002,",
  );
  await load();
  await database.writer.query("truncate mart.dirty_hours");
  write(
    "appeals.csv",
    "appeal_id,decision_id,filed_at,resolved_at,outcome",
    "1,5,2026-03-09T04:59:00Z,2026-03-10T05:00:00Z,overturned",
  );
  await load();
  const { rows } = await database.writer.query("select source, clock, hour from mart.dirty_hours order by hour");
  expect(rows).toEqual([
    { source: "appeals", clock: "decisions.decided_at", hour: new Date("2026-03-01T02:00:00Z") },
    { source: "appeals", clock: "appeals.filed_at", hour: new Date("2026-03-09T04:00:00Z") },
    { source: "appeals", clock: "appeals.resolved_at", hour: new Date("2026-03-10T05:00:00Z") },
  ]);
});

test("a load that was killed goes on where it was, and loses and doubles nothing", async () => {
  const total = 60_000;
  write(
    "cases.csv",
    CASES,
    ...Array.from({ length: total }, (_, i) => aCase(i === 50_000 ? 0 : i + 1, i === 50_000 ? "XX" : "ID")),
  );
  const cli = spawn(
    process.execPath,
    ["--import", "tsx", "src/cli.ts", "load", folder, "--json", "--chunk", "2000", "--now", "2026-03-17T10:05+08:00"],
    { env: { ...process.env, DATABASE_URL: database.url }, stdio: "ignore" },
  ); // biome-ignore format: one command
  const ended = once(cli, "exit");
  while ((await counted("mart.cases")) === 0 && cli.exitCode === null) await wait(10);
  cli.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
  const before = await counted("mart.cases");
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(total);
  const report = await load();
  expect(report.files[0]?.resumedAtLine).toBeGreaterThan(1_000);
  expect(await counted("mart.cases")).toBe(total - 1);
  expect(await counted("mart.quarantine")).toBe(1);
  expect((await database.writer.query("select loaded, put_aside, finished_at is not null as done from mart.load_files")).rows)
    .toEqual([{ loaded: total - 1, put_aside: 1, done: true }]); // biome-ignore format: one row
}, 60_000);
