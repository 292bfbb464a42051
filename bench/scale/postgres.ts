import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Pool } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Peer } from "./peers.ts";
import { wideColumns } from "./peers.ts";

/** Raw PostgreSQL: the wide table on the same server as ours, with the indexes that its expert would give it. */
export function openPostgres(pool: Pool, serverPid: number): Peer {
  return {
    name: "PostgreSQL",
    dialect: "postgres",
    load: async (csv) => {
      const columns = wideColumns({ time: "timestamptz", number: "double precision", whole: "bigint", text: "text" });
      await pool.query("drop table if exists bench.wide");
      await pool.query("create schema if not exists bench");
      await pool.query(`create table bench.wide (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`);
      await copyCsv(pool, "bench.wide", csv);
      for (const index of [
        "using brin (decided_at) with (pages_per_range = 32)",
        "using brin (created_at) with (pages_per_range = 32)",
        "(market, decided_at)",
        "(decided_at) where seller_tier = 'brand'",
        "(appeal_resolved_at) where appeal_resolved_at is not null",
        "(decided_at) where weight is not null",
      ])
        await pool.query(`create index on bench.wide ${index}`);
      await pool.query("vacuum analyze bench.wide");
    },
    ask: async (sql) => (await pool.query(sql.replace(/\bfrom wide\b/g, "from bench.wide"))).rows.length,
    cpuMs: () => serverCpuMs(serverPid),
    bytes: () => 0,
    close: async () => {},
  };
}

/** Streams a CSV with a header into a table by COPY. An empty field is NULL. */
export async function copyCsv(pool: Pool, table: string, csv: string): Promise<void> {
  const client = await pool.connect();
  try {
    await pipeline(
      createReadStream(csv, { highWaterMark: 1 << 20 }),
      client.query(copyFrom(`copy ${table} from stdin (format csv, header)`)),
    );
  } finally {
    client.release();
  }
}

/** The postmaster: the parent of the process that answers. Linux only. */
export async function serverPidOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>("select pg_backend_pid() as pid");
  return Number(statOf(String(rows[0]?.pid))?.[1]);
}

const TICKS_A_SECOND = 100;

/** CPU time of a PostgreSQL server: its living children, and those that have ended (parallel workers). Linux only. */
export function serverCpuMs(postmaster: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(entry);
    if (!stat) continue;
    // Fields behind the name: state, ppid, …; utime and stime are the 12th and 13th, those of ended children the 14th and 15th.
    if (Number(stat[1]) === postmaster) ticks += Number(stat[11]) + Number(stat[12]);
    if (Number(entry) === postmaster) ticks += Number(stat[13]) + Number(stat[14]);
  }
  return (ticks * 1_000) / TICKS_A_SECOND;
}

/** CPU time of this process and of the commands that it has waited for. Linux only. */
export function commandCpuMs(): number {
  const ticks = (statOf("self") ?? []).slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return (ticks * 1_000) / TICKS_A_SECOND;
}

function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
