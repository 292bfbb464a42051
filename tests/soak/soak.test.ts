import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { killWorkers } from "./kills.ts";
import { soak } from "./soak.ts";

/** The small editions of `npm run soak:kills` and `npm run soak:day`. */
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

describe("three worker processes while servers lose answers, limit and fail", () => {
  it("60 kills (SIGKILL) at random moments: nothing is lost, nothing is there twice", async () => {
    const { expected, lost, duplicate, wrong, unfinished, kills } = await killWorkers({
      database: { url: database.url, pool: database.writer },
      kills: 60,
      seed: 60,
    });
    expect({ lost, duplicate, wrong, unfinished, kills }).toEqual({
      lost: [],
      duplicate: [],
      wrong: [],
      unfinished: 0,
      kills: 60,
    });
    expect(expected).toBeGreaterThan(150);
  }, 400_000);
});

describe("two hours by the minute on a clock of its own", () => {
  it("posts every hour's message of every schedule once, and leaves no handle behind", async () => {
    const fresh = await testDatabase();
    const report = await soak(fresh, { ticks: 125, schedules: 6, collect: () => {} });
    expect(report).toMatchObject({ lost: [], duplicate: [], wrong: [] });
    expect(report.expected).toBeGreaterThan(12);
    expect(report.handlesAfter).toBeLessThanOrEqual(report.handlesBefore);
    await fresh.end();
  }, 120_000);
});
