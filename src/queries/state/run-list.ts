import type { Pool } from "pg";
import type { RunState } from "./runs.ts";
import type { Destination } from "./schedules.ts";

/** How today's runs of a workspace stand: of the local day of `zone` that holds `now`. Runs that were called off count nowhere. */
export async function progressOf(
  pool: Pool,
  asked: { readonly platform: string; readonly tenant: string; readonly now: number; readonly zone: string },
): Promise<{ readonly sent: number; readonly waiting: number; readonly failed: number }> {
  const { rows } = await pool.query<{ sent: number; waiting: number; failed: number }>(
    `with today as (
       select state, error, exists (select from bot.posts where posts.run_key = runs.run_key) as says from bot.runs
       where platform = $1 and tenant = $2 and notice_of is null
         and slot_at >= date_trunc('day', $3::timestamptz, $4)
         and slot_at < date_trunc('day', date_trunc('day', $3::timestamptz, $4) + interval '36 hours', $4))
     select count(*) filter (where state = 'sent' and says) as sent,
            count(*) filter (where state in ('due', 'sending', 'unknown')) as waiting,
            count(*) filter (where state = 'dead' and error not in ('stopped', 'paused')) as failed
     from today`,
    [asked.platform, asked.tenant, new Date(asked.now), asked.zone],
  );
  return rows[0] ?? { sent: 0, waiting: 0, failed: 0 };
}

/** A run as an admin reads it. */
export interface ListedRun extends Destination {
  readonly runKey: string;
  readonly schedule: string;
  readonly type: string;
  readonly channelName: string | null;
  readonly notice: boolean;
  readonly slotAt: string;
  readonly state: RunState;
  readonly attempts: number;
  readonly error: string | null;
  readonly posts: number;
  readonly sent: number;
}

/** Runs of the last days in these states, the latest first. One row per run. */
export async function listRuns(
  pool: Pool,
  asked: { readonly days: number; readonly states: readonly RunState[]; readonly max: number },
): Promise<ListedRun[]> {
  const { rows } = await pool.query(
    `select runs.*, schedules.payload ->> 'type' as type, schedules.channel_name,
            (select count(*) from bot.posts where posts.run_key = runs.run_key) as posts,
            (select count(*) from bot.posts where posts.run_key = runs.run_key and posts.state = 'sent') as sent
     from bot.runs join bot.schedules on schedules.id = runs.schedule
     where slot_at > clock_timestamp() - make_interval(days => $1) and state = any($2)
     order by slot_at desc, run_key limit $3`,
    [asked.days, asked.states, asked.max],
  );
  return rows.map((row) => ({
    runKey: row.run_key,
    schedule: row.schedule,
    type: row.type,
    platform: row.platform,
    tenant: row.tenant,
    channel: row.channel,
    channelName: row.channel_name,
    notice: row.notice_of !== null,
    slotAt: row.slot_at.toISOString(),
    state: row.state,
    attempts: row.attempts,
    error: row.error,
    posts: row.posts,
    sent: row.sent,
  }));
}
