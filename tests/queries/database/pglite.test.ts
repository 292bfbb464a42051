import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../../demo/generate.ts";
import { type Database, startEmbedded } from "../../../src/queries/database/embedded.ts";
import { migrate } from "../../../src/queries/database/migrate.ts";
import { openPools, type Pools } from "../../../src/queries/database/pools.ts";

/** Where no PostgreSQL binary runs, the same house stands on PGlite. */
const dataDir = mkdtempSync(join(tmpdir(), "pglite-"));
let database: Database;
let pools: Pools;
beforeAll(async () => {
  database = await startEmbedded({ dataDir, pglite: true });
  pools = openPools(database);
}, 60_000);
afterAll(async () => {
  await pools.end();
  await database.stop();
  rmSync(dataDir, { recursive: true });
});

test("it is migrated, filled and answers through the same pools", async () => {
  expect(database.kind).toBe("pglite");
  await migrate(pools.writer);
  await fillMart({ url: database.url, kind: "pglite", cases: 600, now: Date.parse("2026-03-17T10:05+08:00") });
  const { rows } = await pools.reader.query(
    "select count(*) as n, count(distinct market) as markets from mart.cases where market = any($1)",
    [["ID", "VN"]],
  );
  expect(rows[0].n).toBeGreaterThan(100);
  expect(rows[0].markets).toBe(2);
}, 60_000);

test("clients take turns, and nobody steps into another's transaction", async () => {
  const writer = await pools.writer.connect();
  await writer.query("create table if not exists public.turns (n int)");
  await writer.query("begin");
  await writer.query("insert into public.turns values (1)");
  const seen = pools.reader.query("select count(*) as n from public.turns");
  await writer.query("rollback");
  writer.release();
  expect((await seen).rows).toEqual([{ n: 0 }]);
});

test("who leaves in the middle of a transaction takes it with them", async () => {
  const rude = new pg.Client({ connectionString: database.url });
  rude.on("error", () => {});
  await rude.connect();
  await rude.query("begin");
  await rude.query("insert into public.turns values (1)");
  await rude.end();
  expect((await pools.reader.query("select count(*) as n from public.turns")).rows).toEqual([{ n: 0 }]);
});

test("an error is an error of its own client, and the next question is answered", async () => {
  await expect(pools.reader.query("select $1::int / 0", [1])).rejects.toThrow(/division by zero/);
  expect((await pools.reader.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("without the password nobody gets in", async () => {
  const url = new URL(database.url);
  url.password = "guess";
  const stranger = new pg.Client({ connectionString: url.href });
  await expect(stranger.connect()).rejects.toThrow();
});

test("COPY is refused in words, not left hanging", async () => {
  const client = await pools.writer.connect();
  await expect(client.query("copy public.turns from stdin")).rejects.toThrow(/COPY/);
  client.release();
  expect((await pools.reader.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});
