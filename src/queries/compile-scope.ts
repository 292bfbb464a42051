import type { CatalogSql, DimensionExpression, FactDefinition, TimeDefinition } from "../catalog/definition.ts";
import type { Grain, Period } from "../kernel/question.ts";
import { dayOf, isDay, type Span, spanOf } from "./periods.ts";
import type { MetricPlan, Zoning } from "./plan.ts";
import { all, fragment, ident, join, nothing, type SqlText, sql } from "./sql.ts";

/** A plan on one fact, with the watermark up to which its tables count. */
export interface Scope extends Omit<MetricPlan, "metric"> {
  readonly fact: FactDefinition;
  /** Milliseconds since the epoch. */
  readonly through: number;
}

export const instant = (ms: number): SqlText => sql`${new Date(ms).toISOString()}::timestamptz`;
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
    (id, index) => sql`(${expression(dimensionOf(scope, id).expr, scope)})::text as ${ident(`k${index + 1}`)}`,
  );

/** The filters as conditions. A row without a value is none of the values, so "all but these" keeps it. */
export function filterConditions(scope: Scope, which: (dimension: DimensionExpression) => boolean): SqlText[] {
  return scope.filters
    .filter(({ dimension }) => which(dimensionOf(scope, dimension)))
    .map(({ dimension, values, exclude }) => {
      const column = expression(dimensionOf(scope, dimension).expr, scope);
      const included = sql`(${column})::text = any(${values}::text[])`;
      return exclude ? sql`not coalesce(${included}, false)` : included;
    });
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
    wanted.map(({ alias, table, select, on, optional }) => {
      const kind = optional ? sql`left join` : sql`join`;
      if (table !== null && on !== null)
        return sql`${kind} ${ident(table)} ${ident(alias)} on ${expression(on, scope)}`;
      return sql`${kind} lateral (${expression(select as CatalogSql, scope)}) ${ident(alias)} on true`;
    }),
    "\n",
  );
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
  if (scope.zoning.kind === "one") {
    const span = clipped(spanOf(period, scope.zoning.zone), scope.now);
    const zone = sql`${scope.zoning.zone}::text`;
    return { join: nothing, conditions: within(column, span), bucket: instantBucket(column, zone, grain) };
  }
  return ownZoneScope(column, scope, scope.zoning, period, grain);
}

/** What has not happened yet is not in the data, whatever the data say. */
const clipped = (span: Span, now: number): Span => ({ from: Math.min(span.from, now), to: Math.min(span.to, now) });
const within = (column: SqlText, { from, to }: Span): SqlText[] => [
  sql`${column} >= ${instant(from)}`,
  sql`${column} < ${instant(to)}`,
];

/** Each row's own days: its market's zone and the period's ends in it are joined on. */
function ownZoneScope(
  column: SqlText,
  scope: Scope,
  zoning: Extract<Zoning, { kind: "own" }>,
  period: Period,
  grain: Grain,
): TimeScope {
  const entries = [...zoning.zones];
  const spans = entries.map(([, zone]) => clipped(spanOf(period, zone), scope.now));
  const other = clipped(spanOf(period, zoning.zone), scope.now);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const widest = {
    from: Math.min(other.from, ...spans.map(({ from }) => from)),
    to: Math.max(other.to, ...spans.map(({ to }) => to)),
  };
  const own = expression(ownExpression(scope, zoning.dimension), scope);
  return {
    join: sql`left join unnest(${entries.map(([value]) => value)}::text[], ${entries.map(([, zone]) => zone)}::text[],
      ${spans.map(({ from }) => iso(from))}::timestamptz[], ${spans.map(({ to }) => iso(to))}::timestamptz[])
      as own_day(value, zone, starts_at, ends_at) on own_day.value = (${own})::text`,
    conditions: [
      ...within(column, widest),
      sql`${column} >= coalesce(own_day.starts_at, ${instant(other.from)})`,
      sql`${column} < coalesce(own_day.ends_at, ${instant(other.to)})`,
    ],
    bucket: instantBucket(column, sql`coalesce(own_day.zone, ${zoning.zone}::text)`, grain),
  };
}

/** The bucket of an instant as the zone's clock shows it. The hour is taken off the instant, so that a repeated hour stays two. */
function instantBucket(column: SqlText, zone: SqlText, grain: Grain): SqlText | null {
  const local = sql`${column} at time zone ${zone}`;
  switch (grain) {
    case "total":
      return null;
    case "hour":
      return sql`${column} - ((${local}) - date_trunc('hour', ${local})) as bucket`;
    default:
      return localBucket(local, grain);
  }
}

function localBucket(local: SqlText, grain: Exclude<Grain, "total" | "hour">): SqlText {
  switch (grain) {
    case "day":
      return sql`(${local})::date as bucket`;
    case "week":
      return sql`date_trunc('week', ${local})::date as bucket`;
    case "month":
      return sql`date_trunc('month', ${local})::date as bucket`;
    case "hour_of_day":
      return sql`extract(hour from ${local})::int as bucket`;
    case "day_of_week":
      return sql`extract(isodow from ${local})::int as bucket`;
    default:
      return grain satisfies never;
  }
}

/** Rows dated by a day already: the period's local dates bound them, no zone moves them. An end within a day takes that day in. */
function dateScope(column: SqlText, period: Period, grain: Grain, scope: Scope): TimeScope {
  const zone = scope.zoning.zone;
  const from = isDay(period.from) ? period.from : dayOf(spanOf(period, zone).from, zone);
  const upper = isDay(period.to)
    ? sql`${column} < ${period.to}::date`
    : sql`${column} <= ${dayOf(spanOf(period, zone).to - 1, zone)}::date`;
  const notAfterNow = sql`${column} <= ${dayOf(scope.now, zone)}::date`;
  if (grain === "hour" || grain === "hour_of_day") throw new RangeError(`rows dated by days have no ${grain}`);
  return {
    join: nothing,
    conditions: [sql`${column} >= ${from}::date`, upper, notAfterNow],
    bucket: grain === "total" ? null : localBucket(sql`(${column})::timestamp`, grain),
  };
}

/** The bucket as the answer's key: text of a day or month, seconds of an hour, number of a cyclic one. */
export function bucketKey(grain: Grain): SqlText | null {
  switch (grain) {
    case "total":
      return null;
    case "hour":
      return sql`extract(epoch from bucket)::float8 * 1000 as bucket`;
    case "day":
    case "week":
      return sql`to_char(bucket, 'YYYY-MM-DD') as bucket`;
    case "month":
      return sql`to_char(bucket, 'YYYY-MM') as bucket`;
    case "hour_of_day":
    case "day_of_week":
      return sql`bucket`;
    default:
      return grain satisfies never;
  }
}

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
    ...where,
  ];
  return sql`select ${join([...keys, ...(timed.bucket ? [timed.bucket] : []), ...columns], ", ")}
    from ${ident(scope.fact.table)} ${ident(scope.fact.alias)}
    ${joinsFor(scope, [time.expr, ...scopeExpressions(scope), ...used])}
    ${timed.join}
    where ${all(conditions)}`;
}
