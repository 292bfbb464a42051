import type { Pool } from "pg";
import { limits } from "../../kernel/limits.ts";
import { expression } from "../compile-scope.ts";
import { adviceOf } from "../rollup/advise.ts";
import { dateOf } from "../rollup/calendar.ts";
import type { RollupKeeper } from "../rollup/keeper.ts";
import { isReconciliationDue } from "../rollup/reconcile.ts";
import type { Dates } from "../rollup/refresh.ts";
import { alone, type RollupOptions, type RollupReport, wantedDays } from "../rollup/rollup.ts";
import { rowsWithin, scopeOf } from "../rollup/scan.ts";
import type { RollupState, Unit } from "../rollup/state.ts";
import { cellTable } from "../rollup/store.ts";
import { type Stream, type Streams, tablesOf } from "../rollup/streams.ts";
import { ident, sql } from "../sql.ts";
import { readWatermarks, throughOf } from "../watermarks.ts";
import { lookForChanges } from "./changes.ts";
import { checkInClickhouse } from "./check.ts";
import { chooseCuboids } from "./choose.ts";
import type { ClickhouseWriter } from "./engine.ts";
import { fill } from "./fill.ts";
import {
  type Built,
  type ChosenStream,
  createRegistry,
  forgetStream,
  markDirty,
  noteBuilds,
  noteStream,
  type Registry,
  readRegistry,
  serverNow,
} from "./registry.ts";
import { BUILDS_A_MS, clickhouseStreams, createTables, dropReplaced } from "./tables.ts";

const DAY_MS = 86_400_000;

/**
 * Brings the roll-ups on ClickHouse up to date: chooses cuboids where there are none, and makes the dates that are missing or dirty anew from
 * the facts. A date's cells are written as a build of their own; then changes are looked for once more, and only then the build is
 * noted, from when on it is read. So readers see the old cells or the new ones, a fact that came meanwhile makes the date dirty, and a process that
 * is killed leaves a build that nobody reads. `lock`: where the bot's own state is; one process at a time.
 */
export async function rollUpInClickhouse(
  writer: ClickhouseWriter,
  lock: Pool,
  options: RollupOptions,
): Promise<RollupReport> {
  const started = performance.now();
  const sum = { streams: 0, days: 0, rows: 0, cells: 0, unfinished: false };
  const done = await alone(lock, async () => {
    const streams = clickhouseStreams(options.catalog);
    const until = options.paced ? performance.now() + limits.rollupTickMs : Number.POSITIVE_INFINITY;
    await createRegistry(writer);
    const look = async (registry: Registry): Promise<void> => {
      await lookForChanges(writer, streams.all, registry, options.catalog);
    };
    await look(await readRegistry(writer, 0));
    if (await prepare(writer, streams, await readRegistry(writer, 0), options))
      await look(await readRegistry(writer, 0));
    for (const stream of streams.all) {
      const registry = await readRegistry(writer, 0);
      const state = registry.streams.get(stream.id);
      if (!state || state.cuboids.length === 0) continue;
      sum.streams += 1;
      await refreshStream(writer, stream, state, registry.readAt, options, { sum, until, look: () => look(registry) });
    }
    await dropReplaced(writer, streams.all, options.paced === true);
    return true;
  });
  return { ...sum, ms: performance.now() - started, held: done !== null };
}

/** Keeps the roll-ups on ClickHouse; `lock` is the bot's own database. */
export const clickhouseKeeper = (writer: ClickhouseWriter, lock: Pool): RollupKeeper => ({
  eventsADayMin: limits.clickhouseRollupEventsADayMin,
  rollUp: (options) => rollUpInClickhouse(writer, lock, options),
  look: async (catalog) => {
    await alone(lock, async () => {
      await createRegistry(writer);
      return lookForChanges(writer, clickhouseStreams(catalog).all, await readRegistry(writer, 0), catalog);
    });
  },
  advise: (options) =>
    alone(lock, async () => {
      const streams = await withParts(writer, clickhouseStreams(options.catalog).all);
      await createRegistry(writer);
      return adviceOf(await chooseCuboids(writer, streams, options), await readRegistry(writer, 0));
    }),
  check: (options) => checkInClickhouse(writer, lock, options),
  isCheckDue: () => isReconciliationDue(lock),
});

/** Tables and cuboids for streams that have none yet, or were chosen for another catalog. True = made some. */
async function prepare(
  writer: ClickhouseWriter,
  streams: Streams,
  state: RollupState,
  options: RollupOptions,
): Promise<boolean> {
  for (const known of state.streams.keys()) {
    if (!streams.all.some(({ id }) => id === known)) await forgetStream(writer, known);
  }
  const anew = streams.all.filter(({ id, fingerprint }) => {
    const known = state.streams.get(id);
    return options.choose || known?.fingerprint !== fingerprint || (known.cuboids.length === 0 && known.ageDays >= 1);
  });
  const followed = await withParts(writer, anew);
  if (followed.length === 0) return false;
  const chosenAt = await serverNow(writer);
  for (const { stream, rowsADay, cuboids } of await chooseCuboids(writer, followed, options)) {
    if (cuboids.length > 0) {
      await createTables(writer, stream);
      await noteReach(writer, stream, options.now);
    }
    await noteStream(writer, stream, chosenAt, rowsADay, cuboids);
  }
  return true;
}

/** Changes are seen by the parts of a table: a view or a distributed table shows none. */
async function withParts(writer: ClickhouseWriter, streams: readonly Stream[]): Promise<Stream[]> {
  const names = [...new Set(streams.flatMap(tablesOf))];
  const found = await writer.rows<{ name: string }>(
    sql`select concat(database, '.', name) as name from system.tables
      where concat(database, '.', name) in ${names} and engine like '%MergeTree'`,
  );
  const known = new Set(found.map(({ name }) => name));
  return streams.filter((stream) => tablesOf(stream).every((table) => known.has(table)));
}

interface Run {
  readonly sum: { days: number; rows: number; cells: number; unfinished: boolean };
  readonly until: number;
  readonly look: () => Promise<void>;
}

async function refreshStream(
  writer: ClickhouseWriter,
  stream: Stream,
  state: ChosenStream,
  readAt: number,
  options: RollupOptions,
  { sum, until, look }: Run,
): Promise<void> {
  const wanted = wantedDays(state, readAt, options).filter((day) => isRested(state.units.get(day), readAt, options));
  if (wanted.length === 0) return;
  const through = await throughOfStream(writer, stream, options);
  let done = 0;
  for (const dates of batches(wanted, state.rowsADay, options.paced === true)) {
    if (options.signal?.aborted || performance.now() > until) {
      sum.unfinished = true;
      return;
    }
    const { rows, cells } = await makeDates(writer, stream, state, { dates, through, options, look });
    done += wanted.filter((day) => day >= dates.first && day < dates.end).length;
    sum.days += dates.end - dates.first;
    sum.rows += rows;
    sum.cells += cells;
    options.onProgress({ stream: stream.id, day: dateOf(dates.first), done, all: wanted.length, rows, cells });
  }
}

/**
 * Dates that are made together, newest first. A statement costs more than a few rows, so clean dates in between are made anew along with their
 * neighbours.
 */
function batches(days: readonly number[], rowsADay: number, paced: boolean): Dates[] {
  const rowsMax = paced ? limits.clickhouseRollupStepRowsMax : limits.clickhouseRollupBatchRowsMax;
  const rows = Math.max(1, rowsADay);
  const most = Math.max(1, Math.min(BATCH_DATES_MAX, Math.floor(rowsMax / rows)));
  const made: Dates[] = [];
  for (const day of days) {
    const last = made.at(-1);
    const isNear = last && (last.first - day - 1) * rows <= limits.clickhouseRollupGapRowsMax;
    if (last && isNear && last.end - day <= most) made[made.length - 1] = { first: day, end: last.end };
    else made.push({ first: day, end: day + 1 });
  }
  return made;
}
const BATCH_DATES_MAX = 62;

/** In the background a date rests between two builds: what replaces it leaves rows to be dropped. */
const isRested = (unit: Unit | undefined, readAt: number, { paced }: RollupOptions): boolean =>
  !paced || !unit || readAt - unit.builtAt >= limits.clickhouseRebuildPauseMs;

async function makeDates(
  writer: ClickhouseWriter,
  stream: Stream,
  state: ChosenStream,
  of: {
    readonly dates: Dates;
    readonly through: number;
    readonly options: RollupOptions;
    readonly look: () => Promise<void>;
  },
): Promise<{ readonly rows: number; readonly cells: number }> {
  const { dates, through, options, look } = of;
  const started = performance.now();
  const startedAt = await serverNow(writer);
  const built = await fill(writer, {
    stream,
    cuboids: state.cuboids,
    zoned: options.catalog.zoned,
    dates,
    hoursFrom: Math.floor(options.now / DAY_MS) - limits.rollupHoursKeptDays,
    through,
    firstBuild: startedAt * BUILDS_A_MS,
  });
  const buildMs = (performance.now() - started) / built.length;
  await look();
  await noteBuilds(writer, stream.id, built, { chosenAt: state.chosenAt, startedAt, through, buildMs });
  return { rows: built.reduce((rows, one) => rows + one.rows, 0), cells: await cellsOf(writer, stream, built) };
}

async function cellsOf(writer: ClickhouseWriter, stream: Stream, built: readonly Built[]): Promise<number> {
  const builds = built.map(({ build }) => build);
  const [found] = await writer.rows<{ cells: number }>(
    sql`select (select count() from ${ident(cellTable(stream, "day"))} where build in ${builds}) +
      (select count() from ${ident(cellTable(stream, "hour"))} where build in ${builds}) as cells`,
  );
  return found?.cells ?? 0;
}

async function throughOfStream(
  writer: ClickhouseWriter,
  stream: Stream,
  { catalog, now }: Pick<RollupOptions, "catalog" | "now">,
): Promise<number> {
  const read = await readWatermarks(writer, catalog.watermarks);
  if (!read.ok) throw read.error.cause;
  return throughOf(stream.fact.watermarks, read.value.watermarks, now);
}

/** Every date from the first row of a stream to the last one up to now, with one on either side for the zones: still to be made. */
async function noteReach(writer: ClickhouseWriter, stream: Stream, now: number): Promise<void> {
  const scope = scopeOf(stream, now);
  const on = expression(stream.on, scope);
  const bare = { ...stream, fact: { ...stream.fact, where: null }, dimensions: [] };
  const [reach] = await writer.rows<{ first: number; last: number; rows: number }>(
    sql`select toUnixTimestamp64Milli(min(${on})) as first, toUnixTimestamp64Milli(max(${on})) as last, count() as rows
      ${rowsWithin(bare, scope, { from: 0, to: now }, [], [])}`,
  );
  if (!reach || reach.rows === 0) return;
  const first = Math.floor(reach.first / DAY_MS) - 1;
  const end = Math.floor(reach.last / DAY_MS) + 2;
  const days = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  await markDirty(writer, stream.id, days, await serverNow(writer));
}
