import { performance } from "node:perf_hooks";
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

/**
 * How long a "why" takes from words to reply, over events and from roll-ups: `npm run demo -- --fill-only` first, then `npm run bench:why`. Results
 * are not taken from the cache. Prints median and p99 of each question, and its statements. `-- --rounds 20`, `-- --events-only`.
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
let statements = 0;
const engine: Engine = {
  dialect: "postgres",
  run: (text) => {
    statements += 1;
    return postgresEngine(house.pools.reader).run(text);
  },
};
console.log(`| question | over events, median / p99 ms | statements | from roll-ups, median / p99 ms | statements |`);
console.log("|---|---|---|---|---|");
const events = await timesOf(measureOn(engine));
const rolled = process.argv.includes("--events-only") ? null : await rolledUp();
for (const words of QUESTIONS) {
  const cells = [events, rolled]
    .map((times) => times?.get(words))
    .map((one) => (one ? `${one.median} / ${one.p99} | ${one.statements}` : "– | –"));
  console.log(`| ${words} | ${cells.join(" | ")} |`);
}
await house.close();

async function rolledUp(): Promise<ReadonlyMap<string, Times>> {
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
  return timesOf(measureOn(engine, openRollups(house.pools.reader).compiler));
}

interface Times {
  readonly median: string;
  readonly p99: string;
  readonly statements: number;
}

async function timesOf(measure: Measure): Promise<ReadonlyMap<string, Times>> {
  const bot = createBot({ ...house.parts, measure });
  const times = new Map<string, { ms: number[]; statements: number }>();
  for (let round = 0; round <= rounds; round += 1)
    for (const words of QUESTIONS) {
      const [started, before] = [performance.now(), statements];
      const reply = await bot.respond({
        where: { platform: "terminal", tenant: "bench", channel: "bench" },
        thread: null,
        person: { id: "bench", zone: "Asia/Singapore" },
        deliveries: [`${started}/${words}`],
        act: { type: "words", text: words, spokenTo: true },
      });
      if (reply.type !== "answer" || reply.answer.status !== "answered") throw new Error(`no answer to: ${words}`);
      const own = times.get(words) ?? { ms: [], statements: 0 };
      if (round > 0) own.ms.push(performance.now() - started);
      times.set(words, { ms: own.ms, statements: statements - before });
    }
  return new Map(
    [...times].map(([words, own]) => [
      words,
      { median: quantile(own.ms, 0.5), p99: quantile(own.ms, 0.99), statements: own.statements },
    ]),
  );
}

function quantile(times: readonly number[], q: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(0);
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
