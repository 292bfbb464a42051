import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import { type Database, startEmbedded } from "../../src/queries/database/embedded.ts";
import { migrate } from "../../src/queries/database/migrate.ts";
import { openPools, type Pools } from "../../src/queries/database/pools.ts";

export interface TestDatabase extends Pools {
  readonly url: string;
  readonly kind: "postgres";
}

/** A fresh, migrated, empty database (about 50 ms). `end()` closes its pools and drops it. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await sharedServer();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await withTemplate(server, TEMPLATE, TEMPLATE_LOCK, (url) => migrated(url));
  await onServer(server, (admin) => admin.query(`create database ${name} template ${TEMPLATE}`));
  return dropped(server, name);
}

/** "Now" of the shared demo marketplace: Tue 17 Mar 2026, 10:05 in Singapore. */
export const DEMO_NOW = Date.parse("2026-03-17T10:05+08:00");

/**
 * A database with a small simulated marketplace (20 000 cases over 400 days ending at DEMO_NOW), made once in a run and shared by all test
 * files: read it, do not change it. `end()` closes its pools.
 */
export async function demoDatabase(): Promise<TestDatabase> {
  const server = await sharedServer();
  await demoTemplate(server);
  await onServer(server, async (admin) => {
    await admin.query("select pg_advisory_lock($1)", [DEMO_LOCK]);
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [DEMO]);
    if (!rowCount) await admin.query(`create database ${DEMO} template ${DEMO_TEMPLATE}`);
  });
  return open(server, DEMO);
}

/** The same marketplace as a database of one's own, to be changed at will. `end()` closes its pools and drops it. */
export async function demoCopy(): Promise<TestDatabase> {
  const server = await sharedServer();
  await demoTemplate(server);
  const name = `copy_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, (admin) => admin.query(`create database ${name} template ${DEMO_TEMPLATE}`));
  return dropped(server, name);
}

const demoTemplate = (server: Database): Promise<void> =>
  withTemplate(server, DEMO_TEMPLATE, DEMO_LOCK, async (url) => {
    await migrated(url);
    await fillMart({ url, cases: 20_000, now: DEMO_NOW });
  });

/** A database whose `end()` drops it. */
function dropped(server: Database, name: string): TestDatabase {
  const opened = open(server, name);
  return {
    ...opened,
    end: async () => {
      await opened.end();
      await onServer(server, (admin) => admin.query(`drop database ${name} with (force)`));
    },
  };
}

const TEMPLATE = "template_modstats";
const TEMPLATE_LOCK = 726_101;
const DEMO = "demo_modstats";
const DEMO_TEMPLATE = "template_demo_modstats";
const DEMO_LOCK = 726_102;

let server: Promise<Database> | null = null;

/** The run's server: the first caller of all test processes starts it, global-setup.ts ends it. */
function sharedServer(): Promise<Database> {
  server ??= startEmbedded({ dataDir: inject("databaseDir"), durable: false });
  return server;
}

function open(server: Database, name: string): TestDatabase {
  const url = withName(server.url, name);
  return { ...openPools({ url, kind: "postgres" }), url, kind: "postgres" };
}

/** Makes the database `name` once in a run, filled by `fill`, and never half-filled: it gets its name last. */
async function withTemplate(
  server: Database,
  name: string,
  lock: number,
  fill: (url: string) => Promise<void>,
): Promise<void> {
  await onServer(server, async (admin) => {
    await admin.query("select pg_advisory_lock($1)", [lock]);
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
    if (rowCount) return;
    const draft = `draft_${randomUUID().replaceAll("-", "")}`;
    await admin.query(`create database ${draft}`);
    await fill(withName(server.url, draft));
    await admin.query(`alter database ${draft} rename to ${name}`);
  });
}

async function migrated(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await migrate(pool);
  await pool.end();
}

async function onServer(server: Database, use: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  try {
    await use(admin);
  } finally {
    await admin.end();
  }
}

function withName(url: string, name: string): string {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return named.href;
}
