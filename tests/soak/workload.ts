import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { uuidOf } from "../../src/platforms/lark/deliver.ts";
import { createSchedule } from "../../src/queries/state/schedules.ts";

const MS_PER_HOUR = 3_600_000;

/** What has to be on the servers, worked out without a look at the bot's own state: hourly schedules that lie `hours` back. */
export interface Due {
  readonly id: string;
  readonly platform: "slack" | "lark";
  readonly tenant: string;
  readonly channel: string;
  /** Full hours after this moment are due. */
  readonly after: number;
}

/** One to three messages, the same for the same channel and hour. */
export function partsOf(channel: string, at: number): string[] {
  const count = 1 + ((createHash("sha256").update(`${channel} ${at}`).digest()[0] as number) % 3);
  return Array.from({ length: count }, (_, n) => `${channel} ${new Date(at).toISOString()} part ${n + 1} of ${count}`);
}

/** An hourly schedule all of whose last `hours` runs are due at once. */
export async function overdue(pool: Pool, to: Omit<Due, "id" | "after">, hours: number): Promise<Due> {
  const { id } = await createSchedule(pool, {
    ...to,
    payload: { type: "digest" },
    cron: "0 * * * *",
    zone: "UTC",
    language: "en",
    locale: "en",
    owner: to.platform === "slack" ? "U0OWNER" : "ou_owner",
    catchUp: "all",
    lateMinutesMax: 10_080,
  });
  const { rows } = await pool.query<{ planned_through: Date }>(
    `update bot.schedules set planned_through = clock_timestamp() - make_interval(hours => $2) where id = $1
     returning planned_through`,
    [id, hours],
  );
  return { ...to, id, after: rows[0]?.planned_through.getTime() ?? Number.NaN };
}

/** Key → text of every message that is due by `until`. */
export function expected(dues: readonly Due[], until: number): Map<string, string> {
  const messages = new Map<string, string>();
  for (const { id, platform, tenant, channel, after } of dues) {
    for (let at = (Math.floor(after / MS_PER_HOUR) + 1) * MS_PER_HOUR; at <= until; at += MS_PER_HOUR) {
      const run = `${id}/${new Date(at).toISOString().slice(0, 13)}/${platform}:${tenant}:${channel}`;
      partsOf(channel, at).forEach((text, n) => void messages.set(`${run}/${n + 1}`, text));
    }
  }
  return messages;
}

/** A message as a server holds it: under its key, or on Lark under the uuid made of it. */
export interface Held {
  readonly key: string;
  readonly text: string;
}
export interface Verdict {
  readonly expected: number;
  readonly lost: readonly string[];
  readonly duplicate: readonly string[];
  /** Messages whose words are not what was composed, or that nobody is waiting for. */
  readonly wrong: readonly string[];
}

/** The history checker: what the servers really hold against what has to be there. */
export function check(wanted: ReadonlyMap<string, string>, held: readonly Held[]): Verdict {
  const byName = new Map([...wanted.keys()].flatMap((key) => [[key, key] as const, [uuidOf(key), key] as const]));
  const counts = new Map<string, number>();
  const wrong: string[] = [];
  for (const { key: name, text } of held) {
    const key = byName.get(name);
    if (key === undefined || !text.includes(wanted.get(key) ?? "\0")) wrong.push(`${name}: ${text}`);
    else counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...wanted.keys()];
  return {
    expected: keys.length,
    lost: keys.filter((key) => !counts.has(key)),
    duplicate: keys.filter((key) => (counts.get(key) ?? 0) > 1),
    wrong,
  };
}

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
