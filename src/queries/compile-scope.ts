import type {
  CatalogSql,
  DimensionExpression,
  FactDefinition,
  JoinDefinition,
  TimeDefinition,
} from "../catalog/definition.ts";
import type { Grain, Period } from "../kernel/question.ts";
import { clockOfZone, instantBucket, type LocalClock, offsetAt, offsetsOf, wallBucket } from "./local-clock.ts";
import { dayOf, isDay, type Span, spanOf } from "./periods.ts";
import type { Filter, MetricPlan, Zoning } from "./plan.ts";
import { date, instant, isAmong, text, valuesTable } from "./spelling.ts";
import { all, fragment, ident, join, nothing, type SqlText, spelled, sql } from "./sql.ts";

/** A plan on one fact, with the watermark up to which its tables count. */
export interface Scope extends Omit<MetricPlan, "metric"> {
  readonly fact: FactDefinition;
  /** Milliseconds since the epoch. */
  readonly through: number;
  /** Splits that one statement is grouped by at once, `by` being all their dimensions. */
  readonly grouping?: readonly (readonly string[])[];
  /** Further conditions on the rows, where the fact's table is not the events' own. */
  readonly only?: readonly SqlText[];
}

const throughOf = (scope: Scope): SqlText => instant(scope.through);

/** An expression of the catalog in this scope: `:through` is its watermark. */
export const expression = (text: CatalogSql, scope: Scope, at?: SqlText): SqlText =>
  fragment(text, { through: throughOf(scope), ...(at && { at }) });

export const dimensionOf = (scope: Scope, id: string): DimensionExpression => {
  const dimension = scope.fact.dimensions[id];
  if (!dimension) throw new RangeError(`the fact has no dimension ${id}`);
  return dimension;
};

/** The split's columns: `c.market::text as k1`. */
export const keyColumns = (scope: Scope): SqlText[] =>
  scope.by.map(
    (id, index) => sql`${text(expression(dimensionOf(scope, id).expr, scope))} as ${ident(`k${index + 1}`)}`,
  );

/** The filters as conditions. A row without a value is none of the values, so "all but these" keeps it. */
export function filterConditions(scope: Scope, which: (dimension: DimensionExpression) => boolean): SqlText[] {
  return scope.filters
    .filter(({ dimension }) => which(dimensionOf(scope, dimension)))
    .map((filter) => dimensionValue(expression(dimensionOf(scope, filter.dimension).expr, scope), filter));
}

/** A filter as a condition on the column that has the dimension's values. */
export function dimensionValue(column: SqlText, { values, exclude }: Filter): SqlText {
  const included = isAmong(column, values);
  return exclude ? sql`not coalesce(${included}, false)` : included;
}

/** Only the joins whose alias an expression names, with those that they need themselves. */
export function joinsFor(scope: Scope, used: readonly (CatalogSql | null)[]): SqlText {
  const { joins } = scope.fact;
  const needed = new Set<string>();
  const names = (text: string, alias: string): boolean => new RegExp(`\\b${alias}\\.`).test(text);
  const need = (text: string): void => {
    for (const one of joins) {
      if (needed.has(one.alias) || !names(text, one.alias)) continue;
      needed.add(one.alias);
      need(`${one.on ?? ""} ${one.select ?? ""}`);
    }
  };
  for (const text of used) if (text) need(text);
  const wanted = joins.filter(({ alias }) => needed.has(alias));
  return join(
    wanted.map((one) => joinText(one, scope)),
    "\n",
  );
}

function joinText({ alias, table, select, on, optional, clickhouse }: JoinDefinition, scope: Scope): SqlText {
  const kind = optional ? sql`left join` : sql`join`;
  const name = ident(alias);
  if (table !== null && on !== null) return sql`${kind} ${ident(table)} ${name} on ${expression(on, scope)}`;
  const lateral = sql`${kind} lateral (${expression(select as CatalogSql, scope)}) ${name} on true`;
  if (clickhouse === null) return lateral;
  const grouped = expression(clickhouse.select, scope);
  return spelled({
    postgres: lateral,
    clickhouse: sql`${kind} (${grouped}) ${name} on ${expression(clickhouse.on, scope)}`,
  });
}

/** Expressions of the scope that may name a join. */
export const scopeExpressions = (scope: Scope): CatalogSql[] => [
  ...(scope.fact.where ? [scope.fact.where] : []),
  ...scope.by.map((id) => dimensionOf(scope, id).expr),
  ...scope.filters.map(({ dimension }) => dimensionOf(scope, dimension).expr),
  ...(scope.zoning.kind === "own" ? [ownExpression(scope, scope.zoning.dimension)] : []),
];
const ownExpression = (scope: Scope, dimension: string): CatalogSql => dimensionOf(scope, dimension).expr;

/** How a period meets a fact's time: a join (own zones only), the conditions, and the bucket's column. */
interface TimeScope {
  readonly join: SqlText;
  readonly conditions: readonly SqlText[];
  /** `… as bucket`, or null for a total. */
  readonly bucket: SqlText | null;
}

function timeScope(scope: Scope, time: TimeDefinition, period: Period, grain: Grain): TimeScope {
  const column = expression(time.expr, scope);
  if (time.kind === "date") return dateScope(column, period, grain, scope);
  return instantScope(column, (dimension) => expression(ownExpression(scope, dimension), scope), scope, period, grain);
}

/** How a period meets a column of instants. `own`: the column that has the values of a dimension with zones of their own. */
export function instantScope(
  column: SqlText,
  own: (dimension: string) => SqlText,
  scope: Scope,
  period: Period,
  grain: Grain,
): TimeScope {
  const { zoning } = scope;
  if (zoning.kind === "own") return ownZoneScope(column, text(own(zoning.dimension)), scope, zoning, period, grain);
  const span = clipped(spanOf(period, zoning.zone), scope.now);
  return {
    join: nothing,
    conditions: within(column, span),
    bucket: instantBucket(column, clockOfZone(zoning.zone), grain),
  };
}

/** What has not happened yet is not in the data, whatever the data say. */
const clipped = (span: Span, now: number): Span => ({ from: Math.min(span.from, now), to: Math.min(span.to, now) });
const within = (column: SqlText, { from, to }: Span): SqlText[] => [
  sql`${column} >= ${instant(from)}`,
  sql`${column} < ${instant(to)}`,
];

/**
 * Each row's own days: its market's zone and the period's ends in it are joined on, one row for each stretch of the same distance from UTC.
 * A row whose market has no zone of its own takes the question's.
 */
function ownZoneScope(
  column: SqlText,
  own: SqlText,
  scope: Scope,
  zoning: Extract<Zoning, { kind: "own" }>,
  period: Period,
  grain: Grain,
): TimeScope {
  const spanIn = (zone: string): Span => clipped(spanOf(period, zone), scope.now);
  const stretches = [...zoning.zones].flatMap(([value, zone]) =>
    offsetsOf(zone, spanIn(zone)).map((offset) => ({ value, zone, ...offset })),
  );
  const other = spanIn(zoning.zone);
  const widest = {
    from: Math.min(other.from, ...stretches.map(({ from }) => from)),
    to: Math.max(other.to, ...stretches.map(({ to }) => to)),
  };
  const days = valuesTable(ident("own_day"), [
    { name: sql`value`, type: "text", values: stretches.map(({ value }) => value) },
    { name: sql`zone`, type: "text", values: stretches.map(({ zone }) => zone) },
    { name: sql`seconds`, type: "number", values: stretches.map(({ seconds }) => seconds) },
    { name: sql`starts_at`, type: "instant", values: stretches.map(({ from }) => from) },
    { name: sql`ends_at`, type: "instant", values: stretches.map(({ to }) => to) },
  ]);
  return {
    join: sql`left join ${days} on own_day.value = ${own}`,
    conditions: [
      ...within(column, widest),
      sql`${column} >= coalesce(own_day.starts_at, ${instant(other.from)})`,
      sql`${column} < coalesce(own_day.ends_at, ${instant(other.to)})`,
    ],
    bucket: instantBucket(column, ownClock(column, zoning, other), grain),
  };
}

/** The clock of each row's own zone, where `own_day` is joined; the question's over `span` for a row without one. */
function ownClock(column: SqlText, { zone }: Zoning, span: Span): LocalClock {
  const seconds = sql`coalesce(own_day.seconds, ${offsetAt(column, zone, span)})`;
  return { zone: sql`coalesce(own_day.zone, ${zone}::text)`, clickhouse: { kind: "offset", seconds } };
}

/** The clock by which rows of a period have their days. */
export function clockOf(column: SqlText, scope: Scope, period: Period): LocalClock {
  const { zoning } = scope;
  if (zoning.kind === "one") return clockOfZone(zoning.zone);
  return ownClock(column, zoning, clipped(spanOf(period, zoning.zone), scope.now));
}

/** Rows dated by a day already: the period's local dates bound them, no zone moves them. An end within a day takes that day in. */
function dateScope(column: SqlText, period: Period, grain: Grain, scope: Scope): TimeScope {
  const zone = scope.zoning.zone;
  const from = isDay(period.from) ? period.from : dayOf(spanOf(period, zone).from, zone);
  const upper = isDay(period.to)
    ? sql`${column} < ${date(period.to)}`
    : sql`${column} <= ${date(dayOf(spanOf(period, zone).to - 1, zone))}`;
  const notAfterNow = sql`${column} <= ${date(dayOf(scope.now, zone))}`;
  if (grain === "hour" || grain === "hour_of_day") throw new RangeError(`rows dated by days have no ${grain}`);
  return {
    join: nothing,
    conditions: [sql`${column} >= ${date(from)}`, upper, notAfterNow],
    bucket: grain === "total" ? null : wallBucket(asWall(column), grain),
  };
}

const asWall = (column: SqlText): SqlText => spelled({ postgres: sql`(${column})::timestamp`, clickhouse: column });

/**
 * The rows that a scoped measure sums over, as a sub-select: the split's columns, `bucket`, and `columns`.
 */
export function scopedRows(
  scope: Scope,
  on: string,
  columns: readonly SqlText[],
  used: readonly (CatalogSql | null)[],
  where: readonly SqlText[],
): SqlText {
  if (scope.when.kind !== "period") throw new RangeError("a metric of a period was asked at a moment");
  const time = scope.fact.times[on];
  if (!time) throw new RangeError(`the fact has no time ${on}`);
  const timed = timeScope(scope, time, scope.when.period, scope.when.grain);
  const keys = keyColumns({ ...scope, by: scope.by.filter((id) => !dimensionOf(scope, id).narrowsHit) });
  const conditions = [
    ...timed.conditions,
    ...(scope.fact.where ? [expression(scope.fact.where, scope)] : []),
    ...filterConditions(scope, ({ narrowsHit }) => !narrowsHit),
    ...(scope.only ?? []),
    ...where,
  ];
  return sql`select ${join([...keys, ...(timed.bucket ? [timed.bucket] : []), ...columns], ", ")}
    from ${ident(scope.fact.table)} ${ident(scope.fact.alias)}
    ${joinsFor(scope, [time.expr, ...scopeExpressions(scope), ...used])}
    ${timed.join}
    where ${all(conditions)}`;
}
