import type { OpenMeasure } from "../catalog/definition.ts";
import {
  dimensionOf,
  expression,
  filterConditions,
  joinsFor,
  keyColumns,
  type Scope,
  scopeExpressions,
} from "./compile-scope.ts";
import { instantOf } from "./periods.ts";
import type { Zoning } from "./plan.ts";
import { type Query, readCells } from "./read-cells.ts";
import { groupedBy, rowLimit, setColumn } from "./sets.ts";
import { float, instant, isAmong, secondsBetween, text, valuesTable } from "./spelling.ts";
import { all, ident, join, nothing, type SqlText, sql } from "./sql.ts";

/** A moment at which what is open is counted, for rows with this value of the zoned dimension; null = for every row. */
interface Sample {
  readonly value: string | null;
  readonly bucket: string | number | null;
  readonly at: number;
}

/**
 * What is open at each bucket's end, or at the moment asked about. Moments after the watermark are answered at it. One pass over
 * the fact: rows closed before the first moment never meet the list of moments.
 */
export function compileOpen(measure: OpenMeasure, scope: Scope): Query {
  const samples = samplesOf(scope);
  const { fact } = scope;
  const first = instant(Math.min(...samples.map(({ at }) => at)));
  const last = instant(Math.max(...samples.map(({ at }) => at)));
  const [opened, closed] = [expression(measure.opened, scope), expression(measure.closed, scope)];
  const openAtFirst = measure.stillOpen
    ? expression(measure.stillOpen, scope, first)
    : sql`(${closed} is null or ${closed} > ${first})`;
  const own = scope.zoning.kind === "own" && scope.when.kind === "period" ? scope.zoning : null;
  const bucketed = scope.when.kind === "period" && scope.when.grain !== "total";
  const at = sql`sample.at`;
  const seconds = secondsBetween(opened, at);
  const conditions = [
    sql`${opened} <= ${at}`,
    sql`${ident(fact.alias)}.open_until is null or ${ident(fact.alias)}.open_until > ${at}`,
    ...(fact.where ? [expression(fact.where, scope)] : []),
    ...(measure.where ? [expression(measure.where, scope, at)] : []),
    ...(scope.age.gt === null ? [] : [sql`${seconds} > ${float(sql`${scope.age.gt}`)}`]),
    ...(scope.age.lt === null ? [] : [sql`${seconds} < ${float(sql`${scope.age.lt}`)}`]),
    ...filterConditions(scope, () => true),
  ];
  const keys = scope.by.map((_, index) => ident(`k${index + 1}`));
  const groups = bucketed ? [...keys, sql`bucket`] : keys;
  const shown = [...setColumn(scope), ...groups];
  const age = sql`${seconds} / 3600 as age`;
  const statement = sql`select ${join([...shown, sql`${float(sql`count(*)`)} as n, max(age) as value`], ", ")}
    from (
      select ${join([...keyColumns(scope), ...(bucketed ? [sql`sample.bucket`] : []), age], ", ")}
      from (
        select ${ident(fact.alias)}.*, ${closed} as open_until from ${ident(fact.table)} ${ident(fact.alias)}
        ${joinsFor(scope, [measure.opened, measure.closed])}
        where ${opened} <= ${last} and ${openAtFirst}
        offset 0
      ) ${ident(fact.alias)}
      ${joinsFor(scope, [...scopeExpressions(scope), measure.where])}
      ${own ? sql`join` : sql`cross join`} ${samplesTable(samples)}
        ${own ? sql`on ${ownSample(scope, own)}` : nothing}
      where ${all(conditions)}
    ) rows
    ${groupedBy(scope, groups)}
    limit ${rowLimit(scope)}`;
  return {
    text: statement,
    source: "events",
    read: (rows) => readCells(rows, scope.by.length, measure.value === "count" ? "count" : "max"),
  };
}

const samplesTable = (samples: readonly Sample[]): SqlText =>
  valuesTable(ident("sample"), [
    { name: sql`value`, type: "text", values: samples.map(({ value }) => value) },
    { name: sql`bucket`, type: "text", values: samples.map(({ bucket }) => (bucket === null ? null : String(bucket))) },
    { name: sql`at`, type: "instant", values: samples.map(({ at }) => at) },
  ]);

/** A row's samples are those of its market; a market without a zone of its own has the samples without a value. */
function ownSample(scope: Scope, own: Extract<Zoning, { kind: "own" }>): SqlText {
  const value = expression(dimensionOf(scope, own.dimension).expr, scope);
  const known = isAmong(value, [...own.zones.keys()]);
  return sql`sample.value is not distinct from (case when ${known} then ${text(value)} end)`;
}

function samplesOf(scope: Scope): Sample[] {
  const { when, zoning, through } = scope;
  if (when.kind === "moment") {
    return [{ value: null, bucket: null, at: Math.min(instantOf(when.at, zoning.zone), through) }];
  }
  const zones: readonly (readonly [string | null, string])[] =
    zoning.kind === "one" ? [[null, zoning.zone]] : [[null, zoning.zone], ...zoning.zones];
  const samples = zones.flatMap(([value, zone]) => {
    const end = instantOf(when.period.to, zone);
    return (scope.buckets.get(zone) ?? [])
      .filter(({ from }) => from < scope.now)
      .map(({ key, from, to }) => ({
        value,
        bucket: when.grain === "hour" ? from : key,
        at: Math.min(to, end, through),
      }));
  });
  // A period wholly ahead has no moment yet; the statement still needs one, before everything.
  return samples.length > 0 ? samples : [{ value: null, bucket: null, at: 0 }];
}
