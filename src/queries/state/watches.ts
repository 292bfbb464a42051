import type { Pool } from "pg";

/** What a watch remembers after a look; `memory` is opaque to this module. Times are epoch milliseconds. */
export interface WatchLook {
  readonly slotAt: number;
  readonly memory: unknown;
  readonly fired: boolean;
}

/** The watch's last look before a moment; null when there was none. */
export async function lookBefore(pool: Pool, schedule: string, slotAt: number): Promise<WatchLook | null> {
  const { rows } = await pool.query(
    "select slot_at, memory, fired from bot.watch_looks where schedule = $1 and slot_at < $2 order by slot_at desc limit 1",
    [schedule, new Date(slotAt)],
  );
  return rows[0] ? lookOf(rows[0]) : null;
}

/** The last look up to a moment at which the watch fired; null when it never did. */
export async function lastFiring(pool: Pool, schedule: string, notAfter: number): Promise<WatchLook | null> {
  const { rows } = await pool.query(
    `select slot_at, memory, fired from bot.watch_looks where schedule = $1 and fired and slot_at <= $2
     order by slot_at desc limit 1`,
    [schedule, new Date(notAfter)],
  );
  return rows[0] ? lookOf(rows[0]) : null;
}

const LOOKS_KEPT_DAYS = 90;

/** Writes a look; the same slot looked at again is the same row. Looks of long ago are forgotten. */
export async function saveLook(pool: Pool, schedule: string, look: WatchLook): Promise<void> {
  await pool.query(
    `insert into bot.watch_looks (schedule, slot_at, memory, fired) values ($1, $2, $3, $4)
     on conflict (schedule, slot_at) do update set memory = excluded.memory, fired = excluded.fired`,
    [schedule, new Date(look.slotAt), JSON.stringify(look.memory), look.fired],
  );
  await pool.query(
    "delete from bot.watch_looks where schedule = $1 and slot_at < $2::timestamptz - make_interval(days => $3)",
    [schedule, new Date(look.slotAt), LOOKS_KEPT_DAYS],
  );
}

export interface WatchReaction {
  readonly person: string;
  readonly reactedAt: number;
  readonly mutedUntil: number | null;
}

/** Somebody takes notice of a firing; `mutedUntil` keeps the watch silent until then. */
export async function saveReaction(pool: Pool, schedule: string, reaction: WatchReaction): Promise<void> {
  await pool.query(
    `insert into bot.watch_reactions (schedule, person, reacted_at, muted_until) values ($1, $2, $3, $4)
     on conflict (schedule) do update set person = excluded.person, reacted_at = excluded.reacted_at,
       muted_until = excluded.muted_until`,
    [
      schedule,
      reaction.person,
      new Date(reaction.reactedAt),
      reaction.mutedUntil === null ? null : new Date(reaction.mutedUntil),
    ],
  );
}

export async function findReaction(pool: Pool, schedule: string): Promise<WatchReaction | null> {
  const { rows } = await pool.query(
    "select person, reacted_at, muted_until from bot.watch_reactions where schedule = $1",
    [schedule],
  );
  const row = rows[0];
  return row
    ? {
        person: row.person,
        reactedAt: row.reacted_at.getTime(),
        mutedUntil: row.muted_until?.getTime() ?? null,
      }
    : null;
}

// biome-ignore lint/suspicious/noExplicitAny: a row of the driver, given its types here
const lookOf = (row: any): WatchLook => ({ slotAt: row.slot_at.getTime(), memory: row.memory, fired: row.fired });
