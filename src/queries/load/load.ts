import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pool, PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Catalog } from "../../catalog/catalog.ts";
import type { RowRules } from "./check-row.ts";
import { type JudgedRow, openFile } from "./read-file.ts";
import { type FileReport, FileTally, type LoadReport, skippedFile, summed } from "./report.ts";
import { LOAD_TABLES, type LoadTable } from "./tables.ts";

/**
 * Loads a folder of CSV files named as the mart's tables (`cases.csv` …), parents before children, each file in one transaction. Good rows
 * are kept, bad ones go to `mart.quarantine` with file, line and reason, and both are counted in the report. A row that is there already is a
 * duplicate: a second load of the same files adds nothing. Throws when `folder` is none or the database fails.
 */
export async function loadDirectory(pool: Pool, folder: string, rules: RowRules): Promise<LoadReport> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder.`);
  const names = readdirSync(folder).sort();
  const files: FileReport[] = [];
  for (const table of LOAD_TABLES) {
    const name = `${table.name}.csv`;
    if (names.includes(name)) files.push(await loadFile(pool, join(folder, name), name, table, rules));
  }
  const known = new Set(LOAD_TABLES.map(({ name }) => `${name}.csv`));
  for (const name of names) if (!known.has(name)) files.push(skippedFile(name));
  return summed(files);
}

/** The closed sets of a catalog by dimension; a dimension without values is open. */
export function closedSetsOf(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...catalog.dimensions.values()]
      .filter(({ values }) => values.length > 0)
      .map(({ id, values }) => [id, values.map((value) => value.id)]),
  );
}

/** Guards against two loads at once: each would see the other's rows as missing. */
const LOAD_LOCK = 726_003;

async function loadFile(
  pool: Pool,
  path: string,
  file: string,
  table: LoadTable,
  rules: RowRules,
): Promise<FileReport> {
  const tally = new FileTally(file, table.name);
  if (!statSync(path).isFile()) return tally.refused("it is not a file");
  const opened = await openFile(path, table, rules);
  if ("refused" in opened) return tally.refused(opened.refused);
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("set local statement_timeout = 0");
    await client.query("select pg_advisory_xact_lock($1)", [LOAD_LOCK]);
    await stage(client, table, opened.rows, tally, rules.now);
    await settle(client, table, tally, rules.now);
    await client.query("commit");
    if (tally.loaded > 0) await client.query(`analyze mart.${table.name}`);
    return tally.report(opened.ignoredColumns);
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw cause;
  } finally {
    client.release();
  }
}

/** Every readable row into `load_stage`, with its line and its text; the others aside. */
async function stage(
  client: PoolClient,
  table: LoadTable,
  rows: AsyncGenerator<JudgedRow[]>,
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

async function* copyLines(rows: AsyncGenerator<JudgedRow[]>, aside: Aside[], tally: FileTally): AsyncGenerator<string> {
  for await (const batch of rows) {
    let text = "";
    for (const row of batch) {
      const content = row.content.slice(0, CONTENT_CHARS_MAX);
      if ("aside" in row) {
        tally.putAside(row.line, row.aside.fault, row.aside.reason);
        if (aside.length < QUARANTINE_ROWS_MAX) aside.push({ line: row.line, content, reason: row.aside.reason });
      } else {
        text += copyLine([String(row.line), content, ...row.values]);
      }
    }
    if (text) yield text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const copyLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => (cell === null ? "\\N" : cell.replace(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found))).join("\t")}\n`;

/** What only the database knows: orphans, repeated keys, rows that are there already. The rest is inserted. */
async function settle(client: PoolClient, table: LoadTable, tally: FileTally, now: number): Promise<void> {
  await client.query("create index on load_stage (load_line)");
  await client.query("analyze load_stage");
  for (const parent of table.parents) {
    const orphans = await moveAside(
      client,
      `select s.load_line, 'orphan: ${parent.column} ' || s.${parent.column} || ' is not in ${parent.table}' as reason from load_stage s
       where not exists (select from mart.${parent.table} p where p.${parent.key} = s.${parent.column})
         ${parent.optional ? `and exists (select from mart.${parent.table})` : ""}`,
    );
    await note(client, tally, "orphan", orphans, now);
  }
  await settleRepeated(client, table, tally, now);
  await settlePresent(client, table, tally, now);
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
