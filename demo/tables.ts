import { once } from "node:events";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** A value as COPY's text format writes it; numbers and text without tabs, line ends or backslashes pass as they are. */
export type Cell = string | number | null;

/** Where rows of one table go. `add` never waits; `drain` waits until the server has caught up. */
export interface TableSink {
  add(...cells: Cell[]): void;
  drain(): Promise<void>;
  /** Number of rows. */
  close(): Promise<number>;
}

/** Empties `table` and streams rows into it by COPY, in one transaction on a connection of its own. */
export async function copyInto(url: string, table: string, columns: readonly string[]): Promise<TableSink> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("begin");
  await client.query(`truncate ${table}`);
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
  let failure: Error | null = null;
  stream.on("error", (error) => (failure = error));
  let pending = "";
  let rows = 0;
  let full = false;
  const flush = () => {
    if (pending) full = !stream.write(pending);
    pending = "";
  };
  return {
    add: (...cells) => {
      rows++;
      pending += line(cells);
      if (pending.length > CHUNK_CHARS) flush();
    },
    drain: async () => {
      if (failure) throw failure;
      if (full) await once(stream, "drain");
      full = false;
    },
    close: async () => {
      flush();
      stream.end();
      await once(stream, "finish");
      await client.query("commit");
      await client.end();
      return rows;
    },
  };
}

/** The same over the one connection that PGlite has, which knows no COPY from a client: INSERT of many rows at a time. */
export async function insertInto(client: pg.Client, table: string, columns: readonly string[]): Promise<TableSink> {
  await client.query(`truncate ${table}`);
  let pending: string[] = [];
  let rows = 0;
  const drain = async () => {
    const batch = pending;
    pending = [];
    for (let i = 0; i < batch.length; i += INSERT_ROWS_MAX) {
      const values = batch.slice(i, i + INSERT_ROWS_MAX).join(", ");
      await client.query(`insert into ${table} (${columns.join(", ")}) values ${values}`);
    }
  };
  return {
    add: (...cells) => {
      rows++;
      pending.push(`(${cells.map((cell) => (cell === null ? "null" : pg.escapeLiteral(String(cell)))).join(", ")})`);
    },
    drain: async () => {
      if (pending.length >= INSERT_ROWS_MAX) await drain();
    },
    close: async () => {
      await drain();
      return rows;
    },
  };
}

const CHUNK_CHARS = 64_000;
const INSERT_ROWS_MAX = 500;

function line(cells: readonly Cell[]): string {
  let text = "";
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    text += i === 0 ? "" : "\t";
    text += cell === null || cell === undefined ? "\\N" : cell;
  }
  return `${text}\n`;
}
