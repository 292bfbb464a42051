import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Pool } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { limits } from "../../kernel/limits.ts";
import type { RowRules } from "./check-row.ts";
import type { JudgedRow } from "./judge.ts";
import { beginFile, type FileEntry, finishFile, noteChunk } from "./ledger.ts";
import { type OpenedFile, openFile } from "./read-file.ts";
import { openParquet } from "./read-parquet.ts";
import { type FileReport, FileTally, type LoadReport, skippedFile, summed } from "./report.ts";
import { loadChunk } from "./settle.ts";
import { LOAD_TABLES, type LoadTable } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

export interface LoadOptions {
  /** Reads a file again that is in whole by its content. */
  readonly again?: boolean;
  /** Rows of one transaction; a killed load goes on behind the last one. */
  readonly chunkRows?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
}

export interface LoadProgress {
  readonly file: string;
  /** Rows of the file read so far. */
  readonly rows: number;
  readonly finished: boolean;
}

/**
 * Loads a folder of CSV and Parquet files named as the mart's tables (`cases.csv`, `decisions.parquet` …), or one such file, parents before
 * children. Good rows are kept, bad ones go to `mart.quarantine` with file, line and reason, and both are counted in the report. A row that
 * is there already is a duplicate, and a file that is in whole is known by its content: a second load adds nothing. Each chunk is a
 * transaction that also says how far the file is in, so that a killed load goes on where it was. Throws when `path` is none or the database
 * fails.
 */
export async function loadDirectory(
  pool: Pool,
  path: string,
  rules: RowRules,
  options: LoadOptions = {},
): Promise<LoadReport> {
  if (!existsSync(path)) throw new Error(`${path} is not a folder.`);
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const names = isFolder ? readdirSync(path).sort() : [basename(path)];
  const files: FileReport[] = [];
  for (const table of LOAD_TABLES) {
    for (const name of filesOf(table)) {
      if (names.includes(name)) files.push(await loadFile(pool, join(folder, name), name, table, rules, options));
    }
  }
  const known = new Set(LOAD_TABLES.flatMap(filesOf));
  for (const name of names) if (!known.has(name)) files.push(skippedFile(name));
  return summed(files);
}

const filesOf = ({ name }: LoadTable): string[] => [`${name}.csv`, `${name}.parquet`];

/** The closed sets of a catalog by dimension; a dimension without values is open. */
export function closedSetsOf(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...catalog.dimensions.values()]
      .filter(({ values }) => values.length > 0)
      .map(({ id, values }) => [id, values.map((value) => value.id)]),
  );
}

async function loadFile(
  pool: Pool,
  path: string,
  file: string,
  table: LoadTable,
  rules: RowRules,
  options: LoadOptions,
): Promise<FileReport> {
  const tally = new FileTally(file, table.name);
  if (!statSync(path).isFile()) return tally.refused("it is not a file");
  const opened = await (file.endsWith(".parquet") ? openParquet : openFile)(path, table, rules);
  if ("refused" in opened) return tally.refused(opened.refused);
  const contentHash = await hashOf(path);
  const entry = await beginFile(pool, { contentHash, source: table.name, file, columns: opened.columns });
  if (entry.state === "whole" && !options.again) return tally.known(entry.rows);
  const resumedAt = entry.state === "begun" ? entry.lineDone : 0;
  await loadRows(pool, table, opened, { tally, contentHash, after: resumedAt, rules, options });
  await finishFile(pool, contentHash, table.name);
  if (tally.loaded > 0) await pool.query(`analyze mart.${table.name}`);
  const report = tally.report(opened.ignoredColumns);
  return resumedAt > 0 ? { ...report, resumedAtLine: resumedAt + 1 } : report;
}

interface Loading {
  readonly tally: FileTally;
  readonly contentHash: string;
  readonly after: FileEntry["lineDone"];
  readonly rules: RowRules;
  readonly options: LoadOptions;
}

async function loadRows(
  pool: Pool,
  table: LoadTable,
  opened: Exclude<OpenedFile, { refused: string }>,
  { tally, contentHash, after, rules, options }: Loading,
): Promise<void> {
  let read = 0;
  for await (const chunk of chunksOf(opened.rows(after), options.chunkRows ?? limits.loadChunkRows)) {
    const before = tally.counts();
    await inTransaction(pool, async (client) => {
      await loadChunk(client, table, chunk, { tally, now: rules.now, conflicts: "aside" });
      const lineDone = chunk.at(-1)?.line ?? after;
      await noteChunk(client, { contentHash, source: table.name }, lineDone, before, tally.counts());
    });
    read += chunk.length;
    options.onProgress?.({ file: tally.file, rows: read, finished: false });
  }
  options.onProgress?.({ file: tally.file, rows: read, finished: true });
}

async function* chunksOf(batches: AsyncGenerator<JudgedRow[]>, rowsMax: number): AsyncGenerator<JudgedRow[]> {
  let held: JudgedRow[] = [];
  for await (const batch of batches) {
    held = held.length === 0 ? batch : held.concat(batch);
    for (; held.length >= rowsMax; held = held.slice(rowsMax)) yield held.slice(0, rowsMax);
  }
  if (held.length > 0) yield held;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
