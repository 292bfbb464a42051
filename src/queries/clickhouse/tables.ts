import { createHash } from "node:crypto";
import type { Catalog } from "../../catalog/catalog.ts";
import { limits } from "../../kernel/limits.ts";
import { CELL_DIMENSIONS_MAX } from "../rollup/cuboids.ts";
import { type CellTable, cellTable, pendingTable } from "../rollup/store.ts";
import { type Stream, type Streams, streamsOf } from "../rollup/streams.ts";
import { ident, type SqlText, sql } from "../sql.ts";
import type { ClickhouseWriter } from "./engine.ts";

/**
 * The streams with tables of their own for each fingerprint: cells of another catalog lie elsewhere, so that a process that still has that one never reads
 * these.
 */
export function clickhouseStreams(catalog: Catalog): Streams {
  const { all, byMeasure, left } = streamsOf(catalog);
  const named = new Map(all.map((stream) => [stream.id, withTables(stream)]));
  return {
    all: [...named.values()],
    byMeasure: new Map([...byMeasure].map(([key, { id }]) => [key, named.get(id) as Stream])),
    left,
  };
}

/** Raised when cells are written in another way, so that older ones are not read. */
const FORMAT = 1;

function withTables(stream: Stream): Stream {
  const fingerprint = createHash("sha256").update(`${FORMAT} ${stream.fingerprint}`).digest("hex").slice(0, 16);
  return { ...stream, fingerprint, tables: `rollup.${stream.id}_${fingerprint.slice(0, 8)}` };
}

/**
 * Makes a stream's tables where they are not there yet. States only add, so `SimpleAggregateFunction`s hold them: sums, and for durations a
 * map from bin to events, censored ones and seconds. `build` is part of the key, so that neither a merge nor `final` adds two builds of a date.
 */
export async function createTables(writer: ClickhouseWriter, stream: Stream): Promise<void> {
  for (const [table, time] of [
    ["day", "Date"],
    ["hour", "DateTime('UTC')"],
  ] as const satisfies (readonly [CellTable, string])[]) {
    await writer.command(`create table if not exists ${cellTable(stream, table)} (${columnsOf(stream, time).join(", ")})
      engine = AggregatingMergeTree partition by toYYYYMM(t) order by (cuboid, t, build, ${DIMENSIONS.join(", ")})
      settings allow_nullable_key = 1, do_not_merge_across_partitions_select_final = 1`);
  }
  if (stream.settled.length === 0) return;
  await writer.command(sql`create table if not exists ${ident(pendingTable(stream))} engine = MergeTree
    partition by toYYYYMM(rollup_day) order by (rollup_day, build)
    as select toInt64(0) as build, toDate(0) as rollup_day, ${factColumns(stream)} from ${ident(stream.fact.table)}
    ${ident(stream.fact.alias)} where false`);
}

const factColumns = ({ fact }: Stream): SqlText => sql`${ident(fact.alias)}.*`;
const DIMENSIONS = Array.from({ length: CELL_DIMENSIONS_MAX }, (_, at) => `d${at + 1}`);

const columnsOf = (stream: Stream, time: string): string[] => [
  "build Int64",
  "cuboid Int16",
  `t ${time}`,
  ...DIMENSIONS.map((name) => `${name} LowCardinality(Nullable(String))`),
  ...stream.slots.map((_, at) => `s${at} SimpleAggregateFunction(sum, Float64)`),
  ...stream.histograms.map(
    (_, at) =>
      `h${at} SimpleAggregateFunction(sumMap, Tuple(Array(Int16), Array(Float64), Array(Float64), Array(Float64)))`,
  ),
];

/**
 * Drops what no question can read any more, once it is older than a question may take: builds that another one replaced or that were never
 * finished, and tables of other catalogs. In the background (`paced`) a month is rewritten only when a fifth of it is such rows.
 */
export async function dropReplaced(
  writer: ClickhouseWriter,
  streams: readonly Stream[],
  paced: boolean,
): Promise<void> {
  const present = await writer.rows<{ name: string; old: number }>(sql`select concat('rollup.', name) as name,
    metadata_modification_time < now() - ${limits.clickhouseReplacedKeptSeconds} as old
    from system.tables where database = 'rollup' and match(name, '_[0-9a-f]{8}_(day|hour|pending)$')`);
  const kept = streams.flatMap((stream) => [cellTable(stream, "day"), cellTable(stream, "hour"), pendingTable(stream)]);
  for (const { name, old } of present) {
    if (kept.includes(name)) await dropBuilds(writer, name, paced ? SHARE_REPLACED : 0);
    else if (old === 1) await writer.command(sql`drop table if exists ${ident(name)}`);
  }
}

async function dropBuilds(writer: ClickhouseWriter, table: string, share: number): Promise<void> {
  const isReplaced = sql`build not in (select build from rollup.builds)
    and build < (toUnixTimestamp64Milli(now64(3)) - ${limits.clickhouseReplacedKeptSeconds * 1_000}) * ${BUILDS_A_MS}`;
  const stale = await writer.rows<{ partition: string }>(sql`select _partition_id as partition from ${ident(table)}
    group by partition having countIf(${isReplaced}) > count() * ${share}`);
  for (const { partition } of stale) {
    if (!/^\d+$/.test(partition)) continue;
    await writer.command(
      sql`alter table ${ident(table)} delete in partition id ${partition} where ${isReplaced} settings mutations_sync = 1`,
    );
  }
}
const SHARE_REPLACED = 0.2;

/** Builds are numbered by the millisecond in which they began, and within it by date: a batch has at most 62 dates. */
export const BUILDS_A_MS = 64;
