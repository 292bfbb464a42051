import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { checkData } from "../../src/handlers/checks/run.ts";
import { type ClickhouseEngine, clickhouseEngine } from "../../src/queries/clickhouse/engine.ts";
import { type Engine, postgresEngine } from "../../src/queries/engine.ts";
import { readQueueLoad } from "../../src/queries/queue-load.ts";
import { copyMart } from "../support/clickhouse-mart.ts";
import { type ClickhouseServer, hasClickhouse, startClickhouse } from "../support/clickhouse-server.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { fillSmallMart, NOW } from "./small-mart.ts";

describe.skipIf(!hasClickhouse)("what reads the facts beside metrics reads them in ClickHouse too", () => {
  const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
  let postgres: TestDatabase;
  let server: ClickhouseServer;
  let inClickhouse: ClickhouseEngine;
  let inPostgres: Engine;

  beforeAll(async () => {
    postgres = await testDatabase();
    await fillSmallMart(postgres.writer);
    server = await startClickhouse();
    await copyMart(postgres.reader, server);
    inClickhouse = clickhouseEngine(server.url, 60_000);
    inPostgres = postgresEngine(postgres.writer);
  }, 120_000);
  afterAll(async () => {
    await inClickhouse?.close();
    await server?.close();
    await postgres?.end();
  });

  test.each([
    { markets: [], queues: [] },
    { markets: ["ID", "VN"], queues: ["video"] },
  ])("the state of a queue and its recent past: %j", async ({ markets, queues }) => {
    const asked = { markets, queues, throughMs: Date.parse("2026-03-17T01:30:00Z"), historyDays: 56 };
    const [expected, found] = [await readQueueLoad(inPostgres, asked), await readQueueLoad(inClickhouse, asked)];
    if (!expected.ok || !found.ok) throw new Error("no load", { cause: found.ok ? null : found.error.cause });
    const { sql: _, ...load } = found.value;
    const { sql: __, ...same } = expected.value;
    expect(load.hours.length).toBeGreaterThan(100);
    expect(load.open.length).toBeGreaterThan(5);
    expect(rounded(load)).toEqual(rounded(same));
  });

  test("the checks of the data find the same", async () => {
    // Bad data of every kind in ClickHouse and PostgreSQL alike.
    const changes = [
      "insert into mart.decisions (decision_id, case_id, decided_at, decider, action, guideline_version, cost_usd) values (990001, 77777777, '2026-03-17 01:00:00', 'human', 'escalate', 'v14', 1)",
      "insert into mart.decisions (decision_id, case_id, decided_at, decider, action, guideline_version, cost_usd) values (990002, 77777777, '2026-03-17 01:00:00', 'human', 'escalate', 'v14', 1)",
    ];
    await postgres.writer.query("set timezone = 'UTC'");
    for (const change of changes) {
      server.execute(change);
      await postgres.writer.query(change.replace("01:00:00'", "01:00:00Z'"));
    }
    const [expected, found] = [
      await checkData(catalog, inPostgres, postgres.writer, NOW),
      await checkData(catalog, inClickhouse, postgres.writer, NOW),
    ];
    // ClickHouse's tables have a column more.
    const plain = (results: typeof found) =>
      results
        .filter(({ kind }) => kind !== "schema")
        .map((one) => JSON.stringify(rounded(one)))
        .sort();
    expect(plain(found)).toEqual(plain(expected));
    const bad = found.filter(({ verdict }) => verdict === "bad").map(({ kind, source }) => `${kind} ${source}`);
    expect(bad).toEqual(expect.arrayContaining(["values decisions", "references decisions"]));
  });
});

const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one) => (typeof one === "number" ? Number(one.toPrecision(9)) : one));
