import { afterAll, beforeAll, expect, test } from "vitest";
import type { Act, Bot } from "../../../src/chat/port.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import { readVerdict } from "../../../src/handlers/findings/verdict-words.ts";
import type { Deviation } from "../../../src/kernel/deviation.ts";
import { afterVerdict, openState, stateAt } from "../../../src/kernel/finding-state.ts";
import { blank } from "../../../src/kernel/question.ts";
import { bindFinding, findFinding, keepFinding, precisionByDetector } from "../../../src/queries/state/findings.ts";
import { coreOver } from "../../support/core.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

/** What people say of a finding: by button, and in words of its thread. */
let database: TestDatabase;
let bot: Bot;
let acts = 0;
const where = { platform: "slack", tenant: "T1", channel: "C1" } as const;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });

beforeAll(async () => {
  database = await testDatabase();
  bot = coreOver(database);
});
afterAll(() => database.end());

const deviation = (segment: Deviation["segment"]): Deviation => ({
  metric: "reports",
  segment,
  kind: "spike",
  direction: "up",
  period: { from: "2026-03-11", to: "2026-03-12" },
  zone: "Asia/Ho_Chi_Minh",
  value: 94,
  expected: 28,
  low: 15,
  high: 40,
  n: null,
  p: 1e-12,
  q: 1e-10,
  excess: 66,
  detector: "counts/1",
});
const kept = (market: string, day = "2026-03-12") =>
  keepFinding(database.writer, { deviation: deviation({ market: [market] }), question: blank("metric"), day });

async function say(act: Act, thread: string | null): Promise<string> {
  acts += 1;
  const reply = await bot.respond({
    where,
    thread,
    person: { id: "U7", zone: "Asia/Singapore" },
    deliveries: [`verdict/${acts}`],
    act,
  });
  return reply.type === "notice" ? reply.text : reply.type;
}
const words = (text: string, thread: string) => say({ type: "words", text, spokenTo: false }, thread);

test("expected, and why: the days are in the change ledger, of this metric and market only", async () => {
  const { finding } = await kept("VN");
  expect(await say({ type: "verdict", finding, verdict: "expected" }, "t-vn")).toMatch(/Say why here: “because …”/);
  expect(await words("because of the livestream festival", "t-vn")).toMatch(
    /because the livestream festival|because of|livestream festival/,
  );
  const { rows } = await database.writer.query(
    "select kind, title, markets, queues, metrics, starts_at, ends_at, added_by from mart.changes where kind = 'expected' order by change_id",
  );
  expect(rows.at(-1)).toMatchObject({
    title: "the livestream festival",
    markets: ["VN"],
    queues: null,
    metrics: ["reports"],
    added_by: "U7",
  });
  expect(rows.at(-1)?.starts_at.toISOString()).toBe("2026-03-10T17:00:00.000Z");
  expect((await findFinding(database.writer, finding))?.state).toMatchObject({
    name: "expected",
    reason: "the livestream festival",
  });
});

test("every verdict is in the audit, in order, and the last one counts", async () => {
  const { finding } = await kept("TH");
  for (const verdict of ["mine", "false_alarm", "confirmed"] as const)
    await say({ type: "verdict", finding, verdict }, null);
  const { rows } = await database.writer.query(
    "select verdict, before, after, person from bot.verdicts where finding = $1 order by verdict_id",
    [finding],
  );
  expect(rows).toEqual([
    { verdict: "mine", before: "open", after: "owned", person: "U7" },
    { verdict: "false_alarm", before: "owned", after: "false_alarm", person: "U7" },
    { verdict: "confirmed", before: "false_alarm", after: "confirmed", person: "U7" },
  ]);
});

test("words in the thread of a finding are a verdict; anywhere else, and anything else, they are not", async () => {
  const { finding } = await kept("PH");
  await bindFinding(database.writer, { ...where, thread: "t-ph" }, finding);
  expect(await words("mute 2 weeks", "t-ph")).toMatch(/stays out of digests until 31 Mar 2026/);
  expect(await words("false alarm", "t-elsewhere")).not.toMatch(/Noted/);
  expect(await words("expected volume tomorrow?", "t-ph")).not.toMatch(/Noted/);
});

test("a finding that nobody knows is said to be unknown", async () => {
  expect(await say({ type: "verdict", finding: "f-none", verdict: "mine" }, null)).toBe(
    "I have no finding called f-none.",
  );
});

test("the same subject on days that touch is the same finding; weeks later it is another", async () => {
  const [first, second] = [await kept("MY"), await kept("MY", "2026-03-13")];
  expect(second.finding).toBe(first.finding);
  expect(second.firstDay).toBe("2026-03-12");
  const later = await keepFinding(database.writer, {
    deviation: { ...deviation({ market: ["MY"] }), period: { from: "2026-03-25", to: "2026-03-26" } },
    question: blank("metric"),
    day: "2026-03-26",
  });
  expect(later.finding).not.toBe(first.finding);
});

test("precision counts what was said: right, wrong, and what nobody spoke of", async () => {
  const span = { from: Date.parse("2026-03-09"), to: Date.parse("2026-03-16") };
  const [counts] = await precisionByDetector(database.writer, span);
  expect(counts).toEqual({ detector: "counts/1", right: 2, wrong: 0, open: 2 });
});

test("mine and muted run out by themselves, closed findings do not", () => {
  const at = Date.parse("2026-03-12T01:00Z");
  const said = { person: "U7", at, reason: null, until: null };
  const owned = afterVerdict(openState, { ...said, verdict: "mine" });
  expect(stateAt(owned, at + 2 * 86_400_000).name).toBe("owned");
  expect(stateAt(owned, at + 3 * 86_400_000).name).toBe("open");
  const closed = afterVerdict(owned, { ...said, verdict: "false_alarm" });
  expect(stateAt(closed, at + 900 * 86_400_000).name).toBe("false_alarm");
});

test.each([
  ["confirmed", { verdict: "confirmed", reason: null, days: null }],
  ["Expected, because of Tết", { verdict: "expected", reason: "Tết", days: null }],
  ["误报", { verdict: "false_alarm", reason: null, days: null }],
  ["静音 3 天", { verdict: "mute", reason: null, days: 3 }],
  ["saya tangani", { verdict: "mine", reason: null, days: null }],
  ["karena kampanye 3.3", { verdict: null, reason: "kampanye 3.3", days: null }],
  ["đã lường trước vì lễ", { verdict: "expected", reason: "lễ", days: null }],
  ["ปิดเสียง 2 สัปดาห์", { verdict: "mute", reason: null, days: 14 }],
  ["expectedly high?", null],
  ["mine the data by queue", null],
])("“%s”", (text, heard) => {
  expect(readVerdict(text, catalog)).toEqual(heard);
});
