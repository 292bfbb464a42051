import type { Pool } from "pg";
import { fragment, ident, join, render, type SqlText, sql } from "../sql.ts";
import type { CheckedTable } from "./tables.ts";

/** Milliseconds since the epoch, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const rowsOf = async <T>(pool: Pool, statement: SqlText): Promise<readonly T[]> => {
  const { text, params } = render(statement);
  return (await pool.query(text, [...params])).rows as T[];
};

const at = (ms: number): SqlText => sql`${new Date(ms).toISOString()}::timestamptz`;
const within = (table: CheckedTable, { from, to }: Span): SqlText =>
  sql`${fragment(table.time)} >= ${at(from)} and ${fragment(table.time)} < ${at(to)}`;
const fromTable = (table: CheckedTable): SqlText => sql`${ident(table.table)} ${ident(table.alias)}`;

/** Rows by hour of the span, one number an hour, 0 for none. */
export async function hourlyCounts(pool: Pool, table: CheckedTable, span: Span): Promise<number[]> {
  const rows = await rowsOf<{ hour: number; n: number }>(
    pool,
    sql`select floor(extract(epoch from ${fragment(table.time)} - ${at(span.from)}) / 3600)::int as hour, count(*) as n
      from ${fromTable(table)} where ${within(table, span)} group by 1`,
  );
  const counts = new Array<number>(Math.round((span.to - span.from) / 3_600_000)).fill(0);
  for (const { hour, n } of rows) counts[hour] = Number(n);
  return counts;
}

/** One row per value of a dimension. */
export interface MixCell {
  readonly dimension: string;
  /** Null = empty. */
  readonly value: string | null;
  readonly now: number;
  readonly before: number;
}

/** Rows by value of each own dimension, in the span and in the one before it: one pass over the table. */
export async function mixes(pool: Pool, table: CheckedTable, now: Span, before: Span): Promise<readonly MixCell[]> {
  if (table.dimensions.length === 0) return [];
  const keys = table.dimensions.map((_, index) => ident(`d${index}`));
  const rows = await rowsOf<Record<string, unknown>>(
    pool,
    sql`select ${join(keys, ", ")}, grouping(${join(keys, ", ")}) as which, count(*) filter (where is_now) as now, count(*) filter (where not is_now) as before
      from (select ${join(
        table.dimensions.map(({ expr }, index) => sql`(${fragment(expr)})::text as ${keys[index]}`),
        ", ",
      )}, ${fragment(table.time)} >= ${at(now.from)} as is_now
        from ${fromTable(table)} where ${within(table, { from: before.from, to: now.to })}) t
      group by grouping sets (${join(
        keys.map((key) => sql`(${key})`),
        ", ",
      )})`,
  );
  const all = 2 ** keys.length - 1;
  return rows.map((row) => {
    // grouping() has one bit per key, the first the highest, 0 for the key that is grouped by.
    const index = keys.length - 1 - Math.log2(all - Number(row.which));
    const value = row[`d${index}`];
    const dimension = table.dimensions[index]?.id ?? "";
    return {
      dimension,
      value: value === null ? null : String(value),
      now: Number(row.now),
      before: Number(row.before),
    };
  });
}

/** Rows of the span, and those of them without their row in the parent's table. */
export async function orphans(
  pool: Pool,
  table: CheckedTable,
  parent: CheckedTable["parents"][number],
  span: Span,
): Promise<{ readonly rows: number; readonly orphans: number }> {
  const [found] = await rowsOf<{ n: number; orphans: number }>(
    pool,
    sql`select count(*) as n, count(*) filter (where not exists (select from ${ident(parent.table)} ${ident(parent.alias)} where ${fragment(parent.on)})) as orphans
      from ${fromTable(table)} where ${within(table, span)}`,
  );
  return { rows: Number(found?.n ?? 0), orphans: Number(found?.orphans ?? 0) };
}

/** Rows of the span that say the same as another one under another key; null where the table has no key. */
export async function repeatedRows(
  pool: Pool,
  table: CheckedTable,
  span: Span,
): Promise<{ readonly rows: number; readonly repeated: number } | null> {
  const keys = await keyColumns(pool, table.table);
  if (keys.length !== 1) return null;
  const [found] = await rowsOf<{ n: number; different: number }>(
    pool,
    sql`select count(*) as n, count(distinct md5((to_jsonb(${ident(table.alias)}) - ${keys}::text[])::text)) as different
      from ${fromTable(table)} where ${within(table, span)}`,
  );
  const rows = Number(found?.n ?? 0);
  return { rows, repeated: rows - Number(found?.different ?? 0) };
}

async function keyColumns(pool: Pool, table: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    pool,
    sql`select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indrelid = to_regclass(${table}) and i.indisprimary`,
  );
  return rows.map(({ name }) => name);
}

export async function columnsOf(pool: Pool, table: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    pool,
    sql`select attname as name from pg_attribute where attrelid = to_regclass(${table}) and attnum > 0 and not attisdropped order by attname`,
  );
  return rows.map(({ name }) => name);
}
