import { spawn, spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import type { Log } from "../../kernel/log.ts";
import { type Binaries, findBinaries } from "./native.ts";
import { startPglite } from "./pglite.ts";
import { reachableFolder, type ServerUser, serverUser } from "./server-user.ts";

/** A database that this process may use; `stop` gives it back. */
export interface Database {
  /** `postgres://…@127.0.0.1:port/modstats`. Carries a secret: not for logs. */
  readonly url: string;
  /** `pglite` serves one connection at a time: open pools with one client. */
  readonly kind: "postgres" | "pglite" | "external";
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The bot's data folder; the cluster lives in `postgres/` of it and survives restarts. */
  readonly dataDir: string;
  readonly log?: Log;
  /** False: no fsync, for databases that are thrown away (tests). */
  readonly durable?: boolean;
  /** True: PGlite even where PostgreSQL's binaries exist (tests). */
  readonly pglite?: boolean;
}

/** `DATABASE_URL` where it is set, else a PostgreSQL of our own in `dataDir`. */
export async function openDatabase(options: EmbeddedOptions & { readonly databaseUrl?: string }): Promise<Database> {
  const { databaseUrl } = options;
  if (databaseUrl) return { url: databaseUrl, kind: "external", stop: async () => {} };
  return startEmbedded(options);
}

/**
 * A real PostgreSQL from npm's binaries on a free port of 127.0.0.1, ready when this resolves (0.9 s for an empty folder, 0.1 s for one
 * that has been used); PGlite where no binary exists.
 *
 * - Started by root it runs as `postgres` or `nobody`.
 * - Several processes may start the same folder: they share one server, and the last one to stop ends it. A server whose starter was
 *   killed is found and used again.
 * - Only who can read `password` in the folder gets in.
 *
 * Throws with one sentence of advice when the server does not come up.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Database> {
  const user = serverUser();
  const binaries = options.pglite ? null : findBinaries(user);
  if (!binaries) {
    options.log?.info("no PostgreSQL binary for this platform: using PGlite");
    return startPglite(join(options.dataDir, "pglite"));
  }
  const cluster = prepareCluster(options, user, binaries);
  for (let attempt = 1; attempt <= START_ATTEMPTS_MAX; attempt++) {
    const keeper = (await adopt(cluster)) ?? (await launch(cluster));
    if (keeper) return keep(cluster, keeper);
  }
  throw new Error(`PostgreSQL did not start; ${join(cluster.folder, "server.log")} says: ${lastWords(cluster)}`);
}

/** Ends the server of `dataDir` whoever else uses it; for the end of a test run. */
export function endEmbedded(dataDir: string): void {
  const user = serverUser();
  const folder = reachableFolder(dataDir, user);
  const binaries = findBinaries(user);
  if (binaries && existsSync(join(folder, "postgres", "postmaster.pid"))) {
    stopServer({ folder, data: join(folder, "postgres"), binaries, user, flags: [], password: "" });
  }
}

const START_ATTEMPTS_MAX = 3;
const START_WAIT_MS_MAX = 30_000;
const ROLE = "modstats";
const KEEPER = "modstats keeper";
/** Guards "am I the last one?" among processes that stop at once, and the making of the database. */
const KEEPER_LOCK = 726_001;

const FLAGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  // PostgreSQL ≥ 16 sorts for count(distinct): 2.7 times slower than hashing here.
  "enable_presorted_aggregate=off",
  "jit=off",
  "max_connections=60",
  "shared_buffers=128MB",
  "max_wal_size=2GB",
  // COPY into a table that the same transaction truncated needs no WAL.
  "wal_level=minimal",
  "max_wal_senders=0",
  "timezone=UTC",
  "log_timezone=UTC",
];
const THROWAWAY_FLAGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | null;
  readonly flags: readonly string[];
  readonly password: string;
}

function prepareCluster(options: EmbeddedOptions, user: ServerUser | null, binaries: Binaries): Cluster {
  const folder = reachableFolder(options.dataDir, user);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const data = join(folder, "postgres");
  const passwordFile = join(data, "password");
  if (!existsSync(passwordFile)) createCluster(folder, data, user, binaries, options.durable ?? true);
  const password = readFileSync(passwordFile, "utf8").trim();
  const flags = options.durable === false ? [...FLAGS, ...THROWAWAY_FLAGS] : FLAGS;
  return { folder, data, binaries, user, flags, password };
}

/** `initdb` beside the final place and one rename: a half-made cluster is never seen, and of two starters one wins. */
function createCluster(
  folder: string,
  data: string,
  user: ServerUser | null,
  binaries: Binaries,
  durable: boolean,
): void {
  sweepLeftovers(folder);
  const fresh = join(folder, `.new-${process.pid}-${randomUUID().slice(0, 8)}`);
  const secret = `${fresh}.password`;
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(secret, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (user) for (const path of [fresh, secret]) chownSync(path, user.uid, user.gid);
  const made = runAs(
    user,
    binaries.initdb,
    [
      ["-D", fresh, "-U", ROLE, "-A", "scram-sha-256", `--pwfile=${secret}`, "--encoding=UTF8", "--no-instructions"],
      ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
      ["--set", "scram_iterations=1024", ...(durable ? [] : ["--no-sync"])],
    ].flat(),
  );
  if (made.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(secret, { force: true });
    throw new Error(`PostgreSQL could not make its data folder in ${folder}: ${made.output}`);
  }
  renameSync(secret, join(fresh, "password"));
  try {
    renameSync(fresh, data);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(data, "password"))) throw new Error(`${data} is not a data folder of modstats.`, { cause });
  }
}

/** What a starter that was killed in `initdb` left behind. */
function sweepLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^\.new-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** The server that already runs on this folder, or null. Answered by the server itself: a recycled process id fools nobody. */
async function adopt(cluster: Cluster): Promise<pg.Client | null> {
  const deadline = Date.now() + START_WAIT_MS_MAX;
  for (let seen = pidFile(cluster); seen && Date.now() < deadline; seen = pidFile(cluster)) {
    if (!isAlive(seen.pid)) return null;
    const keeper = await connect(cluster, seen.port);
    if (keeper && (await servesFolder(keeper, cluster))) return keeper;
    if (keeper) await keeper.end();
    if (keeper || (seen.isReady && (await refuses(seen.port)))) {
      // The file of a server that is gone; its number belongs to another process now, which PostgreSQL would wait for in vain.
      rmSync(join(cluster.data, "postmaster.pid"), { force: true });
      return null;
    }
    await pause();
  }
  return null;
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

function pidFile(cluster: Cluster): PidFile | null {
  const path = join(cluster.data, "postmaster.pid");
  if (!existsSync(path)) return null;
  const [pid, , , port, , , , status] = readFileSync(path, "utf8").split("\n");
  return pid && port ? { pid: Number(pid), port: Number(port), isReady: status?.trim() === "ready" } : null;
}

/** A server that is there never refuses, however busy it is. */
function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}

async function servesFolder(keeper: pg.Client, cluster: Cluster): Promise<boolean> {
  const { rows } = await keeper.query<{ data_directory: string }>("show data_directory");
  return rows[0]?.data_directory === cluster.data;
}

/** Null when the server ended at once (another starter was first, or the port was taken): try again. */
async function launch(cluster: Cluster): Promise<pg.Client | null> {
  const port = await freePort();
  const log = openSync(join(cluster.folder, "server.log"), "w");
  const args = ["-D", cluster.data, "-p", String(port), ...cluster.flags.flatMap((flag) => ["-c", flag])];
  const server = spawn(cluster.binaries.postgres, args, {
    // Not the data folder of the caller, which the server's user may not enter; a session of its own, so that Ctrl-C stays ours.
    cwd: "/",
    detached: true,
    env: { LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", log, log],
    ...(cluster.user && { uid: cluster.user.uid, gid: cluster.user.gid }),
  });
  closeSync(log);
  let ended = false;
  server.once("exit", () => (ended = true));
  server.once("error", () => (ended = true));
  server.unref();
  const deadline = Date.now() + START_WAIT_MS_MAX;
  while (!ended && Date.now() < deadline) {
    const keeper = await connect(cluster, port);
    if (keeper) return keeper;
    await pause();
  }
  return null;
}

/** Holds one connection for as long as this process uses the server: the server itself then knows who is left. */
async function keep(cluster: Cluster, keeper: pg.Client): Promise<Database> {
  await keeper.query("select pg_advisory_lock($1)", [KEEPER_LOCK]);
  const { rowCount } = await keeper.query("select from pg_database where datname = $1", [ROLE]);
  if (rowCount === 0) await keeper.query(`create database ${ROLE}`);
  await keeper.query("select pg_advisory_unlock($1)", [KEEPER_LOCK]);
  // The server may go first (a test run's end): nothing to be done about it here.
  keeper.on("error", () => {});
  let stopped: Promise<void> | null = null;
  return {
    url: `postgres://${ROLE}:${cluster.password}@127.0.0.1:${keeper.port}/${ROLE}`,
    kind: "postgres",
    stop: () => (stopped ??= leave(cluster, keeper)),
  };
}

async function leave(cluster: Cluster, keeper: pg.Client): Promise<void> {
  const others = await keeper
    .query("select pg_advisory_lock($1)", [KEEPER_LOCK])
    .then(() =>
      keeper.query("select from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()", [KEEPER]),
    )
    .then(({ rowCount }) => rowCount)
    .catch(() => null);
  if (others === 0) stopServer(cluster);
  await keeper.end().catch(() => {});
}

function stopServer(cluster: Cluster): void {
  const { status, output } = runAs(cluster.user, cluster.binaries.pgCtl, [
    "stop",
    "-D",
    cluster.data,
    "-m",
    "fast",
    "-w",
    "-s",
  ]);
  if (status !== 0 && existsSync(join(cluster.data, "postmaster.pid")))
    throw new Error(`PostgreSQL did not stop: ${output}`);
}

async function connect(cluster: Cluster, port: number): Promise<pg.Client | null> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: ROLE,
    password: cluster.password,
    database: "postgres",
    application_name: KEEPER,
    connectionTimeoutMillis: 2_000,
    ssl: false,
  });
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => {});
    return null;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function runAs(
  user: ServerUser | null,
  program: string,
  args: readonly string[],
): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: "/",
    encoding: "utf8",
    env: { LC_ALL: "C", TZ: "UTC" },
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  return { status, output: `${stderr ?? ""}${stdout ?? ""}`.trim() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lastWords(cluster: Cluster): string {
  const path = join(cluster.folder, "server.log");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(-3).join(" / ") : "nothing";
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));
