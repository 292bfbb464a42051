import { createEmulator, type Emulator } from "emulate";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../../src/kernel/clock.ts";
import { createSlack, type Slack } from "../../../src/platforms/slack/slack.ts";
import { always, byMarket, charts, line, tinyBot } from "../../support/slack-answers.ts";
import { slackSignature } from "../../support/slack-stub.ts";

/** A Slack Web API that others wrote: a check that our own stub did not merely agree with our own adapter. */
let emulator: Emulator;
let slack: Slack;
const bot = tinyBot(({ act }) => always(act.type === "words" && act.text === "inflow" ? line : byMarket));

beforeAll(async () => {
  emulator = await createEmulator({
    service: "slack",
    port: 0,
    seed: {
      slack: { users: [{ name: "asker" }], channels: [{ name: "ops" }], bots: [{ name: "modstats" }] },
      tokens: { "xoxb-emulated": { login: "asker", scopes: [] } },
    },
  });
  slack = createSlack(
    {
      mode: "http",
      botToken: "xoxb-emulated",
      signingSecret: "s",
      apiUrl: `${emulator.url}/api/`,
      port: 0,
      host: "127.0.0.1",
    },
    bot,
    charts,
    { log: pino({ level: "silent" }), clock: systemClock },
  );
  await slack.start();
});
afterAll(async () => {
  await slack.stop();
  await emulator.close();
});

async function api(method: string, args: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}/api/${method}`, {
    method: "POST",
    headers: { authorization: "Bearer xoxb-emulated", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(args),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function command(text: string, channel: string): Promise<number> {
  const body = new URLSearchParams({
    command: "/modstats",
    text,
    team_id: "T0",
    channel_id: channel,
    user_id: "U0",
    trigger_id: `t.${text}`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const response = await fetch(`http://127.0.0.1:${slack.port}/slack/events`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": slackSignature("s", timestamp, body),
    },
  });
  return response.status;
}

it("posts an answer and uploads its picture into the thread on an emulated Slack", async () => {
  const { channels } = (await api("conversations.list")) as { channels: { id: string; name: string }[] };
  const ops = channels.find((channel) => channel.name === "ops")?.id ?? expect.fail("no channel");
  await api("conversations.join", { channel: ops });
  expect(await command("inflow", ops)).toBe(200);
  const root = async (): Promise<Message | undefined> => {
    const { messages } = (await api("conversations.history", { channel: ops })) as { messages: Message[] };
    return messages.find((message) => message.text.includes("Inflow 41,300"));
  };
  await expect.poll(root).toBeTruthy();
  const posted = await root();
  await expect
    .poll(async () => JSON.stringify(await api("conversations.replies", { channel: ops, ts: posted?.ts ?? "" })))
    .toContain("chart.png");
  expect(bot.bound[0]?.thread).toMatchObject({ channel: ops, thread: posted?.ts });
});

interface Message {
  readonly text: string;
  readonly ts: string;
}
