import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Pool } from "pg";
import { readConfig } from "../src/config.ts";
import { fixedClock } from "../src/kernel/clock.ts";
import { type House, openHouse } from "../src/main.ts";
import { closedSetsOf, loadDirectory } from "../src/queries/load/load.ts";
import { advise } from "../src/queries/rollup/advise.ts";
import { BENCH_NOW, DAYS, generate } from "./scale/generate.ts";
import { compileMs, secondsUntilLateAppeal, settle } from "./scale/late.ts";
import { measureOurs, type OursTimes } from "./scale/ours.ts";
import { openChdb, openDuckDb, type Peer } from "./scale/peers.ts";
import { commandCpuMs, copyCsv, openPostgres, serverCpuMs, serverPidOf } from "./scale/postgres.ts";
import { QUESTIONS } from "./scale/questions.ts";
import { type EngineTimes, reportText } from "./scale/report.ts";

/**
 * Generates, loads, rolls up and asks, and beside it in the same run raw PostgreSQL, DuckDB and chdb over one wide table of the same rows.
 *
 *   npm --prefix bench/peers install --no-package-lock                  # once: the peers
 *   npm run bench -- --rows 1e6 [--dir .bench] [--keep] [--only ours|peers] [--days 400]
 *
 * Fewer days make the days denser: 2.5e7 rows of 100 days are the last 100 days of 1e8 rows of 400. Room on the disk: 1.1 GB for 10^6 rows, peers included.
 * Steps that are done are kept in `--dir` and not done again with `--keep`. Prints Markdown; the figures are also in result-<rows>.json.
 */
const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1e6" },
    dir: { type: "string", default: ".bench" },
    keep: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    days: { type: "string", default: String(DAYS) },
  },
});
const rows = Number(flags.rows);
if (!Number.isInteger(rows) || rows < 10_000)
  throw new Error(`--rows wants a whole number from 10000 up, e.g. 1e6; got "${flags.rows}".`);
const days = Number(flags.days);
if (!Number.isInteger(days) || days < 1) throw new Error(`--days wants a whole number from 1 up; got "${flags.days}".`);
const NOW = new Date(BENCH_NOW).toISOString();
/** `load` is measured on so many cases; all of them are then copied straight into the tables. */
const LOAD_SAMPLE_ROWS = 100_000;
const TABLES = ["cases", "decisions", "appeals", "qa_labels"];
const EMPTIED =
  "truncate mart.cases, mart.decisions, mart.appeals, mart.qa_labels, mart.watermarks, mart.load_files, mart.dirty_hours";

const folder = resolve(flags.dir, flags.rows);
if (!flags.keep) rmSync(join(folder, "steps.json"), { force: true });
mkdirSync(join(folder, "csv"), { recursive: true });
const steps: Record<string, unknown> = existsSync(join(folder, "steps.json"))
  ? JSON.parse(readFileSync(join(folder, "steps.json"), "utf8"))
  : {};
const csv = (name: string): string => join(folder, "csv", `${name}.csv`);
process.env.MODSTATS_DATA_DIR = join(folder, "db");
process.env.DATABASE_URL = "";
process.env.MODSTATS_STATEMENT_TIMEOUT_MS = "600000";

const counts = await step("generate", () => generate(join(folder, "csv"), rows, days));
let house = await open();
const serverPid = await serverPidOf(house.pools.writer);
if (flags.only !== "peers") {
  await step("load, a sample", () => loadSample(house, serverPid));
  await step("copy", () => copyOurs(house, serverPid));
  await step("roll up", async () => ({
    ...(await timed(serverPid, () => command("rollup", "--now", NOW))),
    events: (counts.cases ?? 0) + (counts.decisions ?? 0),
  }));
  await step("refresh", () => refreshNew(house, serverPid));
  await step("check", () => timed(serverPid, () => command("rollup", "check")));
  await step("late appeal shows", () => secondsUntilLateAppeal(house, BENCH_NOW));
}
const engines: EngineTimes[] = [];
if (flags.only !== "ours") {
  await step("peer PostgreSQL", () =>
    timed(serverPid, () => openPostgres(house.pools.writer, serverPid).load(csv("wide"))),
  );
  engines.push(await askPeer(openPostgres(house.pools.reader, serverPid)));
  engines.push(await loadAndAsk("DuckDB", openDuckDb), await loadAndAsk("chdb", openChdb));
}
let ours: OursTimes | null = null;
if (flags.only !== "peers") {
  const sizes = await sizesOf(house.pools.writer);
  await house.close();
  house = await open();
  const times = await measureOurs(house, await serverPidOf(house.pools.writer), BENCH_NOW);
  ours = {
    ...times,
    sizes,
    cells: await cellsADay(house.pools.writer),
    allCells: await allCells(house),
    compileMs: compileMs(house, BENCH_NOW),
  };
}
await house.close();
const result = { rows, counts, steps, engines, ours };
writeFileSync(join(folder, `result-${flags.rows}.json`), JSON.stringify(result, null, 1));
process.stdout.write(`${reportText(result)}\n`);

function open(): Promise<House> {
  return openHouse(readConfig(process.env), fixedClock(NOW));
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (name in steps) return (steps[name] as { result: T }).result;
  process.stderr.write(`${name} …`);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1_000;
  process.stderr.write(` ${seconds.toFixed(1)} s\n`);
  steps[name] = { seconds, result };
  writeFileSync(join(folder, "steps.json"), JSON.stringify(steps, null, 1));
  return result;
}

/** Wall and CPU of one piece of work: of the server, and of this process and the commands that it started. */
async function timed(pid: number, work: () => Promise<unknown>) {
  const [started, cpu, own] = [performance.now(), serverCpuMs(pid), commandCpuMs()];
  await work();
  return {
    seconds: (performance.now() - started) / 1_000,
    cpuSeconds: (serverCpuMs(pid) - cpu) / 1_000,
    nodeSeconds: (commandCpuMs() - own) / 1_000,
  };
}

/** Checked row by row as `modstats load` does it, into empty tables. */
async function loadSample({ pools: { writer }, catalog }: House, pid: number) {
  const sample = join(folder, "sample");
  mkdirSync(sample, { recursive: true });
  await generate(sample, LOAD_SAMPLE_ROWS, days);
  rmSync(join(sample, "wide.csv"));
  await writer.query(EMPTIED);
  const rules = { now: BENCH_NOW, closedSets: closedSetsOf(catalog) };
  const times = await timed(pid, () => loadDirectory(writer, sample, rules));
  rmSync(sample, { recursive: true });
  return { ...times, events: LOAD_SAMPLE_ROWS };
}

async function copyOurs({ pools: { writer } }: House, pid: number) {
  await writer.query(EMPTIED);
  const times = await timed(pid, async () => {
    for (const name of TABLES) await copyCsv(writer, `mart.${name}`, csv(name));
  });
  await writer.query("insert into mart.watermarks select name, $1::timestamptz, $1 from unnest($2::text[]) as name", [
    new Date(BENCH_NOW),
    [...TABLES, "claims"],
  ]);
  const vacuum = await timed(pid, () => writer.query("vacuum analyze"));
  return { ...times, vacuum };
}

/** Up to 10^6 new cases and their decisions of the last two days: what it costs until they are in the roll-ups, which are followed as `start` does it. */
async function refreshNew(house: House, pid: number) {
  const pool = house.pools.writer;
  const first = 1_000_000_000;
  await pool.query(
    `insert into mart.cases select ${first} + case_id, created_at, market, queue, source, content_type, category, seller_id, seller_tier, severity,
       sla_due_at, views, gmv_usd from mart.cases where created_at >= $1::timestamptz - interval '2 days' and case_id < ${first} limit 500000`,
    [new Date(BENCH_NOW)],
  );
  const { rowCount } = await pool.query(
    `insert into mart.decisions select ${first} + d.decision_id, ${first} + d.case_id, d.decided_at, d.decider, d.moderator_id, d.team, d.action,
       d.reason, d.score, d.model_version, d.guideline_version, d.handle_seconds, d.cost_usd, d.superseded_at
     from mart.decisions d where d.case_id in (select case_id - ${first} from mart.cases where case_id > ${first}) and d.case_id < ${first}`,
  );
  const times = await timed(pid, () => settle(house, BENCH_NOW));
  return { ...times, events: 2 * (rowCount ?? 0) };
}

/** The command line's own command, in a process of its own as an operator runs it. */
async function command(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await new Promise<[number | null]>((done) => child.once("exit", (exit) => done([exit])));
  if (code !== 0) throw new Error(`modstats ${args.join(" ")} ended with ${code}`);
}

async function loadAndAsk(
  name: string,
  openPeer: (folder: string, fresh: boolean) => Peer | Promise<Peer>,
): Promise<EngineTimes> {
  const isLoaded = `peer ${name}` in steps;
  const peer = await openPeer(folder, !isLoaded);
  await step(`peer ${name}`, () => peer.load(csv("wide")));
  const times = await askPeer(peer);
  await peer.close();
  return times;
}

/** Warm: once unmeasured, then until half a second or ten rounds have passed. */
async function askPeer(peer: Peer): Promise<EngineTimes> {
  const questions: Record<string, { wallMs: number; cpuMs: number; rows: number }> = {};
  for (const question of QUESTIONS) {
    const text = question[peer.dialect];
    const found = await peer.ask(text);
    const walls: number[] = [];
    const cpu = peer.cpuMs();
    for (let spent = 0; walls.length < 3 || (spent < 500 && walls.length < 200); ) {
      const started = performance.now();
      await peer.ask(text);
      const wall = performance.now() - started;
      walls.push(wall);
      spent += wall;
    }
    const cpuMs = (peer.cpuMs() - cpu) / walls.length;
    questions[question.id] = { wallMs: walls.sort((a, b) => a - b)[walls.length >> 1] ?? 0, cpuMs, rows: found };
  }
  return { name: peer.name, bytes: peer.bytes(), questions };
}

async function sizesOf(pool: Pool) {
  const { rows: found } = await pool.query<{ name: string; heap: number; indexes: number }>(
    `select n.nspname as name, sum(pg_table_size(c.oid))::float8 as heap, sum(pg_indexes_size(c.oid))::float8 as indexes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and n.nspname in ('mart', 'rollup', 'bench') group by 1`,
  );
  return Object.fromEntries(found.map(({ name, heap, indexes }) => [name, { heap, indexes }]));
}

/** Cells of a day in all streams and calendars, as counted when they were chosen. */
async function cellsADay(pool: Pool): Promise<number> {
  const { rows: found } = await pool.query<{ cells: number }>(
    "select coalesce(sum(cells_a_day), 0)::float8 as cells from rollup.cuboids",
  );
  return found[0]?.cells ?? 0;
}

/**
 * Cells of a day in every set of up to two dimensions, chosen or not: what a lattice has at most, whatever its space. How it grows with the events a day is the
 * law that roll-ups live by.
 */
async function allCells({ pools, catalog }: House): Promise<number> {
  const found = await advise(pools.writer, {
    catalog,
    zone: "Asia/Singapore",
    now: BENCH_NOW,
    asked: [],
    budgetShare: Number.POSITIVE_INFINITY,
    eventsPerCellMin: 0,
    eventsADayMin: 0,
  });
  return (found ?? []).filter(({ verdict }) => verdict !== "drop").reduce((sum, { cells }) => sum + cells, 0);
}
