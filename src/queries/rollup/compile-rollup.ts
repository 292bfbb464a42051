import { limits } from "../../kernel/limits.ts";
import { groups } from "../compile.ts";
import { dimensionValue, type Scope } from "../compile-scope.ts";
import { clockOfZone, instantBucket, wallBucket } from "../local-clock.ts";
import { type Query, readCells } from "../read-cells.ts";
import { ident, join, nothing, type SqlText, sql } from "../sql.ts";
import { dateOf, HOUR } from "./calendar.ts";
import type { Cover } from "./cover.ts";
import { cellTable } from "./store.ts";

/** The cells of a cover, added up: one row per combination of split values and bucket, as the statement over events gives it. */
export function compileRollup(cover: Cover, scope: Scope): Query {
  const { reading } = cover;
  const text = reading.histogram === null ? numbersText(cover, scope) : histogramText(cover, scope, reading.histogram);
  const { kind } = reading.measure;
  if (kind === "pairs") throw new RangeError("pairs are not rolled up");
  return { text, source: "rollup", read: (rows) => readCells(rows, scope.by.length, kind) };
}

const column = (slot: number): SqlText => ident(`s${slot}`);
const sums = (cover: Cover): SqlText =>
  join(
    Object.entries(cover.reading.numbers).map(
      ([name, slot]) => sql`coalesce(sum(${column(slot)}), 0)::float8 as ${ident(name)}`,
    ),
    ", ",
  );

function numbersText(cover: Cover, scope: Scope): SqlText {
  const { shown, by } = groups(scope);
  const slots = [...new Set([...Object.values(cover.reading.numbers), cover.reading.presence])].map(column);
  const having = shown.length > 0 ? sql`having sum(${column(cover.reading.presence)}) > 0` : nothing;
  return sql`select ${join([...shown, sums(cover)], ", ")}
    from (${cellsText(cover, scope, slots)}) rows
    ${by}
    ${having}
    limit ${limits.rowsMax + 1}`;
}

/** Bins of all cells by key, then as arrays; the cells' numbers go along as rows without a bin. */
function histogramText(cover: Cover, scope: Scope, histogram: number): SqlText {
  const { shown, names, by } = groups(scope);
  const { numbers, presence } = cover.reading;
  const slots = [...new Set([...Object.values(numbers), presence])].map(column);
  const arrays = ["bins", "events", "censored", "seconds"].map((part) => ident(`h${histogram}_${part}`));
  const key = names.map((name) => sql`${name}, `);
  const nulls = (count: number): SqlText =>
    join(
      Array.from({ length: count }, () => sql`null`),
      ", ",
    );
  const having = shown.length > 0 ? sql`having sum(${column(presence)}) > 0` : nothing;
  const inBin = sql`filter (where bin is not null)`;
  return sql`with cells as materialized (${cellsText(cover, scope, [...slots, ...arrays])})
    select ${join([...shown, sums(cover)], ", ")}, array_agg(bin::float8 order by bin) ${inBin} as bins,
      array_agg(events order by bin) ${inBin} as events, array_agg(censored order by bin) ${inBin} as censored,
      array_agg(seconds order by bin) ${inBin} as seconds
    from (
      select ${join(key, "\n")} ${join(slots, ", ")}, null::smallint as bin, null::float8 as events, null::float8 as censored, null::float8 as seconds
      from cells
      union all
      select ${join(key, "\n")} ${nulls(slots.length)}, bin, sum(events)::float8, sum(censored)::float8, sum(seconds)
      from cells cross join lateral unnest(${join(arrays, ", ")}) as bins(bin, events, censored, seconds)
      group by ${join([...names, sql`bin`], ", ")}
    ) rows
    ${by}
    ${having}
    limit ${limits.rowsMax + 1}`;
}

/** The cells themselves: the split's columns, the bucket, and what is added up. */
function cellsText({ stream, cuboid, rolled }: Cover, scope: Scope, columns: readonly SqlText[]): SqlText {
  const isHourly = cuboid.calendar === HOUR;
  const grain = scope.when.kind === "period" ? scope.when.grain : "total";
  const at = (id: string): SqlText => ident(`d${cuboid.dimensions.indexOf(id) + 1}`);
  const keys = scope.by.map((id, index) => sql`${at(id)} as ${ident(`k${index + 1}`)}`);
  const bucket = isHourly
    ? instantBucket(sql`t`, clockOfZone(scope.zoning.zone), grain)
    : grain === "total" || grain === "hour"
      ? null
      : wallBucket(sql`t::timestamp`, grain);
  const ranges = rolled.map(({ from, to }) =>
    isHourly
      ? sql`(t >= ${iso(from)}::timestamptz and t < ${iso(to)}::timestamptz)`
      : sql`(t >= ${dateOf(from)}::date and t < ${dateOf(to)}::date)`,
  );
  const filters = scope.filters.map((filter) => sql` and ${dimensionValue(at(filter.dimension), filter)}`);
  return sql`select ${join([...keys, ...(bucket ? [bucket] : []), ...columns], ", ")}
    from ${ident(cellTable(stream, isHourly ? "hour" : "day"))}
    where cuboid = ${cuboid.id} and (${join(ranges, " or ")})${join(filters, "\n")}`;
}

const iso = (hour: number): string => new Date(hour * 3_600_000).toISOString();
