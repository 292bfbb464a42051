import type { Pool } from "pg";
import type { LedgerEntry } from "../kernel/ledger.ts";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import { run } from "./run.ts";
import { sql } from "./sql.ts";

export interface ChangesAsked {
  readonly fromMs: number;
  readonly toMs: number;
  /** Values asked about; empty = all. */
  readonly markets: readonly string[];
  readonly queues: readonly string[];
  readonly max: number;
}

type Read = Result<{ readonly changes: readonly LedgerEntry[]; readonly sql: SqlRecord }, Refusal>;

/** Entries that began in the span and concern any of the markets and queues, latest first. One row per entry. */
export async function readChanges(pool: Pool, asked: ChangesAsked): Promise<Read> {
  return entriesOf(
    pool,
    sql`select kind, title, starts_at, ends_at, markets, queues, metrics from mart.changes
        where starts_at >= ${new Date(asked.fromMs)}::timestamptz and starts_at < ${new Date(asked.toMs)}::timestamptz
          and (markets is null or cardinality(${asked.markets}::text[]) = 0 or markets && ${asked.markets}::text[])
          and (queues is null or cardinality(${asked.queues}::text[]) = 0 or queues && ${asked.queues}::text[])
        order by starts_at desc limit ${asked.max}`,
  );
}

/**
 * Entries that were in force at any time of the span and concern any of the markets and queues, the earliest first; one without an end is in
 * force for good. One row per entry. `ledgerMask` (kernel/ledger) says which days of a series they mask.
 */
export async function readLedger(pool: Pool, asked: ChangesAsked): Promise<Read> {
  return entriesOf(
    pool,
    sql`select kind, title, starts_at, ends_at, markets, queues, metrics from mart.changes
        where starts_at < ${new Date(asked.toMs)}::timestamptz
          and (ends_at is null or ends_at > ${new Date(asked.fromMs)}::timestamptz)
          and (markets is null or cardinality(${asked.markets}::text[]) = 0 or markets && ${asked.markets}::text[])
          and (queues is null or cardinality(${asked.queues}::text[]) = 0 or queues && ${asked.queues}::text[])
        order by starts_at, change_id limit ${asked.max}`,
  );
}

async function entriesOf(pool: Pool, statement: ReturnType<typeof sql>): Promise<Read> {
  const ran = await run(pool, statement);
  if (!ran.ok) return ran;
  const changes = ran.value.rows.map(
    (row): LedgerEntry => ({
      kind: String(row.kind),
      title: String(row.title),
      startsAt: (row.starts_at as Date).toISOString(),
      endsAt: row.ends_at === null ? null : (row.ends_at as Date).toISOString(),
      markets: row.markets as string[] | null,
      queues: row.queues as string[] | null,
      metrics: row.metrics as string[] | null,
    }),
  );
  return ok({ changes, sql: ran.value.record });
}

/**
 * Writes an entry with who added it; an entry of the same kind, title and start that is there already stays the only one. Answers whether it
 * is new.
 */
export async function addChange(
  pool: Pool,
  entry: LedgerEntry,
  by: { readonly person: string; readonly atMs: number },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into mart.changes (change_id, kind, title, starts_at, ends_at, markets, queues, metrics, added_by, added_at)
     select nextval('mart.changes_added'), $1, $2, $3::timestamptz, $4::timestamptz, $5::text[], $6::text[], $7::text[], $8, $9::timestamptz
     where not exists (select from mart.changes where kind = $1 and title = $2 and starts_at = $3::timestamptz)`,
    [
      entry.kind,
      entry.title,
      entry.startsAt,
      entry.endsAt,
      entry.markets,
      entry.queues,
      entry.metrics ?? null,
      by.person,
      new Date(by.atMs),
    ],
  );
  return rowCount === 1;
}
