import type { PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { expression } from "../compile-scope.ts";
import { ident, join, sql } from "../sql.ts";
import { dateOf, HOUR, OWN, spanOfDays } from "./calendar.ts";
import type { CellGroup } from "./cell-groups.ts";
import type { Cuboid } from "./cuboids.ts";
import { type Fold, Pass } from "./fold.ts";
import { isByIndex, type Read, rowsWithin, scanText, scopeOf, withoutParameters } from "./scan.ts";
import { cellTable, pendingTable, query, readLines, writeCells } from "./store.ts";

/** Dates of a stream that are made in one go, half-open, as day numbers. */
export interface Dates {
  readonly first: number;
  readonly end: number;
}

/** A stream of a pass, with the watermark that its rows are read as of. */
export interface RefreshTarget extends Read {
  readonly cuboids: readonly Cuboid[];
  readonly rowsADay: number;
}

export interface RefreshOptions {
  readonly zoned: Catalog["zoned"];
  /** First date that keeps its hours. */
  readonly hoursFrom: number;
}

export interface Refreshed {
  readonly rows: number;
  readonly cells: number;
}

/**
 * Makes the cells of some dates anew for the streams of a pass, in one transaction on one snapshot: readers see all of the old cells or all of
 * the new ones, and a process that is killed leaves the old ones. The dates are clean afterwards as of that snapshot.
 */
export async function refreshDates(
  client: PoolClient,
  targets: readonly RefreshTarget[],
  dates: Dates,
  options: RefreshOptions,
): Promise<Refreshed> {
  const started = performance.now();
  await client.query("begin isolation level repeatable read");
  try {
    await client.query("set local statement_timeout = 0");
    const { folds, rows } = await scanned(client, targets, dates, options.zoned);
    let cells = 0;
    for (const [index, target] of targets.entries()) {
      const fold = folds[index] as Fold;
      await clear(client, target, dates);
      const [days, hours] = splitByTable(fold.groups(), options.hoursFrom);
      cells += await writeCells(client, target.stream, "day", days);
      cells += await writeCells(client, target.stream, "hour", hours);
      if (target.stream.settled.length > 0)
        await writePending(client, target, dates, options.zoned, fold.passedOver() > 0);
    }
    const msEach = (performance.now() - started) / (dates.end - dates.first) / targets.length;
    for (const [index, target] of targets.entries()) {
      await noteUnits(client, target, dates, folds[index] as Fold, options.hoursFrom, msEach);
    }
    await moveOn(client);
    await client.query("commit");
    return { rows, cells };
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw cause;
  }
}

/** All rows that belong to the dates in some calendar, folded for each target; within a transaction. */
export async function scanned(
  client: PoolClient,
  targets: readonly RefreshTarget[],
  dates: Dates,
  zoned: Catalog["zoned"],
): Promise<{ readonly folds: readonly Fold[]; readonly rows: number }> {
  const pass = new Pass({
    targets,
    zoned,
    ...dates,
    rowsADay: Math.max(...targets.map(({ rowsADay }) => rowsADay)),
  });
  const cuboids = targets.flatMap((target) => target.cuboids);
  const text = withoutParameters(scanText(targets, spanOfDays(dates.first, dates.end, zonesOf(cuboids, zoned))));
  const byIndex = isByIndex(targets.map(({ stream }) => stream)) ? "off" : "on";
  await client.query(`set local enable_hashjoin = ${byIndex}; set local enable_mergejoin = ${byIndex}`);
  const rows = await readLines(client, text, (buffer, start, end) => pass.push(buffer, start, end));
  return { folds: pass.folds, rows };
}

/** Every zone whose days the cells are of. */
export function zonesOf(cuboids: readonly Cuboid[], zoned: Catalog["zoned"]): string[] {
  const named = cuboids.map(({ calendar }) => calendar).filter((calendar) => calendar !== OWN && calendar !== HOUR);
  return [...new Set(["UTC", ...named, ...(zoned?.zones.values() ?? [])])];
}

async function clear(client: PoolClient, { stream, cuboids }: RefreshTarget, dates: Dates): Promise<void> {
  const [from, to] = [dateOf(dates.first), dateOf(dates.end)];
  const ids = cuboids.map(({ id }) => id);
  await query(
    client,
    sql`delete from ${ident(cellTable(stream, "day"))} where cuboid = any(${ids}::smallint[]) and t >= ${from}::date and t < ${to}::date`,
  );
  await query(
    client,
    sql`delete from ${ident(cellTable(stream, "hour"))} where cuboid = any(${ids}::smallint[])
      and t >= ${`${from}T00:00Z`}::timestamptz and t < ${`${to}T00:00Z`}::timestamptz`,
  );
}

/** Daily groups at once, hourly ones kept for after: COPY fills one table at a time. */
function splitByTable(groups: Iterable<CellGroup>, hoursFrom: number): [CellGroup[], CellGroup[]] {
  const [days, hours]: [CellGroup[], CellGroup[]] = [[], []];
  for (const group of groups) {
    if (group.cuboid.calendar !== HOUR) days.push(group);
    else if (group.time >= hoursFrom * 24) hours.push(group);
  }
  return [days, hours];
}

/**
 * Rows that a later watermark can still change, as they stand, for each date that they belong to in some calendar. Where the scan passed no
 * row over (`some`), there is none to look for.
 */
async function writePending(
  client: PoolClient,
  { stream, cuboids, through }: RefreshTarget,
  dates: Dates,
  zoned: Catalog["zoned"],
  some: boolean,
): Promise<void> {
  const [from, to] = [sql`${dateOf(dates.first)}::date`, sql`${dateOf(dates.end)}::date`];
  const table = ident(pendingTable(stream));
  await query(client, sql`delete from ${table} where rollup_day >= ${from} and rollup_day < ${to}`);
  if (!some) return;
  const scope = scopeOf(stream, through);
  const zones = zonesOf(cuboids, zoned);
  const settled = join(
    stream.settled.map((one) => sql`(${expression(one, scope)})`),
    " and ",
  );
  const lateral = sql`cross join lateral (select distinct (${expression(stream.on, scope)} at time zone zone)::date as day
      from unnest(${zones}::text[]) as zone) own`;
  const conditions = [sql`own.day >= ${from} and own.day < ${to}`, sql`not (${settled})`];
  const span = spanOfDays(dates.first, dates.end, zones);
  await query(
    client,
    sql`insert into ${table} select ${ident(stream.fact.alias)}.*, own.day
      ${rowsWithin(stream, scope, span, stream.settled, conditions, lateral)}`,
  );
}

async function noteUnits(
  client: PoolClient,
  { stream, through }: RefreshTarget,
  dates: Dates,
  fold: Fold,
  hoursFrom: number,
  msEach: number,
): Promise<void> {
  const days = Array.from({ length: dates.end - dates.first }, (_, at) => dates.first + at);
  const counts = days.map((day) => fold.rows.get(day) ?? { rows: 0, strays: 0 });
  const latest = days.map((day) => {
    // A date of another zone reaches into the UTC dates on either side.
    const seconds = [day - 1, day, day + 1].flatMap((near) => fold.rows.get(near)?.latest ?? []);
    return seconds.length === 0 ? null : new Date((Math.max(...seconds) + 1) * 1_000).toISOString();
  });
  await query(
    client,
    sql`insert into rollup.units (stream, day, row_count, stray_count, has_hours, settled_through, build_ms, latest)
      select ${stream.id}, day, rows, strays, hours, ${new Date(through).toISOString()}, ${msEach}, latest
      from unnest(${days.map(dateOf)}::date[], ${counts.map(({ rows }) => rows)}::bigint[],
        ${counts.map(({ strays }) => strays)}::bigint[], ${days.map((day) => day >= hoursFrom)}::boolean[], ${latest}::timestamptz[]) as made(day, rows, strays, hours, latest)
      on conflict (stream, day) do update set row_count = excluded.row_count, stray_count = excluded.stray_count,
        has_hours = excluded.has_hours, settled_through = excluded.settled_through, built_at = now(),
        build_ms = excluded.build_ms, latest = excluded.latest, dirty_since = null, dirty_from = null`,
  );
}

/** Tells every reader that what it knows about the roll-ups is old. */
export async function moveOn(client: PoolClient): Promise<void> {
  await client.query("update rollup.generation set generation = generation + 1, changed_at = clock_timestamp()");
}
