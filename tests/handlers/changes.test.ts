import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../src/chat/answer.ts";
import type { Bot } from "../../src/chat/port.ts";
import { coreOver, demoCore } from "../support/core.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

let demo: Awaited<ReturnType<typeof demoCore>>;
let own: TestDatabase;
let bot: Bot;
beforeAll(async () => {
  [demo, own] = await Promise.all([demoCore(), testDatabase()]);
  bot = coreOver(own);
});
afterAll(async () => {
  await Promise.all([demo.close(), own.end()]);
});

async function ask(of: Bot, text: string, thread: string = randomUUID()): Promise<Answer> {
  const reply = await of.respond({
    where: { platform: "terminal", tenant: "local", channel: "ledger" },
    thread,
    person: { id: "U-ops-lead", zone: "Asia/Singapore" },
    deliveries: [randomUUID()],
    act: { type: "words", text, spokenTo: true },
  });
  if (reply.type !== "answer") throw new Error(reply.type);
  return reply.answer;
}
const entries = async () =>
  (
    await own.reader.query(
      "select kind, title, starts_at, ends_at, markets, queues, added_by from mart.changes order by change_id",
    )
  ).rows;

describe("what changed", () => {
  it("lists the entries of the period with kind, title and since when, the latest first", async () => {
    const answer = await ask(demo.bot, "changes in ID last 30 days");
    expect(answer.headline).toMatch(/^ID · 15 Feb.*16 Mar 2026: 3 entries in the change ledger$/);
    expect(answer.view?.rows.map((row) => [row[2], row[3]])).toEqual([
      ["Campaign", "3.3 campaign"],
      ["Outage", "Intake events lost by the collector, not recoverable"],
      ["Holiday", "Ramadan"],
    ]);
  });

  it("says that nothing moved beyond chance where nothing did", async () => {
    const answer = await ask(demo.bot, "what changed feb vs jan");
    expect(answer.findings.map(({ text }) => text)).toEqual(["No number moved beyond chance against 1–31 Jan 2026."]);
  });

  it("says how to add one where there is none", async () => {
    const answer = await ask(demo.bot, "what changed last week in live TH");
    expect(answer.headline).toContain("nothing in the change ledger");
    expect(answer.body.join()).toContain("/modstats event add");
  });

  it("draws entries on the line of a metric", async () => {
    const answer = await ask(demo.bot, "daily inflow 20 feb to 10 mar");
    const [chart] = answer.charts;
    if (chart?.kind !== "line") throw new Error("no line");
    expect(chart.marks?.map(({ x, label }) => [x, label])).toContainEqual(["2026-03-03", "3.3 campaign"]);
  });
});

describe("adding to the ledger from chat", () => {
  it("shows a card first, and writes only what is confirmed, with who did it", async () => {
    const thread = randomUUID();
    const card = await ask(bot, "event add campaign 3.3 sale 3 mar in ID live", thread);
    expect(card.status).toBe("clarify");
    expect(card.headline).toBe("Add to the change ledger? Campaign: “3.3 sale”, 3 Mar 2026, ID · live");
    expect(await entries()).toEqual([]);
    const added = await ask(bot, "1", thread);
    expect(added.headline).toMatch(/^Added to the change ledger/);
    expect(await entries()).toEqual([
      {
        kind: "campaign",
        title: "3.3 sale",
        starts_at: new Date("2026-03-02T17:00Z"),
        ends_at: new Date("2026-03-03T17:00Z"),
        markets: ["ID"],
        queues: ["live"],
        added_by: "U-ops-lead",
      },
    ]);
  });

  it("knows an entry that is there, whoever presses twice", async () => {
    const card = await ask(bot, "event add campaign 3.3 sale 3 mar in ID live");
    const press = () =>
      bot.respond({
        where: { platform: "terminal", tenant: "local", channel: "ledger" },
        thread: null,
        person: { id: "U2", zone: "Asia/Singapore" },
        deliveries: [randomUUID()],
        act: { type: "choice", question: card.next[0]?.question ?? card.question },
      });
    const reply = await press();
    expect(reply.type === "answer" && reply.answer.headline).toMatch(/^It is in the change ledger already/);
    expect(await entries()).toHaveLength(1);
  });

  it.each([
    ["添加事件 活动 3.3大促 3月3日 印尼 直播", "“3.3大促”，2026年3月3日，ID · live"],
    ["catat kejadian kampanye 4.4 sale 4 april di TH", "“4.4 sale”, 4 Apr 2026, TH"],
    ["thêm sự kiện sự cố mất dữ liệu hôm qua ở VN", "“mất dữ liệu”, 16 thg 3, 2026, VN"],
    ["เพิ่มเหตุการณ์ แคมเปญ 3.3 sale 3 มี.ค. ไทย", "“3.3 sale” 3 มี.ค. 2026 TH"],
    [
      'event add guideline "G-2026.3 stricter weapons" 20 mar in VN',
      "“G-2026.3 stricter weapons”, from 20 Mar 2026, 00:00, VN",
    ],
  ])("reads “%s”", async (text, words) => {
    const card = await ask(bot, text);
    expect(card.status).toBe("clarify");
    expect(card.headline).toContain(words);
  });

  it("says in one sentence what is missing", async () => {
    const answer = await ask(bot, "event add lunch");
    expect(answer.code).toBe("event_incomplete");
    expect(answer.headline).toContain("/modstats event add campaign 3.3 sale 3 mar in ID");
  });
});

describe("modstats event", () => {
  it("names its commands and refuses a kind it does not know", async () => {
    const help = await new Promise<string>((resolve) =>
      execFile(process.execPath, ["--import", "tsx", "src/cli.ts", "event", "--help"], (_error, out) => resolve(out)),
    );
    expect(help).toContain("import");
  });
});
