import type { Catalog } from "../../catalog/catalog.ts";
import type { CatalogSql } from "../../catalog/definition.ts";
import { limits } from "../../kernel/limits.ts";
import { expression, joinsFor } from "../compile-scope.ts";
import { zonesOf } from "../rollup/refresh.ts";
import { scopeOf } from "../rollup/scan.ts";
import type { RollupState } from "../rollup/state.ts";
import { pendingTable } from "../rollup/store.ts";
import { type Stream, tablesOf } from "../rollup/streams.ts";
import { instant } from "../spelling.ts";
import { fragment, ident, type SqlText, sql } from "../sql.ts";
import type { ClickhouseWriter } from "./engine.ts";
import { daysText } from "./fill.ts";
import { type Part, type PartChange, partChange } from "./parts.ts";
import { countingBuilds, markDirty, noteLook, serverNow, WHOLE_LOOK } from "./registry.ts";

/**
 * Finds what changed in the facts since the last look. ClickHouse writes every insert as a new part, so its list of parts says whether anything
 * came, at no cost; the rows of new parts say which dates they concern, and where a part was merged from old and new rows, `loaded_at` tells them
 * apart. Every such date becomes dirty, so that events answer it until it is made anew. The list is kept after the dates are marked: a
 * look that is killed is looked again.
 */
export async function lookForChanges(
  writer: ClickhouseWriter,
  streams: readonly Stream[],
  state: RollupState,
  catalog: Catalog,
): Promise<number> {
  const followed = streams.filter(({ id }) => (state.streams.get(id)?.cuboids.length ?? 0) > 0);
  const tables = new Set(followed.flatMap(tablesOf));
  const [seen, present, now] = [await readLooks(writer), await readParts(writer, tables), await serverNow(writer)];
  let dirty = 0;
  for (const table of tables) {
    const here = present.get(table) ?? { uuid: "", parts: [], hasLoadedAt: false, key: "", isReplicated: false };
    const last = seen.get(table);
    const change: PartChange = !last
      ? { kind: "none" }
      : last.uuid === here.uuid
        ? partChange(last.parts, here.parts, here.isReplicated)
        : { kind: "lost" };
    if (last && change.kind === "none") continue;
    const since = last && here.hasLoadedAt ? last.lookedAt - limits.clickhouseInsertMs : null;
    for (const stream of followed.filter((one) => tablesOf(one).includes(table))) {
      const key = present.get(stream.fact.table)?.key ?? "";
      const days = await concernedDays(writer, { stream, table, change, since, key }, state, catalog);
      await markDirty(writer, stream.id, days, now);
      dirty += days.length;
    }
    await noteLook(writer, table, now, here.uuid, here.parts);
  }
  if (now - (seen.get(WHOLE_LOOK)?.lookedAt ?? 0) >= limits.clickhouseLookNotedMs)
    await noteLook(writer, WHOLE_LOOK, now, "", []);
  return dirty;
}

interface Concern {
  readonly stream: Stream;
  readonly table: string;
  readonly change: PartChange;
  /** Rows of merged parts are new when they were loaded after it, milliseconds since the epoch; null = that is not known. */
  readonly since: number | null;
  /** Of the stream's table; empty = none. */
  readonly key: string;
}

async function concernedDays(
  writer: ClickhouseWriter,
  { stream, table, change, since, key }: Concern,
  state: RollupState,
  catalog: Catalog,
): Promise<readonly number[]> {
  const known = state.streams.get(stream.id);
  if (change.kind === "none" || !known) return [];
  if (change.kind === "lost") return [...known.units.keys()];
  const zones = zonesOf(known.cuboids, catalog.zoned);
  const days = new Set<number>();
  for (const text of concernedTexts(stream, table, changedRows(change, since), zones, key)) {
    for (const { day } of await writer.rows<{ day: number }>(text)) days.add(day);
  }
  return [...days];
}

type Changed = (alias: string) => SqlText;

/** Rows in parts that were not there; in one that was merged from old and new, those loaded since the last look, or all. */
const changedRows =
  ({ known, merged }: Extract<PartChange, { kind: "new" }>, since: number | null): Changed =>
  (alias) => {
    const [part, name] = [sql`${ident(alias)}._part`, ident(alias)];
    const isNew = sql`${part} not in ${known}`;
    if (since === null || merged.length === 0) return isNew;
    return sql`${isNew} and (${part} not in ${merged} or ${name}.loaded_at > ${instant(since)})`;
  };

/** The ways in which a row of `table` can concern rows of a stream: it is one, it is joined to some, or the fact says which it touches. */
function concernedTexts(
  stream: Stream,
  table: string,
  changed: Changed,
  zones: readonly string[],
  key: string,
): SqlText[] {
  const { fact } = stream;
  const scope = scopeOf(stream, 0);
  const joined = (used: readonly (string | null)[]): SqlText =>
    joinsFor(scope, [stream.on, ...used] as readonly (CatalogSql | null)[]);
  const days = daysText(stream, zones, scope);
  const select = (from: SqlText, where: SqlText): SqlText =>
    // Older versions of a row concern dates too, so `final` is left out.
    sql`select distinct toInt32(arrayJoin(${days})) as day ${from} where ${where} and ${expression(stream.on, scope)} is not null settings final = 0`;
  const rows = sql`from ${ident(fact.table)} ${ident(fact.alias)}`;
  return [
    ...(fact.table === table ? [select(sql`${rows} ${joined([])}`, changed(fact.alias))] : []),
    ...fact.joins
      .filter((one) => one.table === table)
      .map(({ alias }) => select(sql`${rows} ${joined([`${alias}.x`])}`, changed(alias))),
    ...fact.touchedBy
      .filter((one) => one.table === table)
      .map(({ alias, on }) =>
        select(
          sql`from ${notWaiting(stream, days, key)} ${ident(fact.alias)} ${joined([on])}
            cross join (select ${ident(alias)}.* from ${ident(table)} ${ident(alias)} where ${changed(alias)}) ${ident(alias)}`,
          sql`(${expression(on, scope)})`,
        ),
      ),
  ];
}

/** The fact's rows but those that wait for the watermark in all their dates: they are read as they stand, whatever touches them. */
function notWaiting(stream: Stream, days: SqlText, sortingKey: string): SqlText {
  const { fact, settled } = stream;
  const name = ident(fact.alias);
  if (settled.length === 0 || sortingKey === "" || !stream.on.startsWith(`${fact.alias}.`)) return ident(fact.table);
  const key = fragment(sortingKey as CatalogSql);
  return sql`(select ${name}.* from ${ident(fact.table)} ${name} where (cityHash64(${key}), length(${days})) not in (
    select cityHash64(${key}), uniqExact(rollup_day) from ${ident(pendingTable(stream))}
    where build in (${countingBuilds(stream)}) group by 1))`;
}

interface Present {
  readonly uuid: string;
  readonly parts: readonly Part[];
  readonly hasLoadedAt: boolean;
  /** Expressions that tell a row from every other one. */
  readonly key: string;
  readonly isReplicated: boolean;
}

async function readParts(writer: ClickhouseWriter, tables: ReadonlySet<string>): Promise<Map<string, Present>> {
  const names = [...tables];
  const found = await writer.rows<{
    name: string;
    id: string;
    key: string;
    has_loaded_at: number;
    replicated: number;
  }>(
    sql`select concat(database, '.', name) as name, toString(uuid) as id, sorting_key as key, startsWith(engine, 'Replicated') as replicated,
        concat(database, '.', name) in (select concat(database, '.', table) from system.columns where name = 'loaded_at') as has_loaded_at
      from system.tables where concat(database, '.', name) in ${names}`,
  );
  const parts = await writer.rows<Part & { readonly table: string }>(
    sql`select concat(database, '.', table) as table, name, partition_id as partition, toInt64(min_block_number) as first,
        toInt64(max_block_number) as last, toInt64(data_version) as version
      from system.parts where active and concat(database, '.', table) in ${names}`,
  );
  return new Map(
    found.map(({ name, id, key, has_loaded_at, replicated }) => [
      name,
      {
        uuid: id,
        key,
        isReplicated: replicated === 1,
        hasLoadedAt: has_loaded_at === 1,
        parts: parts.filter(({ table }) => table === name).map(({ table: _, ...part }) => part),
      },
    ]),
  );
}

interface Look {
  readonly uuid: string;
  readonly lookedAt: number;
  readonly parts: readonly Part[];
}

async function readLooks(writer: ClickhouseWriter): Promise<Map<string, Look>> {
  const rows = await writer.rows<{ table_name: string; uuid: string; at: number; parts: string }>(
    sql`select table_name, uuid, toUnixTimestamp64Milli(looked_at) as at, parts from rollup.looks`,
  );
  return new Map(
    rows.map(({ table_name, uuid, at, parts }) => [
      table_name,
      { uuid, lookedAt: at, parts: JSON.parse(parts) as Part[] },
    ]),
  );
}
