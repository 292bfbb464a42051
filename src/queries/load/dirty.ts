import type { PoolClient } from "pg";
import type { LoadTable } from "./tables.ts";

/**
 * Marks the hours (UTC) whose sums the rows of `rows` change: one row of `mart.dirty_hours` per clock and hour. `isChange` = rows that were
 * there before in another state, or may have come after the rows that hang on them; a first load of parents before children has none.
 */
export async function markTouched(
  client: PoolClient,
  table: LoadTable,
  rows: "load_stage" | "load_old",
  isChange: boolean,
): Promise<void> {
  const touches = (table.touches ?? []).filter(({ late }) => isChange || !late);
  if (touches.length === 0) return;
  const instants = touches.map(
    ({ clock, at, join }) =>
      `select '${clock}' as clock, date_trunc('hour', ${at}, 'UTC') as hour from ${rows} r ${join ?? ""}`,
  );
  await client.query(
    `insert into mart.dirty_hours (source, clock, hour)
     select distinct $1, t.clock, t.hour from (${instants.join(" union all ")}) t where t.hour is not null`,
    [table.name],
  );
}
