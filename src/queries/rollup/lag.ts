import type { Pool } from "pg";

/** How far the roll-ups are behind the facts. */
export interface RollupLag {
  /** Dates of all streams. */
  readonly dates: number;
  /** Of them, those that events answer until they are made anew. */
  readonly dirty: number;
  /** Since the oldest of those changed; null when none did. */
  readonly behindSeconds: number | null;
}

/** Null where nothing is rolled up. */
export async function rollupLag(pool: Pool): Promise<RollupLag | null> {
  const { rows } = await pool.query<{ dates: number; dirty: number; behind: number | null }>(
    `select count(*)::float8 as dates, count(dirty_since)::float8 as dirty,
       extract(epoch from clock_timestamp() - min(dirty_since))::float8 as behind from rollup.units`,
  );
  const [row] = rows;
  return row && row.dates > 0 ? { dates: row.dates, dirty: row.dirty, behindSeconds: row.behind } : null;
}
