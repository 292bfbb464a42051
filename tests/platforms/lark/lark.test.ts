import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bot } from "../../../src/chat/port.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { createLark, type Lark, type LarkConfig } from "../../../src/platforms/lark/lark.ts";
import { EVENTS_PATH } from "../../../src/platforms/lark/webhook.ts";
import { type LarkStub, postSigned, signedRequest, startLarkStub } from "../../support/lark-stub.ts";
import { answering, plainCharts, sampleAnswer, scriptedBot } from "./fixture.ts";

let stub: LarkStub;
let lark: Lark | undefined;
let logged: string;

beforeEach(async () => {
  stub = await startLarkStub();
  logged = "";
});
afterEach(async () => {
  await lark?.stop();
  lark = undefined;
  await stub.close();
});

const keep = (line: string): void => {
  logged += line;
};

/** The adapter with the real SDK against the stub. */
async function started(bot: Bot, over: Partial<LarkConfig> = {}): Promise<Lark> {
  const config: LarkConfig = { mode: "ws", ...stub.account, domain: stub.domain, ...over };
  const log = pino({ level: "trace" }, { write: keep });
  lark = createLark(config, bot, plainCharts, { log, clock: systemClock });
  await lark.start();
  stub.eventsTo(config.mode === "http" ? `http://127.0.0.1:${lark.port()}${EVENTS_PATH}` : null);
  return lark;
}

describe.each(["ws", "http"] as const)("a conversation in Lark over %s", (mode) => {
  it("answers a mention with a card in its thread, acknowledged before the work is done", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const bot = scriptedBot(async () => {
      await gate;
      return { type: "answer", answer: sampleAnswer() };
    });
    await started(bot, { mode });
    const sent = await stub.sendMessage({ text: "overturn rate by market last 14d" });
    expect(sent.status).toBe(200);
    expect(sent.tookMs).toBeLessThan(3_000);
    expect(stub.posts).toHaveLength(0);
    release();
    const [post] = await stub.waitForPosts(1);
    expect(post).toMatchObject({ type: "interactive", root: sent.messageId, replyTo: sent.messageId, inThread: true });
    expect(bot.acted[0]?.act).toEqual({ type: "words", text: "overturn rate by market last 14d", spokenTo: true });
  });

  it("binds the new thread, hears a follow-up in it, and stays out of other threads", async () => {
    const bot = answering();
    await started(bot, { mode });
    const { messageId } = await stub.sendMessage({ text: "overturn rate" });
    await stub.waitForPosts(1);
    await stub.sendThreadReply(messageId, { text: "and in ID?", mention: false });
    await stub.waitForPosts(2);
    await stub.sendThreadReply("om_of_others", { text: "lunch?", mention: false });
    await stub.sendThreadReply(messageId, { text: "by policy" });
    await stub.waitForPosts(3);
    expect([...bot.bound]).toEqual([[`tenant_acme/oc_ops/${messageId}`, "r-7k2m9"]]);
    expect(bot.acted.map((inbound) => [inbound.thread, inbound.act.type === "words" && inbound.act.text])).toEqual([
      [null, "overturn rate"],
      [messageId, "and in ID?"],
      [messageId, "by policy"],
    ]);
    expect(stub.posts.map((post) => post.root)).toEqual([messageId, messageId, messageId]);
  });

  it("answers a click with a toast at once and with the answer in the same thread", async () => {
    const bot = answering();
    await started(bot, { mode });
    const { messageId } = await stub.sendMessage({ text: "overturn rate" });
    const [card] = await stub.waitForPosts(1);
    if (!card) throw new Error("no card");
    const clicked = await stub.clickButton(card, "By policy");
    expect(clicked.tookMs).toBeLessThan(3_000);
    expect(clicked.answer).toMatchObject({ toast: { type: "info", i18n: { zh_cn: expect.any(String) } } });
    const posts = await stub.waitForPosts(2);
    expect(posts[1]).toMatchObject({ type: "interactive", root: messageId, replyTo: card.messageId });
    expect(bot.acted[1]).toMatchObject({ thread: messageId, act: { type: "choice", question: { by: ["policy"] } } });
  });

  it("has one effect for a message that is delivered again, also under another event id", async () => {
    const bot = answering();
    await started(bot, { mode });
    await stub.sendMessage({ text: "backlog", messageId: "om_same", eventId: "ev_1" });
    await stub.sendMessage({ text: "backlog", messageId: "om_same", eventId: "ev_1" });
    await stub.sendMessage({ text: "backlog", messageId: "om_same", eventId: "ev_2" });
    await stub.sendMessage({ text: "another", messageId: "om_other" });
    await stub.waitForPosts(2);
    expect(bot.acted).toHaveLength(2);
    expect(stub.posts.map((post) => post.root).sort()).toEqual(["om_other", "om_same"]);
  });

  it("answers in a direct chat, and knows the zone of the person", async () => {
    stub.zones.set("ou_ana", "Asia/Jakarta");
    const bot = answering();
    await started(bot, { mode });
    await stub.sendMessage({ text: "/modstats tat", chat: "oc_dm", chatType: "p2p" });
    await stub.waitForPosts(1);
    expect(bot.acted[0]).toMatchObject({
      where: { platform: "lark", tenant: "tenant_acme", channel: "oc_dm" },
      person: { id: "ou_ana", zone: "Asia/Jakarta" },
      act: { text: "tat" },
    });
  });
});

describe("Lark's details", () => {
  it("sends SQL as code and CSV as a file under a harmless name", async () => {
    const receipt = "r-7k2m9" as Receipt;
    const bot = scriptedBot((inbound) => {
      if (inbound.act.type !== "detail") return { type: "answer", answer: sampleAnswer() };
      return inbound.act.detail === "sql"
        ? {
            type: "sql",
            receipt,
            title: "SQL of r-7k2m9",
            statements: [{ text: "select 1\nwhere x = $1", params: "$1 = '<at>'" }],
          }
        : { type: "csv", receipt, title: "CSV", fileName: "../overturn 推翻.csv", content: "market,推翻率\nVN,0.09\n" };
    });
    await started(bot);
    await stub.sendMessage({ text: "overturn rate" });
    const [card] = await stub.waitForPosts(1);
    if (!card) throw new Error("no card");
    await stub.clickButton(card, "Show SQL");
    await stub.waitForPosts(2);
    await stub.clickButton(card, "CSV");
    const posts = await stub.waitForPosts(3);
    expect(JSON.stringify(posts[1]?.content)).toContain(
      '{"tag":"code_block","language":"SQL","text":"select 1\\nwhere x = $1"}',
    );
    expect(posts[2]?.type).toBe("file");
    const file = stub.files.get(String(posts[2]?.content.file_key));
    expect(file?.name).toBe("..-overturn 推翻.csv");
    expect(file?.bytes.toString("utf8")).toBe("market,推翻率\nVN,0.09\n");
  });

  it("sends statements that are larger than a message as a file", async () => {
    const bot = scriptedBot(() => ({
      type: "sql",
      receipt: "r-1" as Receipt,
      title: "SQL",
      statements: [{ text: `select '${"x".repeat(40_000)}'`, params: "" }],
    }));
    await started(bot);
    await stub.sendMessage({ text: "sql" });
    const [post] = await stub.waitForPosts(1);
    expect(post?.type).toBe("file");
    expect(stub.files.get(String(post?.content.file_key))?.name).toBe("r-1.sql");
  });

  it("uploads a chart that is too large for a card as a picture", async () => {
    const bot = answering(
      sampleAnswer({ charts: [{ ...sampleAnswer().charts[0], title: "x".repeat(13_000) } as never] }),
    );
    await started(bot);
    await stub.sendMessage({ text: "overturn rate" });
    const [post] = await stub.waitForPosts(1);
    expect(stub.images.size).toBe(1);
    expect(JSON.stringify(post?.content)).toContain('"img_key":"img_v3_1"');
  });

  it("says one sentence where a sentence is all there is, and nothing where there is nothing", async () => {
    const bot = scriptedBot((inbound) =>
      inbound.act.type === "words" && inbound.act.text === "hush"
        ? { type: "nothing" }
        : { type: "notice", text: 'The data source is down since 09:12. <at user_id="all"></at>', language: "en" },
    );
    await started(bot);
    await stub.sendMessage({ text: "hush" });
    await stub.sendMessage({ text: "backlog" });
    const posts = await stub.waitForPosts(1);
    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatchObject({ type: "post" });
    expect(JSON.stringify(posts[0]?.content)).toContain('{"tag":"text","text":"The data source is down since 09:12.');
  });

  it("answers a stale button with a toast, and a bug with a sentence and a reference", async () => {
    const bot = scriptedBot((inbound) => {
      if (inbound.act.type === "words" && inbound.act.text === "boom") throw new Error("secret stack");
      return { type: "answer", answer: sampleAnswer() };
    });
    await started(bot);
    await stub.sendMessage({ text: "overturn rate" });
    const [card] = await stub.waitForPosts(1);
    if (!card) throw new Error("no card");
    const old = JSON.parse(JSON.stringify(card.content).replaceAll('"q":', '"v0":')) as Record<string, unknown>;
    const clicked = await stub.clickButton({ ...card, content: old }, "By policy");
    expect(clicked.answer).toMatchObject({ toast: { type: "warning" } });
    await stub.sendMessage({ text: "boom" });
    const posts = await stub.waitForPosts(2);
    const said = JSON.stringify(posts[1]?.content);
    const reference = /f-[0-9a-f]{8}/.exec(said)?.[0] ?? "none";
    expect(said).not.toContain("stack");
    expect(logged).toContain(reference);
  });

  it("ignores other bots and itself", async () => {
    const bot = answering();
    await started(bot);
    await stub.sendMessage({ text: "hi", senderType: "app" });
    await stub.sendMessage({ text: "hi", person: "ou_bot_modstats" });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    expect(bot.acted).toHaveLength(1);
  });

  it("registers /modstats once, corrects it when it drifted, and leaves others alone", async () => {
    stub.commands.push({ command_id: "cmd_x", command: "deploy", description: { default_value: "theirs" } });
    await (await started(answering())).stop();
    expect(stub.commands.map((command) => command.command)).toEqual(["deploy", "modstats"]);
    await (await started(answering())).stop();
    const writes = () => stub.calls.filter((call) => call.path.includes("slash") && call.method !== "GET").length;
    expect(writes()).toBe(1);
    const [, mine] = stub.commands;
    stub.commands[1] = {
      command_id: mine?.command_id ?? "",
      command: "modstats",
      description: { default_value: "old" },
    };
    await started(answering());
    expect(writes()).toBe(2);
    expect(stub.commands[1]?.description).toEqual(mine?.description);
  });

  it("opens its connection again after it dropped", async () => {
    const bot = answering();
    await started(bot);
    await stub.waitForConnection();
    stub.dropConnections();
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    expect(bot.acted).toHaveLength(1);
  });

  it("refuses the 201st turn in flight, so that Lark delivers it again", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await started(
      scriptedBot(() => gate.then(() => ({ type: "nothing" }))),
      { mode: "http" },
    );
    const sent = await Promise.all(Array.from({ length: 200 }, () => stub.sendMessage({ text: "backlog" })));
    expect(new Set(sent.map((delivery) => delivery.status))).toEqual(new Set([200]));
    expect((await stub.sendMessage({ text: "one more" })).status).toBe(503);
    release();
  });

  it("keeps letters whole when the body arrives in single bytes", async () => {
    const bot = answering();
    await started(bot, { mode: "http", verificationToken: "" });
    const envelope = {
      schema: "2.0",
      header: { event_id: "e", event_type: "im.message.receive_v1", tenant_key: "t", app_id: stub.account.appId },
      event: {
        sender: { sender_type: "user", sender_id: { open_id: "ou_ana" } },
        message: {
          message_id: "om_split",
          chat_id: "oc",
          chat_type: "p2p",
          message_type: "text",
          content: JSON.stringify({ text: "推翻率 tỷ lệ อัตรา 🙂" }),
        },
      },
    };
    const request = signedRequest(stub.account.encryptKey, envelope);
    const cuts = Array.from({ length: request.body.length - 1 }, (_, index) => index + 1);
    const url = `http://127.0.0.1:${lark?.port()}${EVENTS_PATH}`;
    expect((await postSigned(url, request, cuts)).status).toBe(200);
    expect((await postSigned(url, request)).status).toBe(401);
    await lark?.stop();
    expect(bot.acted.map((inbound) => inbound.act)).toEqual([
      { type: "words", text: "推翻率 tỷ lệ อัตรา 🙂", spokenTo: true },
    ]);
  });

  it("gives forgers, strangers and giants nothing but a status", async () => {
    await started(answering(), { mode: "http" });
    const url = `http://127.0.0.1:${lark?.port()}${EVENTS_PATH}`;
    const made = signedRequest("another key", { schema: "2.0" });
    expect(await postSigned(url, made)).toEqual({ status: 401, answer: {} });
    expect((await postSigned(url.replace("/lark/events", "/elsewhere"), made)).status).toBe(404);
    expect((await fetch(url)).status).toBe(404);
    const giant = await fetch(url, { method: "POST", body: "x".repeat(1_100_000) }).then(
      (response) => response.status,
      () => 413,
    );
    expect(giant).toBe(413);
  });

  it.each([
    [{ appId: "cli_short" }, "app id"],
    [{ appSecret: "" }, "app secret"],
    [{ mode: "http" as const, encryptKey: "" }, "encrypt key"],
    [{ domain: "larksuite" }, "base URL"],
  ])("refuses the configuration %j early, in one sentence", async (over, word) => {
    const refusal = await started(answering(), over).then(
      () => "",
      (error: Error) => error.message,
    );
    lark = undefined;
    expect(refusal).toContain(word);
    expect(stub.calls).toHaveLength(0);
  });
});
