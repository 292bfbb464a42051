import pg from "pg";
import type { Log } from "../../kernel/log.ts";
import type { Database } from "./embedded.ts";

/** Two doors to one database: facts are read through `reader`, the bot's own state goes through `writer`. */
export interface Pools {
  /** Read-only transactions, a statement time-out on the server, few clients: a question never starves the bot's state. */
  readonly reader: pg.Pool;
  readonly writer: pg.Pool;
  /**
   * The bot's state for what runs by the clock. A statement that gets no answer fails after ten seconds also where nobody ends the connection
   * (a black hole): a schedule must not hang for the hours until TCP gives up.
   */
  readonly worker: pg.Pool;
  end(): Promise<void>;
}

export interface PoolOptions {
  /** A statement of the reader is cancelled on the server after this long. */
  readonly statementTimeoutMs?: number;
  /** Questions that may be computed at once. */
  readonly readersMax?: number;
  readonly writersMax?: number;
  /** How long a caller waits for a free client before "busy". */
  readonly waitMsMax?: number;
  /** How long the worker waits for a statement's answer. */
  readonly workerTimeoutMs?: number;
  readonly log?: Log;
}

/** Opens no connection yet. `bigint` and `numeric` come as numbers, `timestamptz` as Date, `date` as text. */
export function openPools(database: Pick<Database, "url" | "kind">, options: PoolOptions = {}): Pools {
  // PGlite has one session for all: its clients take turns.
  const single = database.kind === "pglite";
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const common = {
    connectionString: database.url,
    connectionTimeoutMillis: options.waitMsMax ?? WAIT_MS_MAX,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: { getTypeParser },
  };
  const reader = new pg.Pool({
    ...common,
    application_name: "modstats reader",
    max: single ? 1 : (options.readersMax ?? READERS_MAX),
    ...(!single && { options: `-c default_transaction_read_only=on -c statement_timeout=${statementTimeoutMs}` }),
  });
  const writer = new pg.Pool({
    ...common,
    // The bot's own state waits its turn, for its statements take a millisecond: a storm of questions is refused at the reader's door, by
    // then with its delivery claimed and its receipt kept.
    connectionTimeoutMillis: Math.max(common.connectionTimeoutMillis, WRITER_WAIT_MS_MIN),
    application_name: "modstats writer",
    max: single ? 1 : (options.writersMax ?? WRITERS_MAX),
  });
  const worker = new pg.Pool({
    ...common,
    application_name: "modstats worker",
    max: single ? 1 : WORKERS_MAX,
    query_timeout: options.workerTimeoutMs ?? WORKER_TIMEOUT_MS,
  });
  for (const pool of [reader, writer, worker]) {
    // An idle client that loses its server is replaced by the pool; without a listener it would end the process.
    pool.on("error", (error) => options.log?.warn({ error: error.message }, "database connection lost"));
  }
  const end = async (): Promise<void> => void (await Promise.all([reader.end(), writer.end(), worker.end()]));
  return { reader, writer, worker, end };
}

const STATEMENT_TIMEOUT_MS = 3_000;
const READERS_MAX = 4;
const WRITERS_MAX = 4;
const WORKERS_MAX = 5;
const WORKER_TIMEOUT_MS = 10_000;
const WAIT_MS_MAX = 3_000;
const WRITER_WAIT_MS_MIN = 15_000;

const OID = { int8: 20, float8Array: 1022, date: 1082, numeric: 1700 } as const;

/** `{1,2.5}`: a flat array of finite numbers is JSON but for its braces, and read ten times as fast as by taking it apart; the bins of a month's hours are millions. */
function floatsOf(text: string): unknown {
  return /^\{[^{NI]*\}$/.test(text)
    ? JSON.parse(`[${text.slice(1, -1)}]`)
    : pg.types.getTypeParser(OID.float8Array as number, "text")(text);
}

/** Counts and money as numbers: all of ours are below 2^53, and JSON wants numbers. */
const getTypeParser = ((oid: number, format?: "text" | "binary") => {
  if (format !== "binary") {
    if (oid === OID.int8 || oid === OID.numeric) return Number;
    if (oid === OID.date) return String;
    if (oid === OID.float8Array) return floatsOf;
  }
  return pg.types.getTypeParser(oid, format as "text");
}) as typeof pg.types.getTypeParser;
