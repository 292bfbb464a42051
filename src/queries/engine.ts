import type { Pool, PoolClient } from "pg";
import type { Refusal } from "../kernel/refusal.ts";
import type { Result } from "../kernel/result.ts";
import { type Ran, run } from "./run.ts";
import type { Dialect, SqlText } from "./sql.ts";

/** Where the facts are: PostgreSQL, or ClickHouse once that is outgrown. Reads only; the bot's own state is always in PostgreSQL. */
export interface Engine {
  readonly dialect: Dialect;
  /** Runs one statement. An engine that is away, full or slow is a Refusal; a statement that it rejects is one of code `fault`. */
  run(statement: SqlText): Promise<Result<Ran, Refusal>>;
}

/** `pool`: sessions that are read-only and time-limited. */
export const postgresEngine = (pool: Pool | PoolClient): Engine => ({
  dialect: "postgres",
  run: (statement) => run(pool, statement),
});
