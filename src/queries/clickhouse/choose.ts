import type { CatalogSql } from "../../catalog/definition.ts";
import { expression } from "../compile-scope.ts";
import { HOUR } from "../rollup/calendar.ts";
import {
  type Candidate,
  type Chosen,
  candidatesOf,
  greedy,
  type LatticeOptions,
  type MeasuredStream,
  rowsOfTable,
} from "../rollup/lattice.ts";
import { rowsWithin, scopeOf } from "../rollup/scan.ts";
import type { Stream } from "../rollup/streams.ts";
import { text } from "../spelling.ts";
import { ident, join, sql } from "../sql.ts";
import type { ClickhouseWriter } from "./engine.ts";

const DAY_MS = 86_400_000;

/**
 * Chooses the cuboids of streams by the same greedy rule as in PostgreSQL (`lattice.ts`). Cells are counted on one real day by distinct
 * values; their bytes are estimated, for they are compressed.
 */
export async function chooseCuboids(
  writer: ClickhouseWriter,
  streams: readonly Stream[],
  options: LatticeOptions,
): Promise<Chosen[]> {
  const measured: MeasuredStream[] = [];
  for (const stream of streams) measured.push(await measure(writer, stream, options));
  if (Math.max(0, ...measured.map(({ rows }) => rows)) < options.eventsADayMin)
    return measured.map(({ stream, rows }) => ({ stream, rowsADay: rows, cuboids: [] }));
  let bytes = 0;
  for (const table of new Set(streams.map(({ fact }) => fact.table)))
    bytes += (await rowBytes(writer, table)) * rowsOfTable(table, measured);
  return greedy(measured, bytes * options.budgetShare, options);
}

async function measure(writer: ClickhouseWriter, stream: Stream, options: LatticeOptions): Promise<MeasuredStream> {
  const day = await typicalDay(writer, stream, options.now);
  if (day === null) return { stream, rows: 0, candidates: [] };
  const cuboids = candidatesOf(stream, options);
  const scope = scopeOf(stream, options.now);
  const value = (id: string) =>
    sql`ifNull(${text(expression((stream.fact.dimensions[id] as { expr: CatalogSql }).expr, scope))}, '')`;
  const distinct = cuboids.map(({ calendar, dimensions }, at) => {
    const hour = calendar === HOUR ? [sql`toStartOfHour(${expression(stream.on, scope)})`] : [];
    const key = [...hour, ...dimensions.map(value)];
    return key.length === 0 ? sql`1 as ${ident(`n${at}`)}` : sql`uniqExact(${join(key, ", ")}) as ${ident(`n${at}`)}`;
  });
  const [found] = await writer.rows<Record<string, number>>(
    sql`select count() as rows, ${join(distinct, ", ")}
      ${rowsWithin(stream, scope, { from: day * DAY_MS, to: (day + 1) * DAY_MS }, [], [])}`,
  );
  const rows = found?.rows ?? 0;
  const candidates = cuboids.map((cuboid, at): Candidate => {
    const cells = found?.[`n${at}`] ?? 0;
    return { ...cuboid, cells, bytes: bytesOf(stream, cuboid.histograms, cells, rows) };
  });
  return { stream, rows, candidates };
}

/** The day with the median number of rows, of those in the last four weeks that have any, or in the four before the last row. */
async function typicalDay(writer: ClickhouseWriter, stream: Stream, now: number): Promise<number | null> {
  const scope = scopeOf(stream, now);
  const on = expression(stream.on, scope);
  const count = (until: number) =>
    writer.rows<{ day: number }>(
      sql`select toInt32(toDate(${on})) as day, count() as rows
        ${rowsWithin(stream, scope, { from: until - 28 * DAY_MS, to: until }, [], [])} group by day order by rows`,
    );
  let days = await count(now - DAY_MS);
  if (days.length === 0) {
    const [row] = await writer.rows<{ last: number }>(
      sql`select toUnixTimestamp64Milli(max(${on})) as last ${rowsWithin(stream, scope, { from: 0, to: now }, [], [])}`,
    );
    if (row?.last) days = await count(row.last);
  }
  return days[Math.floor(days.length / 2)]?.day ?? null;
}

/** Compressed: a few bytes for the key and each number, and for each bin that the events of a cell can fill. */
function bytesOf({ slots, histograms }: Stream, hasHistograms: boolean, cells: number, rows: number): number {
  const bins = hasHistograms ? histograms.length * Math.min(rows, cells * BINS_A_CELL) * BIN_BYTES : 0;
  return cells * (KEY_BYTES + slots.length * NUMBER_BYTES) + bins;
}
const KEY_BYTES = 8;
const NUMBER_BYTES = 2;
const BINS_A_CELL = 300;
const BIN_BYTES = 6;

async function rowBytes(writer: ClickhouseWriter, table: string): Promise<number> {
  const [size] = await writer.rows<{ bytes: number }>(
    sql`select sum(bytes_on_disk) / greatest(sum(rows), 1) as bytes from system.parts
      where active and concat(database, '.', table) = ${table}`,
  );
  return size?.bytes ?? 0;
}
