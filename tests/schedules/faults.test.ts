import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Poster } from "../../src/chat/post.ts";
import { redriveRuns } from "../../src/queries/state/runs.ts";
import { TIMING } from "../../src/schedules/deliver.ts";
import { createWorker } from "../../src/schedules/worker.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type LarkStub, startLarkStub } from "../support/lark-stub.ts";
import { type SlackStub, startSlackStub, visibleText } from "../support/slack-stub.ts";
import { dueNow, larkPoster, note, pass, slackPoster, workerParts } from "./house.ts";
import { virtualClock } from "./virtual-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let database: TestDatabase;
let slack: SlackStub;
let lark: LarkStub;
let posters: { slack: Poster; lark: Poster };
beforeEach(async () => {
  [database, slack, lark] = await Promise.all([testDatabase(), startSlackStub(), startLarkStub()]);
  posters = { slack: slackPoster(slack), lark: larkPoster(lark) };
});
afterEach(() => Promise.all([database.end(), slack.close(), lark.close()]));

const toLark = { platform: "lark", tenant: "tenant_acme", channel: "oc_ops", owner: "ou_owner" } as const;
const tick = (more = {}) => createWorker(workerParts(database, posters, more)).tick();
const runs = async () => (await database.writer.query("select * from bot.runs order by planned_at, run_key")).rows;
const inChannel = (): string[] => slack.posts.filter(({ channel }) => channel === "C0OPS").map(visibleText);
const toOwner = (): string[] => slack.posts.filter(({ channel }) => channel === "D0OWNER").map(visibleText);

describe("a platform that says no", () => {
  it("not_in_channel: the run is given up, its owner is told once what to do, and redriving posts it", async () => {
    slack.leave("C0OPS");
    await dueNow(database);
    for (let again = 0; again < 3; again += 1) {
      await tick();
      await pass(database);
    }
    expect(inChannel()).toEqual([]);
    expect(toOwner()).toEqual([expect.stringContaining("/invite @modstats")]);
    const [run] = await runs();
    expect(run).toMatchObject({ state: "dead", error: "not_in_channel" });
    slack.join("C0OPS");
    await redriveRuns(database.writer, { runKeys: [], days: 7 });
    await tick();
    expect(inChannel()).toHaveLength(1);
    expect(toOwner()).toHaveLength(1);
  });
  it("a revoked token: given up, and no chain of notices about notices", async () => {
    slack.fault("chat.postMessage", { error: "token_revoked" }, 100);
    await dueNow(database);
    for (let again = 0; again < 4; again += 1) {
      await tick();
      await pass(database);
    }
    expect((await runs()).map(({ state, error }) => [state, error])).toEqual([
      ["dead", "token_revoked"],
      ["dead", "token_revoked"],
    ]);
    expect(slack.posts).toHaveLength(0);
  });
  it("a bot that was put out of a Lark group: given up, its owner told in their own chat", async () => {
    lark.chatsWithoutBot.add("oc_ops");
    await dueNow(database, toLark);
    await tick();
    expect(lark.posts.map(({ chat }) => chat)).toEqual(["ou_owner"]);
    expect((await runs())[0]).toMatchObject({ state: "dead", error: "not_in_chat" });
  });
  it("a Lark secret that was renewed elsewhere: given up", async () => {
    lark.faults.push({
      path: /tenant_access_token/,
      times: 20,
      answer: { body: { code: 10014, msg: "app secret invalid" } },
    });
    await dueNow(database, toLark);
    await tick();
    expect((await runs())[0]).toMatchObject({ state: "dead", error: "not_allowed" });
  });
  it("429: due again after the time that was said, and the attempt does not count", async () => {
    slack.fault("chat.postMessage", { limited: 7 });
    await dueNow(database);
    await tick();
    const [run] = await runs();
    expect(run).toMatchObject({ state: "due", attempts: 0, error: "limited" });
    await pass(database, 8);
    await tick();
    expect(inChannel()).toHaveLength(1);
  });
  it("blocks that Slack refuses are said again as plain text, at once", async () => {
    slack.fault("chat.postMessage", { error: "invalid_blocks" }, 2);
    await dueNow(database);
    await tick();
    expect(slack.posts.map(({ text, blocks }) => [text.slice(0, 5), blocks.length])).toEqual([["C0OPS", 0]]);
  });
});

describe("a platform that says nothing, or too late", () => {
  it.each([
    ["500 after it was done", { status: 500, done: true }],
    ["500 before it was done", { status: 500 }],
    ["a line cut before", "reset"],
    ["a line cut after", "lost"],
  ] as const)("%s: there once in the end", async (_, fault) => {
    await dueNow(database);
    slack.fault("chat.postMessage", fault);
    for (let again = 0; again < 2; again += 1) {
      await tick();
      await pass(database);
    }
    expect(inChannel()).toHaveLength(1);
  });
  it("while nobody can look, nothing is posted again", async () => {
    await dueNow(database);
    slack.fault("chat.postMessage", "lost");
    await tick();
    slack.fault("conversations.history", { error: "internal_error" }, 9);
    for (let again = 0; again < 3; again += 1) {
      await pass(database);
      await tick();
    }
    expect(inChannel()).toHaveLength(1);
    expect(await runs()).toMatchObject([{ state: "unknown" }]);
  });
  it("a platform that fails three times is left alone, the others are not", async () => {
    slack.fault("chat.postMessage", "reset", 100);
    for (let channel = 0; channel < 12; channel += 1) {
      slack.join(`C${channel}`);
      await dueNow(database, { channel: `C${channel}` });
    }
    await dueNow(database, toLark);
    await tick();
    expect(slack.calls.filter(({ method }) => method === "chat.postMessage").length).toBeLessThan(8);
    expect(lark.posts).toHaveLength(1);
  });
  it("on Lark, after the hour of the uuid, the message is found in the list", async () => {
    let now = Date.now();
    posters = { ...posters, lark: larkPoster(lark, undefined, () => now) };
    await dueNow(database, toLark);
    lark.faults.push({ path: /im\/v1\/messages$/, method: "POST", answer: "lost_ack" });
    await tick();
    now += 2 * HOUR;
    await pass(database);
    await tick();
    expect(lark.posts).toHaveLength(1);
    expect((await runs())[0]).toMatchObject({ state: "sent" });
  });
});

describe("a worker that is held up", () => {
  it("past its lease, before the message leaves: it sends nothing, another does", async () => {
    await dueNow(database);
    let held = 0;
    const frozen: Poster = {
      ...posters.slack,
      // The process is stopped here (SIGSTOP, a paused machine) and goes on when its lease is long over.
      deliver: (to, key, content, mayLeave) => {
        held = TIMING.leaseSeconds * 2_000;
        return posters.slack.deliver(to, key, content, mayLeave);
      },
    };
    const monotonic = (): number => performance.now() + held;
    await createWorker(workerParts(database, { slack: frozen }, { monotonic })).tick();
    expect(slack.posts).toHaveLength(0);
    await pass(database);
    await tick();
    expect(inChannel()).toHaveLength(1);
  });
});

describe("a composer that fails", () => {
  it("is tried again, at the end given up, and its owner told once", async () => {
    await dueNow(database);
    let tries = 0;
    const composer = async () => {
      tries += 1;
      throw new Error("no such table");
    };
    for (let again = 0; again < 9; again += 1) {
      await tick({ composer });
      await pass(database);
    }
    expect(tries).toBe(6);
    expect((await runs())[0]).toMatchObject({ state: "dead", error: "compose" });
    expect(toOwner()).toEqual([expect.stringContaining("could not be computed")]);
  });
  it("that comes round is posted", async () => {
    await dueNow(database);
    let tries = 0;
    const composer = async () => {
      tries += 1;
      if (tries < 3) throw new Error("busy");
      return [note("at last")];
    };
    for (let again = 0; again < 4; again += 1) {
      await tick({ composer });
      await pass(database);
    }
    expect(inChannel()).toEqual([expect.stringContaining("at last")]);
  });
});

describe("time", () => {
  /** Nine o'clock in Bangkok, tomorrow at the latest: never before the real clock, by which the defaults of the tables go. */
  const nine = (): number => (Math.floor(Date.now() / (24 * HOUR)) + 1) * 24 * HOUR + 2 * HOUR;
  const daily = { cron: "0 9 * * *", zone: "Asia/Bangkok" };
  async function at(instant: number, more: Parameters<typeof dueNow>[1] = {}) {
    const clock = virtualClock(database, instant);
    const schedule = await dueNow(database, { ...daily, ...more });
    const since = (ms: number) =>
      database.writer.query("update bot.schedules set planned_through = $2 where id = $1", [schedule.id, new Date(ms)]);
    return { clock, since, tick: () => tick({ pool: clock.pool }) };
  }
  it("a clock that is set back an hour doubles nothing, although the bot forgot what it had planned", async () => {
    const { clock, since, tick } = await at(nine() - MINUTE);
    await since(clock.now());
    for (let minute = 0; minute < 4; minute += 1) {
      await tick();
      clock.advance(MINUTE);
    }
    expect(inChannel()).toHaveLength(1);
    clock.advance(-HOUR);
    await since(clock.now());
    for (let minute = 0; minute < 70; minute += 5) {
      await tick();
      clock.advance(5 * MINUTE);
    }
    expect(inChannel()).toHaveLength(1);
  });
  it("posted at nine says nothing of the time; forty minutes late says so", async () => {
    const first = await at(nine() + MINUTE);
    await first.since(nine() - HOUR);
    await first.tick();
    expect(inChannel()[0]).not.toContain("late");
    const second = await at(nine() + 40 * MINUTE, { channel: "C1" });
    slack.join("C1");
    await second.since(nine() - HOUR);
    await second.tick();
    expect(slack.posts.filter(({ channel }) => channel === "C1").map(visibleText)[0]).toMatch(
      /Due .*09:00 \(Asia\/Bangkok\), posted 40 min late/,
    );
  });
  it.each([
    ["latest", 1],
    ["all", 3],
    ["skip", 0],
  ] as const)("after three days down, catch-up %s posts %i", async (catchUp, count) => {
    const { since, tick } = await at(nine() + HOUR, { catchUp });
    await since(nine() - 3 * 24 * HOUR + HOUR);
    await tick();
    expect(inChannel()).toHaveLength(count);
  });
  it("later than it may be: left out, and its owner told", async () => {
    const { since, tick } = await at(nine() + 7 * HOUR, { lateMinutesMax: 360 });
    await since(nine() - HOUR);
    await tick();
    expect(inChannel()).toEqual([]);
    expect(toOwner()).toEqual([expect.stringContaining("could not be posted in time")]);
  });
  const saturday = () => nine() + ((6 - new Date(nine()).getUTCDay() + 7) % 7) * 24 * HOUR;
  it("a weekend that is to be skipped has no post", async () => {
    const skipped = await at(saturday() + MINUTE, { weekends: "skip" });
    await skipped.since(saturday() - HOUR);
    await skipped.tick();
    expect(inChannel()).toEqual([]);
  });
  it.each([
    ["a question on Saturday", "question", 0, /is a weekend day \(Saturday\)/],
    ["a question on Monday", "question", 2, null],
    ["a digest on Saturday, about Friday", "digest", 0, null],
    ["a digest on Monday, about Sunday", "digest", 2, /is a weekend day \(Sunday\)/],
  ] as const)("where weekends are marked, the day that a post is about: %s", async (_, type, later, marked) => {
    const morning = saturday() + later * 24 * HOUR;
    const { since, tick } = await at(morning + MINUTE, { payload: { type }, weekends: "mask" });
    await since(morning - HOUR);
    await tick();
    expect(inChannel()).toHaveLength(1);
    if (marked) expect(inChannel()[0]).toMatch(marked);
    else expect(inChannel()[0]).not.toContain("weekend");
  });
});
