import type { CatalogSql } from "../../catalog/definition.ts";
import { binOf } from "../compile.ts";
import { expression, type Scope } from "../compile-scope.ts";
import { clockOfZone, localDay } from "../local-clock.ts";
import type { Span } from "../periods.ts";
import { dateOf, HOUR, OWN, spanOfDays } from "../rollup/calendar.ts";
import type { Cuboid } from "../rollup/cuboids.ts";
import { type Dates, type RefreshOptions, type RefreshTarget, zonesOf } from "../rollup/refresh.ts";
import { rowsWithin, scanOf, scopeOf } from "../rollup/scan.ts";
import { cellTable, pendingTable } from "../rollup/store.ts";
import type { Stream } from "../rollup/streams.ts";
import { date, isAmong, secondsBetween, text } from "../spelling.ts";
import { all, ident, join, type SqlText, sql } from "../sql.ts";
import type { ClickhouseWriter } from "./engine.ts";
import type { Built } from "./registry.ts";

export interface Fill extends Omit<RefreshTarget, "rowsADay">, RefreshOptions {
  readonly dates: Dates;
  /** The number of the first date's build; each next date's is one more. */
  readonly firstBuild: number;
}

/** Writes the cells of some dates, and the rows that wait for the watermark, as builds that nobody reads before they are noted. */
export async function fill(writer: ClickhouseWriter, of: Fill): Promise<readonly Built[]> {
  for (const calendar of new Set(of.cuboids.map((cuboid) => cuboid.calendar))) {
    const ofCalendar = of.cuboids.filter((cuboid) => cuboid.calendar === calendar);
    for (const histograms of [false, true]) {
      const cuboids = ofCalendar.filter((cuboid) => cuboid.histograms === histograms);
      if (cuboids.length > 0) await writer.command(cellsText(of, calendar, cuboids, histograms));
    }
  }
  if (of.stream.settled.length > 0) await writePending(writer, of);
  return countRows(writer, of);
}

const spanOf = ({ dates, cuboids, zoned }: Fill): Span => spanOfDays(dates.first, dates.end, zonesOf(cuboids, zoned));
const settledIn = ({ settled }: Stream, scope: Scope): SqlText[] =>
  settled.map((one) => sql`(${expression(one, scope)})`);

/** One pass over the rows for all cuboids of a calendar: a grouping set each. */
function cellsText(of: Fill, calendar: string, cuboids: readonly Cuboid[], histograms: boolean): SqlText {
  const { stream, dates, firstBuild, hoursFrom, through } = of;
  const scope = scopeOf(stream, through);
  const used = stream.dimensions.filter((id) => cuboids.some(({ dimensions }) => dimensions.includes(id)));
  const value = (id: string): SqlText => ident(`v${used.indexOf(id)}`);
  const row = rowColumns(stream, scope, histograms);
  const day = calendar === HOUR ? sql`toDate(t)` : sql`t`;
  const slots = stream.slots.map((_, at) => ident(`s${at}`));
  const maps = histograms ? stream.histograms.map((_, at) => ident(`h${at}`)) : [];
  const first = calendar === HOUR ? Math.max(dates.first, hoursFrom) : dates.first;
  return sql`insert into ${ident(cellTable(stream, calendar === HOUR ? "hour" : "day"))}
      (build, cuboid, t, d1, d2, d3, ${join([...slots, ...maps], ", ")})
    select ${firstBuild} + (toInt32(${day}) - ${dates.first}), transform(shape, ${cuboids.map((one) => shapeOf(one, used))},
        ${cuboids.map(({ id }) => id)}, -1), t, ${join(
          [0, 1, 2].map((at) => placed(cuboids, used, at, value)),
          ", ",
        )},
      ${join([...slots, ...maps], ", ")}
    from (
      select t, ${join([...used.map(value), sql`${shape(used.map(value))} as shape`, ...row.sums], ", ")}
      from (
        select ${join([sql`${timeOf(of, calendar, scope)} as t`, ...used.map((id) => sql`${dimensionText(stream, id, scope)} as ${value(id)}`), ...row.columns], ", ")}
        ${rowsWithin(stream, scope, spanOf(of), row.used, settledIn(stream, scope))}
      ) rows
      where t is not null and ${day} >= ${date(dateOf(first))} and ${day} < ${date(dateOf(dates.end))}
      group by grouping sets (${join(
        cuboids.map(({ dimensions }) => sql`(${join([sql`t`, ...dimensions.map(value)], ", ")})`),
        ", ",
      )})
    ) cells`;
}

/** `grouping`: a bit for each value, the first one the highest, that is 1 where the value is not grouped by. */
const shape = (values: readonly SqlText[]): SqlText =>
  values.length === 0 ? sql`0` : sql`toInt64(grouping(${join(values, ", ")}))`;
const shapeOf = ({ dimensions }: Cuboid, used: readonly string[]): number =>
  used.reduce((bits, id) => bits * 2 + (dimensions.includes(id) ? 0 : 1), 0);

/** The value that stands in `d1`, `d2` or `d3` of a cuboid. */
function placed(
  cuboids: readonly Cuboid[],
  used: readonly string[],
  at: number,
  value: (id: string) => SqlText,
): SqlText {
  const cases = cuboids.flatMap((cuboid) => {
    const id = cuboid.dimensions[at];
    return id === undefined ? [] : [sql`shape = ${shapeOf(cuboid, used)}, ${value(id)}`];
  });
  return cases.length === 0 ? sql`null` : sql`multiIf(${join(cases, ", ")}, null)`;
}

const dimensionText = ({ fact }: Stream, id: string, scope: Scope): SqlText =>
  sql`toNullable(${text(expression((fact.dimensions[id] as { expr: CatalogSql }).expr, scope))})`;

/** A row's time in a calendar; NULL where it has no days of its own. */
function timeOf({ stream, zoned }: Fill, calendar: string, scope: Scope): SqlText {
  const on = expression(stream.on, scope);
  if (calendar === HOUR) return sql`toStartOfHour(toDateTime(${on}))`;
  if (calendar !== OWN || !zoned) return localDay(on, clockOfZone(calendar));
  const own = expression((stream.fact.dimensions[zoned.dimension] as { expr: CatalogSql }).expr, scope);
  const zones = [...new Set(zoned.zones.values())];
  const cases = zones.map((zone) => {
    const values = [...zoned.zones].filter(([, one]) => one === zone).map(([name]) => name);
    return sql`${isAmong(own, values)}, ${localDay(on, clockOfZone(zone))}`;
  });
  return sql`multiIf(${join(cases, ", ")}, null)`;
}

/** What is computed once a row (conditions, amounts, bins), what is summed of it, and the expressions that may name a join. */
function rowColumns(stream: Stream, scope: Scope, histograms: boolean) {
  const scan = scanOf(stream);
  const conditionAt = (where: readonly CatalogSql[]): SqlText => {
    if (where.length === 0) return sql`true`;
    const key = JSON.stringify(where);
    return ident(`c${scan.conditions.findIndex((one) => JSON.stringify(one) === key)}`);
  };
  const amountAt = (amount: CatalogSql): SqlText => ident(`a${scan.amounts.indexOf(amount)}`);
  const lived = lifetimesBySeconds(stream);
  const columns = [
    ...scan.conditions.map(
      (where, at) => sql`coalesce(${all(where.map((one) => expression(one, scope)))}, false) as ${ident(`c${at}`)}`,
    ),
    ...scan.amounts.map(
      (amount, at) =>
        sql`${lived.get(amount)?.(scope) ?? sql`toFloat64(${expression(amount, scope)})`} as ${ident(`a${at}`)}`,
    ),
  ];
  const slots = stream.slots.map(({ where, amount, power }, at) => {
    const value =
      amount === null ? sql`1` : power === 2 ? sql`${amountAt(amount)} * ${amountAt(amount)}` : amountAt(amount);
    return sql`toFloat64(coalesce(sumIf(${value}, ${conditionAt(where)}), 0)) as ${ident(`s${at}`)}`;
  });
  const maps = stream.histograms.map(({ event, censored, seconds }, at) => {
    const [happened, cut] = [conditionAt(event), censored === null ? sql`false` : conditionAt(censored)];
    const length = sql`coalesce(${amountAt(seconds)}, 0)`;
    return sql`sumMapIf([toInt16(${binOf(length)})], [toFloat64(${happened})], [toFloat64(${cut})],
      [if(${happened}, ${length}, 0)], ${happened} or ${cut}) as ${ident(`h${at}`)}`;
  });
  return {
    columns,
    sums: histograms ? [...slots, ...maps] : slots,
    used: [...scan.conditions.flat(), ...scan.amounts, ...stream.settled],
  };
}

/** Durations are written as PostgreSQL takes them apart, to whole seconds on ClickHouse: there they are the difference itself. */
function lifetimesBySeconds(stream: Stream): ReadonlyMap<CatalogSql, (scope: Scope) => SqlText> {
  const found = new Map<CatalogSql, (scope: Scope) => SqlText>();
  for (const { measure, histogram } of stream.readings.values()) {
    if (measure.kind !== "lifetimes" || histogram === null) continue;
    const { from, event, censor } = measure;
    const end = (scope: Scope): SqlText =>
      censor === null
        ? expression(event, scope)
        : sql`coalesce(${expression(event, scope)}, ${expression(censor, scope)})`;
    found.set(
      (stream.histograms[histogram] as { seconds: CatalogSql }).seconds,
      (scope) => sql`toFloat64(greatest(${secondsBetween(expression(from, scope), end(scope))}, 0))`,
    );
  }
  return found;
}

/** Rows that a later watermark can still change, as they stand, for each date that they belong to in some calendar. */
async function writePending(writer: ClickhouseWriter, of: Fill): Promise<void> {
  const { stream, cuboids, zoned, dates, firstBuild, through } = of;
  const scope = scopeOf(stream, through);
  const days = daysText(stream, zonesOf(cuboids, zoned), scope);
  const waits = sql`not (${join(settledIn(stream, scope), " and ")})`;
  const table = pendingTable(stream);
  // The columns that the mart had when the table was made: it may get more.
  const known = await writer.rows<{ name: string }>(
    sql`select name from system.columns where concat(database, '.', table) = ${table} and name not in ('build', 'rollup_day')`,
  );
  const columns = known.map(({ name }) => ident(name));
  const own = columns.map((name) => sql`${ident(stream.fact.alias)}.${name} as ${name}`);
  await writer.command(sql`insert into ${ident(table)} (build, rollup_day, ${join(columns, ", ")})
    select ${firstBuild} + (toInt32(rollup_day) - ${dates.first}) as build, rollup_day, ${join(columns, ", ")} from (
      select arrayJoin(${days}) as rollup_day, ${join(own, ", ")}
      ${rowsWithin(stream, scope, spanOf(of), stream.settled, [waits])}
    ) waiting where rollup_day >= ${date(dateOf(dates.first))} and rollup_day < ${date(dateOf(dates.end))}`);
}

/** The dates of a row in all zones. */
export const daysText = (stream: Stream, zones: readonly string[], scope: Scope): SqlText =>
  sql`arrayDistinct([${join(
    zones.map((zone) => localDay(expression(stream.on, scope), clockOfZone(zone))),
    ", ",
  )}])`;

/** Rows by UTC date, and those without a zone of their own. */
async function countRows(writer: ClickhouseWriter, of: Fill): Promise<readonly Built[]> {
  const { stream, zoned, dates, firstBuild, hoursFrom, through } = of;
  const scope = scopeOf(stream, through);
  const own = zoned ? [(stream.fact.dimensions[zoned.dimension] as { expr: CatalogSql } | undefined)?.expr] : [];
  const strays = own.flatMap((expr) =>
    expr === undefined
      ? []
      : [
          sql`countIf(not coalesce(${isAmong(expression(expr, scope), [...(zoned?.zones.keys() ?? [])])}, false)) as strays`,
        ],
  );
  const span = spanOfDays(dates.first, dates.end, ["UTC"]);
  const counted = await writer.rows<{ day: number; rows: number; strays?: number }>(
    sql`select toInt32(toDate(${expression(stream.on, scope)})) as day, ${join([sql`count() as rows`, ...strays], ", ")}
      ${rowsWithin(stream, scope, span, [...stream.settled, ...own.flatMap((one) => one ?? [])], settledIn(stream, scope))} group by day`,
  );
  const byDay = new Map(counted.map((row) => [row.day, row]));
  return Array.from({ length: dates.end - dates.first }, (_, at): Built => {
    const day = dates.first + at;
    const { rows = 0, strays: without = 0 } = byDay.get(day) ?? {};
    return { day, build: firstBuild + at, rows, strays: without, hasHours: day >= hoursFrom };
  });
}
