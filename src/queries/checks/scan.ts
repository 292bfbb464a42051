import type { Engine } from "../engine.ts";
import { instant, secondsBetween, text, whole } from "../spelling.ts";
import { fragment, ident, join, type SqlText, spelled, sql } from "../sql.ts";
import type { CheckedTable } from "./tables.ts";

/** Milliseconds since the epoch, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const rowsOf = async <T>(engine: Engine, statement: SqlText): Promise<readonly T[]> => {
  const ran = await engine.run(statement);
  if (!ran.ok) throw new Error(`A check could not be run: ${ran.error.code}.`, { cause: ran.error.cause });
  return ran.value.rows as readonly T[];
};

const within = (table: CheckedTable, { from, to }: Span): SqlText =>
  sql`${fragment(table.time)} >= ${instant(from)} and ${fragment(table.time)} < ${instant(to)}`;
const fromTable = (table: CheckedTable): SqlText => sql`${ident(table.table)} ${ident(table.alias)}`;

/** Rows by hour of the span, one number an hour, 0 for none. */
export async function hourlyCounts(engine: Engine, table: CheckedTable, span: Span): Promise<number[]> {
  const rows = await rowsOf<{ hour: number; n: number }>(
    engine,
    sql`select ${whole(sql`floor(${secondsBetween(instant(span.from), fragment(table.time))} / 3600)`)} as hour, count(*) as n
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
export async function mixes(engine: Engine, table: CheckedTable, now: Span, before: Span): Promise<readonly MixCell[]> {
  if (table.dimensions.length === 0) return [];
  const keys = table.dimensions.map((_, index) => ident(`d${index}`));
  const rows = await rowsOf<Record<string, unknown>>(
    engine,
    sql`select ${join(keys, ", ")}, grouping(${join(keys, ", ")}) as which, count(*) filter (where is_now) as now, count(*) filter (where not is_now) as before
      from (select ${join(
        table.dimensions.map(({ expr }, index) => sql`${asText(fragment(expr))} as ${keys[index]}`),
        ", ",
      )}, ${fragment(table.time)} >= ${instant(now.from)} as is_now
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

/** NULL stays one of the values of a grouping set. */
const asText = (value: SqlText): SqlText =>
  spelled({ postgres: text(value), clickhouse: sql`toNullable(${text(value)})` });

/** Rows of the span, and those of them without their row in the parent's table. */
export async function orphans(
  engine: Engine,
  table: CheckedTable,
  parent: CheckedTable["parents"][number],
  span: Span,
): Promise<{ readonly rows: number; readonly orphans: number }> {
  const [own, other] = [fromTable(table), sql`${ident(parent.table)} ${ident(parent.alias)}`];
  const [found] = await rowsOf<{ n: number; orphans: number }>(
    engine,
    spelled({
      postgres: sql`select count(*) as n, count(*) filter (where not exists (select from ${other} where ${fragment(parent.on)})) as orphans
        from ${own} where ${within(table, span)}`,
      clickhouse: sql`select count() as n, countIf(${ident(parent.alias)}.is_there is null) as orphans
        from ${own} left any join (select ${ident(parent.alias)}.*, 1 as is_there from ${other}) ${ident(parent.alias)} on ${fragment(parent.on)}
        where ${within(table, span)}`,
    }),
  );
  return { rows: Number(found?.n ?? 0), orphans: Number(found?.orphans ?? 0) };
}

/** Rows of the span that say the same as another one under another key; null where the table has no key. */
export async function repeatedRows(
  engine: Engine,
  table: CheckedTable,
  span: Span,
): Promise<{ readonly rows: number; readonly repeated: number } | null> {
  const keys = await keyColumns(engine, table.table);
  if (keys.length !== 1) return null;
  const [found] = await rowsOf<{ n: number; different: number }>(
    engine,
    spelled({
      postgres: sql`select count(*) as n, count(distinct md5((to_jsonb(${ident(table.alias)}) - ${keys}::text[])::text)) as different
        from ${fromTable(table)} where ${within(table, span)}`,
      clickhouse: sql`select count() as n, uniqExact(toString(tuple(${ident(table.alias)}.* except (${join([...keys.map(ident), ...(await loadedAt(engine, table))], ", ")})))) as different
        from ${fromTable(table)} where ${within(table, span)}`,
    }),
  );
  const rows = Number(found?.n ?? 0);
  return { rows, repeated: rows - Number(found?.different ?? 0) };
}

/** When a row was loaded is no part of what it says. */
async function loadedAt(engine: Engine, { table }: CheckedTable): Promise<SqlText[]> {
  const has = engine.dialect === "clickhouse" && (await columnsOf(engine, table)).includes("loaded_at");
  return has ? [ident("loaded_at")] : [];
}

/** On ClickHouse, where nothing is unique, the number that ends the sorting key; what stands before it only puts rows in order. */
async function keyColumns(engine: Engine, table: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    engine,
    spelled({
      postgres: sql`select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = to_regclass(${table}) and i.indisprimary`,
      clickhouse: sql`select name from system.columns where concat(database, '.', table) = ${table} and match(type, 'Int|UUID')
        and (database, table, name) in (select database, name, trim(splitByChar(',', sorting_key)[-1]) from system.tables
          where engine like '%ReplacingMergeTree')`,
    }),
  );
  return rows.map(({ name }) => name);
}

export async function columnsOf(engine: Engine, table: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    engine,
    spelled({
      postgres: sql`select attname as name from pg_attribute
        where attrelid = to_regclass(${table}) and attnum > 0 and not attisdropped order by attname`,
      clickhouse: sql`select name from system.columns where concat(database, '.', table) = ${table} order by name`,
    }),
  );
  return rows.map(({ name }) => name);
}
