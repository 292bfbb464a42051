import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import { blank } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { openRollups } from "../../../src/queries/rollup/open-rollups.ts";
import { reconcile } from "../../../src/queries/rollup/reconcile.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { fillSmallMart, NOW } from "../small-mart.ts";
import { expectSameRows } from "./support.ts";

let db: TestDatabase;
const catalog: Catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });

beforeAll(async () => {
  db = await testDatabase();
  await fillSmallMart(db.writer);
}, 60_000);
afterAll(() => db?.end());

/** Starts a refresh and kills it with SIGKILL so many milliseconds after its n-th commit; true when it was done before. */
async function runAndKill(commits: number, afterMs: number): Promise<boolean> {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--import", "tsx", "tests/queries/rollup/kill-child.ts", db.url, String(NOW)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let seen = 0;
  let isDone = false;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    isDone ||= line === "done";
    seen += 1;
    if (seen === commits) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await ended;
  return isDone;
}

test("a refresh that is killed anywhere leaves whole dates, and the next one goes on to the end", async () => {
  const events = createMeasure(db.reader);
  const cells = createMeasure(db.reader, openRollups(db.reader).compiler);
  const context = { catalog, now: NOW, zone: "Asia/Singapore" };
  const check = async (): Promise<void> => {
    for (const metric of ["decisions", "overturn_cohort", "tat_p50"]) {
      const question = {
        ...blank("metric"),
        metrics: [metric],
        grain: "day",
        period: { from: "2026-01-10", to: "2026-03-16" },
      } as const;
      const [expected, found] = [await events(question, context), await cells(question, context)];
      if (!expected.ok || !found.ok) throw new Error(JSON.stringify([expected, found]));
      expectSameRows(found.value.rows, expected.value.rows);
    }
  };
  let state = 20_260_317;
  const random = (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  let kills = 0;
  while (kills < 4 && !(await runAndKill(1 + Math.floor(random() * 40), Math.floor(random() * 60)))) {
    kills += 1;
    await check();
  }
  expect(kills, "it was killed on the way").toBeGreaterThan(1);
  expect(await runAndKill(Number.POSITIVE_INFINITY, 0)).toBe(true);
  const { rows } = await db.reader.query(
    "select count(*)::int as dirty from rollup.units where dirty_since is not null",
  );
  expect(rows[0].dirty).toBe(0);
  await check();
  const held = await reconcile(db.writer, { catalog, datesPerStream: 5, random });
  expect(held).toMatchObject({ differences: [], held: true });
}, 180_000);
