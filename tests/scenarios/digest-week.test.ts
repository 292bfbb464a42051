import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import { localeFor } from "../../src/chat/format.ts";
import { sayIn } from "../../src/chat/messages.ts";
import type { Note } from "../../src/chat/post.ts";
import type { Verdict } from "../../src/chat/verdict.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import type { Asking } from "../../src/handlers/asking.ts";
import { prepareDigest } from "../../src/handlers/digest/prepare.ts";
import { judgeFinding } from "../../src/handlers/findings/judge.ts";
import { dayStart, shiftDay } from "../../src/handlers/scan/days.ts";
import type { Question } from "../../src/kernel/question.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { openPools, type Pools } from "../../src/queries/database/pools.ts";
import { bindFinding } from "../../src/queries/state/findings.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";

/** One channel's mornings in a row, in one market: what was told is remembered, what people said counts, what moved is owned up to. */
let database: TestDatabase;
let patient: Pools;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
const ZONE = "Asia/Singapore";
const OPS = { platform: "slack", tenant: "T0TEAM", channel: "C0OPS" } as const;
/** The planted spike of reports in VN: Wednesday. */
const SPIKE = "2026-03-11";

beforeAll(async () => {
  database = await testDatabase();
  await fillMart({ url: database.url, now: DEMO_NOW });
  patient = openPools(database, { statementTimeoutMs: 60_000, waitMsMax: 60_000 });
}, 180_000);
afterAll(async () => {
  await patient.end();
  await database.end();
});

/** Nine o'clock on the morning after the day. */
const asking = (day: string): Asking => ({
  catalog,
  measure: createMeasure(patient.reader),
  say: sayIn("en", localeFor("en")),
  language: "en",
  locale: localeFor("en"),
  zone: ZONE,
  now: Math.min(DEMO_NOW, dayStart(shiftDay(day, 1), ZONE) + 9 * 3_600_000),
});

async function morningAfter(day: string, filters: Question["filters"] = { market: ["VN"] }): Promise<Morning> {
  const parts = { facts: database.reader, writer: database.writer };
  const made = await prepareDigest(filters, OPS, asking(day), parts);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  for (const finding of made.value.ids) await bindFinding(database.writer, { ...OPS, thread: finding }, finding);
  return made.value;
}
const say = (finding: string, verdict: Verdict, day: string): Promise<string> =>
  judgeFinding(
    { finding, verdict, reason: null, until: null },
    { where: OPS, thread: finding, person: "U7" },
    asking(day),
    { writer: database.writer },
  );
interface Morning {
  readonly notes: readonly Note[];
  readonly ids: readonly string[];
}
const movedIn = ([head]: readonly Note[]): string[] => head?.lines.filter((line) => line.startsWith("Moved")) ?? [];
const lineOf = (notes: readonly Note[], start: string): string | undefined =>
  notes[0]?.lines.find((line) => line.startsWith(start));

test("a week of mornings", async () => {
  const wednesday = await morningAfter(SPIKE);
  expect(wednesday.notes[1]?.title).toBe("User reports rose: VN");
  const [finding = ""] = wednesday.ids;
  expect(lineOf(wednesday.notes, "11 Mar 2026:")).toMatch(/Inflow \d+/);

  // A third of Wednesday's cases arrives only now: the collector in VN was late.
  await database.writer.query(
    `insert into mart.cases
     select 900000000000 + row_number() over (), created_at, market, queue, source, content_type, category, seller_id, seller_tier, severity,
            sla_due_at, views, gmv_usd
     from mart.cases
     where market = 'VN' and case_id % 3 = 0
       and created_at >= '2026-03-11T00:00+08:00' and created_at < '2026-03-12T00:00+08:00'`,
  );
  const thursday = await morningAfter(shiftDay(SPIKE, 1));
  expect(thursday.notes).toHaveLength(1);
  expect(thursday.notes[0]?.title).toBe("Digest of 12 Mar 2026: nothing new");
  expect(lineOf(thursday.notes, "Still open")).toBe("Still open: User reports rose: VN");
  expect(movedIn(thursday.notes)).toContainEqual(
    expect.stringMatching(/^Moved since posted: VN Inflow 11 Mar 2026 161 → 2\d\d \(late cases\)$/),
  );

  // Owned up to once; what nobody has spoken of stays open until somebody does.
  const friday = await morningAfter(shiftDay(SPIKE, 2));
  expect(movedIn(friday.notes)).toEqual([]);
  expect(await say(finding, "confirmed", shiftDay(SPIKE, 2))).toMatch(/is real/);
  const sunday = await morningAfter("2026-03-15");
  expect(lineOf(sunday.notes, "Still open")).toBeUndefined();
  expect(lineOf(sunday.notes, "Last week")).toMatch(/^Last week by your verdicts: counts 1 of 1 right/);

  // Another digest's readers were told nothing that has moved.
  const elsewhere = await morningAfter(shiftDay(SPIKE, 1), { market: ["ID"] });
  expect(movedIn(elsewhere.notes)).toEqual([]);
}, 300_000);

test("a muted finding, and everything within it, stays out of the digest until it is heard again", async () => {
  const told = await morningAfter("2026-03-16", {});
  const titles = told.notes.slice(1).map(({ title }) => title);
  expect(titles).toContain("Handle time keeps climbing: live");
  const drift = told.ids[titles.indexOf("Handle time keeps climbing: live")] ?? "";
  expect(await say(drift, "mute", "2026-03-16")).toMatch(/until/);
  const next = await morningAfter("2026-03-16", {});
  expect(next.notes.map(({ title }) => title)).not.toContain("Handle time keeps climbing: live");
  expect(lineOf(next.notes, "Still open") ?? "").not.toContain("Handle time");
}, 300_000);
