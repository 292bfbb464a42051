import type { PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import type { CatalogSql } from "../../catalog/definition.ts";
import { limits } from "../../kernel/limits.ts";
import { expression, type Scope } from "../compile-scope.ts";
import { ident, join, nothing, type SqlText, sql } from "../sql.ts";
import { dateOf } from "./calendar.ts";
import { moveOn, zonesOf } from "./refresh.ts";
import { scopeOf } from "./scan.ts";
import { type RollupState, readState } from "./state.ts";
import { dropTables, keyOf, pendingTable, query } from "./store.ts";
import type { Stream, Streams } from "./streams.ts";

export interface Captured {
  /** Dates by stream that changed since the last time. */
  readonly dirty: ReadonlyMap<string, number>;
  readonly swept: readonly string[];
}

/**
 * Finds what changed in the facts since the last time, without triggers: a row's `xmin` names the transaction that wrote it, and what the
 * last snapshot did not see is new. In the background (`paced`) each time the end of a table is read, where inserts go, and the whole of it
 * as often as that takes no more than a twentieth of the time; otherwise the whole. Every date that a changed row concerns becomes dirty, so that events answer it until it is made anew.
 */
export async function captureChanges(
  client: PoolClient,
  streams: Streams,
  { catalog, paced = false }: { readonly catalog: Catalog; readonly paced?: boolean },
): Promise<Captured> {
  await client.query("begin isolation level repeatable read");
  try {
    const state = await readState(client);
    const followed = streams.all.filter(({ id }) => (state.streams.get(id)?.cuboids.length ?? 0) > 0);
    const dirty = new Map<string, number>();
    const swept: string[] = [];
    await takeMarks(client, followed, state, catalog, dirty);
    for (const table of new Set(followed.flatMap(tablesOf))) {
      if (await captureTable(client, table, followed, state, catalog, dirty, paced)) swept.push(table);
    }
    if (dirty.size > 0) await moveOn(client);
    await client.query("commit");
    return { dirty, swept };
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw cause;
  }
}

/**
 * Hours that the loader marked in the transaction in which it changed them. They tell what `xmin` cannot: the old hour of a row that moved to
 * another one, or went.
 */
async function takeMarks(
  client: PoolClient,
  streams: readonly Stream[],
  state: RollupState,
  catalog: Catalog,
  dirty: Map<string, number>,
): Promise<void> {
  for (const stream of streams) {
    const zones = zonesOf(state.streams.get(stream.id)?.cuboids ?? [], catalog.zoned);
    const { rows } = await query(
      client,
      sql`select (extract(epoch from (hour at time zone zone)::date) / 86400)::int as day,
          extract(epoch from min(hour))::float8 * 1000 as from
        from mart.dirty_hours cross join unnest(${zones}::text[]) as zone where clock = ${clockOf(stream)} group by 1`,
    );
    if (rows.length === 0) continue;
    await markDirty(client, stream, rows as ChangedDay[]);
    dirty.set(stream.id, rows.length);
  }
  await client.query("delete from mart.dirty_hours");
}

/** `decisions.decided_at`: the table and column of a stream's time, as the loader names it. */
function clockOf({ fact, on }: Stream): string {
  const [alias, column] = on.split(".");
  const table = alias === fact.alias ? fact.table : fact.joins.find((one) => one.alias === alias)?.table;
  return `${table?.replace(/^.*\./, "")}.${column}`;
}

const tablesOf = ({ fact }: Stream): string[] => [
  fact.table,
  ...fact.joins.flatMap(({ table }) => table ?? []),
  ...fact.touchedBy.map(({ table }) => table),
];

interface Seen {
  readonly file_node: string;
  readonly seen: string;
  readonly swept_seen: string;
  readonly pages: number;
  readonly deleted: number;
  readonly sweep_ms: number;
  readonly since_sweep_ms: number;
}
interface Present {
  readonly file_node: string;
  readonly seen: string;
  readonly pages: number;
  readonly deleted: number;
  readonly kind: string;
}

/** True when the whole table was read. */
async function captureTable(
  client: PoolClient,
  table: string,
  streams: readonly Stream[],
  state: RollupState,
  catalog: Catalog,
  dirty: Map<string, number>,
  paced: boolean,
): Promise<boolean> {
  const present = (await client.query<Present>(PRESENT, [table])).rows[0] as Present;
  const { rows } = await client.query<Seen>(SEEN, [table]);
  const [last] = rows;
  const concerned = streams.filter((stream) => tablesOf(stream).includes(table));
  if (!last) {
    await note(client, table, present, 0, true);
    return false;
  }
  if (last.file_node !== present.file_node) {
    // Emptied or rewritten: nothing of what was seen can be told from what is there.
    for (const { id } of concerned) await dropTables(client, id);
    for (const { id } of concerned) dirty.set(id, state.streams.get(id)?.units.size ?? 0);
    await note(client, table, present, 0, true);
    return true;
  }
  if (Number(last.deleted) !== Number(present.deleted)) {
    for (const stream of concerned) {
      const days = [...(state.streams.get(stream.id)?.units.keys() ?? [])];
      await markDirty(client, stream, days.map(whole));
      dirty.set(stream.id, days.length);
    }
  }
  const sweeps =
    !paced || present.kind === "p" || Number(last.since_sweep_ms) >= limits.rollupSweepPause * Number(last.sweep_ms);
  const started = performance.now();
  const since = { seen: last.seen, sweptSeen: last.swept_seen, page: Math.max(0, Number(last.pages) - 1), sweeps };
  const hasNew = await copyChanged(client, table, concerned, since);
  for (const stream of hasNew ? concerned : []) {
    const days = await changedDays(client, stream, table, state, catalog);
    if (days.length === 0) continue;
    await markDirty(client, stream, days);
    dirty.set(stream.id, (dirty.get(stream.id) ?? 0) + days.length);
  }
  await client.query("drop table if exists pg_temp.changed_rows");
  await note(client, table, present, performance.now() - started, sweeps);
  return sweeps;
}

const PRESENT = `select pg_relation_filenode(oid)::text as file_node, pg_current_snapshot()::text as seen, relkind as kind,
    pg_relation_size(oid) / current_setting('block_size')::bigint as pages, coalesce(pg_stat_get_tuples_deleted(oid), 0) as deleted
  from pg_class where oid = $1::regclass`;
const SEEN = `select file_node::text, seen::text, swept_seen::text, pages, deleted, sweep_ms,
    extract(epoch from clock_timestamp() - swept_at)::float8 * 1000 as since_sweep_ms
  from rollup.captures where table_name = $1`;

async function note(client: PoolClient, table: string, present: Present, ms: number, swept: boolean): Promise<void> {
  const { file_node, seen, pages, deleted } = present;
  await query(
    client,
    sql`insert into rollup.captures as c (table_name, file_node, seen, swept_seen, pages, deleted, captured_at, swept_at, sweep_ms)
      values (${table}, ${file_node ?? "0"}::oid, ${seen}::pg_snapshot, ${seen}::pg_snapshot, ${pages}, ${deleted}, clock_timestamp(), clock_timestamp(), ${ms})
      on conflict (table_name) do update set file_node = excluded.file_node, seen = excluded.seen,
        deleted = excluded.deleted, captured_at = excluded.captured_at,
        swept_seen = case when ${swept}::boolean then excluded.seen else c.swept_seen end,
        pages = case when ${swept}::boolean then excluded.pages else c.pages end,
        swept_at = case when ${swept}::boolean then excluded.swept_at else c.swept_at end,
        sweep_ms = case when ${swept}::boolean then excluded.sweep_ms else c.sweep_ms end`,
  );
}

interface Since {
  /** The snapshot of the last look: what lies from `page` on has been seen up to it … */
  readonly seen: string;
  /** … and what lies before, up to this one. */
  readonly sweptSeen: string;
  readonly page: number;
  /** Whether the whole table is read now. */
  readonly sweeps: boolean;
}

/**
 * The changed rows of a table, once for all streams, with the columns that tell which dates they concern. True when there are any.
 */
async function copyChanged(
  client: PoolClient,
  table: string,
  concerned: readonly Stream[],
  since: Since,
): Promise<boolean> {
  const columns = new Set<string>();
  for (const stream of concerned) for (const column of columnsNamed(stream, table)) columns.add(column);
  const { rowCount } = await query(
    client,
    sql`create temp table changed_rows on commit drop as select ${join([...columns].map(ident), ", ")}
      from ${ident(table)} x where ${isChanged("x", since)}`,
  );
  if (rowCount === 0) return false;
  await client.query("analyze pg_temp.changed_rows");
  return true;
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

/** A date on which something changed. */
export interface ChangedDay {
  readonly day: number;
  /** The first hour of it that did, milliseconds since the epoch; null = any. */
  readonly from: number | null;
}
export const whole = (day: number): ChangedDay => ({ day, from: null });

/** Dates, in every zone, of the stream's rows that a changed row of `table` concerns. */
async function changedDays(
  client: PoolClient,
  stream: Stream,
  table: string,
  state: RollupState,
  catalog: Catalog,
): Promise<ChangedDay[]> {
  const { fact } = stream;
  const scope = scopeOf(stream, 0);
  const zones = zonesOf(state.streams.get(stream.id)?.cuboids ?? [], catalog.zoned);
  const own = fact.table === table ? [{ alias: fact.alias, on: null }] : [];
  const joined = fact.joins.filter((one) => one.table === table).map(({ alias }) => ({ alias, on: null }));
  const touching = fact.touchedBy.filter((one) => one.table === table);
  const days = new Map<number, number>();
  for (const way of [...own, ...joined, ...touching]) {
    const { rows } = await query(client, concernedText(stream, scope, way, zones, await keyOf(client, stream)));
    for (const { day, from } of rows as { day: number; from: number }[])
      days.set(day, Math.min(from, days.get(day) ?? from));
  }
  return [...days].map(([day, from]) => ({ day, from }));
}

/** How a changed row is met: as the fact's own or a joined one by its alias, or by a condition of `touched_by`. */
interface Way {
  readonly alias: string;
  readonly on: CatalogSql | null;
}

const CHANGED = ident("pg_temp.changed_rows");

function concernedText(
  stream: Stream,
  scope: Scope,
  { alias, on }: Way,
  zones: readonly string[],
  key: readonly string[],
): SqlText {
  const { fact } = stream;
  const time = expression(stream.on, scope);
  const used = `${stream.on} ${on ?? ""} ${alias}.`;
  const tableOf = (name: string, table: string): SqlText =>
    sql`${on === null && name === alias ? CHANGED : ident(table)} ${ident(name)}`;
  const needed = `${used} ${joinsNeeded(fact.joins, used)}`;
  const joins = fact.joins
    .filter((one) => one.table !== null && one.on !== null && new RegExp(`\\b${one.alias}\\.`).test(needed))
    .map((one) => sql`join ${tableOf(one.alias, one.table as string)} on ${expression(one.on as CatalogSql, scope)}`);
  const dates = sql`(select count(distinct (${time} at time zone zone)::date) from unnest(${zones}::text[]) as zone)`;
  // Rows that wait for the watermark are read as they stand: a change of what they wait for makes nothing dirty.
  const waiting =
    on !== null && stream.settled.length > 0 && key.length > 0
      ? sql`and (select count(*) from ${ident(pendingTable(stream))} waiting where ${join(
          key.map((column) => sql`waiting.${ident(column)} = ${ident(fact.alias)}.${ident(column)}`),
          " and ",
        )}) < ${dates}`
      : nothing;
  return sql`select (extract(epoch from (concerned.at at time zone zone)::date) / 86400)::int as day,
      extract(epoch from min(concerned.at))::float8 * 1000 as from
    from (
      select distinct date_trunc('hour', ${time}) as at
      from ${on === null ? nothing : sql`${CHANGED} ${ident(alias)} cross join`} ${tableOf(fact.alias, fact.table)}
      ${join(joins, "\n")}
      where ${time} is not null ${on === null ? nothing : sql`and (${expression(on, scope)})`} ${waiting}
    ) concerned cross join unnest(${zones}::text[]) as zone
    group by 1`;
}

/** The conditions of the joins that a text needs, so that what they need is joined too. */
function joinsNeeded(joins: Stream["fact"]["joins"], used: string): string {
  let text = used;
  for (let step = 0; step < joins.length; step += 1) {
    text = `${used} ${joins
      .filter(({ alias }) => new RegExp(`\\b${alias}\\.`).test(text))
      .map(({ on }) => on ?? "")
      .join(" ")}`;
  }
  return text;
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
  const behind = sql`${ident(alias)}.ctid >= ${`(${page},0)`}::tid`;
  if (!sweeps) return sql`${behind} and ${isNew(alias, seen)}`;
  return sql`${isNew(alias, sweptSeen)} and (not ${behind} or (${isNew(alias, seen)}))`;
}

/** Notes dates that have to be made, or made anew. */
export async function markDirty(client: PoolClient, stream: Stream, days: readonly ChangedDay[]): Promise<void> {
  const froms = days.map(({ from }) => (from === null ? null : new Date(from).toISOString()));
  await query(
    client,
    sql`insert into rollup.units as u (stream, day, row_count, stray_count, has_hours, settled_through, build_ms, dirty_since)
      select ${stream.id}, day, 0, 0, false, to_timestamp(0), 0, clock_timestamp() from unnest(${days.map(({ day }) => dateOf(day))}::date[]) as day
      on conflict do nothing`,
  );
  await query(
    client,
    sql`update rollup.units u set dirty_since = coalesce(u.dirty_since, clock_timestamp()),
        dirty_from = case
          when changed.since is null or (u.dirty_since is not null and u.dirty_from is null) then null
          else least(u.dirty_from, changed.since)
        end
      from unnest(${days.map(({ day }) => dateOf(day))}::date[], ${froms}::timestamptz[]) as changed(day, since)
      where u.stream = ${stream.id} and u.day = changed.day`,
  );
}
