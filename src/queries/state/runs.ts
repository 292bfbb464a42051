import type { Pool } from "pg";
import type { Destination } from "./schedules.ts";

/** A schedule's run. `due` is certainly not posted, `sending` and `unknown` may be, `dead` is given up. */
export type RunState = "due" | "sending" | "sent" | "unknown" | "dead";

/** Why a day is none to work on. */
export interface OffDay {
  readonly kind: "weekend" | "holiday";
  readonly name: string;
}
/** An off day that a run says it is about: a local day, "2026-03-21". */
export type MaskedDay = OffDay & { readonly day: string };
/** A run to be planned. Times are epoch milliseconds. */
export interface PlannedRun {
  readonly runKey: string;
  readonly slot: string;
  readonly at: number;
  readonly masked: MaskedDay | null;
}
/** A run in the hands of the worker that claimed it; `fence` proves it. */
export interface ClaimedRun extends Destination {
  readonly runKey: string;
  readonly schedule: string;
  readonly noticeOf: string | null;
  readonly slot: string;
  readonly slotAt: number;
  readonly masked: MaskedDay | null;
  readonly fence: number;
  readonly attempts: number;
  readonly deadline: number;
  readonly composed: boolean;
  /** The database's clock at the claim. */
  readonly now: number;
}
/** "Now" of everything that is due: the database's clock, in epoch milliseconds. */
export async function databaseNow(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>("select clock_timestamp() as now");
  return rows[0]?.now.getTime() ?? Number.NaN;
}

/**
 * Writes the runs of one schedule that are due up to `through`, and notes that they are. Any number of instances may plan the same: a run
 * key is there once. Nothing is written for a schedule that was stopped or paused meanwhile, or planned further by somebody else.
 */
export async function planRuns(
  pool: Pool,
  schedule: string,
  runs: readonly PlannedRun[],
  through: number,
): Promise<number> {
  const { rowCount } = await pool.query(
    `with mine as (
       select * from bot.schedules where id = $1 and stopped_at is null and paused_at is null for update),
     moved as (
       update bot.schedules set planned_through = greatest(planned_through, $2) where id in (select id from mine))
     insert into bot.runs (run_key, schedule, slot, slot_at, off_day, platform, tenant, channel, deadline)
     select run.key, mine.id, run.slot, run.at, run.off_day::jsonb, mine.platform, mine.tenant, mine.channel,
            run.at + make_interval(mins => mine.late_minutes_max)
     from mine, unnest($3::text[], $4::text[], $5::timestamptz[], $6::text[]) as run (key, slot, at, off_day)
     where run.at > mine.planned_through
     on conflict (run_key) do nothing`,
    [
      schedule,
      new Date(through),
      runs.map((run) => run.runKey),
      runs.map((run) => run.slot),
      runs.map((run) => new Date(run.at)),
      runs.map(({ masked }) => (masked ? JSON.stringify(masked) : null)),
    ],
  );
  return rowCount ?? 0;
}

/**
 * Takes the run that waits longest and is free: its fence grows and its lease begins, both by the database's clock. Null when there is none
 * for these platforms. `barred`: "platform/tenant" that are not to be spoken to just now.
 */
export async function claimRun(
  pool: Pool,
  asked: { readonly platforms: readonly string[]; readonly barred: readonly string[]; readonly leaseSeconds: number },
): Promise<ClaimedRun | null> {
  const { rows } = await pool.query(
    // A holder that died while it composed may have died of it: that counts as a failure.
    `update bot.runs set state = 'sending', fence = fence + 1, lease_until = clock_timestamp() + make_interval(secs => $3),
       attempts = attempts + case when state = 'sending' and composed_at is null then 1 else 0 end
     where run_key = (
       select run_key from bot.runs
       where state in ('due', 'sending', 'unknown') and next_try_at <= clock_timestamp()
         and (lease_until is null or lease_until < clock_timestamp())
         and platform = any($1) and not platform || '/' || tenant = any($2)
       order by next_try_at, run_key limit 1 for update skip locked)
     returning *, clock_timestamp() as now`,
    [asked.platforms, asked.barred, asked.leaseSeconds],
  );
  const row = rows[0];
  return row
    ? {
        runKey: row.run_key,
        schedule: row.schedule,
        noticeOf: row.notice_of,
        slot: row.slot,
        slotAt: row.slot_at.getTime(),
        masked: row.off_day,
        platform: row.platform,
        tenant: row.tenant,
        channel: row.channel,
        fence: row.fence,
        attempts: row.attempts,
        deadline: row.deadline.getTime(),
        composed: row.composed_at !== null,
        now: row.now.getTime(),
      }
    : null;
}

/** Milliseconds until a run of these platforms may be claimed; null when none is open. 0 = now. */
export async function nextClaimIn(pool: Pool, platforms: readonly string[]): Promise<number | null> {
  const { rows } = await pool.query<{ wait: number | null }>(
    `select 1000 * extract(epoch from min(greatest(next_try_at, coalesce(lease_until, next_try_at))) - clock_timestamp())::float8 as wait
     from bot.runs where state in ('due', 'sending', 'unknown') and platform = any($1)`,
    [platforms],
  );
  const wait = rows[0]?.wait ?? null;
  return wait === null ? null : Math.max(0, Math.ceil(wait));
}

/** Every message of the run is there. Nothing happens when one is not, or the run is another's. */
export async function finishRun(pool: Pool, run: ClaimedRun): Promise<void> {
  await pool.query(
    `update bot.runs set state = 'sent', lease_until = null, error = null, done_at = clock_timestamp()
     where run_key = $1 and fence = $2 and state = 'sending'
       and not exists (select from bot.posts where run_key = $1 and state <> 'sent')`,
    [run.runKey, run.fence],
  );
}

/**
 * Puts the run down to be taken up again after `afterMs`. `unknown` keeps the lease beside it: a message that is still on its way gets the
 * time to arrive before anybody looks. `counted`: the attempt was a failure (a rate limit is none).
 */
export async function putOffRun(
  pool: Pool,
  run: ClaimedRun,
  how: {
    readonly state: "due" | "unknown";
    readonly afterMs: number;
    readonly error: string;
    readonly counted: boolean;
  },
): Promise<void> {
  await pool.query(
    `update bot.runs set state = $3, error = $4, attempts = attempts + $5,
       next_try_at = clock_timestamp() + $6 * interval '1 millisecond',
       lease_until = case when $3 = 'unknown' then lease_until end
     where run_key = $1 and fence = $2 and state = 'sending'`,
    [run.runKey, run.fence, how.state, how.error, how.counted ? 1 : 0, how.afterMs],
  );
}

/**
 * Gives the run up. The notice to its owner is planned in the same statement, as a run of its own with the message already frozen: it is
 * told once, whatever happens next. Null = nobody is to be told.
 */
export async function buryRun(
  pool: Pool,
  run: ClaimedRun,
  error: string,
  notice: { readonly to: Destination; readonly content: unknown; readonly lateMinutesMax: number } | null,
): Promise<void> {
  await pool.query(
    `with buried as (
       update bot.runs set state = 'dead', error = $3, attempts = attempts + 1, lease_until = null, done_at = clock_timestamp()
       where run_key = $1 and fence = $2 and state = 'sending' returning *),
     told as (
       insert into bot.runs (run_key, schedule, notice_of, slot, slot_at, platform, tenant, channel, deadline, composed_at)
       select run_key || '/owner', schedule, run_key, slot, clock_timestamp(), $4, $5, $6,
              clock_timestamp() + make_interval(mins => $8), clock_timestamp()
       from buried where $4::text is not null
       on conflict (run_key) do nothing returning run_key)
     insert into bot.posts (post_key, run_key, n, content) select run_key || '/1', run_key, 1, $7::jsonb from told`,
    [
      run.runKey,
      run.fence,
      error,
      notice?.to.platform ?? null,
      notice?.to.tenant ?? null,
      notice?.to.channel ?? null,
      notice ? JSON.stringify(notice.content) : null,
      notice?.lateMinutesMax ?? 1,
    ],
  );
}

/**
 * Takes dead runs up again: those named, or all of the last `days` when none is. What was posted of them stays posted, what may have been is
 * looked for. Returns their keys.
 */
export async function redriveRuns(
  pool: Pool,
  which: { readonly runKeys: readonly string[]; readonly days: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ run_key: string }>(
    `update bot.runs set state = 'due', attempts = 0, error = null, done_at = null, lease_until = null, next_try_at = clock_timestamp(),
       deadline = clock_timestamp() + (select make_interval(mins => late_minutes_max) from bot.schedules where id = schedule)
     where state = 'dead' and error not in ('stopped', 'paused')
       and (run_key = any($1) or (cardinality($1::text[]) = 0 and slot_at > clock_timestamp() - make_interval(days => $2)))
     returning run_key`,
    [which.runKeys, which.days],
  );
  return rows.map((row) => row.run_key).sort();
}

/** Drops what is done and older than any question about it; a run stays as long as the notice of its failure. */
export async function forgetOldRuns(pool: Pool, days: number): Promise<void> {
  await pool.query(
    `delete from bot.runs where state in ('sent', 'dead') and slot_at < clock_timestamp() - make_interval(days => $1)
       and not exists (select from bot.runs notice where notice.notice_of = runs.run_key
                       and notice.slot_at >= clock_timestamp() - make_interval(days => $1))`,
    [days],
  );
}
