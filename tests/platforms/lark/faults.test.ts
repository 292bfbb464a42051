import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bot } from "../../../src/chat/port.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { createHttp } from "../../../src/platforms/lark/http.ts";
import { createLark, type Lark, type LarkConfig } from "../../../src/platforms/lark/lark.ts";
import type { ActiveLock } from "../../../src/platforms/lark/long-connection.ts";
import { type LarkStub, startLarkStub } from "../../support/lark-stub.ts";
import { answering, plainCharts, sampleAnswer } from "./fixture.ts";

const REPLY = /\/reply$/;
const TOKEN = /tenant_access_token/;

let stub: LarkStub;
let running: Lark[];
let logged: string;
const keep = (line: string): void => {
  logged += line;
};

beforeEach(async () => {
  stub = await startLarkStub();
  running = [];
  logged = "";
});
afterEach(async () => {
  await Promise.all(running.map((lark) => lark.stop()));
  await stub.close();
});

async function started(
  bot: Bot,
  over: Partial<LarkConfig> = {},
  deps: { lock?: ActiveLock; clock?: Clock } = {},
): Promise<Lark> {
  const config: LarkConfig = { mode: "ws", ...stub.account, domain: stub.domain, ...over };
  const log = pino({ level: "trace" }, { write: keep });
  const lark = createLark(config, bot, plainCharts, { log, clock: systemClock, ...deps });
  running.push(lark);
  await lark.start();
  return lark;
}
const texts = (): string => JSON.stringify(stub.posts.map((post) => post.content));
const replies = (): number => stub.calls.filter((call) => REPLY.test(call.path)).length;

describe("when Lark fails", () => {
  it("posts once although the answer to the post was lost", async () => {
    await started(answering());
    stub.faults.push({ path: REPLY, answer: "lost_ack" });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    await running[0]?.stop();
    expect(stub.posts).toHaveLength(1);
    expect(replies()).toBe(2);
  });

  it.each([
    ["a reset", "reset" as const],
    ["a server error", { status: 500, body: "<html>oops</html>" }],
    [
      "an app limit",
      { status: 429, body: { code: 99991400, msg: "limited" }, headers: { "x-ogw-ratelimit-reset": "0" } },
    ],
    [
      "an app limit under 400",
      { status: 400, body: { code: 99991400, msg: "limited" }, headers: { "x-ogw-ratelimit-reset": "0" } },
    ],
    [
      "a chat limit",
      { status: 400, body: { code: 230020, msg: "limited" }, headers: { "x-ogw-ratelimit-reset": "0" } },
    ],
    ["an expired token", { status: 400, body: { code: 99991663, msg: "Invalid access token" } }],
  ])("posts once after %s", async (_, answer) => {
    await started(answering());
    stub.faults.push({ path: REPLY, answer });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    await running[0]?.stop();
    expect(stub.posts).toHaveLength(1);
    expect(replies()).toBe(2);
  });

  it("posts the whole answer as text when the card is refused, and says so", async () => {
    const bot = answering(sampleAnswer({ body: ['<at user_id="all"></at> [x](https://evil.example)'] }));
    await started(bot);
    stub.faults.push({
      path: REPLY,
      answer: { status: 400, body: { code: 230099, msg: "Failed to create card content" } },
    });
    const { messageId } = await stub.sendMessage({ text: "overturn rate" });
    const [post] = await stub.waitForPosts(1);
    expect(post).toMatchObject({ type: "post", root: messageId });
    for (const part of ["Overturn rate 6.1 %", "VN | 9.0 %", "Lark refused the card", "Data through", "By policy"]) {
      expect(texts()).toContain(part);
    }
    const nodes = Object.values(post?.content ?? {}).flatMap((one) =>
      (one as { content: { tag: string }[][] }).content.flat(),
    );
    expect(new Set(nodes.map((node) => node.tag))).toEqual(new Set(["text"]));
    await running[0]?.stop();
    expect(bot.bound.size).toBe(1);
  });

  it("gives the same refusal no second chance to say the same", async () => {
    await started(answering());
    stub.faults.push({ path: REPLY, times: 9, answer: { status: 400, body: { code: 230099, msg: "no" } } });
    await stub.sendMessage({ text: "overturn rate" });
    await running[0]?.stop();
    expect(replies()).toBe(2);
  });

  it("tells the person directly, in one sentence, when the bot is not in the group", async () => {
    await started(answering());
    stub.chatsWithoutBot.add("oc_ops");
    await stub.sendMessage({ text: "/modstats backlog", mention: false });
    const [post] = await stub.waitForPosts(1);
    expect(post).toMatchObject({ chat: "ou_ana", type: "post", root: null });
    expect(texts()).toContain("Add modstats to it");
  });

  it("replies without a thread where there are none, and into the chat when the question is gone", async () => {
    const bot = answering();
    await started(bot);
    stub.faults.push({ path: REPLY, answer: { status: 400, body: { code: 230071, msg: "no thread" } } });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    expect(stub.posts[0]).toMatchObject({ inThread: false, type: "interactive" });
    stub.faults.push({ path: REPLY, answer: { status: 400, body: { code: 230011, msg: "withdrawn" } } });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(2);
    const fresh = stub.posts[1];
    expect(fresh).toMatchObject({ chat: "oc_ops", root: null, replyTo: null });
    await running[0]?.stop();
    expect([...bot.bound.keys()]).toContain(`tenant_acme/oc_ops/${fresh?.messageId}`);
  });

  it("posts the text without the picture when the upload is refused, and says so", async () => {
    const [chart] = sampleAnswer().charts;
    await started(answering(sampleAnswer({ charts: [{ ...chart, title: "x".repeat(13_000) } as never] })));
    stub.faults.push({ path: /images$/, answer: { body: { code: 234042, msg: "no storage" } } });
    await stub.sendMessage({ text: "overturn rate" });
    await stub.waitForPosts(1);
    expect(texts()).toContain("charts 1");
    expect(texts()).toContain("VN");
  });

  it("posts at most five messages a second into a chat", async () => {
    await started(answering());
    const began = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => stub.sendMessage({ text: "backlog" })));
    await stub.waitForPosts(8);
    // A burst of five at once, the other three 200 ms apart.
    expect(performance.now() - began).toBeGreaterThan(550);
    expect(new Set(stub.posts.map((post) => post.uuid)).size).toBe(8);
    expect(Math.max(...stub.posts.map((post) => post.uuid.length))).toBeLessThanOrEqual(50);
  });

  it("follows no redirect and calls no other host", async () => {
    await started(answering());
    const elsewhere = await startLarkStub();
    stub.faults.push({
      path: REPLY,
      times: 9,
      answer: { status: 302, headers: { location: `${elsewhere.domain}/stolen` } },
    });
    await stub.sendMessage({ text: "backlog" });
    await running[0]?.stop();
    expect(elsewhere.calls).toHaveLength(0);
    await elsewhere.close();
  });

  it("opens no long connection to a host that is not Lark's", async () => {
    const http = createHttp(stub.domain, (text) => text);
    const ask = (URL: string) => {
      stub.faults.push({ path: /ws\/endpoint/, answer: { body: { code: 0, msg: "", data: { URL } } } });
      return http.post(`${stub.domain}/callback/ws/endpoint`, {});
    };
    await expect(ask("ws://evil.example/ws?device_id=1&service_id=1")).rejects.toThrow("not Lark's");
    await expect(ask("http://127.0.0.1:1/ws")).rejects.toThrow("not Lark's");
    await expect(ask("ws://127.0.0.1:1/ws")).resolves.toMatchObject({ code: 0 });
    await expect(http.get("http://evil.example/x")).rejects.toThrow("not Lark's");
  });

  it("starts without bot info and slash commands, with a line in the log each", async () => {
    stub.faults.push({
      path: /bot\/v3\/info/,
      answer: { status: 400, body: { code: 99991672, msg: "Access denied" } },
    });
    stub.faults.push({ path: /slash/, answer: { status: 400, body: { code: 99991672, msg: "Access denied" } } });
    const bot = answering();
    await started(bot);
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    expect(logged).toContain("bot info not read");
    expect(logged).toContain("/modstats not registered");
  });

  it("stops at a wrong secret with one sentence instead of trying for ever", async () => {
    const wrong = "WrongSecretCanary00000000000000000";
    const refusal = await started(answering(), { appSecret: wrong }).then(
      () => "",
      (error: Error) => error.message,
    );
    running = [];
    expect(refusal).toContain("Check app id and app secret.");
    expect(refusal).not.toContain(wrong);
    expect(logged).not.toContain(wrong);
  });
});

describe("the app secret and the keys", () => {
  it.each([
    [
      "refuses and echoes",
      { status: 400, body: { code: 10014, msg: "app secret invalid: S3cretCanaryOfTheLarkApp0000000000" } },
    ],
    ["says 200 without a token", { status: 200, body: { code: 0, msg: "ok" } }],
    ["fails", { status: 500, body: { msg: "S3cretCanaryOfTheLarkApp0000000000" } }],
    ["answers garbage", { status: 200, body: "<html>S3cretCanaryOfTheLarkApp0000000000" }],
    ["resets", "reset" as const],
  ])("are in no log and no post when the token endpoint %s", async (_, answer) => {
    stub.faults.push({ path: TOKEN, times: 99, answer });
    await started(answering(), { mode: "http" }).then(async (lark) => {
      stub.eventsTo(`http://127.0.0.1:${lark.port()}/lark/events`);
      await stub.sendMessage({ text: "backlog" });
    });
    await running[0]?.stop();
    expect(logged).toContain("post not delivered");
    for (const secret of Object.values(stub.account).slice(1)) expect(logged).not.toContain(secret);
    expect(logged).not.toContain("fakeTenantTokenCanary");
    expect(stub.posts).toHaveLength(0);
  });

  it("are in no log of a conversation that goes well", async () => {
    await started(answering());
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(1);
    await running[0]?.stop();
    for (const canary of [...Object.values(stub.account).slice(1), "fakeTenantTokenCanary", "ticket=tick"]) {
      expect(logged).not.toContain(canary);
    }
  });
});

describe("several processes over the long connection", () => {
  it("keep one of them active, and the next takes over when it stops", async () => {
    const held = { by: null as string | null };
    const lockOf = (name: string): ActiveLock => ({
      hold: async () => {
        if (held.by !== null) return null;
        held.by = name;
        return async () => {
          held.by = null;
        };
      },
    });
    const [first, second] = [answering(), answering()];
    const one = await started(first, {}, { lock: lockOf("one") });
    await stub.sendMessage({ text: "backlog" });
    await started(second, {}, { lock: lockOf("two") });
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(2);
    expect([first.acted.length, second.acted.length]).toEqual([2, 0]);
    await one.stop();
    await stub.sendMessage({ text: "backlog" });
    await stub.waitForPosts(3);
    expect(second.acted).toHaveLength(1);
  });
});
