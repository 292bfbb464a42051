import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pool, PoolClient } from "pg";

/**
 * Brings the database's schema to this version: every `src/queries/migrations/NNN_*.sql` that `bot.migrations` does not list yet, in order
 * of the numbers, each in a transaction of its own. Several processes may call it at once. Returns the names that were run.
 * Throws with the file's name when one fails; what ran before stays.
 */
export async function migrate(pool: Pool, folder: string = migrationsFolder()): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query("create schema if not exists bot");
    await client.query(
      "create table if not exists bot.migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    return await runPending(client, folder);
  } finally {
    await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => {});
    client.release();
  }
}

const MIGRATION_LOCK = 726_002;

async function runPending(client: PoolClient, folder: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>("select name from bot.migrations");
  const done = new Set(rows.map(({ name }) => name));
  const pending = migrationNames(folder).filter((name) => !done.has(name));
  for (const name of pending) await runOne(client, folder, name);
  return pending;
}

async function runOne(client: PoolClient, folder: string, name: string): Promise<void> {
  try {
    await client.query("begin");
    await client.query(readFileSync(join(folder, name), "utf8"));
    await client.query("insert into bot.migrations (name) values ($1)", [name]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new Error(`Migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}

function migrationNames(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}_.+\.sql$/.test(name));
  if (names.length === 0) throw new Error(`No migrations in ${folder}.`);
  return names.sort();
}

/** The same from the sources and from `dist/`: the SQL files stay where the package has them. */
function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "src", "queries", "migrations");
}
