import type { Pool, PoolClient } from "pg";
import { limits } from "../kernel/limits.ts";
import type { SqlRecord } from "../kernel/measurement.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import { render, type SqlText } from "./sql.ts";

export type Row = Readonly<Record<string, unknown>>;
export interface Ran {
  readonly rows: readonly Row[];
  readonly record: SqlRecord;
}

/**
 * Runs one statement in the extended protocol, which refuses stacked statements. The pool's server cancels what runs too long. A database
 * that is away, full or slow is a Refusal, and so is a statement that it rejects (code `fault`, the cause for the log only).
 */
export async function run(pool: Pool | PoolClient, statement: SqlText): Promise<Result<Ran, Refusal>> {
  const { text, params } = render(statement);
  const started = performance.now();
  try {
    const { rows } = await pool.query({ text, values: [...params], queryMode: "extended" } as QueryInExtendedMode);
    const ms = performance.now() - started;
    return ok({ rows, record: { text, params, ms, source: "events" } });
  } catch (cause) {
    return err(refusalOf(cause));
  }
}

/** `queryMode` is the driver's, but not in its types. */
interface QueryInExtendedMode {
  readonly text: string;
  readonly values: unknown[];
  readonly queryMode: "extended";
}

/** What a failure of the driver means to the asker. */
export function refusalOf(cause: unknown): Refusal {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === "57014") return { code: "timeout", params: { seconds: limits.statementTimeoutMs / 1_000 }, cause };
  if (code === "53300" || message === "timeout exceeded when trying to connect")
    return { code: "busy", params: {}, cause };
  if (code === undefined || isConnectionCode(code)) return { code: "database_down", params: {}, cause };
  return { code: "fault", params: {}, cause };
}

/** Network errors of Node, and the classes 08 (connection), 28 (no entry), 3D (no such database), 57P (shut down) of PostgreSQL. */
const isConnectionCode = (code: string): boolean => /^(E[A-Z]+|08...|28...|3D000|57P0.)$/.test(code);
