import type { Pool } from "pg";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import { run } from "./run.ts";
import { nothing, type SqlText, sql } from "./sql.ts";

/** A seller's cases and removals; times are days before the watermark (see `insights/risk/record.ts`). */
export interface SellerRow {
  readonly id: string;
  readonly market: string;
  readonly tier: string;
  readonly category: string;
  readonly joined: number;
  readonly created: readonly number[];
  readonly reported: readonly boolean[];
  readonly removed: readonly number[];
  readonly ended: readonly (number | null)[];
}

/**
 * One row per seller with a case in the `days` before the watermark, of every `every`-th seller: what is known at the watermark. A removal
 * ends when it is replaced or an appeal overturns it, in whole or in part.
 */
export async function readSellerHistories(
  pool: Pool,
  asked: { readonly throughMs: number; readonly days: number; readonly every: number },
): Promise<Result<{ readonly sellers: readonly SellerRow[]; readonly sql: SqlRecord }, Refusal>> {
  const ran = await run(pool, historiesOf(asked));
  if (!ran.ok) return ran;
  const sellers = ran.value.rows.map((row) => ({
    id: String(row.seller_id),
    market: String(row.market),
    tier: String(row.tier),
    category: String(row.category),
    joined: Number(row.joined),
    created: row.created as number[],
    reported: row.reported as boolean[],
    removed: (row.removed ?? []) as number[],
    ended: (row.ended ?? []) as (number | null)[],
  }));
  return ok({ sellers, sql: ran.value.record });
}

const DAY_SECONDS = 86_400;

function historiesOf({ throughMs, days, every }: Parameters<typeof readSellerHistories>[1]): SqlText {
  const through = sql`${new Date(throughMs)}::timestamptz`;
  const since = sql`${new Date(throughMs - days * DAY_SECONDS * 1_000)}::timestamptz`;
  const ago = (instant: SqlText): SqlText => sql`(extract(epoch from ${through} - ${instant}) / ${DAY_SECONDS})::real`;
  const sampled = every > 1 ? sql`and mod(c.seller_id, ${every}) = 0` : nothing;
  return sql`
    with cases as (
      select c.seller_id, array_agg(${ago(sql`c.created_at`)}) as created, array_agg(c.source = 'user_report') as reported
      from mart.cases c
      where c.created_at >= ${since} and c.created_at <= ${through} ${sampled} group by 1),
    overturned as (
      select a.decision_id, min(a.resolved_at) as at from mart.appeals a
      where a.outcome in ('overturned', 'partial') and a.resolved_at >= ${since} and a.resolved_at <= ${through} group by 1),
    removals as (
      select c.seller_id, array_agg(${ago(sql`d.decided_at`)}) as removed,
        array_agg(${ago(sql`least(case when d.superseded_at <= ${through} then d.superseded_at end, o.at)`)}) as ended
      from mart.decisions d join mart.cases c using (case_id) left join overturned o using (decision_id)
      where d.action in ('remove', 'restrict', 'ban') and d.decided_at >= ${since} and d.decided_at <= ${through} ${sampled} group by 1)
    select s.seller_id, s.market, s.tier, s.category, ${ago(sql`s.joined_at`)} as joined,
      k.created, k.reported, r.removed, r.ended
    from cases k join mart.sellers s using (seller_id) left join removals r using (seller_id)
    order by s.seller_id`;
}
