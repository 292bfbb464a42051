import { performance } from "node:perf_hooks";
import type { Bot } from "../src/chat/port.ts";
import { readConfig } from "../src/config.ts";
import { createBot } from "../src/handlers/bot.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { openHouse } from "../src/main.ts";
import { createMeasure } from "../src/queries/create-measure.ts";

/**
 * From command to reply on the demo data: `npm run demo -- --fill-only` first, then `npm run bench:ask`. Each question is asked of a bot that reads the
 * events every time, and of one that shares answers while the data stand, in turns; prints median and p99 of the whole and of each share. Post is
 * what the platform's side takes (rendering the blocks), without a network.
 */
const QUESTIONS = [
  "overturn rate by market last 14d",
  "backlog live",
  "tat p95 by queue last week",
  "removals ID yesterday vs last week",
  "accuracy video last 30d",
  "inflow last 30d",
  "sla by market last week",
  "automation rate trend last 30 days",
  "cost per decision by market last month",
  "prevalence by category last 30d",
];
const ROUNDS = 20;

const house = await openHouse(readConfig(process.env), systemClock);
const { renderAnswer } = await import("../src/platforms/slack/render.ts");
const BOTS = {
  "read anew": createBot({ ...house.parts, measure: createMeasure(house.pools.reader) }),
  shared: house.bot,
} as const;
const SHARES = ["parse", "sql", "words", "render", "total", "chart"] as const;
const times = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const words of QUESTIONS) for (const [way, bot] of Object.entries(BOTS)) await once(way, bot, words, round > 0);
}
await house.close();
console.log(`| median / p99 ms | ${Object.keys(BOTS).join(" | ")} |`);
for (const row of [...SHARES, ...QUESTIONS])
  console.log(`| ${[row, ...Object.keys(BOTS).map((way) => cellOf(times.get(`${way}/${row}`) ?? []))].join(" | ")} |`);

async function once(way: string, bot: Bot, words: string, counts: boolean): Promise<void> {
  const id = `${performance.now()}/${way}/${words}`;
  const started = performance.now();
  const reply = await bot.respond({
    where: { platform: "terminal", tenant: "bench", channel: "bench" },
    thread: null,
    person: { id: "bench", zone: "Asia/Singapore" },
    deliveries: [id],
    act: { type: "words", text: words, spokenTo: true },
  });
  const replied = performance.now();
  if (reply.type !== "answer") throw new Error(`no answer to: ${words}`);
  renderAnswer(reply.answer, house.charts, "native");
  const rendered = performance.now();
  const spec = reply.answer.charts[0];
  // A title of its own each round: the cache would answer otherwise.
  if (spec) await house.charts.png({ ...spec, title: `${spec.title} ${id}` });
  const drawn = performance.now();
  if (!counts) return;
  const { parse, query, insight } = reply.answer.timing;
  const took = { parse, sql: query, words: insight, render: rendered - replied, total: rendered - started };
  for (const [share, ms] of Object.entries({ ...took, chart: drawn - rendered, [words]: rendered - started })) {
    const key = `${way}/${share}`;
    times.set(key, [...(times.get(key) ?? []), ms]);
  }
}

function cellOf(own: readonly number[]): string {
  return `${quantile(own, 0.5)} / ${quantile(own, 0.99)}`;
}

function quantile(times: readonly number[], q: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(2);
}
