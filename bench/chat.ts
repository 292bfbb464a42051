import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { warmCharts } from "../src/charts/pool.ts";
import { sayIn } from "../src/chat/messages.ts";
import { readConfig } from "../src/config.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { openHouse } from "../src/main.ts";
import { createLark } from "../src/platforms/lark/lark.ts";
import { createSlack } from "../src/platforms/slack/slack.ts";
import { startLarkStub } from "../tests/support/lark-stub.ts";
import { startSlackStub } from "../tests/support/slack-stub.ts";

/**
 * A storm of commands against local Slack and Lark servers, through the real Bolt and Lark SDK, on the demo data (`npm run demo -- --fill-only`
 * first): 500 in 5 seconds, half to each, every one in a channel of its own, so that its reply is known.
 *
 *   npm run bench:chat [-- --commands 500 --seconds 5]
 */
const { values: flags } = parseArgs({
  options: { commands: { type: "string", default: "500" }, seconds: { type: "string", default: "5" } },
});
const commands = Number(flags.commands);
const gapMs = (1_000 * Number(flags.seconds)) / commands;
const ANSWERED_WITHIN_MS = 120_000;

const METRICS = [
  "overturn rate",
  "removals",
  "inflow",
  "sla",
  "automation rate",
  "appeal rate",
  "accuracy",
  "cost per decision",
];
const SPLITS = ["by market", "by queue", "daily", "by source", "by category"];
const WINDOWS = ["last 7d", "last 14d", "last week", "last 30d", "yesterday"];
/** 200 different questions, so that few are equal to one that is being answered. */
const wordsOf = (n: number): string =>
  `${METRICS[n % 8]} ${SPLITS[Math.floor(n / 8) % 5]} ${WINDOWS[Math.floor(n / 40) % 5]}`;

const house = await openHouse(readConfig({ ...process.env, MODSTATS_LOG_LEVEL: "error" }), systemClock);
const { log, bot, charts, pools } = house;
await warmCharts();
const slackStub = await startSlackStub();
const slack = createSlack({ ...slackStub, mode: "socket", port: 0 }, bot, charts, { log, clock: systemClock });
await slack.start();
const larkStub = await startLarkStub();
const lark = createLark({ ...larkStub.account, mode: "ws", domain: larkStub.domain, port: 0 }, bot, charts, {
  log,
  clock: systemClock,
});
await lark.start();
await larkStub.waitForConnection();

let queriesPeak = 0;
const watching = setInterval(() => {
  queriesPeak = Math.max(queriesPeak, pools.reader.totalCount - pools.reader.idleCount);
}, 2);
const sentAt = new Map<string, number>();
const acks = { slack: [] as number[], lark: [] as number[] };
const delivered: Promise<void>[] = [];
for (let n = 0; n < commands; n++) {
  delivered.push(n % 2 === 0 ? toSlack(n) : toLark(n));
  await wait(gapMs);
}
await Promise.all(delivered);
const deadline = Date.now() + ANSWERED_WITHIN_MS;
while (Date.now() < deadline && replies().length < commands) await wait(100);
await wait(2_000);
clearInterval(watching);
report();
await slack.stop();
await lark.stop();
await slackStub.close();
await larkStub.close();
await house.close();
process.exit(0);

async function toSlack(n: number): Promise<void> {
  const channel = `C${String(n).padStart(6, "0")}`;
  slackStub.join(channel);
  sentAt.set(channel, Date.now());
  const { ms } = await slackStub.sendCommand(wordsOf(n), { channel, user: `U${n % 50}` });
  acks.slack.push(ms);
}

async function toLark(n: number): Promise<void> {
  const chat = `oc_${n}`;
  sentAt.set(chat, Date.now());
  const { tookMs } = await larkStub.sendMessage({ text: wordsOf(n), chat, person: `ou_${n % 50}` });
  acks.lark.push(tookMs);
}

/** The first post of each channel; what was said to one person counts too. */
function replies(): { where: string; text: string; ms: number; platform: "slack" | "lark" }[] {
  const first = new Map<string, { where: string; text: string; ms: number; platform: "slack" | "lark" }>();
  const note = (platform: "slack" | "lark", where: string, text: string, at: number): void => {
    if (!first.has(where)) first.set(where, { where, text, ms: at - (sentAt.get(where) ?? at), platform });
  };
  for (const { method, args, at } of slackStub.calls)
    if (method === "chat.postMessage")
      note("slack", String(args.channel), JSON.stringify(args), performance.timeOrigin + at);
  for (const whisper of slackStub.whispers) note("slack", whisper.channel, whisper.text, Date.now());
  for (const post of larkStub.posts) note("lark", post.chat, JSON.stringify(post.content), post.createdAt);
  return [...first.values()];
}

function report(): void {
  const found = replies();
  const busy = sayIn("en", "en-GB")("refuse.busy");
  const refused = found.filter(({ text }) => text.includes(busy));
  const uploads = slackStub.calls.filter(({ method }) => method === "files.completeUploadExternal");
  const uploadMs = uploads.map(
    ({ args, at }) => performance.timeOrigin + at - (sentAt.get(String(args.channel_id)) ?? at),
  );
  console.log(
    "| 500 commands in 5 s | p50 ms | p99 ms | most |\n|---|---|---|---|"
      .replace("500", String(commands))
      .replace("5 s", `${flags.seconds} s`),
  );
  line("Slack: acknowledged", acks.slack);
  line("Lark: acknowledged", acks.lark);
  for (const platform of ["slack", "lark"] as const)
    line(
      `${platform === "slack" ? "Slack" : "Lark"}: command → answer posted`,
      found.filter((one) => one.platform === platform).map(({ ms }) => ms),
    );
  if (uploadMs.length > 0) line(`Slack: command → picture there (${uploadMs.length} uploads)`, uploadMs);
  console.log(
    `\n${found.length} of ${commands} replied, ${refused.length} of them "${busy}"; at most ${queriesPeak} queries at once; ${acks.slack.length + acks.lark.length} acknowledged, ${[...acks.slack, ...acks.lark].filter((ms) => ms > 3_000).length} of them later than 3 s.`,
  );
}

function line(name: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(1);
  console.log(`| ${name} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`);
}
