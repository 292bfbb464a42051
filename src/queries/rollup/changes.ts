import type { PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { limits } from "../../kernel/limits.ts";
import { sql } from "../sql.ts";
import { type ChangedDay, changedDays, markDirty, whole } from "./changed-days.ts";
import { copyChanged } from "./changed-rows.ts";
import { moveOn, zonesOf } from "./refresh.ts";
import { type RollupState, readState } from "./state.ts";
import { dropTables, query } from "./store.ts";
import { type Stream, type Streams, tablesOf } from "./streams.ts";

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
  const page = Math.max(0, Number(last.pages) - END_PAGES);
  const copied = await copyChanged(client, table, concerned, {
    seen: last.seen,
    sweptSeen: last.swept_seen,
    page,
    sweeps,
  });
  for (const stream of copied.any ? concerned : []) {
    const days = await changedDays(client, stream, table, state, catalog);
    if (days.length === 0) continue;
    await markDirty(client, stream, days);
    dirty.set(stream.id, (dirty.get(stream.id) ?? 0) + days.length);
  }
  await client.query("drop table if exists pg_temp.changed_rows");
  await note(client, table, present, performance.now() - started, sweeps, copied.within);
  return sweeps;
}

/** The end of a table begins before its last page, for PostgreSQL lays on up to 64 pages at once and fills them afterwards. */
const END_PAGES = 65;

const PRESENT = `select pg_relation_filenode(oid)::text as file_node, pg_current_snapshot()::text as seen, relkind as kind,
    pg_relation_size(oid) / current_setting('block_size')::bigint as pages, coalesce(pg_stat_get_tuples_deleted(oid), 0) as deleted
  from pg_class where oid = $1::regclass`;
const SEEN = `select file_node::text, seen::text, swept_seen::text, pages, deleted, sweep_ms,
    extract(epoch from clock_timestamp() - swept_at)::float8 * 1000 as since_sweep_ms
  from rollup.captures where table_name = $1`;

/** The instant of a whole reading is that of its snapshot: what is committed while it reads is not seen. */
async function note(
  client: PoolClient,
  table: string,
  present: Present,
  ms: number,
  swept: boolean,
  within = false,
): Promise<void> {
  const { file_node, seen, pages, deleted } = present;
  await query(
    client,
    sql`insert into rollup.captures as c (table_name, file_node, seen, swept_seen, pages, deleted, captured_at, swept_at, sweep_ms, written_within_at)
      values (${table}, ${file_node ?? "0"}::oid, ${seen}::pg_snapshot, ${seen}::pg_snapshot, ${pages}, ${deleted}, clock_timestamp(), now(), ${ms}, case when ${within}::boolean then now() end)
      on conflict (table_name) do update set file_node = excluded.file_node, seen = excluded.seen,
        deleted = excluded.deleted, captured_at = excluded.captured_at,
        swept_seen = case when ${swept}::boolean then excluded.seen else c.swept_seen end,
        pages = case when ${swept}::boolean then excluded.pages else c.pages end,
        swept_at = case when ${swept}::boolean then excluded.swept_at else c.swept_at end,
        sweep_ms = case when ${swept}::boolean then excluded.sweep_ms else c.sweep_ms end,
        written_within_at = coalesce(excluded.written_within_at, c.written_within_at)`,
  );
}
