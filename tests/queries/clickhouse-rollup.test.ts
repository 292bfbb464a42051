import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainMeasures } from "../../src/catalog/assemble.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import {
  type ClickhouseEngine,
  type ClickhouseWriter,
  clickhouseEngine,
  clickhouseWriter,
} from "../../src/queries/clickhouse/engine.ts";
import { partChange } from "../../src/queries/clickhouse/parts.ts";
import { RegistryStates } from "../../src/queries/clickhouse/registry.ts";
import { clickhouseKeeper, rollUpInClickhouse } from "../../src/queries/clickhouse/rollup.ts";
import { clickhouseStreams } from "../../src/queries/clickhouse/tables.ts";
import { createMeasure, measureOn } from "../../src/queries/create-measure.ts";
import type { Measure, Measurement } from "../../src/queries/measure.ts";
import { rollupsOver } from "../../src/queries/rollup/open-rollups.ts";
import type { RollupOptions, RollupReport } from "../../src/queries/rollup/rollup.ts";
import { copyMart } from "../support/clickhouse-mart.ts";
import { type ClickhouseServer, hasClickhouse, startClickhouse } from "../support/clickhouse-server.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { expectSameRows } from "./rollup/support.ts";
import { fillSmallMart, NOW } from "./small-mart.ts";

/** Cuboids enough for every metric. */
const CHOICE = { budgetShare: 20, eventsPerCellMin: 1, eventsADayMin: 0 };
const PERIOD = { from: "2026-02-20", to: "2026-03-14" };

// A refresh is some hundred statements, and the engine takes them one after another.
describe.skipIf(!hasClickhouse)("roll-ups on ClickHouse", { timeout: 240_000 }, () => {
  let postgres: TestDatabase;
  let clickhouse: ClickhouseServer;
  let engine: ClickhouseEngine;
  let writer: ClickhouseWriter;
  let catalog: Catalog;
  let inPostgres: Measure;
  let events: Measure;
  let cells: Measure;

  beforeAll(async () => {
    postgres = await testDatabase();
    await fillSmallMart(postgres.writer);
    clickhouse = await startClickhouse();
    await copyMart(postgres.reader, clickhouse);
    engine = clickhouseEngine(clickhouse.url, 60_000);
    writer = clickhouseWriter(clickhouse.url);
    catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
    inPostgres = createMeasure(postgres.reader);
    events = measureOn(engine);
    cells = measureOn(engine, rollupsOver(new RegistryStates(engine), clickhouseStreams).compiler);
    await rollUp();
  }, 300_000);
  afterAll(async () => {
    await engine?.close();
    await writer?.close();
    await clickhouse?.close();
    await postgres?.end();
  });

  const rollUp = (more: Partial<RollupOptions> = {}): Promise<RollupReport> =>
    rollUpInClickhouse(writer, postgres.writer, {
      catalog,
      zone: "Asia/Singapore",
      now: NOW,
      ...CHOICE,
      choose: false,
      from: null,
      to: null,
      asked: [],
      onProgress: () => {},
      ...more,
    });

  const ask = async (measure: Measure, question: Partial<Question>): Promise<Measurement> => {
    const found = await measure(
      { ...blank("metric"), period: PERIOD, ...question },
      { catalog, now: NOW, zone: "Asia/Singapore" },
    );
    if (!found.ok) throw new Error(`${JSON.stringify(question)}: ${found.error.code}`, { cause: found.error.cause });
    return found.value;
  };

  const metrics = [...readCatalog({ MODSTATS_CATALOG_DIRS: [] }).metrics.values()].filter(
    ({ shows, moment, grains }) => shows.length === 0 && !moment && grains.includes("day"),
  );
  /** What no cells add up to (pairs of labels), and what has no rows here. */
  const FROM_EVENTS = ["agreement", "repeat_violation", "data_checks_passed", "data_volume"];
  test.each(metrics.map(({ id }) => id))(
    "%s: the same from PostgreSQL, from ClickHouse's events and from its roll-ups, by day in each market's own days",
    async (id) => {
      const dimensions = catalog.metrics.get(id)?.dimensions ?? [];
      const by = dimensions.includes("market") ? ["market"] : [];
      const sources = new Set<string>();
      for (const question of [
        { metrics: [id], grain: "day", by } as const,
        { metrics: [id], by: dimensions.slice(0, 1) },
      ]) {
        const expected = await ask(inPostgres, question);
        expectSameRows((await ask(events, question)).rows, expected.rows);
        const found = await ask(cells, question);
        expectSameRows(found.rows, expected.rows);
        for (const { source } of found.sql) sources.add(source);
      }
      expect(sources.has("rollup")).toBe(!FROM_EVENTS.includes(id));
    },
  );

  test.each(["hour", "week", "hour_of_day", "day_of_week"] as const)("buckets by %s, filtered", async (grain) => {
    for (const metrics of [["inflow"], ["tat_p50"]]) {
      const question = { metrics, grain, filters: { queue: ["video", "live"] } };
      expectSameRows((await ask(cells, question)).rows, (await ask(inPostgres, question)).rows);
    }
  });

  /** Some metrics of every kind of state, from events and from roll-ups; says from how many statements cells were read. */
  async function expectEqual(): Promise<number> {
    let rolled = 0;
    for (const id of ["decisions", "overturn_cohort", "precision", "tat_p50", "sla", "repeat_violation"]) {
      const question = { metrics: [id], grain: "day" } as const;
      const found = await ask(cells, question);
      expectSameRows(found.rows, (await ask(events, question)).rows);
      rolled += found.sql.filter(({ source }) => source === "rollup").length;
    }
    return rolled;
  }
  const look = async (): Promise<void> => {
    await rollUp({ from: "1999-01-01", to: "1999-01-02" });
  };
  const dirty = async (): Promise<number> => {
    const { streams } = await new RegistryStates(engine).current();
    return [...streams.values()].flatMap(({ units }) => [...units.values()]).filter((unit) => unit.dirtySince !== null)
      .length;
  };

  const changes: readonly (readonly [string, readonly string[]])[] = [
    [
      "an appeal of a decision taken weeks ago",
      [
        `insert into mart.appeals (appeal_id, decision_id, filed_at, resolved_at, outcome)
         select 900001, decision_id, decided_at + interval 3 day, decided_at + interval 4 day, 'overturned' from mart.decisions
         where action = 'remove' and decided_at between '2026-02-23' and '2026-02-25'
         and decision_id not in (select decision_id from mart.appeals) order by decision_id limit 1`,
      ],
    ],
    [
      "an appeal that is decided otherwise, merged into the old part before anybody looked",
      [
        `insert into mart.appeals (appeal_id, decision_id, filed_at, resolved_at, outcome)
         select appeal_id, decision_id, filed_at, resolved_at, 'overturned' from mart.appeals final
         where outcome = 'upheld' and appeal_id % 7 = 1`,
        "optimize table mart.appeals final",
      ],
    ],
    [
      "a case that turns out to belong to another market, and a first decision that is loaded after the second",
      [
        "insert into mart.cases (* except loaded_at) select * except loaded_at replace ('TH' as market) from mart.cases final where case_id = 2000",
        `insert into mart.decisions (decision_id, case_id, decided_at, decider, action, reason, guideline_version, cost_usd)
         select 900001, case_id, created_at + interval 1 minute, 'human', 'remove', 'spam', 'g1', 0.5 from mart.cases final
         where created_at between '2026-03-01' and '2026-03-02' limit 1`,
      ],
    ],
    [
      "appeals that are taken back",
      ["alter table mart.appeals delete where appeal_id % 11 = 0 settings mutations_sync = 1"],
    ],
  ];
  test.each(changes)("%s: answered from events until its dates are made anew", async (_, statements) => {
    expect(await dirty()).toBe(0);
    for (const statement of statements) clickhouse.execute(statement);
    await look();
    expect(await dirty()).toBeGreaterThan(0);
    await expectEqual();
    await rollUp();
    expect(await dirty()).toBe(0);
    expect(await expectEqual()).toBeGreaterThan(5);
  });
  test("a merge alone makes nothing dirty", async () => {
    for (const table of ["cases", "decisions", "claims"]) clickhouse.execute(`optimize table mart.${table} final`);
    await look();
    expect(await dirty()).toBe(0);
  });
  test("cells that nobody noted, of a refresh that was killed, are not read", async () => {
    const [table] = clickhouse
      .execute("select name from system.tables where database = 'rollup' and name like 'decisions_decided_at_%_day'")
      .trim()
      .split("\n");
    clickhouse.execute(`insert into rollup.${table} select * replace (1 as build) from rollup.${table}`);
    expect(await expectEqual()).toBeGreaterThan(5);
    await rollUp();
    expect(clickhouse.execute(`select count() from rollup.${table} where build = 1`).trim()).toBe("0");
    expect(await expectEqual()).toBeGreaterThan(5);
  });
  test("a cell that is wrong is found and named, and its date made anew", async () => {
    const keeper = clickhouseKeeper(writer, postgres.writer);
    const arrivals = [...catalog.metrics].filter(([, { definition }]) =>
      plainMeasures(definition).every(({ fact }) => fact === "arrivals"),
    );
    const only = { ...catalog, metrics: new Map(arrivals) };
    const check = () => keeper.check({ catalog: only, datesPerStream: 2, random: () => 0.6 });
    expect(await check()).toMatchObject({ differences: [], held: true });
    const [table] = clickhouse
      .execute("select name from system.tables where database = 'rollup' and name like 'arrivals_created_at_%_day'")
      .trim()
      .split("\n");
    clickhouse.execute(
      `insert into rollup.${table} (build, cuboid, t, s0) select build, cuboid, t, 1 from rollup.${table} where s0 > 0`,
    );
    const { differences } = await check();
    expect(differences.map(({ stream }) => stream)).toEqual(["arrivals_created_at", "arrivals_created_at"]);
    expect(await dirty()).toBe(2);
  });
  test("advice is what was chosen", async () => {
    const advice = await clickhouseKeeper(writer, postgres.writer).advise({
      ...CHOICE,
      catalog,
      zone: "Asia/Singapore",
      now: NOW,
      asked: [],
    });
    expect(advice?.length).toBeGreaterThan(50);
  });
  test("without the database of roll-ups questions read the events", async () => {
    clickhouse.execute("drop database rollup");
    expect(await expectEqual()).toBe(0);
  });
});

describe("what a table's list of parts says", () => {
  const part = (name: string, first: number, last: number, version = first) => ({
    name,
    partition: "202603",
    first,
    last,
    version,
  });
  const before = [part("a", 1, 1), part("b", 4, 4)];
  test("nothing new, though they were merged, and numbers are missing in between", () => {
    expect(partChange(before, [part("ab", 1, 4)], false)).toEqual({ kind: "none" });
  });
  test("replicated parts with a number missing in between may hold an insert that came to light later", () => {
    expect(partChange(before, [part("ab", 1, 4)], true)).toEqual({ kind: "new", known: [], merged: ["ab"] });
  });
  test("a part of its own is new, one that was merged with an old one is both", () => {
    expect(partChange(before, [...before, part("c", 7, 7)], false)).toEqual({
      kind: "new",
      known: ["a", "b"],
      merged: [],
    });
    expect(partChange(before, [part("a", 1, 1), part("bc", 4, 7)], false)).toEqual({
      kind: "new",
      known: ["a"],
      merged: ["bc"],
    });
  });
  test("a part that is gone, or changed in place, is lost", () => {
    expect(partChange(before, [part("a", 1, 1)], false)).toEqual({ kind: "lost" });
    expect(partChange(before, [part("a_9", 1, 1, 9), part("b_9", 4, 4, 9)], false)).toEqual({ kind: "lost" });
  });
  test("an insert after a mutation that is merged with a part that went through it is not lost", () => {
    const mutated = [part("a_5", 1, 1, 5), part("d", 7, 7)];
    expect(partChange(mutated, [part("ad_5", 1, 7, 5)], false)).toEqual({ kind: "none" });
  });
});
