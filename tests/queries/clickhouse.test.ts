import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import type { MetricState } from "../../src/kernel/measurement.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import { checkCatalog } from "../../src/queries/check-catalog.ts";
import { type ClickhouseEngine, clickhouseEngine } from "../../src/queries/clickhouse/engine.ts";
import { createMeasure, measureOn } from "../../src/queries/create-measure.ts";
import type { Measure, Measurement } from "../../src/queries/measure.ts";
import { copyMart } from "../support/clickhouse-mart.ts";
import { type ClickhouseServer, hasClickhouse, startClickhouse } from "../support/clickhouse-server.ts";
import { DEMO_NOW, demoDatabase, type TestDatabase } from "../support/database.ts";

const ZONE = "Asia/Singapore";
// GB and US change their clocks in it: 8 and, the year before, 2 November and 26 October.
const PERIOD = { from: "2026-02-20", to: "2026-03-14" };
const AUTUMN = { from: "2025-10-24", to: "2025-11-04" };

describe.skipIf(!hasClickhouse)("ClickHouse gives the same answers as PostgreSQL", () => {
  let postgres: TestDatabase;
  let clickhouse: ClickhouseServer;
  let engine: ClickhouseEngine;
  let catalog: Catalog;
  let inPostgres: Measure;
  let inClickhouse: Measure;

  beforeAll(async () => {
    postgres = await demoDatabase();
    clickhouse = await startClickhouse();
    await copyMart(postgres.reader, clickhouse);
    engine = clickhouseEngine(clickhouse.url, 60_000);
    catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
    inPostgres = createMeasure(postgres.reader);
    inClickhouse = measureOn(engine);
  });
  afterAll(async () => {
    await engine?.close();
    await clickhouse?.close();
    await postgres?.end();
  });

  const ask = async (measure: Measure, question: Partial<Question>): Promise<Measurement> => {
    const found = await measure(
      { ...blank("metric"), period: PERIOD, ...question },
      { catalog, now: DEMO_NOW, zone: ZONE },
    );
    if (!found.ok) throw new Error(`${JSON.stringify(question)}: ${found.error.code}`, { cause: found.error.cause });
    return found.value;
  };
  const same = async (question: Partial<Question>): Promise<number> => {
    const [expected, found] = [await ask(inPostgres, question), await ask(inClickhouse, question)];
    const plain = ({ rows, compare, dataThrough, zone }: Measurement) => ({
      rows: rows.map((row) => ({ ...row, state: rounded(row.state) })),
      compare: compare?.map((row) => ({ ...row, state: rounded(row.state) })) ?? null,
      dataThrough,
      zone,
    });
    expect(plain(found)).toEqual(plain(expected));
    return found.rows.length;
  };

  const metrics = [...readCatalog({ MODSTATS_CATALOG_DIRS: [] }).metrics.values()].filter(
    ({ shows }) => shows.length === 0,
  );
  test.each(metrics.map(({ id }) => id))(
    "%s: total, compared, filtered, along two dimensions, by day in each market's own days",
    async (id) => {
      const metric = catalog.metrics.get(id);
      if (!metric) throw new Error(id);
      const usual: Partial<Question> = metric.moment
        ? { metrics: [id], period: null, options: { at: "2026-03-16T09:00+08:00" } }
        : {
            metrics: [id],
            ...(metric.grains.includes("day") ? {} : { period: { from: "2026-02-01", to: "2026-03-01" } }),
          };
      await same({
        ...usual,
        compare: metric.moment ? { at: "2026-03-09T09:00+08:00" } : { from: "2026-01-01", to: "2026-02-01" },
      });
      // Every dimension is met by some metric, every metric by its first and another one.
      const [first, ...others] = metric.dimensions;
      const other = others[metrics.findIndex((one) => one.id === id) % others.length];
      for (const by of [first, other]) if (by !== undefined) await same({ ...usual, by: [by] });
      if (metric.dimensions.includes("queue")) await same({ ...usual, filters: { "!queue": ["video", "live"] } });
      if (metric.moment || !metric.grains.includes("day")) return;
      const rows = await same({ ...usual, grain: "day", by: metric.dimensions.includes("market") ? ["market"] : [] });
      expect(rows > 0 || metric.group === "data").toBe(true);
    },
  );

  test.each(["hour", "day", "week", "month", "hour_of_day", "day_of_week"] as const)(
    "buckets by %s over the autumn's change of clocks",
    async (grain) => {
      const period = grain === "month" ? { from: "2025-09-01", to: "2025-12-01" } : AUTUMN;
      await same({ metrics: ["decisions"], grain, period, by: ["market"] });
      await same({ metrics: ["tat_p50"], grain, period, filters: { market: ["GB"] } });
    },
  );
  test("what was open at each day's end, by market", async () => {
    await same({ metrics: ["backlog", "oldest_age"], grain: "day", period: AUTUMN, by: ["market"] });
    await same({
      metrics: ["backlog"],
      grain: "hour",
      period: { from: "2025-11-01", to: "2025-11-03" },
      filters: { market: ["US"] },
    });
    await same({ metrics: ["backlog"], period: null, options: { at: "2026-03-16T09:00+08:00", age: { gt: "PT24H" } } });
  });
  test("no text of a person becomes part of a statement", async () => {
    const rows = clickhouse.execute("select count() from mart.cases");
    const hostile = ["x') or 1=1 --", "{p1:String}", "\\'; drop table mart.cases", "ไทย"];
    for (const value of hostile) {
      const found = await inClickhouse(
        { ...blank("metric"), metrics: ["decisions"], period: PERIOD, filters: { model_version: [value] } },
        { catalog, now: DEMO_NOW, zone: ZONE },
      );
      expect(found.ok ? found.value.rows : found.error.code).toBe("unknown_value");
    }
    expect(clickhouse.execute("select count() from mart.cases")).toBe(rows);
  });
  test("the catalog fits it, and a column that is not there is named with those that are near", async () => {
    expect(await checkCatalog(catalog, engine)).toEqual([]);
    const dir = mkdtempSync(join(tmpdir(), "catalog-"));
    writeFileSync(
      join(dir, "broken.yaml"),
      readFileSync("catalog/metrics/3-efficiency.yaml", "utf8").replace(
        "expr: d.handle_seconds",
        "expr: d.handle_secs",
      ),
    );
    const broken = loadCatalog({ dirs: ["catalog", dir] });
    rmSync(dir, { recursive: true });
    if (!broken.ok) throw new Error(JSON.stringify(broken.error));
    const [problem] = await checkCatalog(broken.value, engine);
    expect(problem?.instead).toContain("handle_seconds");
  }, 120_000);
  test("an engine that is away is said, not thrown", async () => {
    const away = clickhouseEngine("http://127.0.0.1:9", 500);
    const found = await measureOn(away)(
      { ...blank("metric"), metrics: ["decisions"], period: PERIOD },
      { catalog, now: DEMO_NOW, zone: ZONE },
    );
    expect(found).toMatchObject({ ok: false, error: { code: "database_down" } });
    await away.close();
  });
});

/** Sums of doubles depend on the order of adding in the last digits. */
function rounded(state: MetricState): unknown {
  return JSON.parse(JSON.stringify(state), (_, value) =>
    typeof value === "number" ? Number(value.toPrecision(10)) : value,
  );
}
