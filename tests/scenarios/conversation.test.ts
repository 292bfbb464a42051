import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bot, ChartPort } from "../../src/chat/port.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createSlack } from "../../src/platforms/slack/slack.ts";
import { coreOver, DEMO_NOW, demoCore } from "../support/core.ts";
import type { TestDatabase } from "../support/database.ts";
import { buttonsOf as larkButtons, startLarkStub } from "../support/lark-stub.ts";
import { buttonsOf as slackButtons, startSlackStub, visibleText } from "../support/slack-stub.ts";

/**
 * One conversation, held on every platform with the real core, the real SDKs and a real database: a question, a follow-up, a button, an
 * ambiguous word, an error.
 */
const deps = { log: createLog("silent"), clock: fixedClock(DEMO_NOW) };
let bot: Bot;
let charts: ChartPort;
let database: TestDatabase;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ bot, charts, database, close } = await demoCore());
});
afterAll(() => close());

describe("a conversation in Slack", () => {
  it("goes from a command through a follow-up, a button, an ambiguous word and an error, and survives a restart", async () => {
    const stub = await startSlackStub();
    const config = { mode: "socket" as const, botToken: stub.botToken, appToken: stub.appToken, apiUrl: stub.apiUrl };
    const first = createSlack(config, bot, charts, deps);
    await first.start();

    await stub.sendCommand("overturn rate by market last 90d");
    await stub.until(() => stub.posts.length >= 1);
    const root = stub.posts[0];
    expect(root && visibleText(root)).toMatch(/Overturn rate \d+\.\d\s%.*\(\d[\d,]* of \d[\d,]*\)/);
    expect(root?.text).toMatch(/16 Mar 2026/);
    await stub.until(() => root !== undefined && slackButtons(root).length > 0);

    await stub.sendThreadMessage("and in ID?", { thread: root?.ts ?? "" });
    await stub.until(() => stub.posts.length >= 2);
    expect(stub.posts[1]?.thread).toBe(root?.ts);
    expect(stub.posts[1]?.text).toContain("ID");

    await first.stop();
    const second = createSlack(config, coreOver(database), charts, deps);
    await second.start();
    await stub.sendThreadMessage("vs last week", { thread: root?.ts ?? "" });
    await stub.until(() => stub.posts.length >= 3);
    expect(stub.posts[2]?.text).toMatch(/vs /);

    const why = stub.posts[2] && slackButtons(stub.posts[2]).find((button) => /why/i.test(button.label));
    expect(why).toBeDefined();
    if (stub.posts[2] && why) await stub.clickButton(stub.posts[2], why.label);
    await stub.until(() => stub.posts.length >= 4);
    expect(stub.posts[3]?.text).toMatch(/Overturn rate (rose|fell|did not move)/);

    await stub.sendCommand("fp rate live last week");
    await stub.until(() => stub.posts.length >= 5);
    const clarify = stub.posts[4];
    expect(clarify?.text).toContain("Which one do you mean?");
    const choice = clarify && slackButtons(clarify)[1];
    if (clarify && choice) await stub.clickButton(clarify, choice.label);
    await stub.until(() => stub.posts.length >= 6);
    expect(stub.posts[5]?.text).toMatch(/false[- ]positive|FP rate/i);

    await stub.sendCommand("overturn by moon phase");
    await stub.until(() => stub.posts.length >= 7);
    expect(stub.posts[6]?.text).not.toMatch(/Error|at .*\.ts:/);

    await second.stop();
    await stub.close();
  });
});

describe("a conversation in Lark", () => {
  it("goes from a mention through a follow-up, a button, an ambiguous word and an error", async () => {
    const stub = await startLarkStub();
    const { appId, appSecret, encryptKey, verificationToken } = stub.account;
    const lark = createLark(
      { mode: "ws", appId, appSecret, encryptKey, verificationToken, domain: stub.domain },
      bot,
      charts,
      deps,
    );
    await lark.start();
    await stub.waitForConnection();

    await stub.sendMessage({ text: "/modstats overturn rate by market last 90d" });
    const [root] = await stub.waitForPosts(1);
    expect(JSON.stringify(root?.content)).toMatch(/Overturn rate \d+\.\d\s%/);

    await stub.sendThreadReply(root?.messageId ?? "", { text: "and in ID?" });
    const followed = (await stub.waitForPosts(2))[1];
    expect(JSON.stringify(followed?.content)).toContain("ID");

    const button =
      larkButtons(followed?.content).find(({ label }) => /week/i.test(label)) ?? larkButtons(followed?.content)[0];
    if (followed && button) await stub.clickButton(followed, button.label);
    await stub.waitForPosts(3);

    await stub.sendMessage({ text: "误杀率 fp rate live last week" });
    await stub.sendMessage({ text: "fp rate live last week" });
    const asked = await stub.waitForPosts(5);
    expect(asked.map((post) => JSON.stringify(post.content)).join()).toContain("Which one do you mean?");

    await lark.stop();
    await stub.close();
  });
});
