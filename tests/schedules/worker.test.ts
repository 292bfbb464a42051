import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Poster } from "../../src/chat/post.ts";
import { loadThread } from "../../src/queries/state/threads.ts";
import { createWorker } from "../../src/schedules/worker.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type LarkStub, startLarkStub } from "../support/lark-stub.ts";
import { overturn } from "../support/slack-answers.ts";
import { type SlackStub, startSlackStub, visibleText } from "../support/slack-stub.ts";
import { dueNow, larkPoster, note, pass, slackPoster, workerParts } from "./house.ts";

let database: TestDatabase;
let slack: SlackStub;
let lark: LarkStub;
let posters: { slack: Poster; lark: Poster };
beforeEach(async () => {
  [database, slack, lark] = await Promise.all([testDatabase(), startSlackStub(), startLarkStub()]);
  slack.join("U0OWNER");
  posters = { slack: slackPoster(slack), lark: larkPoster(lark) };
});
afterEach(() => Promise.all([database.end(), slack.close(), lark.close()]));

const toLark = { platform: "lark", tenant: "tenant_acme", channel: "oc_ops", owner: "ou_owner" } as const;
const run = async () => (await database.writer.query("select * from bot.runs order by planned_at, run_key")).rows;
const tick = (more = {}) => createWorker(workerParts(database, posters, more)).tick();

describe("a schedule that is due", () => {
  it("is posted to Slack, and its thread goes on from what it is about", async () => {
    await dueNow(database);
    await tick({ composer: async () => [note("Overturn rate rose", { about: overturn, lines: ["by 1.2 pp"] })] });
    expect(slack.posts.map(visibleText)).toEqual([expect.stringContaining("Overturn rate rose")]);
    const [post] = slack.posts;
    const thread = await loadThread(database.writer, {
      platform: "slack",
      tenant: "T0TEAM",
      channel: "C0OPS",
      thread: post?.ts ?? "",
    });
    expect(thread?.state).toMatchObject({ answered: [overturn] });
    expect(await run()).toMatchObject([{ state: "sent", attempts: 0 }]);
  });
  it("is posted to Lark", async () => {
    await dueNow(database, toLark);
    await tick();
    expect(lark.posts).toHaveLength(1);
    expect(JSON.stringify(lark.posts[0]?.content)).toContain("oc_ops");
    expect(await run()).toMatchObject([{ state: "sent" }]);
  });
  it("is posted once by five instances at the same second", async () => {
    await dueNow(database);
    await dueNow(database, toLark);
    await Promise.all(Array.from({ length: 5 }, () => tick()));
    expect([slack.posts.length, lark.posts.length]).toEqual([1, 1]);
  });
  it("posts its messages in order, each the root of a thread", async () => {
    await dueNow(database);
    await tick({ composer: async () => ["head", "first", "second"].map((title) => note(title)) });
    expect(slack.posts.map(({ text, thread }) => [text, thread])).toEqual([
      ["head", null],
      ["first", null],
      ["second", null],
    ]);
  });
  it("with nothing to say posts nothing and is done", async () => {
    await dueNow(database);
    await tick({ composer: async () => [] });
    expect(slack.posts).toHaveLength(0);
    expect(await run()).toMatchObject([{ state: "sent" }]);
  });
});

describe("a post whose answer is lost", () => {
  it("on Slack is found by its key and not posted again", async () => {
    await dueNow(database);
    slack.fault("chat.postMessage", "lost");
    await tick();
    expect(await run()).toMatchObject([{ state: "unknown" }]);
    await pass(database);
    await tick();
    expect(slack.posts).toHaveLength(1);
    expect(await run()).toMatchObject([{ state: "sent" }]);
  });
  it("on Slack is posted when it is nowhere to be found", async () => {
    await dueNow(database);
    slack.fault("chat.postMessage", "reset");
    await tick();
    await pass(database);
    await tick();
    expect(slack.posts).toHaveLength(1);
  });
  it("is found behind three pages of other messages", async () => {
    await dueNow(database);
    slack.fault("chat.postMessage", "lost");
    await tick();
    for (let i = 0; i < 650; i += 1) await otherMessage(`talk ${i}`);
    await pass(database);
    await tick();
    expect(slack.posts.filter(({ text }) => text.startsWith("C0OPS"))).toHaveLength(1);
  });
  it("on Lark is sent again under the same uuid, and is there once", async () => {
    await dueNow(database, toLark);
    lark.faults.push({ path: /im\/v1\/messages$/, answer: "lost_ack" });
    await tick();
    await pass(database);
    await tick();
    expect(lark.posts).toHaveLength(1);
    expect(await run()).toMatchObject([{ state: "sent" }]);
  });
});

async function otherMessage(text: string): Promise<void> {
  await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${slack.botToken}` },
    body: JSON.stringify({ channel: slack.channel, text }),
  });
}
