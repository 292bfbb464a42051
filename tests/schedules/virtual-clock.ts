import type { TestDatabase } from "../support/database.ts";

/**
 * A database whose clock the test sets. All that is due is decided by `clock_timestamp()`, so that a pool which writes another function in
 * its place lives at another time; nothing of the bot knows.
 */
export interface VirtualClock {
  readonly pool: TestDatabase["worker"];
  now(): number;
  set(instant: number): void;
  advance(milliseconds: number): void;
}

export function virtualClock(database: TestDatabase, start: number): VirtualClock {
  let now = start;
  const text = (sql: string): string =>
    sql.replaceAll("clock_timestamp()", `timestamptz '${new Date(now).toISOString()}'`);
  const query = (asked: string | { text: string; values?: unknown[] }, values?: unknown[]): Promise<unknown> =>
    typeof asked === "string"
      ? database.worker.query(text(asked), values)
      : database.worker.query(text(asked.text), asked.values);
  return {
    pool: { query } as unknown as TestDatabase["worker"],
    now: () => now,
    set: (instant) => {
      now = instant;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}
