import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createSlack } from "../../src/platforms/slack/slack.ts";
import type { Schedule } from "../../src/queries/state/schedules.ts";
import { questionComposer } from "../../src/schedules/standing.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";
import { type LarkStub, startLarkStub } from "../support/lark-stub.ts";
import { buttonsOf, type SlackStub, startSlackStub, visibleText } from "../support/slack-stub.ts";
import { charts, type StandingHouse, standingHouse } from "./standing-house.ts";

const log = createLog("silent");
const clock = { now: () => Date.now() };
let database: TestDatabase;
let house: StandingHouse;
beforeAll(async () => {
  database = await testDatabase();
  await fillMart({ url: database.url, cases: 6_000, now: DEMO_NOW });
  house = standingHouse(database, "2026-03-17T10:05+08:00");
}, 120_000);
afterAll(() => database.end());

describe("a schedule made in a Slack thread", () => {
  let stub: SlackStub;
  let slack: ReturnType<typeof createSlack>;
  beforeAll(async () => {
    stub = await startSlackStub();
    for (const [id, name] of [["C0ONE", "one"], ["C0TWO", "two"], ["C0THREE", "three"], ["C0OPSTH", "ops-th"]] as const) stub.name(id, name); // biome-ignore format: a list
    stub.setPerson("U0ASKER", { tz: "Asia/Singapore" });
    const { botToken, appToken, signingSecret, apiUrl } = stub;
    slack = createSlack({ mode: "socket", botToken, appToken, signingSecret, apiUrl }, house.bot, charts, {
      log,
      clock,
    });
    house.directories.set("slack", slack.directory);
    house.worker({ slack: slack.poster });
    await slack.start();
  });
  afterAll(async () => {
    await slack.stop();
    await stub.close();
  });
  const posted = async (count: number) => {
    await stub.until(() => stub.posts.length >= count);
    return stub.posts[count - 1] as SlackStub["posts"][number];
  };

  it("says what to do where the bot is no member, and saves nothing", async () => {
    await stub.sendCommand("overturn rate by market last week");
    const root = await posted(1);
    await stub.sendThreadMessage("send this every mon 9am to <#C0OPSTH|ops-th>", { thread: root.ts });
    expect((await posted(2)).text).toContain("I am not in #ops-th: type /invite @modstats there");
    await stub.sendThreadMessage("send this every mon 9am to #nowhere", { thread: root.ts });
    expect((await posted(3)).text).toContain("I see no channel called #nowhere");
    expect(await house.schedules()).toEqual([]);
  });

  it("is confirmed with the next three runs, found by its plain name on a later page, and saved once by two presses", async () => {
    stub.join("C0OPSTH");
    const thread = stub.posts[0]?.ts ?? "";
    await stub.sendThreadMessage("send this every mon 9am to #ops-th", { thread });
    const card = await posted(4);
    const shown = visibleText(card);
    expect(shown).toContain("Send “Overturn rate, by market” to #ops-th every Monday at 09:00?");
    expect(shown).toContain("Mon 23 Mar, 09:00 · Mon 30 Mar, 09:00 · Mon 6 Apr, 09:00 (Asia/Singapore)");
    expect(shown).toContain("the week before (this time 9–15 Mar 2026)");
    expect(buttonsOf(card).map(({ label }) => label)).toEqual(expect.arrayContaining(["Save", "Cancel"]));
    await Promise.all([stub.clickButton(card, "Save"), stub.clickButton(card, "Save")]);
    await posted(6);
    const [only, ...others] = await house.schedules();
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      channel: "C0OPSTH",
      channelName: "#ops-th",
      owner: "U0ASKER",
      cron: "0 9 * * 1",
      zone: "Asia/Singapore",
    });
  });

  it("is posted once in that channel, its window put on the calendar of the day", async () => {
    const [schedule] = await house.schedules();
    const before = stub.posts.length;
    await house.reach(schedule?.id ?? "", "2026-03-23T09:00:30+08:00");
    await house.reach(schedule?.id ?? "", "2026-03-23T09:01:30+08:00");
    const news = stub.posts.slice(before);
    expect(news).toHaveLength(1);
    expect(news[0]).toMatchObject({ channel: "C0OPSTH", thread: null });
    expect(visibleText(news[0] as (typeof news)[0])).toContain("16–22 Mar 2026");
  });

  it("answers in the thread that it opened", async () => {
    const root = stub.posts.at(-1) as SlackStub["posts"][number];
    const count = stub.posts.length;
    await stub.sendThreadMessage("by queue", { thread: root.ts, channel: "C0OPSTH" });
    const reply = await posted(count + 1);
    expect(visibleText(reply)).toContain("by queue · 16–22 Mar 2026");
  });

  it("is listed, paused, resumed, handed over and stopped by words, each told in one sentence", async () => {
    const [schedule] = await house.schedules();
    const id = schedule?.id ?? "";
    const said = async (words: string, user = "U0ASKER"): Promise<string> => {
      const count = stub.posts.length;
      await stub.sendCommand(words, { user });
      return visibleText(await posted(count + 1));
    };
    expect(await said("my schedules")).toContain("every Monday at 09:00 → #ops-th; next Mon 23 Mar, 09:00");
    expect(await said(`pause ${id}`)).toContain("Paused: “Overturn rate, by market”");
    expect(await said("my schedules")).toContain("paused");
    expect(await said(`resume ${id}`)).toContain("Resumed");
    expect(await said(`stop ${id}`, "U0OTHER")).toContain("is U0ASKER’s. Ask them to hand it over.");
    expect(await said(`hand over ${id} to <@U0OTHER>`)).toContain("is U0OTHER’s now");
    expect(await said("my schedules")).toContain("No schedules of yours");
    expect(await said(`stop ${id}`, "U0OTHER")).toContain("Stopped for good");
    expect(await said(`stop ${id}`, "U0OTHER")).toContain(`There is no schedule ${id} here`);
  });

  it("whose owner has left is offered to its channel with a button, and whoever presses it owns it", async () => {
    stub.setPerson("U0LEAVER", { deleted: false });
    const count = stub.posts.length;
    await stub.sendCommand("send backlog by queue every day 8am", { user: "U0LEAVER" });
    await stub.clickButton(await posted(count + 1), "Save", { user: "U0LEAVER" });
    await posted(count + 2);
    stub.setPerson("U0LEAVER", { deleted: true });
    const check = `s-owners-slack-${stub.team}-${stub.channel}`;
    await house.reach(check, "2026-03-23T10:00:30+08:00");
    const note = await posted(count + 3);
    expect(note.channel).toBe(stub.channel);
    expect(visibleText(note)).toContain("U0LEAVER is no longer here and leaves one schedule behind. Who takes over?");
    await stub.clickButton(note, "Take over Backlog, by queue");
    expect(visibleText(await posted(count + 4))).toContain("“Backlog, by queue” is yours now.");
    expect((await house.schedules()).at(-1)).toMatchObject({ owner: "U0ASKER" });
  });
});

describe("a schedule made in a Lark group", () => {
  let stub: LarkStub;
  let lark: ReturnType<typeof createLark>;
  beforeAll(async () => {
    stub = await startLarkStub();
    stub.zones.set("ou_siti", "Asia/Jakarta");
    for (const [chat, name] of [
      ["oc_a", "a"],
      ["oc_b", "b"],
      ["oc_th", "Ops TH"],
    ] as const)
      stub.chats.set(chat, name);
    lark = createLark({ mode: "ws", ...stub.account, domain: stub.domain }, house.bot, charts, { log, clock });
    house.directories.set("lark", lark.directory);
    house.worker({ lark: lark.poster });
    await lark.start();
    await stub.waitForConnection();
  });
  afterAll(async () => {
    await lark.stop();
    await stub.close();
  });

  it("goes to the group of that name, once, with the window of its day", async () => {
    stub.chatsWithoutBot.add("oc_th");
    const { messageId } = await stub.sendMessage({ text: "overturn rate by market last week", person: "ou_siti" });
    await stub.waitForPosts(1);
    await stub.sendThreadReply(messageId, { text: "send this every mon 9am to #ops-th", person: "ou_siti" });
    await stub.waitForPosts(2);
    expect(JSON.stringify(stub.posts[1])).toContain("I am not in #ops-th: add the modstats bot");
    stub.chatsWithoutBot.delete("oc_th");
    await stub.sendThreadReply(messageId, { text: "send this every mon 9am to #ops-th", person: "ou_siti" });
    await stub.waitForPosts(3);
    expect(JSON.stringify(stub.posts[2])).toContain(
      "Mon 23 Mar, 09:00 · Mon 30 Mar, 09:00 · Mon 6 Apr, 09:00 (Asia/Jakarta)",
    );
    const card = stub.posts[2] as LarkStub["posts"][number];
    await stub.clickButton(card, "Save", { person: "ou_siti" });
    await stub.clickButton(card, "Save", { person: "ou_siti" });
    await stub.waitForPosts(5);
    const made = (await house.schedules()).filter(({ platform }) => platform === "lark");
    expect(made).toMatchObject([{ channel: "oc_th", owner: "ou_siti", zone: "Asia/Jakarta" }]);
    await house.reach(made[0]?.id ?? "", "2026-03-23T09:00:30+07:00");
    await house.reach(made[0]?.id ?? "", "2026-03-23T09:05:30+07:00");
    expect(stub.posts).toHaveLength(6);
    expect(stub.posts[5]).toMatchObject({ chat: "oc_th" });
    expect(JSON.stringify(stub.posts[5])).toContain("16–22 Mar 2026");
  });
});

describe("any question of a thread can be sent again", () => {
  it.each([
    ["why did removals change last week", "Send “Why: Removals” to this channel every weekday at 08:00?"],
    ["forecast inflow next 7 days", "Send “Forecast: Inflow, by day” to this channel every weekday at 08:00?"],
  ])("%s", async (words, card) => {
    const say = async (text: string) => {
      const reply = await house.bot.respond({
        where: { platform: "terminal", tenant: "local", channel: "ops" },
        thread: words,
        person: { id: "siti", zone: "Asia/Singapore" },
        deliveries: [`${words}/${text}`],
        act: { type: "words", text, spokenTo: true },
      });
      if (reply.type !== "answer") throw new Error(reply.type);
      return reply.answer;
    };
    const first = await say(words);
    expect((await say("send this every weekday 8am")).headline).toBe(card);
    expect((await say("yes")).headline).toContain("Saved:");
    const schedule = (await house.schedules()).at(-1) as Schedule;
    const at = Date.parse("2026-03-16T08:00+08:00");
    const [post] = await questionComposer(house.parts)({ schedule, day: "2026-03-16", at, lateMs: 0 });
    expect(post).toMatchObject({
      type: "answer",
      answer: { status: "answered", question: { kind: first.question.kind } },
    });
  });
});
