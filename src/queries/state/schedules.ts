import { randomBytes } from "node:crypto";
import type { Pool } from "pg";

/** A channel, or a person's direct messages, on some platform. */
export interface Destination {
  readonly platform: string;
  readonly tenant: string;
  readonly channel: string;
}
export type OffDayRule = "skip" | "mask" | "post";

/** A standing order. Times are epoch milliseconds. */
export interface Schedule extends Destination {
  readonly id: string;
  /** What to compose; everything beside `type` is the composer's own and opaque here. */
  readonly payload: SchedulePayload;
  readonly cron: string;
  /** IANA zone on whose wall clock the cron stands. */
  readonly zone: string;
  readonly channelName: string | null;
  readonly language: string;
  readonly locale: string;
  /** Person id on the same platform. */
  readonly owner: string;
  readonly catchUp: "latest" | "all" | "skip";
  readonly lateMinutesMax: number;
  readonly weekends: OffDayRule;
  readonly holidays: OffDayRule;
  /** ISO 3166 country of the weekends and holidays. */
  readonly country: string | null;
  readonly plannedThrough: number;
  readonly pausedAt: number | null;
  readonly stoppedAt: number | null;
  readonly ownerCheckedAt: number;
  readonly createdAt: number;
}
export interface SchedulePayload {
  readonly type: "question" | "digest" | "watch" | "owners";
  readonly [key: string]: unknown;
}

/**
 * What a new schedule needs; the rest has defaults (catch up with the latest, at most six hours late, every day). With an `id` of its own it
 * is made once, however often it is asked for.
 */
export type NewSchedule = Destination & { readonly id?: string } & Pick<
    Schedule,
    "payload" | "cron" | "zone" | "language" | "locale" | "owner"
  > &
  Partial<Pick<Schedule, "channelName" | "catchUp" | "lateMinutesMax" | "weekends" | "holidays" | "country">>;

/** Adds a schedule; it is due from the database's now on, never for a moment before. */
export async function createSchedule(pool: Pool, wanted: NewSchedule): Promise<Schedule> {
  const { rows } = await pool.query(
    `insert into bot.schedules (id, payload, cron, zone, platform, tenant, channel, channel_name, language, locale, owner, catch_up,
                                late_minutes_max, weekends, holidays, country)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (id) do update set updated_at = schedules.updated_at returning *`,
    [
      wanted.id ?? `s-${randomBytes(5).toString("hex")}`,
      JSON.stringify(wanted.payload),
      wanted.cron,
      wanted.zone,
      wanted.platform,
      wanted.tenant,
      wanted.channel,
      wanted.channelName ?? null,
      wanted.language,
      wanted.locale,
      wanted.owner,
      wanted.catchUp ?? "latest",
      wanted.lateMinutesMax ?? 360,
      wanted.weekends ?? "post",
      wanted.holidays ?? "post",
      wanted.country ?? null,
    ],
  );
  return scheduleOf(rows[0]);
}

/** The schedule of this id, stopped ones too; null when there is none. */
export async function findSchedule(pool: Pool, id: string): Promise<Schedule | null> {
  const { rows } = await pool.query("select * from bot.schedules where id = $1", [id]);
  return rows[0] ? scheduleOf(rows[0]) : null;
}

/** Schedules of a channel that are not stopped, paused ones too, oldest first. */
export async function schedulesOfChannel(pool: Pool, where: Destination): Promise<Schedule[]> {
  const { rows } = await pool.query(
    `select * from bot.schedules where platform = $1 and tenant = $2 and channel = $3 and stopped_at is null
     order by created_at, id`,
    [where.platform, where.tenant, where.channel],
  );
  return rows.map(scheduleOf);
}

/** Schedules that a person answers for and that are not stopped, paused ones too, oldest first. */
export async function schedulesOfOwner(
  pool: Pool,
  who: { readonly platform: string; readonly tenant: string; readonly owner: string },
): Promise<Schedule[]> {
  const { rows } = await pool.query(
    `select * from bot.schedules where platform = $1 and tenant = $2 and owner = $3 and stopped_at is null
     order by created_at, id`,
    [who.platform, who.tenant, who.owner],
  );
  return rows.map(scheduleOf);
}

/** Every schedule that can become due, oldest first. */
export async function runningSchedules(pool: Pool): Promise<Schedule[]> {
  const { rows } = await pool.query(
    "select * from bot.schedules where stopped_at is null and paused_at is null order by created_at, id",
  );
  return rows.map(scheduleOf);
}

/** Nothing more is posted until it is resumed; runs that have not begun are given up. False when it is not running. */
export async function pauseSchedule(pool: Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query(
    `with paused as (
       update bot.schedules set paused_at = clock_timestamp(), updated_at = clock_timestamp()
       where id = $1 and paused_at is null and stopped_at is null returning id),
     given_up as (
       update bot.runs set state = 'dead', error = 'paused', done_at = clock_timestamp()
       where schedule in (select id from paused) and state = 'due' and composed_at is null)
     select id from paused`,
    [id],
  );
  return rows.length > 0;
}

/** Goes on from now; what fell into the pause is not made up. False when it was not paused. */
export async function resumeSchedule(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update bot.schedules
     set paused_at = null, planned_through = greatest(planned_through, clock_timestamp()), updated_at = clock_timestamp()
     where id = $1 and paused_at is not null and stopped_at is null`,
    [id],
  );
  return rowCount === 1;
}

/** Makes another person answer for it. False when there is no such running or paused schedule. */
export async function handOverSchedule(pool: Pool, id: string, owner: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update bot.schedules set owner = $2, owner_checked_at = clock_timestamp(), updated_at = clock_timestamp()
     where id = $1 and stopped_at is null`,
    [id, owner],
  );
  return rowCount === 1;
}

/** Ends it for good; runs that have not begun are given up. False when it was stopped before. */
export async function stopSchedule(pool: Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query(
    `with stopped as (
       update bot.schedules set stopped_at = clock_timestamp(), updated_at = clock_timestamp()
       where id = $1 and stopped_at is null returning id),
     given_up as (
       update bot.runs set state = 'dead', error = 'stopped', done_at = clock_timestamp()
       where schedule in (select id from stopped) and state = 'due' and composed_at is null)
     select id from stopped`,
    [id],
  );
  return rows.length > 0;
}

/** Schedules whose owner was last asked (or said) longer ago than `days` whether they are still wanted. */
export async function schedulesToCheck(pool: Pool, days: number): Promise<Schedule[]> {
  const { rows } = await pool.query(
    `select * from bot.schedules
     where stopped_at is null and owner_checked_at < clock_timestamp() - make_interval(days => $1) order by created_at, id`,
    [days],
  );
  return rows.map(scheduleOf);
}

/** Notes that the owner was asked, or said, that it is still wanted. */
export async function ownerChecked(pool: Pool, id: string): Promise<void> {
  await pool.query("update bot.schedules set owner_checked_at = clock_timestamp() where id = $1", [id]);
}

// biome-ignore lint/suspicious/noExplicitAny: a row of the driver, given its types here
function scheduleOf(row: any): Schedule {
  return {
    id: row.id,
    payload: row.payload,
    cron: row.cron,
    zone: row.zone,
    platform: row.platform,
    tenant: row.tenant,
    channel: row.channel,
    channelName: row.channel_name,
    language: row.language,
    locale: row.locale,
    owner: row.owner,
    catchUp: row.catch_up,
    lateMinutesMax: row.late_minutes_max,
    weekends: row.weekends,
    holidays: row.holidays,
    country: row.country,
    plannedThrough: row.planned_through.getTime(),
    pausedAt: row.paused_at?.getTime() ?? null,
    stoppedAt: row.stopped_at?.getTime() ?? null,
    ownerCheckedAt: row.owner_checked_at.getTime(),
    createdAt: row.created_at.getTime(),
  };
}
