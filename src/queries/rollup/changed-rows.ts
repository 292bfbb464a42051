import type { PoolClient } from "pg";
import { ident, join, type SqlText, sql } from "../sql.ts";
import { query } from "./store.ts";
import type { Stream } from "./streams.ts";

export interface Since {
  /** The snapshot of the last look: what lies from `page` on has been seen up to it … */
  readonly seen: string;
  /** … and what lies before, up to this one. */
  readonly sweptSeen: string;
  readonly page: number;
  /** Whether the whole table is read now. */
  readonly sweeps: boolean;
}

/** The rows of the table looked at that changed, as long as the transaction lasts. */
export const CHANGED_ROWS = ident("pg_temp.changed_rows");

/** What was found: rows at the end of a table, and rows before it, where only a reading of the whole table finds them. */
export interface Copied {
  readonly any: boolean;
  readonly within: boolean;
}

/** The changed rows of a table, once for all streams, with the columns that tell which dates they concern. */
export async function copyChanged(
  client: PoolClient,
  table: string,
  concerned: readonly Stream[],
  since: Since,
): Promise<Copied> {
  const columns = new Set<string>();
  for (const stream of concerned) for (const column of columnsNamed(stream, table)) columns.add(column);
  const { rowCount } = await query(
    client,
    sql`create temp table changed_rows on commit drop as
      select ${join([...columns].map(ident), ", ")}, not ${isAtEnd("x", since.page)} as written_within
      from ${ident(table)} x where ${isChanged("x", since)}`,
  );
  if (rowCount === 0) return { any: false, within: false };
  await client.query("analyze pg_temp.changed_rows");
  const { rows } = await query(client, sql`select exists (select from ${CHANGED_ROWS} where written_within) as within`);
  return { any: true, within: rows[0]?.within === true };
}

/** Columns of a table that a stream's time, joins and `touched_by` name. */
function columnsNamed({ fact, on }: Stream, table: string): string[] {
  const aliases = [
    ...(fact.table === table ? [fact.alias] : []),
    ...fact.joins.filter((one) => one.table === table).map(({ alias }) => alias),
    ...fact.touchedBy.filter((one) => one.table === table).map(({ alias }) => alias),
  ];
  const text = [on, ...fact.joins.map((one) => one.on ?? ""), ...fact.touchedBy.map((one) => one.on)].join(" ");
  return aliases.flatMap((alias) =>
    [...text.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, "g"))].map(([, column]) => column as string),
  );
}

/** Written by a transaction that the snapshot did not see. The quick comparison of ages first; the exact one for what is left. */
const isNew = (alias: string, seen: string): SqlText => {
  const xmin = sql`${ident(alias)}.xmin`;
  const oldest = sql`pg_snapshot_xmin(${seen}::pg_snapshot)`;
  const age = sql`age((${oldest}::text::numeric % 4294967296)::text::xid)`;
  return sql`age(${xmin}) <= ${age}
    and not pg_visible_in_snapshot((${oldest}::text::bigint + ${age} - age(${xmin}))::text::xid8, ${seen}::pg_snapshot)`;
};

/** New rows at the end of the table; when it is read whole, those before it too, where an update may have found room. */
function isChanged(alias: string, { seen, sweptSeen, page, sweeps }: Since): SqlText {
  const atEnd = isAtEnd(alias, page);
  if (!sweeps) return sql`${atEnd} and ${isNew(alias, seen)}`;
  return sql`${isNew(alias, sweptSeen)} and (not ${atEnd} or (${isNew(alias, seen)}))`;
}

const isAtEnd = (alias: string, page: number): SqlText => sql`${ident(alias)}.ctid >= ${`(${page},0)`}::tid`;
