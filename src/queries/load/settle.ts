import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { markTouched } from "./dirty.ts";
import type { JudgedRow } from "./judge.ts";
import type { FileTally } from "./report.ts";
import type { LoadTable } from "./tables.ts";

/** What becomes of a row whose key is in the mart with other content: a file's is put aside, a followed table's takes its place. */
export type Conflicts = "aside" | "replace";

/** Guards against two loads at once: each would see the other's rows as missing. */
const LOAD_LOCK = 726_003;

/**
 * One chunk of rows into the mart, within the caller's transaction: good rows are inserted, bad ones go to quarantine, and the hours that they
 * touch are marked for the roll-ups. One load at a time.
 */
export async function loadChunk(
  client: PoolClient,
  table: LoadTable,
  rows: readonly JudgedRow[],
  how: { readonly tally: FileTally; readonly now: number; readonly conflicts: Conflicts },
): Promise<void> {
  await client.query("set local statement_timeout = 0");
  await client.query("select pg_advisory_xact_lock($1)", [LOAD_LOCK]);
  await stage(client, table, rows, how.tally, how.now);
  await settle(client, table, how);
}

/** Every readable row into `load_stage`, with its line and its text; the others aside. */
async function stage(
  client: PoolClient,
  table: LoadTable,
  rows: readonly JudgedRow[],
  tally: FileTally,
  now: number,
): Promise<void> {
  await client.query(
    `create temp table load_stage on commit drop as select 0::bigint as load_line, ''::text as load_content, t.* from mart.${table.name} t limit 0`,
  );
  const names = table.columns.map(({ name }) => name).join(", ");
  const sink = client.query(copyFrom(`copy load_stage (load_line, load_content, ${names}) from stdin`));
  const aside: Aside[] = [];
  await pipeline(Readable.from(copyLines(rows, aside, tally)), sink);
  await quarantine(client, tally.file, aside, now);
}

interface Aside {
  readonly line: number;
  readonly content: string;
  readonly reason: string;
}

/** A row's text is kept up to here in quarantine. */
const CONTENT_CHARS_MAX = 4_000;
/** Rows put aside beyond this are counted, not kept: the file is another one than it says. */
const QUARANTINE_ROWS_MAX = 100_000;

const COPY_CHARS = 262_144;

function* copyLines(rows: readonly JudgedRow[], aside: Aside[], tally: FileTally): Generator<string> {
  let text = "";
  for (const row of rows) {
    const content = row.content.slice(0, CONTENT_CHARS_MAX);
    if ("aside" in row) {
      tally.putAside(row.line, row.aside.fault, row.aside.reason);
      if (aside.length < QUARANTINE_ROWS_MAX) aside.push({ line: row.line, content, reason: row.aside.reason });
    } else {
      text += copyLine([String(row.line), content, ...row.values]);
    }
    if (text.length < COPY_CHARS) continue;
    yield text;
    text = "";
  }
  if (text) yield text;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const copyLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => (cell === null ? "\\N" : cell.replace(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found))).join("\t")}\n`;

/** What only the database knows: orphans, repeated keys, rows that are there already. The rest is inserted. */
async function settle(
  client: PoolClient,
  table: LoadTable,
  { tally, now, conflicts }: { readonly tally: FileTally; readonly now: number; readonly conflicts: Conflicts },
): Promise<void> {
  await client.query("create index on load_stage (load_line)");
  await client.query("analyze load_stage");
  for (const parent of conflicts === "aside" ? table.parents : []) {
    const orphans = await moveAside(
      client,
      `select s.load_line, 'orphan: ${parent.column} ' || s.${parent.column} || ' is not in ${parent.table}' as reason from load_stage s
       where not exists (select from mart.${parent.table} p where p.${parent.key} = s.${parent.column})
         ${parent.optional ? `and exists (select from mart.${parent.table})` : ""}`,
    );
    await note(client, tally, "orphan", orphans, now);
  }
  await settleRepeated(client, table, tally, now);
  if (conflicts === "replace") await replacePresent(client, table, tally);
  else await settlePresent(client, table, tally, now);
  await markTouched(client, table, "load_stage", conflicts === "replace");
  const names = table.columns.map(({ name }) => name).join(", ");
  const { rowCount } = await client.query(
    `insert into mart.${table.name} (${names}) select ${names} from load_stage order by load_line`,
  );
  tally.loaded += rowCount ?? 0;
}

/** The same key twice in the file: the first is kept, an equal one counts as a duplicate, another one is put aside. */
async function settleRepeated(client: PoolClient, table: LoadTable, tally: FileTally, now: number): Promise<void> {
  const later = `from (select s.*, first_value(load_line) over (partition by ${table.key.join(", ")} order by load_line) as first_line
                       from load_stage s) l join load_stage f on f.load_line = l.first_line
                 where l.load_line <> l.first_line`;
  tally.duplicates += await remove(client, `select l.load_line ${later} and ${same(table, "l", "f")}`);
  const conflicts = await moveAside(
    client,
    `select l.load_line, 'the key ${table.key.join(", ")} ' || concat_ws(', ', ${table.key.map((key) => `l.${key}`).join(", ")})
       || ' stands in line ' || l.first_line || ' with other content' as reason ${later}`,
  );
  await note(client, tally, "conflict", conflicts, now);
}

/** The same key in the mart already. */
async function settlePresent(client: PoolClient, table: LoadTable, tally: FileTally, now: number): Promise<void> {
  const present = `from load_stage l join mart.${table.name} m on ${table.key.map((key) => `m.${key} = l.${key}`).join(" and ")}`;
  tally.duplicates += await remove(client, `select l.load_line ${present} where ${same(table, "l", "m")}`);
  if (table.advancesBy) {
    const { advancesBy } = table;
    await client.query(`delete from mart.${table.name} m using load_stage l
      where ${table.key.map((key) => `m.${key} = l.${key}`).join(" and ")} and l.${advancesBy} > m.${advancesBy}`);
  }
  const conflicts = await moveAside(
    client,
    `select l.load_line, 'the key ${table.key.join(", ")} ' || concat_ws(', ', ${table.key.map((key) => `l.${key}`).join(", ")})
       || ' is loaded already with other content' as reason ${present}`,
  );
  await note(client, tally, "conflict", conflicts, now);
}

/** A row that is there in another state goes, leaving its marks; an equal one stays. */
async function replacePresent(client: PoolClient, table: LoadTable, tally: FileTally): Promise<void> {
  const join = table.key.map((key) => `m.${key} = l.${key}`).join(" and ");
  tally.duplicates += await remove(
    client,
    `select l.load_line from load_stage l join mart.${table.name} m on ${join} where ${same(table, "l", "m")}`,
  );
  await client.query(
    `create temp table load_old on commit drop as select m.* from mart.${table.name} m join load_stage l on ${join}`,
  );
  await markTouched(client, table, "load_old", true);
  const { rowCount } = await client.query(`delete from mart.${table.name} m using load_stage l where ${join}`);
  tally.replaced += rowCount ?? 0;
}

const same = (table: LoadTable, a: string, b: string): string => {
  const row = (alias: string) => `(${table.columns.map(({ name }) => `${alias}.${name}`).join(", ")})`;
  return `${row(a)} is not distinct from ${row(b)}`;
};

async function remove(client: PoolClient, lines: string): Promise<number> {
  const { rowCount } = await client.query(`delete from load_stage where load_line in (${lines})`);
  return rowCount ?? 0;
}

async function moveAside(client: PoolClient, linesAndReasons: string): Promise<Aside[]> {
  const { rows } = await client.query<{ line: string; content: string; reason: string }>(
    `with bad as (${linesAndReasons})
     delete from load_stage s using bad where s.load_line = bad.load_line
     returning s.load_line as line, s.load_content as content, bad.reason`,
  );
  return rows
    .map(({ line, content, reason }) => ({ line: Number(line), content, reason }))
    .sort((a, b) => a.line - b.line);
}

async function note(
  client: PoolClient,
  tally: FileTally,
  fault: "orphan" | "conflict",
  rows: readonly Aside[],
  now: number,
): Promise<void> {
  for (const { line, reason } of rows) tally.putAside(line, fault, reason);
  await quarantine(client, tally.file, rows.slice(0, QUARANTINE_ROWS_MAX), now);
}

async function quarantine(client: PoolClient, file: string, rows: readonly Aside[], now: number): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into mart.quarantine (loaded_at, file, line, reason, content)
     select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[]) on conflict do nothing`,
    [
      new Date(now),
      file,
      rows.map(({ line }) => line),
      rows.map(({ reason }) => reason),
      rows.map(({ content }) => content),
    ],
  );
}
