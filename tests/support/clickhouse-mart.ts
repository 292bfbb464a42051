import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Pool } from "pg";
import { to } from "pg-copy-streams";
import type { ClickhouseServer } from "./clickhouse-server.ts";

const TABLES = ["cases", "claims", "decisions", "appeals", "qa_labels", "view_samples", "staffing", "watermarks"];

/** Puts a PostgreSQL mart into ClickHouse, by the tables of `deploy/clickhouse/mart.sql`. */
export async function copyMart(from: Pool, into: ClickhouseServer): Promise<void> {
  const ddl = await readFile(new URL("../../deploy/clickhouse/mart.sql", import.meta.url), "utf8");
  for (const statement of ddl.replaceAll(/^--.*$/gm, "").split(";")) if (statement.trim()) into.execute(statement);
  const folder = await mkdtemp(join(tmpdir(), "mart-"));
  const client = await from.connect();
  try {
    await client.query("set timezone = 'UTC'");
    into.execute("set date_time_input_format = 'best_effort'");
    for (const table of TABLES) {
      const file = join(folder, `${table}.csv`);
      const out = createWriteStream(file);
      await pipeline(client.query(to(`copy mart.${table} to stdout (format csv, header)`)), out);
      if (!out.closed) await once(out, "close");
      into.execute(`insert into mart.${table} from infile '${file}' format CSVWithNames`);
    }
  } finally {
    client.release();
    await rm(folder, { recursive: true });
  }
}
