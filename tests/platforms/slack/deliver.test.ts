import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { Answer } from "../../../src/chat/answer.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import { boltLogger } from "../../../src/platforms/slack/bolt-logger.ts";
import { createDelivery, type Delivery } from "../../../src/platforms/slack/deliver.ts";
import { createGate } from "../../../src/platforms/slack/gate.ts";
import type { ReplyTo } from "../../../src/platforms/slack/receive.ts";
import { renderAnswer, renderSql } from "../../../src/platforms/slack/render.ts";
import { createWeb } from "../../../src/platforms/slack/web.ts";
import { byMarket, charts, line } from "../../support/slack-answers.ts";
import { type SlackStub, startSlackStub, visibleText } from "../../support/slack-stub.ts";

const log = pino({ level: "silent" });
const stubs: SlackStub[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.close();
});

async function begin(): Promise<{ stub: SlackStub; delivery: Delivery; to: ReplyTo }> {
  const stub = await startSlackStub();
  stubs.push(stub);
  const web = createWeb({ botToken: stub.botToken, apiUrl: stub.apiUrl, logger: boltLogger(log) });
  const responseUrl = `${new URL(stub.apiUrl).origin}/respond/${stub.channel}/r1`;
  const to: ReplyTo = {
    tenant: stub.team,
    personId: "U0ASKER",
    channel: stub.channel,
    thread: null,
    responseUrl,
    ephemeral: false,
  };
  return { stub, delivery: createDelivery(web, charts, log), to };
}
const render = (answer: Answer) => (style: "native" | "plain") => renderAnswer(answer, charts, style);
const postCalls = (stub: SlackStub): number => stub.calls.filter((call) => call.method === "chat.postMessage").length;

describe("a post", () => {
  it("that Slack refuses for its blocks is said once more without native blocks, and says so", async () => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", { error: "invalid_blocks", messages: ["unsupported type: data_visualization"] });
    const outcome = await delivery.post(render(byMarket), to, "en", "k1");
    expect(outcome).toMatchObject({ type: "posted", message: { pictures: byMarket.charts } });
    expect(postCalls(stub)).toBe(2);
    const text = visibleText(stub.posts[0] ?? expect.fail("nothing posted"));
    expect(text).toContain("Slack refused the native chart or table");
    for (const [market, rate] of byMarket.view?.rows ?? [])
      expect(text).toContain(`${market}`.padEnd(6) + `${rate}`.padStart(15));
  });

  it("that is refused in every form of blocks still arrives as text", async () => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", { error: "invalid_blocks" }, 2);
    await delivery.post(render(byMarket), to, "en", "k1");
    expect(stub.posts).toHaveLength(1);
    expect(stub.posts[0]).toMatchObject({ blocks: [], text: `${byMarket.headline}\n${byMarket.echo}` });
  });

  it("whose confirmation was lost is found again and not posted twice", async () => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", "lost");
    const outcome = await delivery.post(render(byMarket), to, "en", "k-lost");
    expect(stub.posts).toHaveLength(1);
    expect(outcome).toMatchObject({ type: "posted", ts: stub.posts[0]?.ts });
    stub.fault("chat.postMessage", "lost");
    await delivery.post(render(byMarket), { ...to, thread: stub.posts[0]?.ts ?? "" }, "en", "k-lost-2");
    expect(stub.posts).toHaveLength(2);
  });

  it.each([["reset" as const], [{ status: 500 }], [{ error: "internal_error" }]])(
    "that met %j and is not there is sent once more",
    async (fault) => {
      const { stub, delivery, to } = await begin();
      stub.fault("chat.postMessage", fault);
      expect(await delivery.post(render(byMarket), to, "en", "k1")).toMatchObject({ type: "posted" });
      expect(stub.posts).toHaveLength(1);
      expect(postCalls(stub)).toBe(2);
    },
  );

  it("whose outcome stays unknown is not repeated; the asker is told", async () => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", "lost");
    stub.fault("conversations.history", { error: "missing_scope" });
    expect(await delivery.post(render(byMarket), to, "en", "k1")).toMatchObject({ type: "failed" });
    expect(postCalls(stub)).toBe(1);
    expect(stub.whispers[0]?.text).toContain("did not confirm");
  });

  it("waits as long as Slack says when it is limited", async () => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", { limited: 1 });
    expect(await delivery.post(render(byMarket), to, "en", "k1")).toMatchObject({ type: "posted" });
    const [first, second] = stub.calls.filter((call) => call.method === "chat.postMessage");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("into a channel without the bot goes to the asker alone, with the way to invite it", async () => {
    const { stub, delivery, to } = await begin();
    stub.leave(stub.channel);
    expect(await delivery.post(render(byMarket), to, "en", "k1")).toEqual({ type: "whispered" });
    expect(stub.posts).toHaveLength(0);
    expect(visibleText(stub.whispers[0] ?? expect.fail("nothing said"))).toMatch(
      /Overturn rate 6\.1[\s\S]*\/invite @modstats/u,
    );
  });

  it("without any door to the channel goes to direct messages with one sentence", async () => {
    const { stub, delivery, to } = await begin();
    stub.leave(stub.channel);
    await delivery.post(render(byMarket), { ...to, responseUrl: null, thread: "1.2" }, "en", "k1");
    expect(stub.posts[0]).toMatchObject({ channel: "D0ASKER" });
    expect(stub.posts[0]?.text).toContain("/invite @modstats");
  });

  it.each([
    ["missing_scope", "reinstall modstats"],
    ["is_archived", "archived or read-only"],
    ["some_new_error", "did not take the answer"],
  ])("refused with %s says what to do", async (error, sentence) => {
    const { stub, delivery, to } = await begin();
    stub.fault("chat.postMessage", { error });
    expect(await delivery.post(render(byMarket), to, "en", "k1")).toEqual({ type: "failed", error });
    expect(stub.whispers[0]?.text).toContain(sentence);
  });

  it("never asks Slack to make links or mentions", async () => {
    const { stub, delivery, to } = await begin();
    await delivery.post(render(byMarket), to, "en", "k1");
    expect(stub.calls.at(-1)?.args).toMatchObject({
      parse: "none",
      link_names: "false",
      unfurl_links: "false",
      unfurl_media: "false",
    });
  });

  it("answers a private press privately", async () => {
    const { stub, delivery, to } = await begin();
    expect(await delivery.post(render(byMarket), { ...to, ephemeral: true }, "en", "k1")).toEqual({
      type: "whispered",
    });
    expect(stub.posts).toHaveLength(0);
  });

  it("reaches no host but Slack's", async () => {
    const { stub, delivery, to } = await begin();
    stub.leave(stub.channel);
    await delivery.post(render(byMarket), { ...to, responseUrl: "http://127.0.0.1:9/steal" }, "en", "k1");
    expect(stub.whispers).toHaveLength(0);
    expect(stub.posts[0]?.channel).toBe("D0ASKER");
  });
});

describe("a picture", () => {
  it("that cannot be uploaded leaves the text as it is and says so", async () => {
    for (const method of ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]) {
      const { stub, delivery, to } = await begin();
      const posted = await delivery.post(render(line), to, "en", "k1");
      if (posted.type !== "posted") throw new Error("not posted");
      stub.fault(method, method === "upload" ? { status: 500 } : { error: "missing_scope" });
      await delivery.pictures(posted.message.pictures, { channel: posted.channel, thread: posted.ts }, "en");
      expect(stub.uploads).toHaveLength(0);
      expect(stub.posts).toHaveLength(2);
      expect(stub.posts[1]).toMatchObject({ thread: posted.ts });
      expect(stub.posts[1]?.text).toContain("the numbers above are complete");
    }
  });

  it("carries its description in the comment", async () => {
    const { stub, delivery } = await begin();
    await delivery.pictures(line.charts, { channel: stub.channel, thread: "1.2" }, "en");
    expect(stub.uploads[0]?.comment).toBe("Inflow fell by 10 % over two weeks\nline chart: Inflow · 10–23 Mar 2026");
  });
});

describe("posts to one channel", () => {
  it("go out at one a second after a short burst, in order, and other channels do not wait for them", async () => {
    let now = 0;
    const gate = createGate({ perSecond: 100, burst: 3, waitingMax: 10, keysMax: 2, monotonic: () => now });
    const order: string[] = [];
    const entered = ["a1", "a2", "a3", "a4", "a5"].map((name) => gate.enter("a").then(() => order.push(name)));
    await gate.enter("b");
    await Promise.all(entered.slice(0, 3));
    expect(order).toEqual(["a1", "a2", "a3"]);
    now = 10;
    await entered[3];
    expect(order).toEqual(["a1", "a2", "a3", "a4"]);
    now = 20;
    await entered[4];
    expect(order.at(-1)).toBe("a5");
  });

  it("are refused when too many are waiting", async () => {
    const gate = createGate({ perSecond: 1, burst: 1, waitingMax: 1, keysMax: 10, monotonic: () => 0 });
    void gate.enter("a");
    expect(await gate.enter("a")).toBe(false);
  });
});

it("sends statements that are too long for a message as a file", () => {
  const statements = [{ text: `select 1 -- ${"x".repeat(12_000)}`, params: "" }];
  expect(renderSql({ type: "sql", receipt: "r-1" as Receipt, title: "SQL", statements }, "en")).toBeNull();
});
