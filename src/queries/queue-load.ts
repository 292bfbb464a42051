import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { Engine } from "./engine.ts";
import { epochMs, float, instant, isAmong, secondsBetween, whole } from "./spelling.ts";
import { all, ident, join, type SqlText, spelled, sql } from "./sql.ts";

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
export async function readQueueLoad(engine: Engine, asked: LoadAsked): Promise<Result<QueueLoad, Refusal>> {
  const statements = [openCases(asked), hoursOf(asked), allowedOf(asked), slackOf(asked), handlingOf(asked)];
  const [open, hours, allowed, slack, handling] = await Promise.all(statements.map((text) => engine.run(text)));
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
    ...(markets.length > 0 ? [isAmong(columns.market, markets)] : []),
    ...(queues.length > 0 ? [isAmong(columns.queue, queues)] : []),
  ]);
}

const since = ({ throughMs, historyDays }: LoadAsked, days = historyDays): SqlText =>
  instant(throughMs - days * DAY_MS);
const known = ({ throughMs }: LoadAsked): SqlText => instant(throughMs);

/** The first decision of a case as far as it is known at the watermark. */
const firstDecision = (asked: LoadAsked): SqlText =>
  spelled({
    postgres: sql`left join lateral (
  select x.decided_at, x.decider from mart.decisions x
  where x.case_id = c.case_id and x.decided_at <= ${known(asked)} order by x.decided_at, x.decision_id limit 1) f on true`,
    clickhouse: sql`left join (
  select case_id, argMin(decided_at, (decided_at, decision_id)) as decided_at, argMin(decider, (decided_at, decision_id)) as decider
  from mart.decisions where decided_at <= ${known(asked)} group by case_id) f on f.case_id = c.case_id`,
  });

/** Whether a case has no decision yet; ClickHouse joins the smaller side rather than looking each one up. */
const isUndecided = (asked: LoadAsked): SqlText =>
  spelled({
    postgres: sql`not exists (select from mart.decisions x where x.case_id = c.case_id and x.decided_at <= ${known(asked)})`,
    clickhouse: sql`c.case_id not in (select case_id from mart.decisions where decided_at <= ${known(asked)})`,
  });

const given = secondsBetween(sql`c.created_at`, sql`c.sla_due_at`);

/** One row per open case, the earliest due first. */
const openCases = (asked: LoadAsked): SqlText => sql`
  select ${secondsBetween(known(asked), sql`c.sla_due_at`)} / 60 as due, ${given} / 60 as allowed
  from mart.cases c
  where c.created_at >= ${since(asked)} and c.created_at <= ${known(asked)} and ${within("c", asked)} and ${isUndecided(asked)}
  order by c.sla_due_at limit ${OPEN_MAX}`;

/** One row per hour in which something came, fell due or was staffed. */
const hoursOf = (asked: LoadAsked): SqlText => sql`
  select ${epochMs(sql`hour`)} as at, ${join(
    ["came", "people", "due", "due_people", "late_people", "staffed", "productive"].map(
      (name) => sql`${float(sql`sum(${ident(name)})`)} as ${ident(name)}`,
    ),
    ", ",
  )}
  from (
    select date_trunc('hour', c.created_at) as hour, count(*) as came, count(*) filter (where f.decider is distinct from 'model') as people,
      0 as due, 0 as due_people, 0 as late_people, ${float(sql`0`)} as staffed, ${float(sql`0`)} as productive
    from mart.cases c ${firstDecision(asked)}
    where c.created_at >= ${since(asked)} and c.created_at <= ${known(asked)} and ${within("c", asked)} group by 1
    union all
    select date_trunc('hour', c.sla_due_at) as hour, 0 as came, 0 as people, count(*) as due,
      count(*) filter (where f.decider is distinct from 'model') as due_people,
      count(*) filter (where f.decider is distinct from 'model' and (f.decided_at is null or f.decided_at > c.sla_due_at)) as late_people,
      ${float(sql`0`)} as staffed, ${float(sql`0`)} as productive
    from mart.cases c ${firstDecision(asked)}
    where c.sla_due_at >= ${since(asked)} and c.sla_due_at <= ${known(asked)} and ${within("c", asked)} group by 1
    union all
    select date_trunc('hour', s.hour) as hour, 0 as came, 0 as people, 0 as due, 0 as due_people, 0 as late_people,
      sum(${float(sql`s.staffed_hours`)}) as staffed, sum(${float(sql`s.productive_hours`)}) as productive
    from mart.staffing s where s.hour >= ${since(asked)} and ${within("s", asked)} group by 1
  ) hours
  group by hour order by hour`;

/** One row per length of time that cases are given, in quarters of an hour. */
const allowedOf = (asked: LoadAsked): SqlText => sql`
  select 15 * round(${given} / 900) as minutes, count(*) as cases
  from mart.cases c
  where c.created_at >= ${since(asked, RECENT_DAYS)} and c.created_at <= ${known(asked)} and ${within("c", asked)}
  group by 1 order by 2 desc, 1 limit 12`;

/** One row per twentieth of the time given that was left at the decision; −1 = it was late or is still open past due. */
const slackOf = (asked: LoadAsked): SqlText => sql`
  select ${whole(sql`(case when f.decided_at is null or f.decided_at > c.sla_due_at then -1 else
      least(19, floor(20 * ${secondsBetween(sql`f.decided_at`, sql`c.sla_due_at`)} / ${given})) end)`)} as twentieth,
    count(*) as cases
  from mart.cases c ${firstDecision(asked)}
  where c.sla_due_at >= ${since(asked, RECENT_DAYS)} and c.sla_due_at <= ${known(asked)} and c.sla_due_at > c.created_at
    and f.decider is distinct from 'model' and ${within("c", asked)}
  group by 1 order by 1`;

/** One row: how long people take for a case. */
const handlingOf = (asked: LoadAsked): SqlText => sql`
  select ${float(sql`avg(d.handle_seconds)`)} as seconds, count(d.handle_seconds) as decisions
  from mart.decisions d join mart.cases c on c.case_id = d.case_id
  where d.decided_at >= ${since(asked, RECENT_DAYS)} and d.decided_at <= ${known(asked)} and d.decider = 'human'
    and ${within("c", asked)}`;
