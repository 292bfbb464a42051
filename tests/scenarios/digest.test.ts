import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import type { IncidentTruth, Truths } from "../../demo/truths.ts";
import { localeFor } from "../../src/chat/format.ts";
import { sayIn } from "../../src/chat/messages.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import type { Asking } from "../../src/handlers/asking.ts";
import { composeDigest, type Digest } from "../../src/handlers/digest/digest.ts";
import { type LookAt, sharedLook } from "../../src/handlers/digest/look.ts";
import { digestNotes } from "../../src/handlers/digest/notes.ts";
import { prepareDigest } from "../../src/handlers/digest/prepare.ts";
import { dayIn, dayStart, shiftDay } from "../../src/handlers/scan/days.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { openPools, type Pools } from "../../src/queries/database/pools.ts";
import { bindFinding } from "../../src/queries/state/findings.ts";
import { sharedMeasure } from "../../src/schedules/shared-measure.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";

/**
 * The simulated marketplace, read on the mornings on which something had happened: what was planted stands first, with its segment and kind;
 * lost data are called lost data; a day without anything is one line.
 */
let database: TestDatabase;
let patient: Pools;
let truths: Truths;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
const ZONE = "Asia/Singapore";

beforeAll(async () => {
  database = await testDatabase();
  ({ truths } = await fillMart({ url: database.url, now: DEMO_NOW }));
  // A loaded machine must not decide which metrics are judged.
  patient = openPools(database, { statementTimeoutMs: 60_000, waitMsMax: 60_000 });
}, 180_000);
afterAll(async () => {
  await patient.end();
  await database.end();
});

const planted = (id: IncidentTruth["id"]): IncidentTruth => {
  const found = truths.incidents.find((one) => one.id === id);
  if (!found) throw new Error(`${id} is not planted`);
  return found;
};

/** The morning after a day. */
function asking(day: string): Asking {
  const now = Math.min(DEMO_NOW, dayStart(shiftDay(day, 1), ZONE) + 9 * 3_600_000);
  const say = sayIn("en", localeFor("en"));
  const measure = createMeasure(patient.reader);
  return { catalog, measure, say, language: "en", locale: localeFor("en"), zone: ZONE, now };
}

async function digestOf(day: string): Promise<Digest> {
  const parts = { facts: database.reader, writer: database.writer };
  const composed = await composeDigest({ filters: {}, metrics: [], period: null, channel: null }, asking(day), parts);
  if (!composed.ok) throw new Error(JSON.stringify(composed.error));
  return composed.value;
}
const firstDay = ({ window }: IncidentTruth): string => dayIn(Date.parse(window.from) + 12 * 3_600_000, ZONE);
const filtersOf = (truth: IncidentTruth) =>
  Object.fromEntries(Object.entries(truth.filters).map(([dimension, value]) => [dimension, [value]]));

test("the day on which a queue's automation dips: that queue of that market first, with hours to save", async () => {
  const dip = planted("automation_dip");
  const { findings } = await digestOf(firstDay(dip));
  const [first] = findings;
  expect(first?.deviation).toMatchObject({ metric: dip.metric, segment: filtersOf(dip), direction: "down" });
  expect(["spike", "level_shift"]).toContain(first?.deviation.kind);
  expect(first?.recommendation?.rule).toBe("route_back");
  const { low = 0, value = 0, high = 0 } = first?.recommendation?.effect ?? {};
  expect(low).toBeLessThan(value);
  expect(value).toBeLessThan(high);
  // What the hours do to the queue: p(breach) before and after, until the end of that market's day.
  const { before = 0, after = 1, until } = first?.recommendation?.breach ?? {};
  expect(after).toBeLessThanOrEqual(before);
  expect(dayIn(Date.parse(until ?? "") - 1, "Asia/Manila")).toBe(shiftDay(firstDay(dip), 1));
  const note = digestNotes(await digestOf(firstDay(dip)), [], asking(firstDay(dip)))[1];
  expect(
    note?.lines.some((line) => /chance of an SLA breach until .* (from .* to|is .* with or without)/i.test(line)),
  ).toBe(true);
}, 120_000);

test("the day of a spike of reports: that market's reports first, not the intake that followed", async () => {
  const spike = planted("report_spike");
  const { findings } = await digestOf(firstDay(spike));
  expect(findings[0]?.deviation).toMatchObject({
    metric: spike.metric,
    segment: filtersOf(spike),
    kind: "spike",
    direction: "up",
  });
  expect(findings[0]?.recommendation?.rule).toBe("add_hours");
  // What follows reports is told under them, not as a finding of its own.
  const own = findings.filter(
    ({ deviation }) => deviation.segment.market?.includes("VN") && deviation.metric === "inflow",
  );
  expect(own).toEqual([]);
}, 120_000);

test("the last day of a slow drift: the queue that got slower first, as a drift", async () => {
  const drift = planted("live_slowdown");
  const { findings } = await digestOf("2026-03-16");
  expect(findings[0]?.deviation).toMatchObject({
    metric: drift.metric,
    segment: filtersOf(drift),
    kind: "drift",
    direction: "up",
  });
  expect(findings[0]?.recommendation?.rule).toBe("plan_hours");
}, 120_000);

test("the day on which the collector lost its events: missing data before anything, and no drop", async () => {
  const outage = planted("intake_outage");
  const digest = await digestOf(firstDay(outage));
  const [gap] = digest.health.gaps.filter(({ to }) => to > digest.healthSince);
  expect(gap).toMatchObject({ source: "cases", segment: {} });
  expect(new Date(gap?.from ?? 0).toISOString()).toBe(outage.window.from);
  expect(new Date(gap?.to ?? 0).toISOString()).toBe(outage.window.to);
  const drops = digest.findings.filter(({ deviation }) => deviation.direction === "down" && deviation.kind !== "drift");
  expect(drops.map(({ deviation }) => deviation.metric)).toEqual([]);
  const [head] = digestNotes(digest, [], asking(firstDay(outage)));
  expect(head?.lines[0]).toMatch(/^Missing data: no cases between 1 Mar 2026, 10:00–19:00/);
}, 120_000);

test("a quiet day says so in one line", async () => {
  // Before any incident and outside every other planted change.
  const day = "2026-01-14";
  const digest = await digestOf(day);
  const notes = digestNotes(digest, [], asking(day));
  expect(notes).toHaveLength(1);
  expect(notes[0]?.title).toBe(`Digest of 14 Jan 2026: all quiet, ${digest.normal.metrics} metrics normal.`);
  expect(notes[0]?.lines).toEqual([]);
  expect(digest.normal.series).toBeGreaterThan(200);
}, 120_000);

test("what the data checks found stands before any finding, and a day with it is not quiet", async () => {
  const day = "2026-01-14";
  const checkedAt = new Date(asking(day).now - 1_800_000);
  const bad =
    "insert into mart.check_results (checked_at, kind, source, subject, value, expected, verdict, detail) values";
  await database.writer.query(
    `${bad} ($1, 'keys', 'appeals', '', 12, null, 'bad', '{"rows": 400}'), ($1, 'nulls', 'decisions', 'reason', 0.31, 0.01, 'bad', '{}')`,
    [checkedAt],
  );
  const [head] = digestNotes(await digestOf(day), [], asking(day));
  await database.writer.query("delete from mart.check_results");
  expect(head?.title).not.toContain("all quiet");
  expect(head?.lines.slice(0, 2)).toEqual([
    "appeals: 12 of the last day’s 400 rows say the same as another row under another key.",
    expect.stringMatching(/^decisions: reason is empty in 31.* before\.$/),
  ]);
}, 120_000);

const OPS = { platform: "slack", tenant: "T0TEAM", channel: "C0OPS" } as const;
const LEADS = { ...OPS, channel: "C0LEADS" } as const;
const named = ({ findings }: Digest): string[] =>
  findings.map(({ deviation }) => `${deviation.metric} ${JSON.stringify(deviation.segment)}`);

/** The digest of a day as a channel gets it, its findings bound to their threads as the delivery binds them. */
async function posted(day: string, channel: typeof OPS | typeof LEADS, lookAt?: LookAt) {
  const parts = { facts: database.reader, writer: database.writer, ...(lookAt && { lookAt }) };
  const made = await prepareDigest({}, channel, asking(day), parts);
  if (!made.ok) throw new Error("no digest");
  for (const finding of made.value.ids) await bindFinding(database.writer, { ...channel, thread: finding }, finding);
  return made.value;
}

test("a posted digest keeps its findings: the next morning they are open there, and news where they were not told", async () => {
  const day = firstDay(planted("report_spike"));
  const lookAt = sharedLook(() => performance.now());
  const first = await posted(day, OPS, lookAt);
  const again = await posted(day, OPS, lookAt);
  expect(again.ids).toEqual(first.ids);
  expect(again.notes).toEqual(first.notes);
  const next = shiftDay(day, 1);
  const here = await posted(next, OPS, lookAt);
  const there = await posted(next, LEADS, lookAt);
  const goesOn = named(first.digest).filter((one) =>
    [...named(here.digest), ...named({ ...here.digest, findings: here.digest.open })].includes(one),
  );
  expect(goesOn.length).toBeGreaterThan(0);
  for (const one of goesOn) {
    expect(named(here.digest)).not.toContain(one);
    expect(named(there.digest)).toContain(one);
  }
}, 240_000);

test("500 channels of one slot are one look at the mart and one explanation of each finding", async () => {
  let statements = 0;
  const count = (): void => {
    statements += 1;
  };
  database.reader.on("acquire", count);
  patient.reader.on("acquire", count);
  const morning = asking(firstDay(planted("report_spike")));
  const monotonic = () => performance.now();
  const shared = { ...morning, measure: sharedMeasure(morning.measure, monotonic) };
  const parts = { facts: database.reader, writer: database.writer, lookAt: sharedLook(monotonic) };
  const alone = await prepareDigest({}, OPS, shared, parts);
  const once = statements;
  expect(once).toBeGreaterThan(20);
  const channels = Array.from({ length: 500 }, (_, n) => ({ ...OPS, channel: `C${n}` }));
  const made = await Promise.all(channels.map((channel) => prepareDigest({}, channel, shared, parts)));
  expect(statements).toBe(once);
  if (!alone.ok) throw new Error("no digest");
  for (const one of made) expect(one.ok && one.value.digest.numbers).toEqual(alone.value.digest.numbers);
}, 240_000);
