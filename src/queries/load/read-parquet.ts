import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { RowRules } from "./check-row.ts";
import { type JudgedRow, judgeFields, type Places, placesOf } from "./judge.ts";
import type { OpenedFile } from "./read-file.ts";
import type { LoadTable } from "./tables.ts";

/** Rows held in memory at once, within a row group. */
const BATCH_ROWS = 20_000;

/**
 * Opens a Parquet file of one table, columns in any order. Read by row group and never more than 20,000 rows at once. Timestamps must be
 * adjusted to UTC: one that is local to nowhere refuses the file, as a CSV time without a zone refuses its row.
 */
export async function openParquet(path: string, table: LoadTable, rules: RowRules): Promise<OpenedFile> {
  const file = await asyncBufferFromFile(path);
  const metadata = await readMetadata(file);
  if (!metadata) return { refused: "the file is not Parquet, or its end is cut off" };
  const elements = metadata.schema.slice(1).filter((element) => !element.num_children);
  const names = metadata.schema.slice(1, 1 + (metadata.schema[0]?.num_children ?? 0)).map(({ name }) => name);
  const found = placesOf(table, names);
  if ("refused" in found) return found;
  const zoneless = table.columns.filter(({ kind, name }) => {
    const element = elements.find((each) => each.name === name);
    const logical = element?.logical_type;
    return kind === "time" && logical?.type === "TIMESTAMP" && !logical.isAdjustedToUTC;
  });
  if (zoneless.length > 0)
    return { refused: `${zoneless.map(({ name }) => name).join(", ")} has no time zone: write it adjusted to UTC` };
  const columns = table.columns.map(({ name }) => name);
  const scales = columns.map((name) => scaleOf(elements.find((each) => each.name === name)));
  const places: Places = table.columns.map((column, at) => ({ column, at }));
  const read: Reading = { file, metadata, columns, scales, places, rules };
  return { columns: names, ignoredColumns: found.unknown, rows: (after) => rowsOf(read, after) };
}

type AsyncBuffer = Awaited<ReturnType<typeof asyncBufferFromFile>>;
type Metadata = Awaited<ReturnType<typeof parquetMetadataAsync>>;

interface Reading {
  readonly file: AsyncBuffer;
  readonly metadata: Metadata;
  readonly columns: string[];
  /** Digits after the point of a DECIMAL column; null for the others. */
  readonly scales: readonly (number | null)[];
  readonly places: Places;
  readonly rules: RowRules;
}

async function readMetadata(file: AsyncBuffer): Promise<Metadata | null> {
  try {
    return await parquetMetadataAsync(file);
  } catch {
    return null;
  }
}

const scaleOf = (element: Metadata["schema"][number] | undefined): number | null =>
  element?.converted_type === "DECIMAL" ? (element.scale ?? 0) : null;

async function* rowsOf(read: Reading, after: number): AsyncGenerator<JudgedRow[]> {
  let groupStart = 0;
  for (const group of read.metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let from = Math.max(groupStart, after); from < groupEnd; from += BATCH_ROWS) {
      yield judgeRows(await readRows(read, from, Math.min(groupEnd, from + BATCH_ROWS)), from, read);
    }
    groupStart = groupEnd;
  }
}

function readRows({ file, metadata, columns }: Reading, rowStart: number, rowEnd: number): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    const reading = { file, metadata, columns, compressors, parsers, rowStart, rowEnd, onComplete: resolve };
    parquetRead(reading).catch(reject);
  });
}

function judgeRows(rows: readonly unknown[][], before: number, read: Reading): JudgedRow[] {
  return rows.map((cells, index) => {
    const fields = cells.map((cell, at) => textOf(cell, read.scales[at] ?? null));
    const row = { line: before + index + 1, content: fields.join(",").replaceAll("\0", "\\0") };
    return judgeFields(row, fields, read.places, read.rules);
  });
}

/** Instants as text with all their digits: a Date would drop microseconds. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint): string => instant(millis * 1_000n),
  timestampFromMicroseconds: (micros: bigint): string => instant(micros),
  timestampFromNanoseconds: (nanos: bigint): string => instant(nanos / 1_000n),
  jsonFromBytes: (bytes: Uint8Array): string => new TextDecoder().decode(bytes),
};

function instant(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const second = new Date(Number((micros - rest) / 1_000n)).toISOString().slice(0, 19);
  return `${second}.${String(rest).padStart(6, "0")}Z`;
}

function textOf(cell: unknown, scale: number | null): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return scale === null ? String(cell) : cell.toFixed(scale);
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === "object") return JSON.stringify(cell);
  return String(cell);
}
