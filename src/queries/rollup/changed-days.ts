import type { PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import type { CatalogSql } from "../../catalog/definition.ts";
import { expression, type Scope } from "../compile-scope.ts";
import { ident, join, nothing, type SqlText, sql } from "../sql.ts";
import { dateOf } from "./calendar.ts";
import { CHANGED_ROWS } from "./changed-rows.ts";
import { zonesOf } from "./refresh.ts";
import { scopeOf } from "./scan.ts";
import type { RollupState } from "./state.ts";
import { keyOf, pendingTable, query } from "./store.ts";
import type { Stream } from "./streams.ts";

/** A date on which something changed. */
export interface ChangedDay {
  readonly day: number;
  /** The first hour of it that did, milliseconds since the epoch; null = any. */
  readonly from: number | null;
}
export const whole = (day: number): ChangedDay => ({ day, from: null });

/** Dates, in every zone, of the stream's rows that a changed row of `table` concerns. */
export async function changedDays(
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
    sql`${on === null && name === alias ? CHANGED_ROWS : ident(table)} ${ident(name)}`;
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
      from ${on === null ? nothing : sql`${CHANGED_ROWS} ${ident(alias)} cross join`} ${tableOf(fact.alias, fact.table)}
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
