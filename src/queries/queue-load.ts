import type { Pool } from "pg";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import { run } from "./run.ts";
import { all, type SqlText, sql } from "./sql.ts";

/** Which queue, as of when, and how far back to look. */
export interface LoadAsked {
  readonly markets: readonly string[];
  readonly queues: readonly string[];
  /** The watermark: nothing later is known. */
  readonly throughMs: number;
  readonly historyDays: number;
}

export interface HourLoad {
  readonly atMs: number;
  /** Cases that came, and those of them that the model did not decide. */
  readonly came: number;
  readonly people: number;
  /** Cases that fell due, those of them that the model did not decide, and those of these that were late. */
  readonly due: number;
  readonly duePeople: number;
  readonly latePeople: number;
  /** Reviewer-hours on duty, and of them productive ones. */
  readonly staffed: number;
  readonly productive: number;
}

export interface QueueLoad {
  /** Open cases: minutes until due (negative = past due) and the minutes that they were given. */
  readonly open: readonly { readonly dueMinutes: number; readonly allowedMinutes: number }[];
  /** Ascending, one a clock hour of UTC; those after the watermark where a roster is planned. */
  readonly hours: readonly HourLoad[];
  /** Minutes given to a case, with how many cases were. */
  readonly allowed: readonly { readonly minutes: number; readonly cases: number }[];
  /** How much of its time was left when a case was decided by a person, in twentieths, −1 = late, and how many cases. */
  readonly slack: readonly { readonly twentieth: number; readonly cases: number }[];
  /** Seconds that a person takes, and decisions behind it. */
  readonly handling: { readonly seconds: number | null; readonly decisions: number };
  readonly sql: readonly SqlRecord[];
}

const DAY_MS = 86_400_000;
/** Days of decisions from which handling and the use of the time given are read. */
const RECENT_DAYS = 28;
const OPEN_MAX = 20_000;

/** The state of a queue and its recent past, in five statements. */
export async function readQueueLoad(pool: Pool, asked: LoadAsked): Promise<Result<QueueLoad, Refusal>> {
  const statements = [openCases(asked), hoursOf(asked), allowedOf(asked), slackOf(asked), handlingOf(asked)];
  const [open, hours, allowed, slack, handling] = await Promise.all(statements.map((text) => run(pool, text)));
  for (const ran of [open, hours, allowed, slack, handling]) if (ran && !ran.ok) return ran;
  if (!open?.ok || !hours?.ok || !allowed?.ok || !slack?.ok || !handling?.ok)
    throw new RangeError("a statement without a result");
  const [hand] = handling.value.rows;
  return ok({
    open: open.value.rows.map((row) => ({ dueMinutes: Number(row.due), allowedMinutes: Number(row.allowed) })),
    hours: hours.value.rows.map((row) => ({
      atMs: Number(row.at),
      came: Number(row.came),
      people: Number(row.people),
      due: Number(row.due),
      duePeople: Number(row.due_people),
      latePeople: Number(row.late_people),
      staffed: Number(row.staffed),
      productive: Number(row.productive),
    })),
    allowed: allowed.value.rows.map((row) => ({ minutes: Number(row.minutes), cases: Number(row.cases) })),
    slack: slack.value.rows.map((row) => ({ twentieth: Number(row.twentieth), cases: Number(row.cases) })),
    handling: { seconds: hand?.seconds == null ? null : Number(hand.seconds), decisions: Number(hand?.decisions ?? 0) },
    sql: [open, hours, allowed, slack, handling].map((ran) => ran.value.record),
  });
}

/** Conditions on the market and queue of `alias`. */
function within(alias: "c" | "s", { markets, queues }: LoadAsked): SqlText {
  const columns =
    alias === "c" ? { market: sql`c.market`, queue: sql`c.queue` } : { market: sql`s.market`, queue: sql`s.queue` };
  return all([
    ...(markets.length > 0 ? [sql`${columns.market} = any(${markets}::text[])`] : []),
    ...(queues.length > 0 ? [sql`${columns.queue} = any(${queues}::text[])`] : []),
  ]);
}

const at = (ms: number): SqlText => sql`${new Date(ms)}::timestamptz`;
const since = ({ throughMs, historyDays }: LoadAsked, days = historyDays): SqlText => at(throughMs - days * DAY_MS);

/** The first decision of a case as far as it is known at the watermark. */
const firstDecision = ({ throughMs }: LoadAsked): SqlText => sql`left join lateral (
  select x.decided_at, x.decider, x.handle_seconds from mart.decisions x
  where x.case_id = c.case_id and x.decided_at <= ${at(throughMs)} order by x.decided_at, x.decision_id limit 1) f on true`;

/** One row per open case, the earliest due first. */
const openCases = (asked: LoadAsked): SqlText => sql`
  select extract(epoch from c.sla_due_at - ${at(asked.throughMs)})::float8 / 60 as due,
    extract(epoch from c.sla_due_at - c.created_at)::float8 / 60 as allowed
  from mart.cases c
  where c.created_at >= ${since(asked)} and c.created_at <= ${at(asked.throughMs)} and ${within("c", asked)}
    and not exists (select from mart.decisions x where x.case_id = c.case_id and x.decided_at <= ${at(asked.throughMs)})
  order by c.sla_due_at limit ${OPEN_MAX}`;

/** One row per hour in which something came, fell due or was staffed. */
const hoursOf = (asked: LoadAsked): SqlText => sql`
  with came as (
    select date_trunc('hour', c.created_at) as hour, count(*) as came, count(*) filter (where f.decider is distinct from 'model') as people
    from mart.cases c ${firstDecision(asked)}
    where c.created_at >= ${since(asked)} and c.created_at <= ${at(asked.throughMs)} and ${within("c", asked)} group by 1),
  due as (
    select date_trunc('hour', c.sla_due_at) as hour, count(*) as due,
      count(*) filter (where f.decider is distinct from 'model') as due_people,
      count(*) filter (where f.decider is distinct from 'model' and (f.decided_at is null or f.decided_at > c.sla_due_at)) as late_people
    from mart.cases c ${firstDecision(asked)}
    where c.sla_due_at >= ${since(asked)} and c.sla_due_at <= ${at(asked.throughMs)} and ${within("c", asked)} group by 1),
  staff as (
    select s.hour, sum(s.staffed_hours)::float8 as staffed, sum(s.productive_hours)::float8 as productive
    from mart.staffing s where s.hour >= ${since(asked)} and ${within("s", asked)} group by 1)
  select extract(epoch from hour)::float8 * 1000 as at, coalesce(came, 0) as came, coalesce(people, 0) as people, coalesce(due, 0) as due,
    coalesce(due_people, 0) as due_people, coalesce(late_people, 0) as late_people, coalesce(staffed, 0) as staffed,
    coalesce(productive, 0) as productive
  from came full join due using (hour) full join staff using (hour) order by 1`;

/** One row per length of time that cases are given, in quarters of an hour. */
const allowedOf = (asked: LoadAsked): SqlText => sql`
  select 15 * round(extract(epoch from c.sla_due_at - c.created_at) / 900)::float8 as minutes, count(*) as cases
  from mart.cases c
  where c.created_at >= ${since(asked, RECENT_DAYS)} and c.created_at <= ${at(asked.throughMs)} and ${within("c", asked)}
  group by 1 order by 2 desc limit 12`;

/** One row per twentieth of the time given that was left at the decision; −1 = it was late or is still open past due. */
const slackOf = (asked: LoadAsked): SqlText => sql`
  select case when f.decided_at is null or f.decided_at > c.sla_due_at then -1 else
      least(19, floor(20 * extract(epoch from c.sla_due_at - f.decided_at) / extract(epoch from c.sla_due_at - c.created_at))) end::int as twentieth,
    count(*) as cases
  from mart.cases c ${firstDecision(asked)}
  where c.sla_due_at >= ${since(asked, RECENT_DAYS)} and c.sla_due_at <= ${at(asked.throughMs)} and c.sla_due_at > c.created_at
    and f.decider is distinct from 'model' and ${within("c", asked)}
  group by 1 order by 1`;

/** One row: how long people take for a case. */
const handlingOf = (asked: LoadAsked): SqlText => sql`
  select avg(d.handle_seconds)::float8 as seconds, count(d.handle_seconds) as decisions
  from mart.decisions d join mart.cases c using (case_id)
  where d.decided_at >= ${since(asked, RECENT_DAYS)} and d.decided_at <= ${at(asked.throughMs)} and d.decider = 'human'
    and ${within("c", asked)}`;
