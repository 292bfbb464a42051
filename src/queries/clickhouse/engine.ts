import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { limits } from "../../kernel/limits.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { err, ok, type Result } from "../../kernel/result.ts";
import type { Engine } from "../engine.ts";
import type { Ran, Row } from "../run.ts";
import { render, type SqlText } from "../sql.ts";

export interface ClickhouseEngine extends Engine {
  close(): Promise<void>;
}

/**
 * Reads the facts from ClickHouse over HTTP. `url` carries user, password and database (`http://reader:secret@host:8123`); the user needs SELECT
 * only. Values travel as bound parameters, never in the text. Statements that take longer than `timeoutMs` are cancelled on the server.
 */
export function clickhouseEngine(url: string, timeoutMs: number = limits.statementTimeoutMs): ClickhouseEngine {
  return engineOn(clientOf(url, timeoutMs));
}

export interface ClickhouseWriter extends ClickhouseEngine {
  /** Runs a statement that gives no rows; a string is one of ours, without values. Throws what the server says. */
  command(statement: SqlText | string): Promise<void>;
  /** Puts rows into a table, in one block: readers see all of them or none. Throws what the server says. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
  /** The rows of a statement. Throws what the server says. */
  rows<T>(statement: SqlText): Promise<readonly T[]>;
}

/** The same for who keeps the roll-ups; the user needs the rights on the database `rollup` that docs/scale.md names. */
export function clickhouseWriter(url: string): ClickhouseWriter {
  const client = clientOf(url, limits.clickhouseRefreshTimeoutMs);
  const engine = engineOn(client);
  return {
    ...engine,
    rows: async <T>(statement: SqlText) => {
      const ran = await engine.run(statement);
      if (!ran.ok) throw ran.error.cause;
      return ran.value.rows as readonly T[];
    },
    command: async (statement) => {
      const { text, params } =
        typeof statement === "string" ? { text: statement, params: [] } : render(statement, "clickhouse");
      await client.command({ query: text, query_params: named(params) });
    },
    insert: async (table, values) => {
      await client.insert({ table, values: [...values], format: "JSONEachRow" });
    },
  };
}

const engineOn = (client: ClickHouseClient): ClickhouseEngine => ({
  dialect: "clickhouse",
  run: (statement) => runOn(client, statement),
  close: () => client.close(),
});

const clientOf = (url: string, timeoutMs: number): ClickHouseClient =>
  createClient({
    url,
    application: "modstats",
    // Failures come back as Refusals; the one log of this process is ours.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: timeoutMs + limits.clickhouseGraceMs,
    max_open_connections: limits.clickhouseConnectionsMax,
    // Long lists of values go into the body: an address has a largest length.
    use_multipart_params_auto: true,
    clickhouse_settings: { ...AS_POSTGRES, max_execution_time: timeoutMs / 1_000 },
  });

/** What makes ClickHouse read a statement as PostgreSQL does (see spelling.ts), and one row a key from tables that replace. */
const AS_POSTGRES = {
  join_use_nulls: 1,
  prefer_column_name_to_alias: 1,
  transform_null_in: 0,
  final: 1,
  // A shard that is away is a refusal, never a smaller number.
  skip_unavailable_shards: 0,
  output_format_json_quote_64bit_integers: 0,
} as const;

async function runOn(client: ClickHouseClient, statement: SqlText): Promise<Result<Ran, Refusal>> {
  const { text, params } = render(statement, "clickhouse");
  const started = performance.now();
  try {
    const found = await client.query({ query: text, query_params: named(params), format: "JSONEachRow" });
    const rows = await found.json<Row>();
    return ok({ rows, record: { text, params, ms: performance.now() - started, source: "events" } });
  } catch (cause) {
    return err(refusalOf(cause));
  }
}

const named = (params: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(params.map((value, index) => [`p${index + 1}`, value]));

/** 159: took too long; 202, 241: too many at once, no memory left; 209, 210, 279: a socket inside the cluster; 516, 497: who may not. */
export function refusalOf(cause: unknown): Refusal {
  if (!(cause instanceof ClickHouseError)) {
    return String(cause).includes("Timeout")
      ? { code: "timeout", params: { seconds: limits.statementTimeoutMs / 1_000 }, cause }
      : { code: "database_down", params: {}, cause };
  }
  switch (cause.code) {
    case "159":
      return { code: "timeout", params: { seconds: limits.statementTimeoutMs / 1_000 }, cause };
    case "202":
    case "241":
      return { code: "busy", params: {}, cause };
    case "209":
    case "210":
    case "279":
    case "516":
      return { code: "database_down", params: {}, cause };
    default:
      return { code: "fault", params: {}, cause };
  }
}
