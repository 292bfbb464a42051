import type { Pool } from "pg";
import { inTransaction } from "../load/transaction.ts";

/** What was checked. */
export const CHECK_KINDS = ["freshness", "volume", "nulls", "values", "keys", "references", "schema", "mix"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** One check of one subject. A finding is `bad`; `unknown` = too little data to say. */
export interface CheckResult {
  readonly kind: CheckKind;
  /** The table, without its schema. */
  readonly source: string;
  /** A column, a dimension, a parent; empty for the whole table. */
  readonly subject: string;
  readonly value: number | null;
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: "ok" | "bad" | "unknown";
  /** What the sentence about it needs: instants as ISO text, shares as fractions. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** Keeps one run. */
export async function keepResults(pool: Pool, checkedAt: number, results: readonly CheckResult[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const { kind, source, subject, value, expected, low, high, verdict, detail } of results)
      await client.query(
        `insert into mart.check_results (checked_at, kind, source, subject, value, expected, low, high, verdict, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [new Date(checkedAt), kind, source, subject, value, expected, low, high, verdict, JSON.stringify(detail)],
      );
  });
}

/** The findings of the last run that began at or before `now`; null when none ran within `maxAgeHours`. */
export async function latestFindings(pool: Pool, now: number, maxAgeHours: number): Promise<CheckResult[] | null> {
  const { rows } = await pool.query<CheckResult & { last: Date }>(
    `select kind, source, subject, value, expected, low, high, verdict, detail from mart.check_results
     where checked_at = (select max(checked_at) from mart.check_results where checked_at <= $1 and checked_at > $2)
     order by check_id`,
    [new Date(now), new Date(now - maxAgeHours * 3_600_000)],
  );
  return rows.length === 0 ? null : rows.filter(({ verdict }) => verdict === "bad");
}

/** The columns of each table as the last run saw them. */
export async function knownColumns(pool: Pool): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<{ source: string; columns: string }>(
    `select distinct on (source) source, detail->>'columns' as columns from mart.check_results where kind = 'schema'
     order by source, check_id desc`,
  );
  return new Map(rows.map(({ source, columns }) => [source, (columns ?? "").split(", ")]));
}
