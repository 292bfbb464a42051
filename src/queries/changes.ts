import type { Pool } from "pg";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import { run } from "./run.ts";
import { sql } from "./sql.ts";

/** An entry of the change ledger. Times are ISO instants; null markets or queues = all of them. */
export interface Change {
  readonly kind: string;
  readonly title: string;
  readonly startsAt: string;
}
export interface ChangesAsked {
  readonly fromMs: number;
  readonly toMs: number;
  /** Values asked about; empty = all. */
  readonly markets: readonly string[];
  readonly queues: readonly string[];
  readonly max: number;
}

/** Entries that began in the span and concern any of the markets and queues, latest first. One row per entry. */
export async function readChanges(
  pool: Pool,
  asked: ChangesAsked,
): Promise<Result<{ readonly changes: readonly Change[]; readonly sql: SqlRecord }, Refusal>> {
  const ran = await run(
    pool,
    sql`select kind, title, starts_at from mart.changes
        where starts_at >= ${new Date(asked.fromMs)}::timestamptz and starts_at < ${new Date(asked.toMs)}::timestamptz
          and (markets is null or cardinality(${asked.markets}::text[]) = 0 or markets && ${asked.markets}::text[])
          and (queues is null or cardinality(${asked.queues}::text[]) = 0 or queues && ${asked.queues}::text[])
        order by starts_at desc limit ${asked.max}`,
  );
  if (!ran.ok) return ran;
  const changes = ran.value.rows.map((row) => ({
    kind: String(row.kind),
    title: String(row.title),
    startsAt: (row.starts_at as Date).toISOString(),
  }));
  return ok({ changes, sql: ran.value.record });
}
