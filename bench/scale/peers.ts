import { rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { HEADERS } from "./generate.ts";

/** An engine beside ours, over one wide table. `cpuMs` is the CPU time of the engine so far. */
export interface Peer {
  readonly name: string;
  readonly dialect: "postgres" | "duckdb" | "clickhouse";
  load(csv: string): Promise<void>;
  /** Runs to the last row; gives how many there were. */
  ask(sql: string): Promise<number>;
  cpuMs(): number;
  bytes(): number;
  close(): Promise<void>;
}

const TIMES = ["decided_at", "created_at", "appeal_resolved_at"];
const NUMBERS = ["cost_usd", "weight"];
const WHOLE = ["decision_id", "moderator_id", "seller_id", "handle_seconds"];

/** Columns of the wide table in a dialect's types. */
export function wideColumns(types: {
  readonly time: string;
  readonly number: string;
  readonly whole: string;
  readonly text: string;
}) {
  return HEADERS.wide.split(",").map((name) => {
    const kind = TIMES.includes(name) ? types.time : NUMBERS.includes(name) ? types.number : WHOLE.includes(name) ? types.whole : types.text;
    return { name, type: kind };
  }); // biome-ignore format: one rule
}

const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

interface DuckDb {
  readonly DuckDBInstance: {
    create(
      path: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRows(): unknown[] }>; closeSync(): void }>;
      closeSync(): void;
    }>;
  };
}

export async function openDuckDb(folder: string, fresh: boolean): Promise<Peer> {
  const path = join(folder, "peer.duckdb");
  if (fresh) rmSync(path, { force: true });
  const { DuckDBInstance } = peerModule("@duckdb/node-api") as DuckDb;
  const instance = await DuckDBInstance.create(path, { threads: "2", memory_limit: "6GB" });
  const connection = await instance.connect();
  const run = async (sql: string) => (await connection.runAndReadAll(sql)).getRows().length;
  return {
    name: "DuckDB",
    dialect: "duckdb",
    load: async (csv) => {
      const columns = wideColumns({ time: "TIMESTAMP", number: "DOUBLE", whole: "BIGINT", text: "VARCHAR" });
      const types = columns.map(({ name, type }) => `'${name}': '${type}'`).join(", ");
      await run(`create or replace table wide as select * from read_csv('${csv}', header = true, columns = {${types}},
        timestampformat = '%Y-%m-%dT%H:%M:%SZ', nullstr = '')`);
      await run("checkpoint");
    },
    ask: run,
    cpuMs: ownCpuMs,
    bytes: () => statSync(path).size,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface Chdb {
  readonly Session: new (
    folder: string,
  ) => {
    query(sql: string, format?: string): string;
    close(): void;
  };
}

export function openChdb(folder: string, fresh: boolean): Peer {
  const path = join(folder, "peer-chdb");
  if (fresh) rmSync(path, { recursive: true, force: true });
  const { Session } = peerModule("chdb") as Chdb;
  const session = new Session(path);
  session.query("create database if not exists bench");
  const ask = (sql: string) =>
    session.query(`${sql.replace(/\bfrom wide\b/g, "from bench.wide")} settings max_threads = 2`, "TSV");
  return {
    name: "chdb",
    dialect: "clickhouse",
    load: async (csv) => {
      const columns = wideColumns({
        time: "Nullable(DateTime)",
        number: "Nullable(Float64)",
        whole: "Nullable(Int64)",
        text: "LowCardinality(String)",
      }).map(({ name, type }) => `${name} ${name === "decided_at" || name === "created_at" ? "DateTime" : type}`);
      session.query("drop table if exists bench.wide");
      session.query(`create table bench.wide (${columns.join(", ")}) engine = MergeTree order by decided_at`);
      session.query(`insert into bench.wide select * from file('${csv}', 'CSVWithNames', '${columns.join(", ").replaceAll("'", "''")}')
        settings date_time_input_format = 'best_effort', max_threads = 2, max_insert_threads = 1`);
      session.query("optimize table bench.wide final");
    },
    ask: async (sql) => ask(sql).split("\n").length - 1,
    cpuMs: ownCpuMs,
    bytes: () => Number(session.query("select sum(bytes_on_disk) from system.parts where active", "TSV")),
    close: async () => session.close(),
  };
}

function peerModule(name: string): unknown {
  const home = join(import.meta.dirname, "..", "peers", "package.json");
  try {
    return createRequire(home)(name);
  } catch (cause) {
    throw new Error(
      `${name} is not installed; run: npm --prefix bench/peers install --no-package-lock (${(cause as Error).message})`,
    );
  }
}
