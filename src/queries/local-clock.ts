import { Temporal } from "temporal-polyfill";
import type { Grain } from "../kernel/question.ts";
import type { Span } from "./periods.ts";
import { instant, whole } from "./spelling.ts";
import { join, type SqlText, spelled, sql } from "./sql.ts";

/** A clock on the wall, in both spellings: PostgreSQL takes the zone of each row, ClickHouse a fixed zone or the seconds to add to UTC. */
export interface LocalClock {
  readonly zone: SqlText;
  readonly clickhouse:
    | { readonly kind: "zone"; readonly zone: SqlText }
    | { readonly kind: "offset"; readonly seconds: SqlText };
}

export const clockOfZone = (zone: string): LocalClock => ({
  zone: sql`${zone}::text`,
  clickhouse: { kind: "zone", zone: sql`${zone}` },
});

/**
 * The bucket of an instant as the clock shows it, as `… as bucket`; null for a total. The hour is taken off the instant, so that a
 * repeated hour stays two.
 */
export function instantBucket(column: SqlText, clock: LocalClock, grain: Grain): SqlText | null {
  if (grain === "total") return null;
  return spelled({
    postgres: inPostgres(column, clock.zone, grain),
    clickhouse: inClickhouse(column, clock.clickhouse, grain),
  });
}

/** The calendar day of an instant as the clock shows it. */
export const localDay = (column: SqlText, clock: LocalClock): SqlText =>
  spelled({
    postgres: sql`(${column} at time zone ${clock.zone})::date`,
    clickhouse: sql`toDate(${clickhouseWall(column, clock.clickhouse)})`,
  });

type Bucketed = Exclude<Grain, "total">;

function inPostgres(column: SqlText, zone: SqlText, grain: Bucketed): SqlText {
  const local = sql`${column} at time zone ${zone}`;
  return grain === "hour"
    ? sql`${column} - ((${local}) - date_trunc('hour', ${local})) as bucket`
    : wallBucket(local, grain);
}

function inClickhouse(column: SqlText, clock: LocalClock["clickhouse"], grain: Bucketed): SqlText {
  const wall = clickhouseWall(column, clock);
  if (grain !== "hour") return wallBucket(wall, grain);
  const hour = sql`toStartOfHour(${wall})`;
  return clock.kind === "zone" ? sql`${hour} as bucket` : sql`addSeconds(${hour}, -(${clock.seconds})) as bucket`;
}

const clickhouseWall = (column: SqlText, clock: LocalClock["clickhouse"]): SqlText =>
  clock.kind === "zone" ? sql`toTimeZone(${column}, ${clock.zone})` : sql`addSeconds(${column}, ${clock.seconds})`;

/** The bucket of what a clock shows (no zone any more), or of a date. */
export function wallBucket(wall: SqlText, grain: Exclude<Grain, "total" | "hour">): SqlText {
  switch (grain) {
    case "day":
      return spelled({ postgres: sql`(${wall})::date as bucket`, clickhouse: sql`toDate(${wall}) as bucket` });
    case "week":
      return spelled({
        postgres: sql`date_trunc('week', ${wall})::date as bucket`,
        clickhouse: sql`toMonday(${wall}) as bucket`,
      });
    case "month":
      return spelled({
        postgres: sql`date_trunc('month', ${wall})::date as bucket`,
        clickhouse: sql`toStartOfMonth(${wall}) as bucket`,
      });
    case "hour_of_day":
      return sql`${whole(sql`extract(hour from ${wall})`)} as bucket`;
    case "day_of_week":
      return sql`${whole(sql`extract(isodow from ${wall})`)} as bucket`;
    default:
      return grain satisfies never;
  }
}

/** The bucket as the answer's key: text of a day or month, milliseconds of an hour, number of a cyclic one. */
export function bucketKey(grain: Grain): SqlText | null {
  switch (grain) {
    case "total":
      return null;
    case "hour":
      return spelled({
        postgres: sql`extract(epoch from bucket)::float8 * 1000 as bucket`,
        clickhouse: sql`toUnixTimestamp(bucket) * 1000.0 as bucket`,
      });
    case "day":
    case "week":
      return spelled({
        postgres: sql`to_char(bucket, 'YYYY-MM-DD') as bucket`,
        clickhouse: sql`toString(bucket) as bucket`,
      });
    case "month":
      return spelled({
        postgres: sql`to_char(bucket, 'YYYY-MM') as bucket`,
        clickhouse: sql`formatDateTime(bucket, '%Y-%m') as bucket`,
      });
    case "hour_of_day":
    case "day_of_week":
      return sql`bucket`;
    default:
      return grain satisfies never;
  }
}

/** A stretch of time in which a zone keeps its distance from UTC. */
export interface Offset extends Span {
  readonly seconds: number;
}

/** The zone's offsets over a span, in order; the first and last reach to its ends. */
export function offsetsOf(zone: string, { from, to }: Span): Offset[] {
  const offsets: Offset[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  while (at.epochMilliseconds < to || offsets.length === 0) {
    const next = at.getTimeZoneTransition("next");
    const until = Math.min(to, next?.epochMilliseconds ?? to);
    offsets.push({ from: at.epochMilliseconds, to: until, seconds: at.offsetNanoseconds / 1e9 });
    if (next === null || next.epochMilliseconds >= to) break;
    at = next;
  }
  return offsets;
}

/** Seconds to add to UTC at an instant, for a zone over a span. */
export function offsetAt(column: SqlText, zone: string, span: Span): SqlText {
  const offsets = offsetsOf(zone, span);
  const last = offsets.at(-1)?.seconds ?? 0;
  if (offsets.length <= 1) return sql`${last}`;
  const steps = offsets.slice(0, -1).map(({ to, seconds }) => sql`when ${column} < ${instant(to)} then ${seconds}`);
  return sql`(case ${join(steps, "\n")} else ${last} end)`;
}
