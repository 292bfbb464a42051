import { performance } from "node:perf_hooks";
import { readConfig } from "../src/config.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { openHouse } from "../src/main.ts";

/**
 * From command to reply on the demo data: `npm run demo -- --fill-only` first, then `npm run bench:ask`. Prints median and p99 of the whole
 * and of each share. Post is what the platform's side takes (rendering the blocks), without a network.
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
const shares: Record<string, number[]> = { parse: [], sql: [], words: [], chart: [], render: [], total: [] };
const byQuestion: Record<string, number[]> = {};
for (let round = 0; round < ROUNDS; round += 1) {
  for (const words of QUESTIONS) await once(words, round > 0);
}
await house.close();
for (const [share, times] of Object.entries(shares))
  console.log(`${share.padEnd(8)} median ${quantile(times, 0.5)} ms  p99 ${quantile(times, 0.99)} ms`);
for (const [words, times] of Object.entries(byQuestion))
  console.log(`${words.padEnd(40)} median ${quantile(times, 0.5)} ms`);

async function once(words: string, counts: boolean): Promise<void> {
  const id = `${performance.now()}/${words}`;
  const started = performance.now();
  const reply = await house.bot.respond({
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
  shares.parse?.push(parse);
  shares.sql?.push(query);
  shares.words?.push(insight);
  shares.render?.push(rendered - replied);
  if (spec) shares.chart?.push(drawn - rendered);
  shares.total?.push(rendered - started);
  byQuestion[words] = [...(byQuestion[words] ?? []), rendered - started];
}

function quantile(times: readonly number[], q: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(2);
}
