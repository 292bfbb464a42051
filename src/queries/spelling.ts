import { join, type SqlText, spelled, sql } from "./sql.ts";

/**
 * The few things that PostgreSQL and ClickHouse spell differently. Everything that compiles a Question writes them through here, so that
 * one compiler serves both. On ClickHouse instants are `DateTime64(6, 'UTC')`, and statements run with `join_use_nulls = 1`,
 * so that an outer join gives NULL, and `prefer_column_name_to_alias = 1`, so that `sum(x) as x` sums the column.
 */

/** As a double: the driver gives numbers, not texts. `value` is a call or in brackets. */
export const float = (value: SqlText): SqlText =>
  spelled({ postgres: sql`${value}::float8`, clickhouse: sql`toFloat64(${value})` });
export const whole = (value: SqlText): SqlText =>
  spelled({ postgres: sql`${value}::int`, clickhouse: sql`toInt32(${value})` });
export const text = (value: SqlText): SqlText =>
  spelled({ postgres: sql`(${value})::text`, clickhouse: sql`toString(${value})` });

/** Whether the value is one of the texts; NULL where it is NULL. */
export const isAmong = (value: SqlText, texts: readonly string[]): SqlText =>
  spelled({
    postgres: sql`${text(value)} = any(${texts}::text[])`,
    clickhouse: texts.length === 0 ? sql`false` : sql`${text(value)} in ${texts}`,
  });

/** A moment, from milliseconds since the epoch. */
export const instant = (ms: number): SqlText =>
  spelled({
    postgres: sql`${new Date(ms).toISOString()}::timestamptz`,
    clickhouse: sql`fromUnixTimestamp64Milli(${ms}, 'UTC')`,
  });
/** A calendar day, from `2026-03-09`. */
export const date = (day: string): SqlText => spelled({ postgres: sql`${day}::date`, clickhouse: sql`toDate(${day})` });

/** Seconds from one instant to a later one, as a double. */
export const secondsBetween = (from: SqlText, to: SqlText): SqlText =>
  spelled({
    postgres: sql`extract(epoch from ${to} - ${from})::float8`,
    clickhouse: sql`((${micros(to)} - ${micros(from)}) / 1e6)`,
  });
/** Milliseconds since the epoch, as a double. */
export const epochMs = (value: SqlText): SqlText =>
  spelled({
    postgres: sql`extract(epoch from ${value})::float8 * 1000`,
    clickhouse: sql`${micros(value)} / 1e3`,
  });
const micros = (value: SqlText): SqlText => sql`toUnixTimestamp64Micro(toDateTime64(${value}, 6, 'UTC'))`;

/** The values of a group as an array, in no order that one may lean on, but the same for all arrays of the statement. */
export const arrayOf = (value: SqlText, order: SqlText): SqlText =>
  spelled({ postgres: sql`array_agg(${value} order by ${order})`, clickhouse: sql`groupArray(${value})` });

/** A column of a table that is made of values. Instants are milliseconds since the epoch. */
export type ValuesColumn =
  | { readonly name: SqlText; readonly type: "text"; readonly values: readonly (string | null)[] }
  | { readonly name: SqlText; readonly type: "instant" | "number"; readonly values: readonly number[] };

/** `(a, b)` rows as a table: what `unnest` of several arrays is. All columns have the same length, at least one. */
export function valuesTable(alias: SqlText, columns: readonly ValuesColumn[]): SqlText {
  const names = columns.map(({ name }) => name);
  const places = columns.map(({ type, name }, index) => {
    const part = sql`tupleElement(row, ${index + 1})`;
    return type === "instant" ? sql`fromUnixTimestamp64Milli(${part}, 'UTC') as ${name}` : sql`${part} as ${name}`;
  });
  return spelled({
    postgres: sql`unnest(${join(columns.map(postgresArray), ", ")}) as ${alias}(${join(names, ", ")})`,
    clickhouse: sql`(select ${join(places, ", ")}
      from (select arrayJoin(arrayZip(${join(
        columns.map(({ values }) => sql`${values}`),
        ", ",
      )})) as row)) as ${alias}`,
  });
}

function postgresArray({ type, values }: ValuesColumn): SqlText {
  switch (type) {
    case "text":
      return sql`${values}::text[]`;
    case "instant":
      return sql`${values.map((ms) => new Date(ms).toISOString())}::timestamptz[]`;
    case "number":
      return sql`${values}::float8[]`;
    default:
      return type satisfies never;
  }
}
