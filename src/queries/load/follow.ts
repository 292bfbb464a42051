import pg from "pg";
import { limits } from "../../kernel/limits.ts";
import type { RowRules } from "./check-row.ts";
import { type JudgedRow, judgeFields, placesOf } from "./judge.ts";
import { FileTally } from "./report.ts";
import { loadChunk } from "./settle.ts";
import { LOAD_TABLES, type LoadTable } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

export interface FollowOptions {
  /** Schema of the tables (or views) at the source, named and shaped as the mart's. */
  readonly schema: string;
  /** Every pull reads this far back behind what it has, for transactions that committed late. */
  readonly overlapMs: number;
  readonly rules: Omit<RowRules, "now">;
  /** Names of the mart's tables; empty = all that the source has. */
  readonly tables: readonly string[];
}

/** What one pull of one table did. */
export interface Pulled {
  readonly table: string;
  readonly read: number;
  /** New rows, and rows that took the place of an earlier state. */
  readonly changed: number;
  readonly putAsideCount: number;
  /** Why the table was not read. */
  readonly refused?: string;
  readonly ignoredColumns?: readonly string[];
}

/**
 * Reads what changed at another PostgreSQL since the last pull, table by table, parents before children, and puts it in the place of what is here.
 * A row's moment of change is `updated_at` where the source has it, else the latest of its own times (a late resolution moves an appeal). The
 * cursor is kept in the transaction of the rows, so that a pull may be killed anywhere; reading the overlap again changes nothing. Then the
 * table's watermark is the source's clock (a replica's: what it has replayed) less the overlap, if the source keeps no watermarks itself.
 */
export async function pullChanges(target: pg.Pool, sourceUrl: string, options: FollowOptions): Promise<Pulled[]> {
  const source = new pg.Client({ connectionString: sourceUrl, application_name: "modstats follow" });
  await source.connect();
  try {
    await source.query("set default_transaction_read_only = on; set timezone = 'UTC'; set datestyle = 'ISO'");
    const origin = originOf(sourceUrl, options.schema);
    const columns = await sourceColumns(source, options.schema);
    const wanted = LOAD_TABLES.filter(
      ({ name }) => columns.has(name) && (options.tables.length === 0 || options.tables.includes(name)),
    );
    const pulled: Pulled[] = [];
    for (const table of wanted) {
      const found = columns.get(table.name) ?? [];
      pulled.push(
        await pullTable(target, source, table, found, { ...options, origin, marks: !columns.has("watermarks") }),
      );
    }
    return pulled;
  } finally {
    await source.end();
  }
}

/** Host, port, database and schema; never the password. */
function originOf(url: string, schema: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || "5432"}${pathname}/${schema}`;
}

async function sourceColumns(source: pg.Client, schema: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await source.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns from pg_class c
     join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = $1 and c.relkind in ('r', 'v', 'm', 'p', 'f') group by 1`,
    [schema],
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

interface Pulling extends FollowOptions {
  readonly origin: string;
  readonly marks: boolean;
}

async function pullTable(
  target: pg.Pool,
  source: pg.Client,
  table: LoadTable,
  columns: readonly string[],
  pulling: Pulling,
): Promise<Pulled> {
  const nothing = { table: table.name, read: 0, changed: 0, putAsideCount: 0 };
  const found = placesOf(table, columns);
  if ("refused" in found) return { ...nothing, refused: found.refused };
  const sourceNow = await clockOf(source);
  const tally = new FileTally(`${pulling.origin}.${table.name}`, table.name);
  const pages = pagesOf(source, table, columns, pulling.schema, await startOf(target, table, pulling));
  let read = 0;
  for await (const page of pages) {
    read += page.rows.length;
    await takePage(target, table, page, { tally, pulling, now: sourceNow });
  }
  if (pulling.marks) await markComplete(target, table, sourceNow - pulling.overlapMs, sourceNow);
  const ignored = found.unknown.filter((name) => name !== UPDATED_AT);
  return {
    table: table.name,
    read,
    changed: tally.loaded,
    putAsideCount: tally.counts().putAside,
    ...(ignored.length > 0 && { ignoredColumns: ignored }),
  };
}

const UPDATED_AT = "updated_at";

/** The source's clock; on a replica, up to where it has replayed. Milliseconds since the epoch. */
async function clockOf(source: pg.Client): Promise<number> {
  const { rows } = await source.query<{ at: Date }>(
    "select coalesce(case when pg_is_in_recovery() then pg_last_xact_replay_timestamp() end, now()) as at",
  );
  return (rows[0]?.at ?? new Date(0)).getTime();
}

async function startOf(target: pg.Pool, table: LoadTable, { origin, overlapMs }: Pulling): Promise<string> {
  const { rows } = await target.query<{ read_through: Date }>(
    "select read_through from mart.follow_cursors where origin = $1 and source = $2",
    [origin, table.name],
  );
  const [cursor] = rows;
  return cursor ? new Date(cursor.read_through.getTime() - overlapMs).toISOString() : "-infinity";
}

interface Page {
  /** Column texts in the order of `table.columns`; empty = NULL. */
  readonly rows: readonly (readonly string[])[];
  /** Moment of change of the last row. */
  readonly through: string;
}

/** By moment of change and key, a page at a time: the next begins behind the last row of the one before. */
async function* pagesOf(
  source: pg.Client,
  table: LoadTable,
  columns: readonly string[],
  schema: string,
  start: string,
): AsyncGenerator<Page> {
  const changed = changedAt(table, columns);
  const texts = table.columns.map(({ name }, index) => `t.${name}::text as c${index}`).join(", ");
  const keys = table.key.map((name) => `t.${name}`);
  const order = [changed, ...keys].join(", ");
  const from = `from "${schema.replaceAll('"', '""')}".${table.name} t`;
  const keyTexts = keys.map((key, index) => `${key}::text as k${index}`).join(", ");
  let after: readonly string[] | null = null;
  for (;;) {
    const isBehind: string =
      after === null ? `${changed} > $1` : `(${order}) > (${after.map((_, index) => `$${index + 1}`).join(", ")})`;
    const { rows }: { rows: Record<string, string | null>[] } = await source.query(
      `select ${texts}, ${keyTexts}, (${changed})::text as changed ${from} where ${isBehind} order by ${order} limit ${limits.followPageRows}`,
      after === null ? [start] : [...after],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield {
      rows: rows.map((row) => table.columns.map((_, index) => row[`c${index}`] ?? "")),
      through: last.changed ?? start,
    };
    if (rows.length < limits.followPageRows) return;
    after = [last.changed ?? "", ...keys.map((_, index) => last[`k${index}`] ?? "")];
  }
}

/** The SQL of a row's moment of change. A time that may lie ahead (a due date) says nothing about it. */
function changedAt(table: LoadTable, columns: readonly string[]): string {
  if (columns.includes(UPDATED_AT)) return `t.${UPDATED_AT}`;
  const times = table.columns.filter(({ kind, ahead }) => kind === "time" && !ahead).map(({ name }) => `t.${name}`);
  // Of the ledger and the experiments every time may lie ahead; they are small and read whole.
  return times.length > 0 ? `greatest(${times.join(", ")})` : "'infinity'::timestamptz";
}

async function takePage(
  target: pg.Pool,
  table: LoadTable,
  page: Page,
  { tally, pulling, now }: { readonly tally: FileTally; readonly pulling: Pulling; readonly now: number },
): Promise<void> {
  const places = table.columns.map((column, at) => ({ column, at }));
  const keyAt = table.columns.findIndex(({ name }) => name === table.key[0]);
  const rules = { ...pulling.rules, now: now + CLOCK_SKEW_MS };
  const before = tally.loaded;
  const rows = page.rows.map((fields, index): JudgedRow => {
    // A row's key tells where it stands at the source; where that is no number, its place in the page does.
    const key = Number(fields[keyAt]);
    return judgeFields(
      { line: Number.isSafeInteger(key) ? key : index + 1, content: fields.join(",") },
      fields,
      places,
      rules,
    );
  });
  await inTransaction(target, async (client) => {
    await loadChunk(client, table, rows, { tally, now, conflicts: "replace" });
    if (page.through === "infinity") return;
    await client.query(
      `insert into mart.follow_cursors (origin, source, read_through, rows_read, changed, pulled_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (origin, source) do update set read_through = greatest(follow_cursors.read_through, excluded.read_through),
         rows_read = follow_cursors.rows_read + excluded.rows_read, changed = follow_cursors.changed + excluded.changed, pulled_at = excluded.pulled_at`,
      [pulling.origin, table.name, page.through, rows.length, tally.loaded - before, new Date(now)],
    );
  });
}

/** Rows written while a pull reads are not in the future. */
const CLOCK_SKEW_MS = 300_000;

/** A watermark moves on, never back. */
async function markComplete(target: pg.Pool, table: LoadTable, through: number, now: number): Promise<void> {
  await target.query(
    `insert into mart.watermarks (source, complete_through, loaded_at) values ($1, $2, $3)
     on conflict (source) do update set complete_through = greatest(watermarks.complete_through, excluded.complete_through),
       loaded_at = excluded.loaded_at`,
    [table.name, new Date(through), new Date(now)],
  );
}
