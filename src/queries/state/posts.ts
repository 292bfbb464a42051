import type { Pool } from "pg";
import type { ClaimedRun, RunState } from "./runs.ts";
import type { Destination } from "./schedules.ts";

export interface PostRecord {
  readonly postKey: string;
  readonly n: number;
  /** A `PostContent`, opaque to this module. */
  readonly content: unknown;
  readonly state: RunState;
  readonly firstSentAt: number | null;
  readonly message: string | null;
}

/** Freezes the run's messages, all or none. False when the run is no longer ours or was frozen before. */
export async function freezePosts(pool: Pool, run: ClaimedRun, contents: readonly unknown[]): Promise<boolean> {
  const { rows } = await pool.query(
    `with mine as (
       update bot.runs set composed_at = clock_timestamp()
       where run_key = $1 and fence = $2 and state = 'sending' and composed_at is null returning run_key),
     frozen as (
       insert into bot.posts (post_key, run_key, n, content)
       select mine.run_key || '/' || content.n, mine.run_key, content.n, content.value::jsonb
       from mine, unnest($3::text[]) with ordinality as content (value, n))
     select from mine`,
    [run.runKey, run.fence, contents.map((content) => JSON.stringify(content))],
  );
  return rows.length === 1;
}

/** The run's messages in their order. */
export async function postsOf(pool: Pool, runKey: string): Promise<PostRecord[]> {
  const { rows } = await pool.query(
    "select post_key, n, content, state, first_sent_at, message from bot.posts where run_key = $1 order by n",
    [runKey],
  );
  return rows.map((row) => ({
    postKey: row.post_key,
    n: row.n,
    content: row.content,
    state: row.state,
    firstSentAt: row.first_sent_at?.getTime() ?? null,
    message: row.message,
  }));
}

/**
 * The last step before a message leaves: from here on it may be there. Begins the lease anew. False when the lease is over or the run was
 * taken by another: then it must not be sent.
 */
export async function beginPost(pool: Pool, run: ClaimedRun, postKey: string, leaseSeconds: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with mine as (
       update bot.runs set lease_until = clock_timestamp() + make_interval(secs => $4)
       where run_key = $1 and fence = $2 and state = 'sending' and lease_until > clock_timestamp() returning run_key)
     update bot.posts set state = 'sending', first_sent_at = coalesce(first_sent_at, clock_timestamp())
     where post_key = $3 and state <> 'sent' and run_key in (select run_key from mine)`,
    [run.runKey, run.fence, postKey, leaseSeconds],
  );
  return rowCount === 1;
}

/** The message is there. Whoever holds the run now: it is a fact. */
export async function confirmPost(pool: Pool, postKey: string, message: string): Promise<void> {
  await pool.query(
    `update bot.posts set state = 'sent', message = $2, posted_at = clock_timestamp() where post_key = $1 and state <> 'sent'`,
    [postKey, message],
  );
}

/** The message is certainly not there: the platform said no, or was looked through. */
export async function unsendPost(pool: Pool, run: ClaimedRun, postKey: string): Promise<void> {
  await pool.query(
    `update bot.posts set state = 'due' where post_key = $3 and state in ('sending', 'unknown')
       and exists (select from bot.runs where run_key = $1 and fence = $2)`,
    [run.runKey, run.fence, postKey],
  );
}

/** The newest messages that stand in a channel by schedule, oldest first. One row per message. */
export async function postedIn(
  pool: Pool,
  where: Destination,
  max: number,
): Promise<{ readonly key: string; readonly at: number; readonly content: unknown }[]> {
  const { rows } = await pool.query<{ key: string; at: Date; content: unknown }>(
    `select post_key as key, posted_at as at, content from bot.posts join bot.runs using (run_key)
     where platform = $1 and tenant = $2 and channel = $3 and posts.state = 'sent'
     order by posted_at desc, n desc limit $4`,
    [where.platform, where.tenant, where.channel, max],
  );
  return rows.map(({ key, at, content }) => ({ key, at: at.getTime(), content })).reverse();
}
