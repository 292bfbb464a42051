import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import { localeFor } from "../../src/chat/format.ts";
import { sayIn } from "../../src/chat/messages.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { runChecks } from "../../src/handlers/checks/run.ts";
import { sayFinding } from "../../src/handlers/checks/say.ts";
import { type CheckResult, latestFindings } from "../../src/queries/checks/results.ts";
import { postgresEngine } from "../../src/queries/engine.ts";
import { readWatermarks } from "../../src/queries/watermarks.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

const NOW = Date.parse("2026-03-17T10:05+08:00");
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
let database: TestDatabase;

async function findings(now = NOW): Promise<CheckResult[]> {
  const read = await readWatermarks(postgresEngine(database.reader), catalog.watermarks);
  if (!read.ok) throw new Error(read.error.code);
  const { watermarks } = read.value;
  const results = await runChecks({
    catalog,
    facts: postgresEngine(database.writer),
    pool: database.writer,
    watermarks,
    now,
  });
  expect(results.length).toBeGreaterThan(20);
  return results.filter(({ verdict }) => verdict === "bad");
}
const said = (found: readonly CheckResult[]): string[] => {
  const locale = localeFor("en");
  const saying = { say: sayIn("en", locale), language: "en", locale, zone: "Asia/Singapore", catalog } as const;
  return found.map((finding) => sayFinding(finding, saying));
};
const change = (statement: string) => database.writer.query(statement);

describe("in a quiet world", () => {
  beforeAll(async () => {
    database = await testDatabase();
    await quietWorld();
  });
  afterAll(() => database.end());
  beforeEach(async () => {
    expect(await findings(), "silence before").toEqual([]);
  });

  it("nothing is found, run after run, and the results are kept", async () => {
    expect(await findings(NOW + 60_000)).toEqual([]);
    expect(await latestFindings(database.writer, NOW + 60_000, 2)).toEqual([]);
    expect(await latestFindings(database.writer, NOW + 6 * 3_600_000, 2), "no run that is recent").toBeNull();
  });

  it("a table that is late is named, with the numbers that are not final", async () => {
    await change(
      "update mart.watermarks set complete_through = complete_through - interval '6 hours' where source = 'appeals'",
    );
    const found = await findings();
    expect(said(found)).toEqual([
      expect.stringMatching(
        /^appeals are 6 h late, complete through .* 04:00.*: Appeals filed, .* and \d+ more are not final after that\.$/,
      ),
    ]);
    expect(await latestFindings(database.writer, NOW, 2)).toMatchObject([{ kind: "freshness", source: "appeals" }]);
    await change(
      "update mart.watermarks set complete_through = complete_through + interval '6 hours' where source = 'appeals'",
    );
  });

  it("hours without rows are named from when to when, also weeks later", async () => {
    const hole = "created_at >= '2026-03-01T02:00Z' and created_at < '2026-03-01T07:00Z'";
    await change(`create table kept as select * from mart.cases where ${hole}`);
    await change(`delete from mart.cases where ${hole}`);
    const gaps = (await findings()).filter(({ kind }) => kind === "volume");
    expect(gaps).toMatchObject([
      { source: "cases", value: 0, detail: { from: "2026-03-01T02:00:00.000Z", to: "2026-03-01T07:00:00.000Z" } },
    ]);
    expect(said(gaps)[0]).toMatch(/^cases: 0 rows from .* 10:00.* to .* 15:00.* where about 100 were to be expected/);
    await change("insert into mart.cases select * from kept");
    await change("drop table kept");
  });

  it("fields that are suddenly empty, unknown values, rows twice over and rows without their parent each have their sentence", async () => {
    const last = "where decided_at > '2026-03-16T10:00Z'";
    await change(`create table kept as select * from mart.decisions ${last}`);
    await change(`update mart.decisions set reason = null ${last} and decision_id % 2 = 0`);
    await change(`update mart.decisions set action = 'escalate' ${last} and decision_id % 20 = 1`);
    await change(`insert into mart.decisions select decision_id + 9000000, case_id, decided_at, decider, moderator_id, team, action, reason, score, model_version,
      guideline_version, handle_seconds, cost_usd, superseded_at from mart.decisions ${last} and decision_id % 10 = 3`);
    await change(`update mart.decisions set case_id = -1 ${last} and decision_id % 30 = 4`);
    expect(said(await findings())).toEqual([
      expect.stringMatching(/^decisions: reason is empty in 31(\.\d+)?\s%.* 0(\.\d+)?\s% before\.$/),
      expect.stringMatching(
        /^decisions: \d+ rows of the last day hold values of action that the catalog does not know: escalate\./,
      ),
      expect.stringMatching(
        /^decisions: \d+ of the last day’s \d+ rows say the same as another row under another key\.$/,
      ),
      expect.stringMatching(
        /^decisions: \d+ of the last day’s \d+ rows have no row in cases; they are missing from every number\.$/,
      ),
    ]);
    await change(`delete from mart.decisions ${last}`);
    await change("insert into mart.decisions select * from kept");
    await change("drop table kept");
  });

  it("a new column and a column gone are each named once", async () => {
    await change("alter table mart.cases add column region text");
    expect(said(await findings())).toEqual(["cases: new columns since the last check: region."]);
    expect(await findings()).toEqual([]);
    await change("alter table mart.cases drop column region");
    expect(said(await findings())).toEqual(["cases: columns gone since the last check: region."]);
  });

  it("another mix of markets is named with what moved", async () => {
    await change("create table kept as select * from mart.cases where created_at > '2026-03-16T00:00Z'");
    await change(
      "update mart.cases set market = 'SG' where created_at > '2026-03-16T00:00Z' and market in ('ID', 'VN')",
    );
    const found = (await findings()).filter(({ kind }) => kind === "mix");
    expect(said(found)[0]).toMatch(
      /^cases by market are another mix than in the 28 days before: SG 12\.\d\s% → 37\.5\s%\.$/,
    );
    await change("update mart.cases c set market = kept.market from kept where kept.case_id = c.case_id");
    await change("drop table kept");
  });
});

it("the marketplace's planted outage of the intake is found, to the hour", async () => {
  database = await testDatabase();
  try {
    const { truths } = await fillMart({ url: database.url, cases: 60_000, now: NOW });
    const outage = truths.incidents.find(({ id }) => id === "intake_outage")?.window;
    const found = await findings();
    const gaps = found.filter(({ kind, source }) => kind === "volume" && source === "cases");
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.detail).toEqual({ from: outage?.from, to: outage?.to });
    expect(found.filter(({ kind }) => kind === "freshness").map(({ source }) => source)).toEqual(["appeals"]);
  } finally {
    await database.end();
  }
}, 60_000);

/** Twenty cases an hour over 100 days, each decided ten minutes later, in the same mix every day. */
async function quietWorld(): Promise<void> {
  await change(`insert into mart.cases select n, timestamptz '2025-12-07T02:00Z' + n * interval '3 minutes', (array['ID','VN','TH','MY','PH','SG','US','GB'])[1 + n % 8],
    (array['product','video','live','seller'])[1 + n % 4], (array['model','user_report'])[1 + n % 2], 'listing', (array['beauty','fashion','toys'])[1 + n % 3], n % 977,
    'gold', 'low', timestamptz '2025-12-08T02:00Z' + n * interval '3 minutes', n % 50, 9.5 from generate_series(1, 48000) n`);
  await change(`insert into mart.decisions select case_id, case_id, created_at + interval '10 minutes', 'model', null, null, (array['approve','remove'])[1 + case_id % 2],
    'spam', (case_id % 997) / 1000.0, 'm-1', 'g-1', null, 0.002, null from mart.cases where created_at < '2026-03-17T01:50Z'`);
  await change(
    `insert into mart.appeals select decision_id, decision_id, decided_at + interval '1 hour', null, null from mart.decisions where decision_id % 20 = 1 and decided_at < '2026-03-17T01:00Z'`,
  );
  await change(
    "insert into mart.watermarks select name, '2026-03-17T02:00Z', '2026-03-17T02:00Z' from unnest(array['cases','decisions','appeals']) as name",
  );
}
