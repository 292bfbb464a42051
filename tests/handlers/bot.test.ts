import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LANGUAGES } from "../../src/chat/answer.ts";
import type { Bot, Inbound, Reply } from "../../src/chat/port.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import { createBot } from "../../src/handlers/bot.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { blank } from "../../src/kernel/question.ts";
import { createReader } from "../../src/language/reader.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { upcoming } from "../../src/schedules/upcoming.ts";
import { coreOver, DEMO_NOW, demoCore } from "../support/core.ts";
import type { TestDatabase } from "../support/database.ts";

let bot: Bot;
let database: TestDatabase;
let close: () => Promise<void>;
let number = 0;

beforeAll(async () => {
  ({ bot, database, close } = await demoCore());
});
afterAll(() => close());

function say(text: string, more: Partial<Inbound> = {}): Inbound {
  number += 1;
  return {
    where: { platform: "terminal", tenant: "test", channel: "c" },
    thread: `t${number}`,
    person: { id: "p", zone: "Asia/Singapore" },
    deliveries: [`d${number}`],
    act: { type: "words", text, spokenTo: true },
    ...more,
  };
}
const answerOf = (reply: Reply) => {
  if (reply.type !== "answer") throw new Error(`expected an answer, got ${reply.type}`);
  return reply.answer;
};

describe("the bot", () => {
  it("logs the cause of a fault under the reference that the asker gets", async () => {
    const lines: string[] = [];
    const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
    const logged = createBot({
      catalog,
      reader: createReader(catalog),
      measure: createMeasure(database.reader),
      writer: database.writer,
      facts: database.reader,
      clock: fixedClock(DEMO_NOW),
      log: pino({ level: "error" }, { write: (line: string) => void lines.push(line) }),
      defaultZone: "Asia/Singapore",
      defaultLanguage: "en",
      directories: new Map(),
      upcoming,
    });
    const question = { ...blank("metric"), metrics: ["backlog"], options: { age: { gt: "a day" } } };
    const reply = await logged.respond(say("", { act: { type: "choice", question } }));
    const { reference, err } = JSON.parse(lines[0] ?? "{}");
    expect(reply.type === "notice" && reply.text).toContain(reference);
    expect(lines).toHaveLength(1);
    expect(err.message).not.toContain("reference");
  });

  it("says of a quantile that the open cases hide that it is not reached, and how many cases there are", async () => {
    const question = {
      ...blank("metric"),
      metrics: ["tat_p95"],
      period: { from: "2026-03-16T20:00+08:00", to: "2026-03-17T10:00+08:00" },
    };
    const answer = answerOf(await bot.respond(say("", { act: { type: "choice", question } })));
    expect(answer.values[0]).toMatchObject({ value: null, n: expect.any(Number) });
    expect(answer.headline).toContain(`TAT p95: not reached yet (n = ${answer.values[0]?.n})`);
  });

  it("handles one of 100 concurrent deliveries of the same act", async () => {
    const same = say("removals last week", { deliveries: ["same/event", "same/message"] });
    const replies = await Promise.all(Array.from({ length: 100 }, () => bot.respond(same)));
    expect(replies.filter((reply) => reply.type === "answer")).toHaveLength(1);
    expect(replies.filter((reply) => reply.type === "nothing")).toHaveLength(99);
  });

  it("treats a mention and the message event of the same message as one act", async () => {
    const mention = await bot.respond(say("sla last week", { deliveries: ["event-1", "C1/17.5"] }));
    const message = await bot.respond(say("sla last week", { deliveries: ["event-2", "C1/17.5"] }));
    expect([mention.type, message.type]).toEqual(["answer", "nothing"]);
  });

  it("continues a thread in another process", async () => {
    await bot.respond(say("tat p95 live TH last month", { thread: "kept" }));
    const answer = answerOf(await coreOver(database).respond(say("and in ID?", { thread: "kept" })));
    expect(answer.question).toMatchObject({ metrics: ["tat_p95"], filters: { market: ["ID"], queue: ["live"] } });
  });

  it("says nothing to overheard words that mean nothing, and answers those that do", async () => {
    const heard = (text: string) => say(text, { act: { type: "words", text, spokenTo: false } });
    expect((await bot.respond(heard("thanks, great work everyone"))).type).toBe("nothing");
    expect((await bot.respond(heard("backlog by queue"))).type).toBe("answer");
  });

  it("shows the SQL and the CSV of an answer by its receipt", async () => {
    const { receipt } = answerOf(await bot.respond(say("removals by market last month")));
    if (receipt === null) throw new Error("no receipt");
    const sql = await bot.respond(say("", { act: { type: "detail", receipt, detail: "sql" } }));
    expect(sql.type === "sql" && sql.statements[0]?.text).toContain("mart.decisions");
    const csv = await bot.respond(say("", { act: { type: "detail", receipt, detail: "csv" } }));
    expect(csv.type === "csv" && csv.content.split("\r\n")[0]).toMatch(/^market,removals/);
    const replayed = answerOf(await bot.respond(say(`replay ${receipt}`)));
    expect(replayed.headline).toContain(receipt);
  });

  it("asks back about ambiguous words and takes the number of the choice", async () => {
    const asked = answerOf(await bot.respond(say("fp rate live last month", { thread: "amb" })));
    expect(asked.status).toBe("clarify");
    expect(asked.next.map((step) => step.question.metrics[0])).toEqual(["over_enforcement", "fp_rate"]);
    const taken = answerOf(await bot.respond(say("2", { thread: "amb" })));
    expect(taken.question.metrics).toEqual(["fp_rate"]);
  });

  it("offers the nearest for an unknown value, as complete questions", async () => {
    const answer = answerOf(await bot.respond(say("overturn in Atlantis")));
    expect(answer).toMatchObject({ status: "refused", code: "unknown_value" });
    expect(answer.next).toHaveLength(3);
    for (const step of answer.next) expect(step.question.metrics).toEqual(["overturn"]);
  });

  it("names the dimension that a metric does not have, and the possible ones", async () => {
    const answer = answerOf(await bot.respond(say("throughput by reason last week")));
    expect(answer).toMatchObject({ status: "refused", code: "dimension_not_of_metric" });
    expect(answer.headline).toMatch(/reason.*market.*queue.*team/);
  });

  it.each(LANGUAGES)("helps in %s with four examples that it understands itself", async (language) => {
    const examples = await bot.favourites({ platform: "terminal", tenant: "test", channel: "new" }, language);
    expect(examples).toHaveLength(4);
    for (const example of examples) {
      const answer = answerOf(
        await bot.respond(say(example.label, { person: { id: "p", zone: "Asia/Singapore", locale: language } })),
      );
      expect(answer.status, example.label).toBe("answered");
      expect(answer.language, example.label).toBe(language);
    }
  });

  it("says in one sentence that the data source is down, without a stack", async () => {
    const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
    const nowhere = new pg.Pool({
      connectionString: "postgres://nobody@127.0.0.1:9/none",
      connectionTimeoutMillis: 500,
    });
    const lost = createBot({
      catalog,
      reader: createReader(catalog),
      measure: createMeasure(nowhere),
      writer: nowhere,
      facts: nowhere,
      clock: fixedClock(DEMO_NOW),
      log: createLog("silent"),
      defaultZone: "Asia/Singapore",
      defaultLanguage: "en",
      directories: new Map(),
      upcoming,
    });
    const reply = await lost.respond(say("sla last week"));
    expect(reply.type === "notice" && reply.text).toBe(
      "The data source cannot be reached. Nothing is wrong with your question; please ask again in a minute.",
    );
    await nowhere.end();
  });
});
