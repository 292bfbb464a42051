import { expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import { err, ok } from "../../src/kernel/result.ts";
import type { Measure, Measurement } from "../../src/queries/measure.ts";
import { type DataVersion, shareMeasurements } from "../../src/queries/share-measurements.ts";

const NOW = Date.parse("2026-03-17T02:05:10Z");
const catalog: Catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
const context = { catalog, now: NOW, zone: "Asia/Singapore" };
const question = (metric = "decisions", filters: Question["filters"] = {}): Question => ({
  ...blank("metric"),
  metrics: [metric],
  filters,
  period: { from: "2026-03-01", to: "2026-03-08" },
});

/** A measure that counts how often it is asked, and the version of its data. */
function counted() {
  const state = {
    runs: 0,
    at: 0,
    version: { text: "1", completeThrough: NOW - 60_000, secondsMax: 300 } as DataVersion | null,
  };
  const measurement = (n: number): Measurement => ({
    rows: [{ metric: "decisions", key: {}, state: { kind: "count", n }, flags: [] }],
    compare: null,
    lags: new Map(),
    sql: [{ text: "select 1", params: [], ms: 9, source: "events" }],
    dataThrough: null,
    watermarks: [],
    zone: null,
  });
  const measure: Measure = async (asked) => {
    state.runs += 1;
    await new Promise((done) => setImmediate(done));
    return asked.metrics[0] === "refused" ? err({ code: "busy", params: {} }) : ok(measurement(state.runs));
  };
  const shared = (bytesMax = 1e6): Measure =>
    shareMeasurements(
      measure,
      async () => state.version,
      bytesMax,
      () => state.at,
    );
  return { state, shared };
}
const sourceOf = (result: Awaited<ReturnType<Measure>>): string | undefined =>
  result.ok ? result.value.sql[0]?.source : undefined;

test("an equal question is answered once while the data stand, also with its keys in another order, and says so", async () => {
  const { state, shared } = counted();
  const measure = shared();
  expect(sourceOf(await measure(question("decisions", { queue: ["video"], market: ["ID", "TH"] }), context))).toBe(
    "events",
  );
  const again = question("decisions", { market: ["TH", "ID"], queue: ["video"] });
  expect(sourceOf(await measure(again, { ...context, now: NOW + 3_600_000 }))).toBe("cache");
  expect(state.runs).toBe(1);
  state.version = { text: "2", completeThrough: NOW, secondsMax: 300 };
  expect(sourceOf(await measure(again, context))).toBe("events");
  state.at += 301_000;
  expect(sourceOf(await measure(again, context))).toBe("events");
});

test("those who ask at once wait for one computation", async () => {
  const { state, shared } = counted();
  const measure = shared();
  const results = await Promise.all(Array.from({ length: 50 }, () => measure(question(), context)));
  expect(state.runs).toBe(1);
  expect(new Set(results.map((result) => result.ok && JSON.stringify(result.value.rows))).size).toBe(1);
});

test("never across audiences or zones, nor across minutes of a period that is not over", async () => {
  const { state, shared } = counted();
  const measure = shared();
  const today = { ...question(), period: { from: "2026-03-17", to: "2026-03-18" } };
  await measure(question(), context);
  await measure(question(), { ...context, audience: "trust-and-safety" });
  await measure(question(), { ...context, zone: "Asia/Tokyo" });
  await measure(today, context);
  await measure(today, { ...context, now: NOW + 60_000 });
  expect(state.runs).toBe(5);
});

test("refusals are not kept, and without a version nothing is shared", async () => {
  const { state, shared } = counted();
  const measure = shared();
  await measure(question("refused"), context);
  await measure(question("refused"), context);
  expect(state.runs).toBe(2);
  state.version = null;
  await measure(question(), context);
  await measure(question(), context);
  expect(state.runs).toBe(4);
});

test("what was asked longest ago goes when the memory is full", async () => {
  const { state, shared } = counted();
  const measure = shared(2_000);
  for (const queue of ["video", "live", "ip", "product"])
    await measure(question("decisions", { queue: [queue] }), context);
  await measure(question("decisions", { queue: ["product"] }), context);
  expect(state.runs).toBe(4);
  await measure(question("decisions", { queue: ["video"] }), context);
  expect(state.runs).toBe(5);
});
