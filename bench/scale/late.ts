import { setTimeout } from "node:timers/promises";
import { fixedClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createReader } from "../../src/language/reader.ts";
import type { House } from "../../src/main.ts";
import { compileQuestion } from "../../src/queries/create-measure.ts";
import { postgresKeeper } from "../../src/queries/rollup/keeper.ts";
import { rollupLag } from "../../src/queries/rollup/lag.ts";
import { type RollupTicks, startRollups } from "../../src/schedules/rollups.ts";
import { quantile } from "./quantile.ts";
import { QUESTIONS } from "./questions.ts";

const ZONE = "Asia/Singapore";
const WAIT_MAX_MS = 60_000;

/** The roll-ups followed in the background as `modstats start` does it, and up to date. */
export async function followed(house: House, now: number): Promise<RollupTicks> {
  const parts = { catalog: house.catalog, zone: ZONE };
  const clock = fixedClock(new Date(now).toISOString());
  const ticks = startRollups(postgresKeeper(house.pools.writer), parts, clock, createLog("silent"));
  await ticks.caughtUp();
  return ticks;
}

/** Follows until nothing is dirty any more. */
export async function settle(house: House, now: number): Promise<void> {
  const ticks = await followed(house, now);
  while (((await rollupLag(house.pools.writer))?.dirty ?? 0) > 0) await ticks.caughtUp();
  await ticks.stop();
}

/** One look for changes, and what it makes anew: then dates that go on are answered from cells for some seconds. */
export async function followOnce(house: House, now: number): Promise<void> {
  await (await followed(house, now)).stop();
}

/**
 * Seconds from the commit of appeals about decisions of three weeks ago to the first answer that counts them, while the roll-ups are
 * followed in the background as `modstats start` does it.
 */
export async function secondsUntilLateAppeal(house: House, now: number): Promise<number> {
  const { writer } = house.pools;
  const ticks = await followed(house, now);
  const before = await overturned(house);
  await writer.query(
    `insert into mart.appeals select (select max(appeal_id) from mart.appeals) + row_number() over (), decision_id, decided_at + interval '2 days', decided_at + interval '3 days', 'overturned'
     from mart.decisions d where action = 'remove' and decided_at >= $1::timestamptz - interval '21 days' and decided_at < $1::timestamptz - interval '20 days'
     and not exists (select from mart.appeals a where a.decision_id = d.decision_id) limit 500`,
    [new Date(now)],
  ); // biome-ignore format: one statement
  const started = performance.now();
  while ((await overturned(house)) === before) {
    if (performance.now() - started > WAIT_MAX_MS) throw new Error("a late appeal does not show within a minute");
    await setTimeout(50);
  }
  const seconds = (performance.now() - started) / 1_000;
  await ticks.stop();
  return seconds;
}

async function overturned(house: House): Promise<string> {
  const reply = await house.bot.respond({
    where: { platform: "terminal", tenant: "bench", channel: "bench" },
    thread: null,
    person: { id: "bench", zone: ZONE },
    deliveries: [`late/${performance.now()}`],
    act: { type: "words", text: "overturn cohort daily last 30d", spokenTo: true },
  });
  if (reply.type !== "answer") throw new Error(`no answer: ${reply.type}`);
  return JSON.stringify(reply.answer.table?.rows);
}

/** Question → SQL, median milliseconds over thousands of compilations of the bench's questions. */
export function compileMs(house: House, now: number): number {
  const { catalog } = house;
  const reader = createReader(catalog);
  const read = QUESTIONS.map(({ words }) => reader.read(words, { now, zone: ZONE }).question);
  const times: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    for (const question of read) {
      const started = performance.now();
      const compiled = compileQuestion(question, { catalog, now, zone: ZONE });
      times.push(performance.now() - started);
      if (!compiled.ok) throw new Error(`no SQL: ${compiled.error.code}`);
    }
  }
  return quantile(times, 0.5);
}
