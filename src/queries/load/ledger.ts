import type { Pool, PoolClient } from "pg";
import type { Counts } from "./report.ts";

/** How far one file's content is in one table. */
export interface FileEntry {
  /** `whole`: every row of it is in; `begun`: a load was killed behind `lineDone`; `new`: to be read from its first line. */
  readonly state: "new" | "begun" | "whole";
  readonly lineDone: number;
  readonly rows: number;
}

/**
 * Opens the file's entry, by content. Whole is only what lost no row to quarantine (the catalog may let more in by now) and whose table was not
 * emptied since.
 */
export async function beginFile(
  pool: Pool,
  file: {
    readonly contentHash: string;
    readonly source: string;
    readonly file: string;
    readonly columns: readonly string[];
  },
): Promise<FileEntry> {
  const { rows } = await pool.query<{ done: boolean; put_aside: number; line_done: number; rows: number }>(
    `select finished_at is not null as done, put_aside, line_done, loaded + duplicates as rows from mart.load_files
     where content_hash = $1 and source = $2 and storage = pg_relation_filenode($3::regclass)`,
    [file.contentHash, file.source, `mart.${file.source}`],
  );
  const [known] = rows;
  if (known?.done && known.put_aside === 0) return { state: "whole", lineDone: known.line_done, rows: known.rows };
  if (known && !known.done && known.line_done > 0)
    return { state: "begun", lineDone: known.line_done, rows: known.rows };
  await pool.query(
    `insert into mart.load_files (content_hash, source, file, columns, storage)
     values ($1, $2, $3, $4, pg_relation_filenode($5::regclass))
     on conflict (content_hash, source) do update set file = excluded.file, columns = excluded.columns, storage = excluded.storage,
       started_at = now(), finished_at = null, line_done = 0, loaded = 0, duplicates = 0, put_aside = 0`,
    [file.contentHash, file.source, file.file, file.columns, `mart.${file.source}`],
  );
  return { state: "new", lineDone: 0, rows: 0 };
}

/** Says in the chunk's own transaction that it is in. */
export async function noteChunk(
  client: PoolClient,
  file: { readonly contentHash: string; readonly source: string },
  lineDone: number,
  before: Counts,
  after: Counts,
): Promise<void> {
  await client.query(
    `update mart.load_files set line_done = $3, loaded = loaded + $4, duplicates = duplicates + $5, put_aside = put_aside + $6
     where content_hash = $1 and source = $2`,
    [
      file.contentHash,
      file.source,
      lineDone,
      after.loaded - before.loaded,
      after.duplicates - before.duplicates,
      after.putAside - before.putAside,
    ],
  );
}

export async function finishFile(pool: Pool, contentHash: string, source: string): Promise<void> {
  await pool.query("update mart.load_files set finished_at = now() where content_hash = $1 and source = $2", [
    contentHash,
    source,
  ]);
}
