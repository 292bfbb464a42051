import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../../src/chat/answer.ts";
import type { Bot, Inbound, Reply } from "../../src/chat/port.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { createBot } from "../../src/handlers/bot.ts";
import { riskOutlook } from "../../src/insights/risk/outlook.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { limits } from "../../src/kernel/limits.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createReader } from "../../src/language/reader.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { readSellerHistories } from "../../src/queries/seller-history.ts";
import { upcoming } from "../../src/schedules/upcoming.ts";
import { DEMO_NOW } from "../support/core.ts";
import { demoDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let bot: Bot;
beforeAll(async () => {
  database = await demoDatabase();
  const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
  bot = createBot({
    catalog,
    reader: createReader(catalog),
    measure: createMeasure(database.reader),
    writer: database.writer,
    facts: database.reader,
    clock: fixedClock(DEMO_NOW),
    log: createLog("silent"),
    defaultZone: "Asia/Singapore",
    defaultLanguage: "en",
    directories: new Map(),
    upcoming,
    sellerIds: { people: new Set(["slack:UANA"]), places: new Set(["slack:CRISK"]) },
  });
});
afterAll(() => database.end());

type From = { readonly person?: string; readonly channel?: string; readonly thread?: string };
const respond = (act: Inbound["act"], { person = "UANA", channel = "CRISK", thread = randomUUID() }: From = {}): Promise<Reply> =>
  bot.respond({
    where: { platform: "slack", tenant: "T", channel },
    thread,
    person: { id: person, zone: "Asia/Singapore" },
    deliveries: [randomUUID()],
    act,
  }); // biome-ignore format: short

async function ask(text: string, from: From = {}): Promise<Answer> {
  const reply = await respond({ type: "words", text, spokenTo: true }, from);
  if (reply.type !== "answer") throw new Error(reply.type);
  return reply.answer;
}
const column = (answer: Answer, id: string) => answer.table.columns.findIndex((one) => one.id === id);

describe("sellers' risk in words", () => {
  it.each([
    ["seller risk", /^Total: about \d.* of [\d,]+ active sellers .* within 30 days \(80 %: /],
    ["商家风险", /^合计：[\d,]+\s家活跃商家中约\s\d+\s家.*30\s天内有确认违规/],
    ["risiko penjual", /penjual aktif .* dalam 30 hari/],
    ["rủi ro người bán", /người bán đang hoạt động .* trong 30 ngày/],
    ["ความเสี่ยงผู้ขาย", /ผู้ขายที่ใช้งานอยู่ราว \d+ จาก .*ภายใน 30 วัน/],
  ])("answers “%s” with how many, its range, how the model did, and what it means", async (text, headline) => {
    const answer = await ask(text);
    expect(answer.status).toBe("answered");
    expect(answer.headline).toMatch(headline);
    expect(answer.findings.map(({ code }) => code)).toEqual(["record", "ranking", "calibration", "reasons"]);
    expect(answer.caveats.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["definition", "cut_off", "no_proof"]),
    );
    expect(answer.charts).toHaveLength(1);
    expect(answer.next.length).toBeGreaterThanOrEqual(3);
    expect(answer.sql.some(({ text: sql }) => sql.includes("mart.sellers"))).toBe(true);
  });

  it("splits by what is named, within what is filtered, for as long as is said", async () => {
    const answer = await ask("risk by category in ID and VN next 2 weeks");
    expect(answer.question.options.risk).toEqual({ of: "segment", days: 14 });
    expect(answer.question.by).toContain("category");
    expect(answer.headline).toMatch(/^ID, VN: .* within 14 days/);
  });

  it("goes on in a thread, and leaves it for another metric", async () => {
    const thread = randomUUID();
    await ask("seller risk by tier", { thread });
    const next = await ask("only TH", { thread });
    expect(next.question).toMatchObject({ by: ["seller_tier"], filters: { market: ["TH"] }, options: { risk: { of: "segment" } } });
    const other = await ask("forecast inflow", { thread });
    expect(other.question.options.risk).toBeUndefined();
    expect(other.question.metrics).toEqual(["inflow"]);
  }); // biome-ignore format: short

  it("shows no segment of fewer than ten sellers, and none that would give one away", async () => {
    const answer = await ask("seller risk by market and category");
    const sellers = column(answer, "sellers");
    const flags = column(answer, "flags");
    const shown = answer.table.rows.filter((row) => row[sellers] !== null);
    expect(shown.length).toBeGreaterThan(3);
    expect(Math.min(...shown.map((row) => Number(row[sellers])))).toBeGreaterThanOrEqual(limits.cellMin);
    const hidden = answer.table.rows.filter((row) => row[sellers] === null);
    expect(hidden.length).toBeGreaterThan(1);
    expect(hidden.every((row) => (row[flags] as string[]).includes("suppressed") && row[column(answer, "risk")] === null)).toBe(true);
    expect(answer.caveats.map(({ code }) => code)).toContain("suppressed");
  }); // biome-ignore format: short

  it("refuses in one sentence what sellers do not have, too far ahead, and too few", async () => {
    const queue = await ask("seller risk by reason");
    expect(queue.headline).toBe("Seller risk cannot be split or filtered by reason. Possible: seller tier, category, market.");
    expect(queue.next).toHaveLength(3);
    expect((await ask("seller risk next 6 months")).headline).toMatch(/next 7 to 60 days/);
    expect((await ask("seller risk in SG, brand, sports")).headline).toMatch(/Fewer than 10 active sellers/);
  }); // biome-ignore format: short
});

describe("who sees sellers", () => {
  const words = "which sellers are at risk in ID";

  it("names them to a listed person in a listed place, the riskiest first", async () => {
    const answer = await ask(words);
    const [id, p] = [column(answer, "seller_id"), column(answer, "risk")];
    expect(answer.table.rows).toHaveLength(10);
    expect(answer.table.rows.every((row) => row[column(answer, "market")] === "ID" && /^\d+$/.test(String(row[id])))).toBe(true);
    const chances = answer.table.rows.map((row) => Number(row[p]));
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    expect((await ask("top 3 riskiest sellers in VN")).table.rows).toHaveLength(3);
  }); // biome-ignore format: short

  it.each([
    ["another person", { person: "UBOB" }],
    ["another place", { channel: "CGENERAL" }],
  ])("shows %s segments only, and says why", async (_, from) => {
    const answer = await ask(words, from);
    expect(column(answer, "seller_id")).toBe(-1);
    expect(answer.caveats[0]?.code).toBe("sellers_withheld");
    expect(answer.next.every(({ question }) => question.options.risk?.of !== "seller")).toBe(true);
  });

  it("judges anew who asks for the file: an answer's receipt gives nobody what they may not see", async () => {
    const { receipt } = await ask(words);
    if (!receipt) throw new Error("no receipt");
    const fileFor = async (from: From): Promise<string> => {
      const reply = await respond({ type: "detail", receipt, detail: "csv" }, from);
      if (reply.type !== "csv") throw new Error(reply.type);
      return reply.content;
    };
    expect(await fileFor({})).toMatch(/^﻿?seller_id,/);
    expect(await fileFor({ person: "UBOB" })).not.toContain("seller_id");
    const replayed = await ask(`replay ${receipt}`, { person: "UBOB", channel: "CGENERAL" });
    expect(column(replayed, "seller_id")).toBe(-1);
  });
});

describe("on the simulated marketplace, whose sellers have a propensity of their own", () => {
  it.each([70, 100])("the month after an earlier cut-off happened as foretold, seen from %i days ago", async (back) => {
    const throughMs = Date.parse(DEMO_NOW) - back * 86_400_000;
    const read = await readSellerHistories(database.reader, { throughMs, days: 380, every: 1 });
    if (!read.ok) throw new Error(read.error.code);
    const made = riskOutlook(read.value.sellers, { horizon: 30, settle: 17 }, () => true);
    if (made.kind === "short") throw new Error("short");
    const { testOfAll, drift } = made.outlook;
    expect(Math.abs(testOfAll.inTheLarge.value)).toBeLessThan((2 * drift * testOfAll.events) / testOfAll.n + 0.01);
    expect(testOfAll.calibrationError).toBeLessThan(testOfAll.calibrationErrorByChance + 0.025);
    expect(testOfAll.auc.low).toBeGreaterThan(0.55);
    expect(testOfAll.skill.low).toBeGreaterThan(0);
    expect(testOfAll.lift.low).toBeGreaterThan(1.3);
  });

  it("counts a seller's removals as the tables have them", async () => {
    const read = await readSellerHistories(database.reader, { throughMs: Date.parse(DEMO_NOW), days: 500, every: 1 });
    if (!read.ok) throw new Error(read.error.code);
    const { rows } = await database.reader.query(
      `select c.seller_id, count(distinct c.case_id)::int as cases,
         count(*) filter (where d.action in ('remove', 'restrict', 'ban'))::int as removals
       from mart.cases c left join mart.decisions d on d.case_id = c.case_id and d.decided_at <= $1
       where c.created_at <= $1 group by 1 order by 2 desc limit 20`,
      [new Date(DEMO_NOW)],
    );
    const known = new Map(read.value.sellers.map((one) => [one.id, one]));
    for (const row of rows) {
      expect(known.get(String(row.seller_id))?.created).toHaveLength(row.cases);
      expect(known.get(String(row.seller_id))?.removed).toHaveLength(row.removals);
    }
  });
});
