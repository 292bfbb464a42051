import pg from "pg";
import type { CatalogSql } from "../../catalog/definition.ts";
import { expression, joinsFor, type Scope } from "../compile-scope.ts";
import type { Span } from "../periods.ts";
import { instant } from "../spelling.ts";
import { all, ident, join, nothing, render, type SqlText, sql } from "../sql.ts";
import type { Stream } from "./streams.ts";

/** Conditions of one column: a sum of powers of two that a double keeps exactly. */
const BITS_PER_MASK = 50;

/**
 * What a scan sends for each row: the dimensions' values, the second of its bucket's time, the conditions as bits, the amounts. Each distinct
 * condition and amount is computed once, however many slots use it.
 */
export interface Scan {
  readonly conditions: readonly (readonly CatalogSql[])[];
  readonly amounts: readonly CatalogSql[];
  readonly masks: number;
}

export function scanOf(stream: Stream): Scan {
  const conditions = distinct([
    ...stream.slots.map(({ where }) => where),
    ...stream.histograms.flatMap(({ event, censored }) => (censored === null ? [event] : [event, censored])),
  ]).filter((condition) => condition.length > 0);
  const amounts = distinct([
    ...stream.slots.flatMap(({ amount }) => (amount === null ? [] : [amount])),
    ...stream.histograms.map(({ seconds }) => seconds),
  ]);
  return { conditions, amounts, masks: Math.ceil(conditions.length / BITS_PER_MASK) };
}

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** `mask` and bit of a condition, or null when it always holds. */
export function bitOf(
  scan: Scan,
  condition: readonly CatalogSql[],
): { readonly mask: number; readonly bit: number } | null {
  if (condition.length === 0) return null;
  const key = JSON.stringify(condition);
  const index = scan.conditions.findIndex((one) => JSON.stringify(one) === key);
  return { mask: Math.floor(index / BITS_PER_MASK), bit: 2 ** (index % BITS_PER_MASK) };
}

/** The statement of a scan over a span of the stream's time: settled rows only, as of the watermark `through`. */
export function scanText(stream: Stream, scan: Scan, span: Span, through: number): SqlText {
  const scope = scopeOf(stream, through);
  const masks = Array.from({ length: scan.masks }, (_, mask) =>
    maskColumn(scan.conditions.slice(mask * BITS_PER_MASK, (mask + 1) * BITS_PER_MASK), scope),
  );
  const columns = [
    ...stream.dimensions.map((id) => expression((stream.fact.dimensions[id] as { expr: CatalogSql }).expr, scope)),
    sql`floor(extract(epoch from ${expression(stream.on, scope)}))::bigint`,
    ...masks,
    ...scan.amounts.map((amount) => sql`(${expression(amount, scope)})::float8`),
  ];
  const used = [...scan.conditions.flat(), ...scan.amounts, ...stream.settled];
  return sql`select ${join(columns, ", ")} ${rowsWithin(
    stream,
    scope,
    span,
    used,
    stream.settled.map((one) => expression(one, scope)),
  )}`;
}

function maskColumn(conditions: readonly (readonly CatalogSql[])[], scope: Scope): SqlText {
  const bits = conditions.map((parts, index) => {
    const holds = all(parts.map((part) => expression(part, scope)));
    return sql`case when ${holds} then ${2 ** index}::bigint else 0 end`;
  });
  return bits.reduce((sum, bit) => sql`${sum} + ${bit}`);
}

/** `from … where …` of the rows of a stream within a span. */
export function rowsWithin(
  stream: Stream,
  scope: Scope,
  span: Span,
  used: readonly CatalogSql[],
  conditions: readonly SqlText[],
  lateral: SqlText = nothing,
): SqlText {
  const { fact } = stream;
  const on = expression(stream.on, scope);
  const dimensions = stream.dimensions.map((id) => (fact.dimensions[id] as { expr: CatalogSql }).expr);
  const where = [
    sql`${on} >= ${instant(span.from)}`,
    sql`${on} < ${instant(span.to)}`,
    ...(fact.where ? [expression(fact.where, scope)] : []),
    ...conditions,
  ];
  return sql`from ${ident(fact.table)} ${ident(fact.alias)}
    ${joinsFor(scope, [stream.on, ...(fact.where ? [fact.where] : []), ...dimensions, ...used])}
    ${lateral}
    where ${all(where)}`;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A scope in which a stream's expressions can be written: no split, no filter, no period. */
export function scopeOf(stream: Stream, through: number): Scope {
  return {
    fact: stream.fact,
    through,
    by: [],
    filters: [],
    zoning: { kind: "one", zone: "UTC" },
    now: through,
    when: { kind: "moment", at: iso(through) },
    buckets: new Map(),
    age: { gt: null, lt: null },
    narrowing: [],
  };
}

/**
 * A statement as text without parameters, for COPY takes none. The values are ours alone (instants, powers of two) and quoted all the same.
 */
export function withoutParameters(text: SqlText): string {
  const { text: written, params } = render(text);
  return written.replaceAll(/\$(\d+)/g, (_, index: string) => pg.escapeLiteral(String(params[Number(index) - 1])));
}
