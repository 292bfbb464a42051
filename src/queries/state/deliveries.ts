import type { Pool } from "pg";
import { limits } from "../../kernel/limits.ts";

/**
 * Claims a delivery under all names that it may come by. True for exactly one of any number of concurrent callers; a claim whose
 * holder died (no `finishDelivery` within the lease) can be taken again.
 */
export async function claimDelivery(pool: Pool, keys: readonly string[]): Promise<boolean> {
  const names = [...new Set(keys)].sort();
  // Sorted names: two callers that share several of them take the row locks in one order and cannot deadlock.
  const { rows } = await pool.query<{ claimed: string }>({
    text: `with wanted as (select k from unnest($1::text[]) with ordinality as w(k, i) order by i),
           claimed as (
             insert into bot.deliveries (key, lease_until)
             select k, clock_timestamp() + make_interval(secs => $2) from wanted
             on conflict (key) do update set lease_until = excluded.lease_until
               where bot.deliveries.done_at is null and bot.deliveries.lease_until < clock_timestamp()
             returning key)
           select count(*) as claimed from claimed`,
    values: [names, limits.deliveryLeaseSeconds],
  });
  // One name that somebody else holds means that the act is theirs.
  return Number(rows[0]?.claimed) === names.length;
}

/** Marks a delivery as handled for good, and forgets those that no platform redelivers any more. */
export async function finishDelivery(pool: Pool, keys: readonly string[]): Promise<void> {
  await pool.query("update bot.deliveries set done_at = clock_timestamp() where key = any($1)", [keys]);
}

/** Drops deliveries handled longer ago than any platform redelivers (Lark: 6 h; kept for 48 h). */
export async function forgetOldDeliveries(pool: Pool): Promise<void> {
  await pool.query("delete from bot.deliveries where done_at < clock_timestamp() - make_interval(hours => $1)", [
    limits.deliveriesKeptHours,
  ]);
}
