import pg from "pg";
import type { CatalogSql } from "../../catalog/definition.ts";
import { expression, joinsFor, type Scope } from "../compile-scope.ts";
import type { Span } from "../periods.ts";
import { instant } from "../spelling.ts";
import { all, ident, join, nothing, render, type SqlText, sql } from "../sql.ts";
import { type Stream, tablesIn } from "./streams.ts";

/** Conditions of one column: a sum of powers of two in 32 bits. */
const BITS_PER_MASK = 30;

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

/** Whether every row of the fact's table is the stream's, as it stands. */
export const isWhole = ({ fact, settled }: Stream): boolean => fact.where === null && settled.length === 0;

/**
 * Streams that one scan serves, for they read the same table by the same time and split it alike: a decision is joined to its case once for all of
 * them. One whose rows are told by a sub-query over other tables is read alone, where the planner turns that into a join.
 */
export function passesOf(streams: readonly Stream[]): Stream[][] {
  const passes = new Map<string, Stream[]>();
  for (const stream of streams) {
    const { fact, on, dimensions } = stream;
    const split = dimensions.map((id) => fact.dimensions[id]?.expr);
    const alone = isSought(stream) || fact.joins.some(({ select }) => /:through\b/.test(select ?? "")) ? stream.id : "";
    const key = JSON.stringify([fact.table, fact.alias, on, dimensions, split, alone]);
    const pass = passes.get(key) ?? [];
    if (pass.some((other) => !haveSameJoins(other, stream))) passes.set(stream.id, [stream]);
    else passes.set(key, [...pass, stream]);
  }
  return [...passes.values()];
}

/** Its rows are told by a sub-query over another table. */
const isSought = ({ fact }: Stream): boolean => tablesIn([fact.where ?? ""]).some((table) => table !== fact.table);

const haveSameJoins = (a: Stream, b: Stream): boolean =>
  a.fact.joins.every((one) => {
    const other = b.fact.joins.find(({ alias }) => alias === one.alias);
    return other === undefined || JSON.stringify(other) === JSON.stringify(one);
  });

/**
 * Rows of a short span meet their joined rows by index, one by one; the planner, which takes pages to be on a disk, would rather read all
 * the other table. Not so where a joined table has the time, or rows are sought over other tables.
 */
export const isByIndex = ([first]: readonly Stream[]): boolean =>
  first?.on.startsWith(`${first.fact.alias}.`) === true && !isSought(first);

/** A stream with the watermark that its rows are read as of. */
export interface Read {
  readonly stream: Stream;
  readonly through: number;
}

/** The statement of a scan over a span of its streams' time. Rows that wait for the watermark are among them, and told apart. */
export function scanText(reads: readonly Read[], span: Span): SqlText {
  const { stream: first, through } = reads[0] as Read;
  const scope = scopeOf(first, through);
  const columns = [
    ...first.dimensions.map((id) => expression((first.fact.dimensions[id] as { expr: CatalogSql }).expr, scope)),
    sql`floor(extract(epoch from ${expression(first.on, scope)}))::bigint`,
    ...reads.flatMap(columnsOf),
  ];
  const used = reads.flatMap(({ stream }) => usedBy(stream));
  const joins = [...new Map(reads.flatMap(({ stream }) => stream.fact.joins.map((one) => [one.alias, one]))).values()];
  const only = reads.length === 1 && first.fact.where !== null ? [sql`(${expression(first.fact.where, scope)})`] : [];
  const merged = { ...first, fact: { ...first.fact, joins, where: null } };
  return sql`select ${join(columns, ", ")} ${rowsWithin(merged, { ...scope, fact: merged.fact }, span, used, only)}`;
}

const usedBy = (stream: Stream): CatalogSql[] => {
  const { conditions, amounts } = scanOf(stream);
  return [...conditions.flat(), ...amounts, ...stream.settled, ...(stream.fact.where ? [stream.fact.where] : [])];
};

const belongs = ({ stream, through }: Read): SqlText[] =>
  [...(stream.fact.where ? [stream.fact.where] : []), ...stream.settled].map(
    (one) => sql`(${expression(one, scopeOf(stream, through))})`,
  );

/** A stream's own fields of a row: whether it belongs, where not every row does; its masks; its amounts. */
function columnsOf(read: Read): SqlText[] {
  const { stream, through } = read;
  const scope = scopeOf(stream, through);
  const scan = scanOf(stream);
  const masks = Array.from({ length: scan.masks }, (_, mask) =>
    maskColumn(scan.conditions.slice(mask * BITS_PER_MASK, (mask + 1) * BITS_PER_MASK), scope),
  );
  return [
    ...(isWhole(stream) ? [] : [sql`case when ${all(belongs(read))} then 1 else 0 end`]),
    ...masks,
    ...scan.amounts.map((amount) => sql`(${expression(amount, scope)})::float8`),
  ];
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
