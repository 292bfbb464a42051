import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { Inbound, Reply } from "../../../src/chat/port.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { createSlack, type Slack, type SlackConfig } from "../../../src/platforms/slack/slack.ts";
import {
  always,
  byMarket,
  charts,
  clarify,
  line,
  overturn,
  type TinyBot,
  tinyBot,
} from "../../support/slack-answers.ts";
import { buttonsOf, type SlackStub, startSlackStub, visibleText } from "../../support/slack-stub.ts";

const log = pino({ level: "silent" });
const opened: { stub: SlackStub; slack: Slack }[] = [];
afterEach(async () => {
  for (const { stub, slack } of opened.splice(0)) {
    await slack.stop();
    await stub.close();
  }
});

async function begin(
  mode: SlackConfig["mode"],
  answerTo: (inbound: Inbound) => Reply | Promise<Reply> = () => always(byMarket),
) {
  const stub = await startSlackStub();
  const bot: TinyBot = tinyBot(answerTo);
  const { botToken, appToken, signingSecret, apiUrl } = stub;
  const slack = createSlack(
    { mode, botToken, appToken, signingSecret, apiUrl, port: 0, host: "127.0.0.1" },
    bot,
    charts,
    { log, clock: systemClock },
  );
  opened.push({ stub, slack });
  await slack.start();
  if (slack.port !== undefined) stub.reachOverHttp(slack.port);
  const posted = async (count: number) => {
    await stub.until(() => stub.posts.length >= count);
    const post = stub.posts[count - 1];
    if (!post) throw new Error("no post");
    return post;
  };
  return { stub, bot, slack, posted };
}

describe.each(["socket", "http"] as const)("Slack over %s", (mode) => {
  it("answers /modstats with a root message of its own, whose thread it then knows", async () => {
    const { stub, bot, posted } = await begin(mode);
    const ack = await stub.sendCommand("overturn rate by market last 14d");
    expect(ack).toMatchObject({ status: 200 });
    const root = await posted(1);
    expect(root).toMatchObject({ channel: stub.channel, thread: null });
    expect(root.text).toContain("Overturn rate 6.1 % (312 of 5,118)");
    expect(root.text).toContain("Understood: overturn rate by market");
    await stub.until(() => bot.bound.length === 1);
    expect(bot.bound[0]).toEqual({
      thread: { platform: "slack", tenant: stub.team, channel: stub.channel, thread: root.ts },
      receipt: "r-7f3a9c",
    });
    expect(bot.heard[0]).toMatchObject({
      thread: null,
      act: { type: "words", text: "overturn rate by market last 14d", spokenTo: true },
    });
  });

  it("answers follow-ups in the thread, mentioned or overheard, and keeps out of other people's threads", async () => {
    const { stub, bot, posted } = await begin(mode);
    await stub.sendCommand("overturn by market");
    const root = await posted(1);
    await stub.until(() => bot.bound.length === 1);
    await stub.sendThreadMessage("and in ID?", { thread: root.ts });
    expect(await posted(2)).toMatchObject({ thread: root.ts });
    expect(bot.heard[1]).toMatchObject({ thread: root.ts, act: { text: "and in ID?", spokenTo: false } });
    await stub.sendMention("and in VN?", { thread: root.ts });
    expect(await posted(3)).toMatchObject({ thread: root.ts });
    expect(bot.heard[2]).toMatchObject({ thread: root.ts, act: { text: "and in VN?", spokenTo: true } });
    await stub.sendThreadMessage("lunch?", { thread: "1700000000.999999" });
    await stub.sendThreadMessage("no thread at all");
    await stub.sendCommand("again");
    await posted(4);
    expect(bot.heard).toHaveLength(4);
    await stub.until(() => bot.bound.length === 2);
  });

  it("hears a follow-up that comes before the thread is written down", async () => {
    let written: (() => void) | undefined;
    const { stub, bot, posted } = await begin(mode);
    const bind = bot.bind;
    bot.bind = async (...thread) => {
      await new Promise<void>((resolve) => {
        written = resolve;
      });
      await bind(...thread);
    };
    await stub.sendCommand("overturn by market");
    const root = await posted(1);
    await stub.sendThreadMessage("and in ID?", { thread: root.ts });
    await stub.sendThreadMessage("lunch?", { thread: "1700000000.999999" });
    await stub.until(() => written !== undefined);
    written?.();
    expect(await posted(2)).toMatchObject({ thread: root.ts });
    expect(bot.heard.map(({ act }) => act.type === "words" && act.text)).toEqual(["overturn by market", "and in ID?"]);
  });

  it("answers a mention under the mention, once, although Slack tells of it twice", async () => {
    const { stub, bot, posted } = await begin(mode);
    const ts = "1700000001.000001";
    await Promise.all([
      stub.sendMention("overturn by market", { ts }),
      stub.sendThreadMessage(`<@${stub.botUser}> overturn by market`, { ts }),
    ]);
    expect(await posted(1)).toMatchObject({ thread: ts });
    await stub.until(() => bot.bound.length === 1);
    expect(bot.bound[0]?.thread.thread).toBe(ts);
    expect(bot.heard).toHaveLength(1);
    expect(bot.heard[0]?.deliveries).toContain(`slack:message:${stub.team}:${stub.channel}:${ts}`);
  });

  it("has one effect for a hundred deliveries of one message, retries and other event ids included", async () => {
    const { stub, bot, posted } = await begin(mode);
    const ts = "1700000002.000001";
    const acks = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        stub.sendMention("overturn", {
          ts,
          eventId: `Ev${n % 3}`,
          headers: { "x-slack-retry-num": String(n), "x-unique": String(n) },
        }),
      ),
    );
    expect(acks.every((ack) => ack.status === 200 || ack.status === 401)).toBe(true);
    await posted(1);
    expect(bot.heard).toHaveLength(1);
    expect(stub.posts).toHaveLength(1);
  });

  it("acks before any work: the ack comes while the answer is still being computed", async () => {
    let finish: (reply: Reply) => void = () => {};
    const { stub, posted } = await begin(
      mode,
      () =>
        new Promise<Reply>((resolve) => {
          finish = resolve;
        }),
    );
    const ack = await stub.sendCommand("something slow");
    expect(ack.status).toBe(200);
    expect(ack.ms).toBeLessThan(1_000);
    expect(stub.posts).toHaveLength(0);
    await stub.until(() => stub.whispers.length === 1);
    expect(stub.whispers[0]?.text).toBe("Working on it …");
    finish(always(byMarket));
    await posted(1);
  });

  it("shows in a thread that it is working when the answer takes longer than a second", async () => {
    let finish: (reply: Reply) => void = () => {};
    const { stub, posted } = await begin(
      mode,
      () =>
        new Promise<Reply>((resolve) => {
          finish = resolve;
        }),
    );
    const { ts } = await stub.sendDirectMessage("backlog now");
    await stub.until(() => stub.statuses.length === 1);
    expect(stub.statuses[0]).toMatchObject({ channel_id: "D0ASKER", thread_ts: ts });
    finish(always(byMarket));
    expect(await posted(1)).toMatchObject({ channel: "D0ASKER", thread: ts });
  });

  it("takes a pressed button for its complete question, in the thread of its message", async () => {
    const { stub, bot, posted } = await begin(mode);
    await stub.sendCommand("overturn by market");
    const root = await posted(1);
    await stub.clickButton(root, "By reason", { user: "U0OTHER" });
    expect(await posted(2)).toMatchObject({ thread: root.ts });
    expect(bot.heard[1]).toMatchObject({
      thread: root.ts,
      person: { id: "U0OTHER" },
      act: { type: "choice", question: { ...overturn, by: ["reason"] } },
    });
  });

  it("says one sentence about a button that cannot be read any more", async () => {
    const { stub, bot, posted } = await begin(mode);
    await stub.sendCommand("overturn by market");
    const root = await posted(1);
    for (const value of ["{}", "not json", '{"kind":"metric"}', JSON.stringify({ ...overturn, surprise: 1 })]) {
      await stub.clickButton(root, "By reason", { value });
    }
    await stub.clickButton(root, "CSV", { value: "'; drop table x" });
    await stub.until(() => stub.whispers.length === 5);
    expect(stub.whispers[0]?.text).toContain("older version");
    expect(bot.heard).toHaveLength(1);
  });

  it("shows the SQL as code and the CSV as a file in the thread", async () => {
    const { stub, posted } = await begin(mode, ({ act }) => {
      if (act.type !== "detail") return always(byMarket);
      const receipt = act.receipt;
      return act.detail === "sql"
        ? {
            type: "sql",
            receipt,
            title: "SQL of r-7f3a9c",
            statements: [{ text: "select a < b & c\nfrom t", params: "$1 = 'ID'" }],
          }
        : {
            type: "csv",
            receipt,
            title: "Overturn rate by market",
            fileName: "r-7f3a9c.csv",
            content: "market,overturn\nVN,0.09\n",
          };
    });
    await stub.sendCommand("overturn by market");
    const root = await posted(1);
    await stub.clickButton(root, "Show SQL");
    const sql = await posted(2);
    expect(sql.thread).toBe(root.ts);
    expect(visibleText(sql)).toContain("```\nselect a &lt; b &amp; c\nfrom t\n```");
    expect(visibleText(sql)).toContain("$1 = 'ID'");
    await stub.clickButton(root, "CSV");
    await stub.until(() => stub.uploads.length === 1);
    expect(stub.uploads[0]).toMatchObject({ name: "r-7f3a9c.csv", channel: stub.channel, thread: root.ts });
    expect(stub.uploads[0]?.bytes.toString()).toBe("market,overturn\nVN,0.09\n");
  });

  it("uploads a chart that Slack cannot draw into the thread, after the text", async () => {
    const { stub, posted } = await begin(mode, () => always(line));
    await stub.sendCommand("inflow");
    const root = await posted(1);
    await stub.until(() => stub.uploads.length === 1);
    expect(stub.uploads[0]).toMatchObject({ channel: stub.channel, thread: root.ts, afterPosts: 1 });
    expect(stub.uploads[0]?.comment).toContain("Inflow fell by 10 % over two weeks");
  });

  it("lets people build a question without typing, and answers where the form was opened", async () => {
    const { stub, bot, posted } = await begin(mode, ({ act }) =>
      always(act.type === "words" && act.text === "fp rate" ? clarify : byMarket),
    );
    await stub.sendCommand("fp rate");
    const root = await posted(1);
    await stub.clickButton(root, "Build a question…");
    await stub.until(() => stub.views.length === 1);
    const [form] = stub.views;
    if (!form) throw new Error("no form");
    expect(
      (
        await stub.submitForm(form, {
          metric: "overturn",
          split: "market",
          only: ["market=ID"],
          period: "last 14 days",
        })
      ).status,
    ).toBe(200);
    expect(await posted(2)).toMatchObject({ channel: stub.channel, thread: null });
    expect(bot.heard[1]).toMatchObject({
      thread: null,
      act: { type: "words", text: "overturn by market market=ID last 14 days" },
    });
  });

  it("shows the favourites on App Home; their answers come as direct messages", async () => {
    const { stub, bot, posted } = await begin(mode);
    await stub.openHome("home");
    await stub.until(() => stub.views.length === 1);
    const [home] = stub.views;
    if (!home) throw new Error("no home");
    expect(buttonsOf(home).map((button) => button.label)).toEqual([
      "By reason",
      "Daily trend",
      "Why did VN rise?",
      "vs a week earlier",
      "Build a question…",
    ]);
    await stub.clickButton(home, "Daily trend");
    expect(await posted(1)).toMatchObject({ channel: "D0ASKER", thread: null });
    expect(bot.heard[0]?.where.channel).toBe("D0ASKER");
    await stub.until(() => bot.bound.length === 1);
    expect(bot.bound[0]?.thread).toMatchObject({ channel: "D0ASKER", thread: stub.posts[0]?.ts });
  });

  it("offers prompts in the agent's messages tab and reads zone and language from the profile", async () => {
    const { stub, bot, posted } = await begin(mode);
    stub.setPerson("U0ASKER", { tz: "Asia/Jakarta", locale: "id-ID" });
    await stub.openHome("messages");
    await stub.until(() => stub.prompts.length === 1);
    expect(stub.prompts[0]).toMatchObject({ channel_id: "D0ASKER", title: "Coba salah satu" });
    await stub.sendDirectMessage("antrean sekarang");
    await posted(1);
    expect(bot.heard[0]?.person).toEqual({ id: "U0ASKER", zone: "Asia/Jakarta", locale: "id-ID" });
  });

  it("ignores itself, other bots, edits and joins", async () => {
    const { stub, bot, posted } = await begin(mode);
    const message = {
      type: "message",
      channel: "D0ASKER",
      channel_type: "im",
      text: "inflow",
      ts: "1700000003.000001",
    };
    await stub.sendEvent({ ...message, user: stub.botUser });
    await stub.sendEvent({ ...message, user: "U0OTHERBOT", bot_id: "B0OTHER" });
    await stub.sendEvent({ ...message, subtype: "message_changed", message: { user: "U0ASKER" } });
    await stub.sendEvent({ ...message, user: "U0ASKER", subtype: "channel_join" });
    await stub.sendCommand("inflow");
    await posted(1);
    expect(bot.heard).toHaveLength(1);
  });

  it("finishes what is under way when it is stopped", async () => {
    let finish: (reply: Reply) => void = () => {};
    const { stub, bot, slack } = await begin(
      mode,
      () =>
        new Promise<Reply>((resolve) => {
          finish = resolve;
        }),
    );
    await stub.sendCommand("slow");
    await stub.until(() => bot.heard.length === 1);
    const stopped = slack.stop();
    finish(always(byMarket));
    await stopped;
    expect(stub.posts).toHaveLength(1);
    opened.splice(0);
    await stub.close();
  });
});

it("says in one sentence when Slack refuses the token", async () => {
  const stub = await startSlackStub();
  const slack = createSlack(
    { mode: "socket", botToken: "xoxb-wrong", appToken: "xapp-stub", apiUrl: stub.apiUrl },
    tinyBot(() => always(byMarket)),
    charts,
    { log, clock: systemClock },
  );
  await expect(slack.start()).rejects.toThrow(/bot token.*invalid_auth/u);
  await stub.close();
});

it("comes back after the socket was cut", async () => {
  const stub = await startSlackStub();
  const bot = tinyBot(() => always(byMarket));
  const { botToken, appToken, apiUrl } = stub;
  const slack = createSlack({ mode: "socket", botToken, appToken, apiUrl, socketPingTimeoutMs: 300 }, bot, charts, {
    log,
    clock: systemClock,
  });
  opened.push({ stub, slack });
  await slack.start();
  stub.dropSockets();
  await stub.until(() => stub.sockets === 0);
  await stub.until(() => stub.sockets === 1);
  await stub.sendCommand("inflow");
  await stub.until(() => stub.posts.length === 1);
});

it("survives malformed frames on the socket", async () => {
  const { stub, posted } = await begin("socket");
  for (const frame of [
    "",
    "null",
    "[]",
    "{}",
    '{"type":"events_api"}',
    '{"type":"events_api","envelope_id":"e","payload":{}}',
    '{"type":"close"}',
    '{"type":"events_api","envelope_id":"e","payload":{"event":{"type":"close"}}}',
    '{"type":"interactive","envelope_id":"e","payload":null}',
  ]) {
    stub.sendFrame(frame);
  }
  await stub.sendCommand("inflow");
  await posted(1);
});
