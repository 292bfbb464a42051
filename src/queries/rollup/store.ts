import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { ident, render, type SqlText, sql } from "../sql.ts";
import { dateOf } from "./calendar.ts";
import type { CellGroup } from "./cell-groups.ts";
import { CELL_DIMENSIONS_MAX, type Cuboid } from "./cuboids.ts";
import type { DurationRun } from "./fold-cells.ts";
import type { Stream } from "./streams.ts";

export type CellTable = "day" | "hour";
export const cellTable = (stream: Stream, table: CellTable): string => `${stream.tables}_${table}`;
export const pendingTable = (stream: Stream): string => `${stream.tables}_pending`;

export const query = (client: PoolClient, text: SqlText) => {
  const { text: written, params } = render(text);
  return client.query(written, [...params]);
};

/** Makes a stream's empty tables and notes its cuboids; what an older catalog left under this name goes. */
export async function createTables(
  client: PoolClient,
  stream: Stream,
  cuboids: readonly (Cuboid & { readonly cells: number; readonly bytes: number })[],
  rowsADay: number,
): Promise<void> {
  await dropTables(client, stream.id);
  for (const [table, time] of [
    ["day", "date"],
    ["hour", "timestamptz"],
  ] as const) {
    const name = cellTable(stream, table);
    await client.query(`create table ${name} (${columnsOf(stream, time).join(", ")}) with (fillfactor = 100)`);
    await client.query(`create index on ${name} (cuboid, t)`);
  }
  if (stream.settled.length > 0) {
    await client.query(`create table ${pendingTable(stream)} (like ${stream.fact.table}, rollup_day date not null)`);
    await client.query(`create index on ${pendingTable(stream)} (rollup_day)`);
    const key = await keyOf(client, stream);
    if (key.length > 0)
      await client.query(`create index on ${pendingTable(stream)} (${key.map((column) => `"${column}"`).join(", ")})`);
  }
  await query(
    client,
    sql`insert into rollup.streams (stream, fingerprint, rows_a_day) values (${stream.id}, ${stream.fingerprint}, ${rowsADay})`,
  );
  for (const { id, calendar, dimensions, histograms, cells, bytes } of cuboids) {
    await query(
      client,
      sql`insert into rollup.cuboids (stream, cuboid, calendar, dimensions, histograms, cells_a_day, bytes_a_day)
        values (${stream.id}, ${id}, ${calendar}, ${dimensions}, ${histograms}, ${cells}, ${bytes})`,
    );
  }
}

/** The primary key of a stream's table; empty without one. */
export async function keyOf(client: PoolClient, stream: Stream): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary`,
    [stream.fact.table],
  );
  return rows.map(({ name }) => name);
}

/** Forgets a stream: its tables, and what is known about them. */
export async function dropTables(client: PoolClient, stream: string): Promise<void> {
  for (const table of ["day", "hour", "pending"]) {
    await query(client, sql`drop table if exists ${ident(`rollup.${stream}_${table}`)}`);
  }
  await query(client, sql`delete from rollup.streams where stream = ${stream}`);
}

function columnsOf(stream: Stream, time: string): string[] {
  const bins = stream.histograms.flatMap((_, at) => [
    `h${at}_bins smallint[]`,
    `h${at}_events integer[]`,
    `h${at}_censored integer[]`,
    `h${at}_seconds float8[]`,
  ]);
  return [
    "cuboid smallint not null",
    `t ${time} not null`,
    ...Array.from({ length: CELL_DIMENSIONS_MAX }, (_, at) => `d${at + 1} text`),
    ...stream.slots.map((_, at) => `s${at} float8`),
    ...bins,
  ];
}

/** Cells into their tables; zeros are left NULL, which takes no room, and so are bins of which none is censored. */
export async function writeCells(
  client: PoolClient,
  stream: Stream,
  table: CellTable,
  groups: Iterable<CellGroup>,
): Promise<number> {
  let cells = 0;
  function* lines(): Generator<string> {
    for (const group of groups) {
      let text = "";
      for (let index = 0; index < group.values.length; index += 1)
        text += lineOf(group, index, table, stream.histograms.length);
      cells += group.values.length;
      if (text) yield text;
    }
  }
  await pipeline(Readable.from(lines()), client.query(copyFrom(`copy ${cellTable(stream, table)} from stdin`)));
  return cells;
}

function lineOf(group: CellGroup, index: number, table: CellTable, histograms: number): string {
  const time = table === "day" ? dateOf(group.time) : new Date(group.time * 3_600_000).toISOString();
  let line = `${group.cuboid.id}\t${time}`;
  const values = group.values[index] ?? [];
  for (let at = 0; at < CELL_DIMENSIONS_MAX; at += 1) {
    const value = values[at];
    line += value === undefined || value === null ? "\t\\N" : `\t${escaped(value)}`;
  }
  for (const number of group.numbers[index] as Float64Array) line += number === 0 ? "\t\\N" : `\t${number}`;
  for (let at = 0; at < histograms; at += 1) line += binFields(group.durations[index]?.[at]);
  return `${line}\n`;
}

function binFields(run: DurationRun | undefined): string {
  if (!run || run.bins.length === 0) return "\t\\N\t\\N\t\\N\t\\N";
  const censored = run.censored.some((count) => count !== 0) ? `{${run.censored.join()}}` : "\\N";
  return `\t{${run.bins.join()}}\t{${run.events.join()}}\t${censored}\t{${run.seconds.join()}}`;
}

const escaped = (value: string): string =>
  value.replaceAll(
    /[\\\t\n\r]/g,
    (letter) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[letter] as string,
  );

/** Streams a statement's rows as lines of COPY's text format, each from `start` to `end` of a buffer. Gives the number of rows. */
export async function readLines(
  client: PoolClient,
  text: string,
  each: (buffer: Buffer, start: number, end: number) => void,
): Promise<number> {
  const source = client.query(copyTo(`copy (${text}) to stdout`));
  let rest: Buffer = Buffer.alloc(0);
  let rows = 0;
  source.on("data", (chunk: Buffer) => {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE, start); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      each(buffer, start, end);
      rows += 1;
      start = end + 1;
    }
    rest = buffer.subarray(start);
  });
  await once(source, "end");
  return rows;
}
const NEWLINE = 10;
