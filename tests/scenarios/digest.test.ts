import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import type { IncidentTruth, Truths } from "../../demo/truths.ts";
import { localeFor } from "../../src/chat/format.ts";
import { sayIn } from "../../src/chat/messages.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import type { Asking } from "../../src/handlers/asking.ts";
import { composeDigest, type Digest } from "../../src/handlers/digest/digest.ts";
import { digestNotes } from "../../src/handlers/digest/notes.ts";
import { prepareDigest } from "../../src/handlers/digest/prepare.ts";
import { dayIn, dayStart, shiftDay } from "../../src/handlers/scan/days.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { openPools, type Pools } from "../../src/queries/database/pools.ts";
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
  const composed = await composeDigest(
    { filters: {}, metrics: [], period: null, remembers: false },
    asking(day),
    parts,
  );
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

test("a posted digest keeps its findings: the next morning they are open, not news again", async () => {
  const spike = planted("report_spike");
  const day = firstDay(spike);
  const parts = { facts: database.reader, writer: database.writer };
  const first = await prepareDigest({}, asking(day), parts);
  const again = await prepareDigest({}, asking(day), parts);
  if (!first.ok || !again.ok) throw new Error("no digest");
  expect(again.value.ids).toEqual(first.value.ids);
  expect(again.value.notes).toEqual(first.value.notes);
  const next = await prepareDigest({}, asking(shiftDay(day, 1)), parts);
  if (!next.ok) throw new Error("no digest");
  const told = first.value.digest.findings.map(
    ({ deviation }) => `${deviation.metric} ${JSON.stringify(deviation.segment)}`,
  );
  for (const { deviation } of next.value.digest.findings)
    expect(told).not.toContain(`${deviation.metric} ${JSON.stringify(deviation.segment)}`);
}, 240_000);
