import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Pool } from "pg";
import { readConfig } from "../src/config.ts";
import { fixedClock } from "../src/kernel/clock.ts";
import { openHouse } from "../src/main.ts";
import { BENCH_NOW } from "./scale/generate.ts";
import { followOnce } from "./scale/late.ts";
import { askTimed, forgetResults } from "./scale/ours.ts";
import { quantile } from "./scale/quantile.ts";

/**
 * One question, daily overturn rate by market over 14 days, asked of the bot and of Cube in turns, on the data that `npm run bench` has left: Cube over the
 * peers' wide table, with a daily pre-aggregation by market in the same PostgreSQL, its cache and queue in memory.
 *
 *   npm --prefix bench/cube install --ignore-scripts --no-package-lock     # once
 *   npm run bench -- --rows 1e7                                            # the data
 *   npm run bench:cube -- --rows 1e7 [--dir .bench]
 */
const { values: flags } = parseArgs({
  options: { rows: { type: "string", default: "1e7" }, dir: { type: "string", default: ".bench" } },
});
const ROUNDS = 60;
const DAY_MS = 86_400_000;
const WORDS = "overturn rate by market daily last 14d";
const SECRET = "of the bench alone";

const SCHEMA = `cube("Wide", {
  sql: "select market, appeal_resolved_at, appeal_outcome from bench.wide where appeal_outcome in ('overturned', 'partial', 'upheld')",
  measures: {
    overturned: { sql: "case when appeal_outcome in ('overturned', 'partial') then 1 else 0 end", type: "sum" },
    resolved: { type: "count" },
  },
  dimensions: {
    market: { sql: "market", type: "string" },
    resolvedAt: { sql: "appeal_resolved_at", type: "time" },
  },
  preAggregations: {
    daily: {
      measures: [CUBE.overturned, CUBE.resolved],
      dimensions: [CUBE.market],
      timeDimension: CUBE.resolvedAt,
      granularity: "day",
      external: false,
      refreshKey: { every: "1 hour" },
    },
  },
});
`;

const folder = resolve(flags.dir, flags.rows);
const modules = resolve("bench/cube/node_modules");
if (!existsSync(modules))
  throw new Error("Cube is not installed: npm --prefix bench/cube install --ignore-scripts --no-package-lock");
process.env.MODSTATS_DATA_DIR = join(folder, "db");
process.env.DATABASE_URL = "";
const house = await openHouse(readConfig(process.env), fixedClock(new Date(BENCH_NOW).toISOString()));
const { rows: wide } = await house.pools.writer.query("select to_regclass('bench.wide') as known");
if (wide[0]?.known === null)
  throw new Error(`There is no wide table in ${folder}: run npm run bench -- --rows ${flags.rows} first.`);
const cube = await startCube(house.pools.writer);
try {
  const times = { ours: [] as number[], sql: [] as number[], cube: [] as number[], cached: [] as number[] };
  await followOnce(house, BENCH_NOW);
  for (let round = 0; round < ROUNDS; round += 1) {
    await forgetResults(house);
    const mine = await askTimed(house, WORDS);
    times.ours.push(mine.ms);
    times.sql.push(mine.sqlMs);
    // But for a market that does not exist, another one each time, so that its cache of results does not answer.
    times.cube.push(await cube.ask(`no-market-${round}`));
    times.cached.push(await cube.ask(`no-market-${round}`));
  }
  const line = (name: string, all: number[]): string =>
    `| ${name} | ${Math.min(...all).toFixed(1)} | ${quantile(all, 0.5).toFixed(1)} | ${quantile(all, 0.99).toFixed(1)} |`;
  process.stdout.write(
    [
      `| ${flags.rows} decisions, ${ROUNDS} rounds in turns | least ms | median | p99 |`,
      "|---|---|---|---|",
      line("Cube 0.31.69, daily pre-aggregation, not in its cache", times.cube),
      line("Cube 0.31.69, the same window again", times.cached),
      line("modstats, the queries", times.sql),
      line("modstats, words to reply", times.ours),
      "",
    ].join("\n"),
  );
} finally {
  cube.stop();
  await house.close();
}

/** A server of Cube's own on a free port, its pre-aggregation built. */
async function startCube(pool: Pool): Promise<{ ask(without: string): Promise<number>; stop(): void }> {
  const { host, port, user, password, database } = await connectionOf(pool);
  const home = join(folder, "cube");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, "schema"), { recursive: true });
  writeFileSync(join(home, "schema", "Wide.js"), SCHEMA);
  const own = await freePort();
  const child: ChildProcess = spawn(process.execPath, [join(modules, "@cubejs-backend/server/bin/server")], {
    cwd: home,
    stdio: ["ignore", "ignore", "ignore"],
    env: {
      PATH: process.env.PATH,
      NODE_PATH: modules,
      NODE_ENV: "production",
      PORT: String(own),
      CUBEJS_DB_TYPE: "postgres",
      CUBEJS_DB_HOST: host,
      CUBEJS_DB_PORT: String(port),
      CUBEJS_DB_NAME: database,
      CUBEJS_DB_USER: user,
      CUBEJS_DB_PASS: password,
      CUBEJS_API_SECRET: SECRET,
      CUBEJS_CACHE_AND_QUEUE_DRIVER: "memory",
      CUBEJS_REFRESH_WORKER: "true",
      CUBEJS_TELEMETRY: "false",
    },
  });
  const token = tokenOf({ exp: Math.floor(Date.now() / 1_000) + 86_400 });
  const ask = async (without: string): Promise<number> => {
    const range = [BENCH_NOW - 14 * DAY_MS, BENCH_NOW - DAY_MS].map((at) => new Date(at).toISOString().slice(0, 10));
    const query = {
      measures: ["Wide.overturned", "Wide.resolved"],
      dimensions: ["Wide.market"],
      timeDimensions: [{ dimension: "Wide.resolvedAt", granularity: "day", dateRange: range }],
      filters: [{ member: "Wide.market", operator: "notEquals", values: [without] }],
    };
    const started = performance.now();
    const answer = await load(own, token, query);
    if (answer.data.length === 0) throw new Error("Cube found nothing");
    return performance.now() - started;
  };
  for (const deadline = Date.now() + 600_000; ; ) {
    try {
      await ask("no-market");
      break;
    } catch (cause) {
      if (Date.now() > deadline || child.exitCode !== null) throw cause;
      await setTimeout(500);
    }
  }
  return { ask, stop: () => child.kill() };
}

async function load(port: number, token: string, query: object): Promise<{ data: unknown[] }> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/cubejs-api/v1/load`, {
      method: "POST",
      headers: { authorization: token, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as { data?: unknown[]; error?: string };
    if (answer.data) return { data: answer.data };
    if (answer.error !== "Continue wait") throw new Error(`Cube: ${answer.error ?? response.status}`);
  }
}

/** A JSON web token, HS256. */
function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

async function connectionOf(pool: Pool) {
  const client = await pool.connect();
  const { host, port, user, password, database } = client as unknown as Record<string, string>;
  client.release();
  return { host: host ?? "127.0.0.1", port, user: user ?? "", password: password ?? "", database: database ?? "" };
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    }),
  );
}
