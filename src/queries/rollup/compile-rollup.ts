import { limits } from "../../kernel/limits.ts";
import { groups } from "../compile.ts";
import { dimensionValue, instantScope, type Scope } from "../compile-scope.ts";
import { clockOfZone, instantBucket, wallBucket } from "../local-clock.ts";
import { type Query, readCells } from "../read-cells.ts";
import { date, float, instant } from "../spelling.ts";
import { ident, join, nothing, type SqlText, spelled, sql } from "../sql.ts";
import { dateOf, HOUR } from "./calendar.ts";
import type { Cover, HourPart } from "./cover.ts";
import { cellTable } from "./store.ts";

/** Where cells come from: a statement of the split's columns, the bucket, and the columns named. */
type Source = (columns: readonly SqlText[]) => SqlText;

/**
 * The cells of a cover, added up: one row per combination of split values and bucket, as the statement over events gives it. `where`:
 * further conditions on the cells.
 */
export function compileRollup(cover: Cover, scope: Scope, where: readonly SqlText[]): Query {
  return addedUp(cover, scope, (columns) => cellsText(cover, scope, columns, where), isCellEach(cover, scope));
}

/** The same of hours of a date that goes on, in each row's own days where the question counts in them. */
export function compileHours(cover: Cover, part: HourPart, scope: Scope, where: readonly SqlText[]): Query {
  return addedUp(cover, scope, (columns) => hoursText(cover, part, scope, columns, where), false);
}

function addedUp(cover: Cover, scope: Scope, source: Source, isCell: boolean): Query {
  const { histogram, measure } = cover.reading;
  const text =
    histogram === null
      ? numbersText(cover, scope, source)
      : spelled({
          postgres: isCell
            ? ownHistogramText(cover, scope, histogram, source)
            : histogramText(cover, scope, histogram, source),
          clickhouse: mapText(cover, scope, histogram, source),
        });
  const { kind } = measure;
  if (kind === "pairs") throw new RangeError("pairs are not rolled up");
  return { text, source: "rollup", read: (rows) => readCells(rows, scope.by.length, kind) };
}

const column = (slot: number): SqlText => ident(`s${slot}`);
const sums = (cover: Cover): SqlText =>
  join(
    Object.entries(cover.reading.numbers).map(
      ([name, slot]) => sql`${float(sql`coalesce(sum(${column(slot)}), 0)`)} as ${ident(name)}`,
    ),
    ", ",
  );
const slotsOf = ({ reading }: Cover): SqlText[] =>
  [...new Set([...Object.values(reading.numbers), reading.presence])].map(column);
const hasRows = ({ reading }: Cover): SqlText => sql`having sum(${column(reading.presence)}) > 0`;

function numbersText(cover: Cover, scope: Scope, source: Source): SqlText {
  const { shown, by } = groups(scope);
  return sql`select ${join([...shown, sums(cover)], ", ")}
    from (${source(slotsOf(cover))}) rows
    ${by}
    ${shown.length > 0 ? hasRows(cover) : nothing}
    limit ${limits.rowsMax + 1}`;
}

/** Whether each combination of split values and bucket is one cell: then there is nothing to add up. */
function isCellEach({ cuboid }: Cover, scope: Scope): boolean {
  const grain = scope.when.kind === "period" ? scope.when.grain : "total";
  return (
    grain === (cuboid.calendar === HOUR ? "hour" : "day") &&
    cuboid.dimensions.length === scope.by.length &&
    cuboid.dimensions.every((dimension) => scope.by.includes(dimension))
  );
}

/** Cells with their bins as they stand: hours of a month would be millions of bins to take apart and put together again. */
function ownHistogramText(cover: Cover, scope: Scope, histogram: number, source: Source): SqlText {
  const { shown } = groups(scope);
  const part = (name: string): SqlText => ident(`h${histogram}_${name}`);
  const numbers = Object.entries(cover.reading.numbers).map(
    ([name, slot]) => sql`coalesce(${column(slot)}, 0)::float8 as ${ident(name)}`,
  );
  const arrays = ["bins", "events", "censored", "seconds"].map(
    (name) => sql`${part(name)}::float8[] as ${ident(name)}`,
  );
  const columns = [...slotsOf(cover), ...["bins", "events", "censored", "seconds"].map(part)];
  return sql`select ${join([...shown, ...numbers, ...arrays], ", ")}
    from (${source(columns)}) rows
    where ${column(cover.reading.presence)} > 0
    limit ${limits.rowsMax + 1}`;
}

/** Bins of all cells by key, then as arrays; the cells' numbers go along as rows without a bin. */
function histogramText(cover: Cover, scope: Scope, histogram: number, source: Source): SqlText {
  const { shown, names, by } = groups(scope);
  const slots = slotsOf(cover);
  const arrays = ["bins", "events", "censored", "seconds"].map((part) => ident(`h${histogram}_${part}`));
  const key = names.map((name) => sql`${name}, `);
  const nulls = (count: number): SqlText =>
    join(
      Array.from({ length: count }, () => sql`null`),
      ", ",
    );
  const inBin = sql`filter (where bin is not null)`;
  return sql`with cells as materialized (${source([...slots, ...arrays])})
    select ${join([...shown, sums(cover)], ", ")}, array_agg(bin::float8 order by bin) ${inBin} as bins,
      array_agg(events order by bin) ${inBin} as events, array_agg(censored order by bin) ${inBin} as censored,
      array_agg(seconds order by bin) ${inBin} as seconds
    from (
      select ${join(key, "\n")} ${join(slots, ", ")}, null::smallint as bin, null::float8 as events, null::float8 as censored, null::float8 as seconds
      from cells
      union all
      select ${join(key, "\n")} ${nulls(slots.length)}, bin, sum(events)::float8, coalesce(sum(censored), 0)::float8, sum(seconds)
      from cells cross join lateral unnest(${join(arrays, ", ")}) as bins(bin, events, censored, seconds)
      group by ${join([...names, sql`bin`], ", ")}
    ) rows
    ${by}
    ${shown.length > 0 ? hasRows(cover) : nothing}
    limit ${limits.rowsMax + 1}`;
}

/** The same on ClickHouse, where a cell's bins are one map that adds as a whole. */
function mapText(cover: Cover, scope: Scope, histogram: number, source: Source): SqlText {
  const { shown, names, by } = groups(scope);
  const map = ident(`h${histogram}`);
  const part = (at: number): SqlText => sql`tupleElement(${map}, ${at})`;
  const numbers = Object.keys(cover.reading.numbers).map(ident);
  return sql`select ${join([...names, ...numbers], ", ")}, tupleElement(added, 1) as bins,
      tupleElement(added, 2) as events, tupleElement(added, 3) as censored, tupleElement(added, 4) as seconds
    from (
      select ${join([...shown, sums(cover)], ", ")}, sumMap(${join([1, 2, 3, 4].map(part), ", ")}) as added
      from (${source([...slotsOf(cover), map])}) rows
      ${by}
      ${shown.length > 0 ? hasRows(cover) : nothing}
      limit ${limits.rowsMax + 1}
    ) rows`;
}

/** The cells themselves: the split's columns, the bucket, and what is added up. */
function cellsText(
  { stream, cuboid, rolled }: Cover,
  scope: Scope,
  columns: readonly SqlText[],
  where: readonly SqlText[],
): SqlText {
  const isHourly = cuboid.calendar === HOUR;
  const grain = scope.when.kind === "period" ? scope.when.grain : "total";
  const at = (id: string): SqlText => ident(`d${cuboid.dimensions.indexOf(id) + 1}`);
  const keys = scope.by.map((id, index) => sql`${at(id)} as ${ident(`k${index + 1}`)}`);
  const bucket = isHourly
    ? instantBucket(sql`t`, clockOfZone(scope.zoning.zone), grain)
    : grain === "total" || grain === "hour"
      ? null
      : wallBucket(spelled({ postgres: sql`t::timestamp`, clickhouse: sql`t` }), grain);
  const bound = (time: number): SqlText => (isHourly ? instant(time * 3_600_000) : date(dateOf(time)));
  const ranges = rolled.map(({ from, to }) => sql`(t >= ${bound(from)} and t < ${bound(to)})`);
  const conditions = [
    sql`cuboid = ${cuboid.id} and (${join(ranges, " or ")})`,
    ...where,
    ...scope.filters.map((filter) => dimensionValue(at(filter.dimension), filter)),
  ];
  return sql`select ${join([...keys, ...(bucket ? [bucket] : []), ...columns], ", ")}
    from ${ident(cellTable(stream, isHourly ? "hour" : "day"))}
    where ${join(conditions, " and ")}`;
}

/** Hours of UTC as instants, which meet the period and the days that count as a row's instant does. */
function hoursText(
  { stream }: Cover,
  { cuboid, period, range }: HourPart,
  scope: Scope,
  columns: readonly SqlText[],
  where: readonly SqlText[],
): SqlText {
  const grain = scope.when.kind === "period" ? scope.when.grain : "total";
  const at = (id: string): SqlText => ident(`d${cuboid.dimensions.indexOf(id) + 1}`);
  const timed = instantScope(sql`t`, at, scope, period, grain);
  const keys = scope.by.map((id, index) => sql`${at(id)} as ${ident(`k${index + 1}`)}`);
  const conditions = [
    sql`cuboid = ${cuboid.id}`,
    ...timed.conditions,
    sql`t < ${instant(range.to * 3_600_000)}`,
    ...where,
    ...scope.filters.map((filter) => dimensionValue(at(filter.dimension), filter)),
  ];
  return sql`select ${join([...keys, ...(timed.bucket ? [timed.bucket] : []), ...columns], ", ")}
    from ${ident(cellTable(stream, "hour"))}
    ${timed.join}
    where ${join(conditions, " and ")}`;
}
