import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import type { MetricState } from "../../src/kernel/measurement.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import { checkCatalog } from "../../src/queries/check-catalog.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { postgresEngine } from "../../src/queries/engine.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

/** The code blocks of docs/your-data.md by their info string ("sql", "json questions"), in order. */
const blocks = new Map<string, string[]>();
for (const [, info, body] of readFileSync("docs/your-data.md", "utf8").matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)) {
  blocks.set(info as string, [...(blocks.get(info as string) ?? []), body as string]);
}
const block = (info: string): string => (blocks.get(info) ?? []).join("\n");

const NOW = Date.parse("2026-03-20T00:00Z");
let db: TestDatabase;
let dir: string;
let catalog: Catalog;

beforeAll(async () => {
  db = await testDatabase();
  await db.writer.query(block("sql"));
  dir = mkdtempSync(join(tmpdir(), "catalog-"));
  writeFileSync(join(dir, "trust.yaml"), block("yaml"));
  const loaded = loadCatalog({ dirs: [dir] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  catalog = loaded.value;
});
afterAll(async () => {
  await db.end();
  rmSync(dir, { recursive: true });
});

const ask = (question: Partial<Question>) =>
  createMeasure(db.reader)({ ...blank("metric"), ...question }, { catalog, now: NOW, zone: "Europe/Berlin" });

const counts = (state: MetricState): [number | null, number] =>
  state.kind === "proportion" ? [state.x, state.n] : [null, state.kind === "count" ? state.n : Number.NaN];

test("foreign tables fit by a catalog of their own", async () => {
  expect(await checkCatalog(catalog, postgresEngine(db.reader))).toEqual([]);
});

test("every question of the page is answered as it says", async () => {
  const questions = JSON.parse(block("json questions")) as {
    ask: Partial<Question>;
    gives: [object, number | null, number][];
  }[];
  expect(questions.length).toBeGreaterThan(4);
  for (const { ask: question, gives } of questions) {
    const answer = await ask(question);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    expect(answer.value.rows.map(({ key, state }) => [key, ...counts(state)])).toEqual(gives);
  }
});

test("its numbers are those of plain SQL", async () => {
  const { rows } =
    await db.reader.query(`select site, count(*) filter (where verdict = 'TAKE_DOWN') as x, count(*) as n from trust.review_log
    where (closed_utc at time zone 'UTC' at time zone case site when 'jp' then 'Asia/Tokyo' else 'America/Sao_Paulo' end)::date = '2026-03-02'
    group by site order by site desc`);
  const answer = await ask({
    metrics: ["takedown_rate"],
    by: ["site"],
    period: { from: "2026-03-02", to: "2026-03-03" },
  });
  expect(
    answer.ok && answer.value.rows.map(({ key, state }) => ({ site: key.site, ...(state as object), kind: undefined })),
  ).toEqual(rows.map((row) => ({ ...row, kind: undefined })));
});

test("every refusal of the page has its reason", async () => {
  const refusals = JSON.parse(block("json refusals")) as { ask: Partial<Question>; code: string }[];
  for (const { ask: question, code } of refusals)
    expect(await ask(question)).toMatchObject({ ok: false, error: { code } });
});

test("part of a month is offered as whole months", async () => {
  const answer = await ask({ metrics: ["reversal_rate"], period: { from: "2026-02-10", to: "2026-02-20" } });
  const [instead] = answer.ok ? [] : (answer.error.instead ?? []);
  expect(instead?.period).toEqual({ from: "2026-02-01", to: "2026-03-01" });
  expect(await ask(instead ?? {})).toMatchObject({ ok: true, value: { rows: [{ state: { x: 500, n: 1500 } }] } });
});

test("a column that does not exist is named with file, line and the one that was meant", async () => {
  writeFileSync(join(dir, "broken.yaml"), block("yaml broken"));
  const broken = loadCatalog({ dirs: [dir] });
  if (!broken.ok) throw new Error("it is the database that says so");
  const problems = await checkCatalog(broken.value, postgresEngine(db.reader));
  rmSync(join(dir, "broken.yaml"));
  expect(problems).toHaveLength(1);
  const [{ file, line, path, message, instead }] = problems as [NonNullable<(typeof problems)[0]>];
  const said = `broken.yaml:${line} ${path}: ${message} → ${instead.split(" or ")[0]}`;
  expect(file.endsWith("broken.yaml")).toBe(true);
  expect(said).toBe(block("text broken").trim());
});

test("the median of open and closed reviews is the known two hours", async () => {
  const answer = await ask({ metrics: ["review_time_p50"], period: { from: "2026-03-02", to: "2026-03-09" } });
  const state = answer.ok ? answer.value.rows[0]?.state : undefined;
  const events = state?.kind === "lifetimes" ? state.bins.filter((bin) => bin.events > 0) : [];
  expect(events).toHaveLength(1);
  expect((events[0]?.seconds ?? 0) / (events[0]?.events ?? 1)).toBe(7_200);
});
