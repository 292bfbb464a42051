import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Deviation } from "../../kernel/deviation.ts";
import type { FindingState } from "../../kernel/finding-state.ts";
import { canonical, type Question, questionSchema } from "../../kernel/question.ts";
import type { ThreadKey } from "./threads.ts";

/** A finding as it is kept. */
export interface FindingRecord {
  readonly finding: string;
  readonly deviation: Deviation;
  readonly question: Question;
  /** Digest days on which it was first and last found. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly state: FindingState;
}

/** What "the same again" is told by. */
export const subjectOf = ({ metric, segment, direction }: Deviation): string =>
  JSON.stringify([metric, Object.entries(segment).sort(([a], [b]) => (a < b ? -1 : 1)), direction]);

/** The same subject found again within this many days is the same finding. */
const SAME_WITHIN_DAYS = 3;

/**
 * Keeps a finding of the digest of `day`: the row of the same subject, where its days touch those found now, moves on; else a new one. Run
 * again for the same day it changes nothing. Answers the row.
 */
export async function keepFinding(
  pool: Pool,
  { deviation, question, day }: { readonly deviation: Deviation; readonly question: Question; readonly day: string },
): Promise<FindingRecord> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    // Two instances that keep the same finding at once take turns.
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [subjectOf(deviation)]);
    const { rows } = await client.query(
      `update bot.findings set deviation = $2, kind = $3, period_to = greatest(period_to, $4), last_day = greatest(last_day, $5)
       where finding = (
         select finding from bot.findings
         where subject = $1 and period_to >= $6::date - $7::int and period_from <= $4
         order by last_day desc limit 1)
       returning *`,
      [
        subjectOf(deviation),
        JSON.stringify(deviation),
        deviation.kind,
        deviation.period.to,
        day,
        deviation.period.from,
        SAME_WITHIN_DAYS,
      ],
    );
    const row = rows[0] ?? (await insertFinding(client, deviation, question, day));
    await client.query("commit");
    return recordOf(row);
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw cause;
  } finally {
    client.release();
  }
}

async function insertFinding(
  client: Pick<Pool, "query">,
  deviation: Deviation,
  question: Question,
  day: string,
): Promise<Row> {
  const { rows } = await client.query(
    `insert into bot.findings (finding, subject, metric, segment, kind, direction, period_from, period_to, zone, deviation, question,
                               detector, first_day, last_day)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) returning *`,
    [
      `f-${randomBytes(5).toString("hex")}`,
      subjectOf(deviation),
      deviation.metric,
      JSON.stringify(deviation.segment),
      deviation.kind,
      deviation.direction,
      deviation.period.from,
      deviation.period.to,
      deviation.zone,
      JSON.stringify(deviation),
      canonical(question),
      deviation.detector,
      day,
    ],
  );
  return rows[0];
}

export async function findFinding(pool: Pool, finding: string): Promise<FindingRecord | null> {
  const { rows } = await pool.query("select * from bot.findings where finding = $1", [finding]);
  return rows[0] ? recordOf(rows[0]) : null;
}

/** Findings that somebody has spoken of or that were found since `day`, newest first: what a new digest has to know. */
export async function recentFindings(pool: Pool, day: string): Promise<FindingRecord[]> {
  const { rows } = await pool.query(
    "select * from bot.findings where last_day >= $1 order by last_day desc limit 500",
    [day],
  );
  return rows.map(recordOf);
}

/** One verdict: the finding's new state, and a line of the audit. */
export interface Said extends Omit<ThreadKey, "thread"> {
  readonly finding: string;
  readonly person: string;
  readonly verdict: string;
  readonly before: FindingState;
  readonly after: FindingState;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** False when somebody else spoke in between: read it again. */
export async function saveVerdict(pool: Pool, said: Said): Promise<boolean> {
  const { after, before } = said;
  const until = after.until === null ? null : new Date(after.until);
  const { rowCount } = await pool.query(
    `with moved as (
       update bot.findings set state = $2, owner = $3, reason = $4, state_until = $5, changed_at = $6
       where finding = $1 and state = $7 returning finding)
     insert into bot.verdicts (finding, said_at, platform, tenant, channel, person, verdict, before, after, until, reason)
     select finding, $6, $8, $9, $10, $11, $12, $7, $2, $5, $4 from moved`,
    [
      said.finding,
      after.name,
      after.owner,
      after.reason,
      until,
      new Date(said.at),
      before.name,
      said.platform,
      said.tenant,
      said.channel,
      said.person,
      said.verdict,
    ],
  );
  return rowCount === 1;
}

/** The thread in which words may be about a finding. */
export async function bindFinding(pool: Pool, thread: ThreadKey, finding: string): Promise<void> {
  await pool.query(
    `insert into bot.finding_threads (platform, tenant, channel, thread, finding) values ($1, $2, $3, $4, $5)
     on conflict (platform, tenant, channel, thread) do update set finding = excluded.finding`,
    [thread.platform, thread.tenant, thread.channel, thread.thread, finding],
  );
}

export async function findingOfThread(pool: Pool, thread: ThreadKey): Promise<string | null> {
  const { rows } = await pool.query<{ finding: string }>(
    "select finding from bot.finding_threads where platform = $1 and tenant = $2 and channel = $3 and thread = $4",
    [thread.platform, thread.tenant, thread.channel, thread.thread],
  );
  return rows[0]?.finding ?? null;
}

/** Findings that stand in a thread of this channel. */
export async function findingsToldIn(
  pool: Pool,
  { platform, tenant, channel }: Omit<ThreadKey, "thread">,
): Promise<Set<string>> {
  const { rows } = await pool.query<{ finding: string }>(
    "select distinct finding from bot.finding_threads where platform = $1 and tenant = $2 and channel = $3",
    [platform, tenant, channel],
  );
  return new Set(rows.map(({ finding }) => finding));
}

/** Findings by detector whose last verdict fell into the span: how many were right. Expected ones were right, and known. */
export async function precisionByDetector(
  pool: Pool,
  span: { readonly from: number; readonly to: number },
): Promise<{ readonly detector: string; readonly right: number; readonly wrong: number; readonly open: number }[]> {
  const { rows } = await pool.query(
    `select detector, count(*) filter (where state in ('confirmed', 'expected'))::int as right,
            count(*) filter (where state = 'false_alarm')::int as wrong,
            count(*) filter (where state in ('open', 'owned', 'muted'))::int as open
     from bot.findings where first_day >= $1::date and first_day < $2::date group by detector order by detector`,
    [new Date(span.from).toISOString().slice(0, 10), new Date(span.to).toISOString().slice(0, 10)],
  );
  return rows;
}

type Row = Readonly<Record<string, unknown>>;

function recordOf(row: Row): FindingRecord {
  const until = row.state_until as Date | null;
  return {
    finding: String(row.finding),
    deviation: row.deviation as Deviation,
    question: questionSchema.parse(row.question),
    firstDay: String(row.first_day),
    lastDay: String(row.last_day),
    state: {
      name: row.state as FindingState["name"],
      owner: row.owner as string | null,
      reason: row.reason as string | null,
      until: until === null ? null : until.getTime(),
    },
  };
}
