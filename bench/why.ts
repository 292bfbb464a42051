import { performance } from "node:perf_hooks";
import type { Bot } from "../src/chat/port.ts";
import { readConfig } from "../src/config.ts";
import { createBot } from "../src/handlers/bot.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { limits } from "../src/kernel/limits.ts";
import { openHouse } from "../src/main.ts";
import { measureOn } from "../src/queries/create-measure.ts";
import { type Engine, postgresEngine } from "../src/queries/engine.ts";
import type { Measure } from "../src/queries/measure.ts";
import { askedShapes } from "../src/queries/rollup/asked.ts";
import { openRollups } from "../src/queries/rollup/open-rollups.ts";
import { rollUp } from "../src/queries/rollup/rollup.ts";
import { streamsOf } from "../src/queries/rollup/streams.ts";
import { serverCpuMs, serverPidOf } from "./scale/postgres.ts";

/**
 * How long a "why" takes from words to reply: with every split asked by itself, in one pass over events, and in one pass with roll-ups, in turns.
 * `npm run demo -- --fill-only` first. Results are not taken from the cache. Prints median and p99 of each question, the CPU time of server and
 * bot together (Linux), and how many statements it takes: `npm run bench:why [-- --rounds 20]`.
 */
const QUESTIONS = [
  "why did overturn go up last week",
  "why did overturn change last month in ID",
  "why reports last week vs the week before",
  "why did inflow fall last week",
  "why decisions last month",
  "why did automation rate change last month",
  "why removals last month",
  "why accuracy last month",
  "why aht last month",
  "why sla last month",
  "why tat p95 last week",
  "why backlog vs yesterday",
  "what changed yesterday",
  "what changed last week",
];
const rounds = Number(optionOf("--rounds") ?? 9);

const house = await openHouse(readConfig(process.env), systemClock);
const serverPid = await serverPidOf(house.pools.writer);
let statements = 0;
const engine: Engine = {
  dialect: "postgres",
  run: (text) => {
    statements += 1;
    return postgresEngine(house.pools.reader).run(text);
  },
};
await rollUp(house.pools.writer, {
  catalog: house.catalog,
  zone: house.config.MODSTATS_ZONE,
  now: house.clock.now(),
  budgetShare: limits.rollupBudgetShare,
  eventsPerCellMin: limits.rollupEventsPerCellMin,
  // The demo data are fewer than what roll-ups are made for by themselves.
  eventsADayMin: 0,
  choose: false,
  from: null,
  to: null,
  asked: await askedShapes(house.pools.reader, house.catalog, streamsOf(house.catalog)),
  onProgress: () => {},
});
const overEvents = measureOn(engine);
const WAYS: Readonly<Record<string, Measure>> = {
  "split by split": (question, { pass: _, ...context }) => overEvents(question, context),
  "one pass": overEvents,
  "one pass, roll-ups": measureOn(engine, openRollups(house.pools.reader).compiler),
};
const bots = Object.entries(WAYS).map(([way, measure]) => ({ way, bot: createBot({ ...house.parts, measure }) }));
const times = new Map<string, Times>();
for (let round = 0; round <= rounds; round += 1)
  for (const words of QUESTIONS) for (const { way, bot } of bots) await once(way, bot, words, round > 0);
await house.close();

console.log(`| median / p99 ms · CPU ms · statements | ${Object.keys(WAYS).join(" | ")} |`);
console.log(`|---|${"---|".repeat(bots.length)}`);
for (const words of QUESTIONS)
  console.log(`| ${words} | ${bots.map(({ way }) => cellOf(`${way}/${words}`)).join(" | ")} |`);

interface Times {
  readonly ms: number[];
  /** Of the database server and of this process, all rounds together. */
  cpuMs: number;
  statements: number;
}

async function once(way: string, bot: Bot, words: string, counts: boolean): Promise<void> {
  const [started, before] = [performance.now(), statements];
  const cpuBefore = cpuOfBoth();
  const reply = await bot.respond({
    where: { platform: "terminal", tenant: "bench", channel: "bench" },
    thread: null,
    person: { id: "bench", zone: "Asia/Singapore" },
    deliveries: [`${started}/${words}`],
    act: { type: "words", text: words, spokenTo: true },
  });
  if (reply.type !== "answer" || reply.answer.status !== "answered") throw new Error(`no answer to: ${words}`);
  const own = times.get(`${way}/${words}`) ?? { ms: [], cpuMs: 0, statements: 0 };
  if (counts) {
    own.ms.push(performance.now() - started);
    own.cpuMs += cpuOfBoth() - cpuBefore;
  }
  own.statements = statements - before;
  times.set(`${way}/${words}`, own);
}

function cellOf(key: string): string {
  const own = times.get(key);
  if (!own) return "–";
  const cpu = (own.cpuMs / own.ms.length).toFixed(0);
  return `${quantile(own.ms, 0.5)} / ${quantile(own.ms, 0.99)} · ${cpu} · ${own.statements}`;
}

function cpuOfBoth(): number {
  const { user, system } = process.cpuUsage();
  return serverCpuMs(serverPid) + (user + system) / 1_000;
}

function quantile(times: readonly number[], q: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(0);
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
