import type { Pool, PoolClient } from "pg";
import { limits } from "../../kernel/limits.ts";
import { expression } from "../compile-scope.ts";
import { postgresEngine } from "../engine.ts";
import { sql } from "../sql.ts";
import { readWatermarks, throughOf } from "../watermarks.ts";
import { dateOf, dayNumber } from "./calendar.ts";
import { markDirty, whole } from "./changed-days.ts";
import { captureChanges } from "./changes.ts";
import { chooseCuboids, type LatticeOptions } from "./lattice.ts";
import { type Dates, moveOn, type RefreshTarget, refreshDates } from "./refresh.ts";
import { passesOf, rowsWithin, scopeOf } from "./scan.ts";
import { type RollupState, readState, type StreamState, type Unit } from "./state.ts";
import { createTables, dropTables, query } from "./store.ts";
import { type Stream, type Streams, streamsOf } from "./streams.ts";

const DAY_MS = 86_400_000;

export interface RollupOptions extends LatticeOptions {
  /** Dates to make anew (`2026-03-01`, half-open), clean or not; null = what is missing or dirty. */
  readonly from: string | null;
  readonly to: string | null;
  /** Chooses the cuboids anew, which makes all dates anew. */
  readonly choose: boolean;
  readonly onProgress: (progress: RollupProgress) => void;
  /** Stops between two transactions. */
  readonly signal?: AbortSignal;
  /** In the background: a date that keeps changing is made anew only so often that it takes a twentieth of the time, in short steps. */
  readonly paced?: boolean;
  /** Rows that one transaction folds, unless a single day has more. */
  readonly stepRowsMax?: number;
}
export interface RollupProgress {
  readonly stream: string;
  readonly day: string;
  readonly done: number;
  readonly all: number;
  readonly rows: number;
  readonly cells: number;
}
export interface RollupReport {
  readonly streams: number;
  readonly days: number;
  readonly rows: number;
  readonly cells: number;
  readonly ms: number;
  /** False when another process is at it. */
  readonly held: boolean;
  /** True when a step in the background ended before everything was made. */
  readonly unfinished: boolean;
}

/** Only one process refreshes at a time; the others go on reading. */
const ROLLUP_LOCK = 726_050;

/** Runs `work` as the one that refreshes; null when another process does. */
export async function alone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  let healthy = true;
  try {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [ROLLUP_LOCK]);
    if (!rows[0]?.held) return null;
    try {
      await client.query("set statement_timeout = 0");
      return await work(client);
    } finally {
      await client.query("reset statement_timeout").catch(() => {});
      await client.query("select pg_advisory_unlock($1)", [ROLLUP_LOCK]).catch(() => {
        healthy = false;
      });
    }
  } finally {
    client.release(!healthy);
  }
}

/** Brings the roll-ups of a catalog up to date: chooses cuboids where there are none, and makes the dates that are missing or dirty. */
export async function rollUp(pool: Pool, options: RollupOptions): Promise<RollupReport> {
  const started = performance.now();
  const sum = { streams: 0, days: 0, rows: 0, cells: 0, unfinished: false };
  const done = await alone(pool, async (client) => {
    const streams = streamsOf(options.catalog);
    const until = options.paced ? performance.now() + limits.rollupTickMs : Number.POSITIVE_INFINITY;
    await captureChanges(client, streams, options);
    if (await prepare(client, streams, options)) await captureChanges(client, streams, options);
    const state = await readState(client);
    const followed = streams.all.filter(({ id }) => (state.streams.get(id)?.cuboids.length ?? 0) > 0);
    sum.streams = followed.length;
    await refreshBatches(client, await batchesOf(client, followed, state, options), options, sum, until);
    return true;
  });
  return { ...sum, ms: performance.now() - started, held: done !== null };
}

/** Tables and cuboids for streams that have none yet, or were chosen for another catalog; nothing of streams that are gone. True = made some. */
async function prepare(client: PoolClient, streams: Streams, options: RollupOptions): Promise<boolean> {
  const state = await readState(client);
  for (const known of state.streams.keys()) {
    if (!streams.all.some(({ id }) => id === known)) await inTransaction(client, () => dropTables(client, known));
  }
  const anew = streams.all.filter(({ id, fingerprint }) => {
    const known = state.streams.get(id);
    return options.choose || known?.fingerprint !== fingerprint || (known.cuboids.length === 0 && known.ageDays >= 1);
  });
  const followed: Stream[] = [];
  for (const stream of anew) if (await canBeFollowed(client, stream.fact.table)) followed.push(stream);
  if (followed.length === 0) return false;
  const chosen = await chooseCuboids(client, followed, options);
  await inTransaction(client, async () => {
    for (const { stream, cuboids, rowsADay } of chosen) {
      await createTables(client, stream, cuboids, rowsADay);
      if (cuboids.length > 0) await noteReach(client, stream, options.now);
    }
    await moveOn(client);
  });
  return true;
}

/** Changes are seen by the transaction that wrote a row: a view or a foreign table does not show it. */
async function canBeFollowed(client: PoolClient, table: string): Promise<boolean> {
  const { rows } = await client.query("select relkind in ('r', 'p') as can from pg_class where oid = to_regclass($1)", [
    table,
  ]);
  return rows[0]?.can === true;
}

interface Batch {
  readonly dates: Dates;
  readonly targets: readonly RefreshTarget[];
}

/** What there is to do, newest dates of all passes first, for those are asked about. */
async function batchesOf(
  client: PoolClient,
  streams: readonly Stream[],
  state: RollupState,
  options: RollupOptions,
): Promise<Batch[]> {
  const rowsMax = options.stepRowsMax ?? limits.rollupBatchRowsMax;
  const all: Batch[] = [];
  for (const pass of passesOf(streams)) {
    const wanted = new Map<number, RefreshTarget[]>();
    for (const stream of pass) {
      const known = state.streams.get(stream.id) as StreamState;
      const through = await throughOfStream(client, stream, options);
      const target = { stream, cuboids: known.cuboids, through, rowsADay: known.rowsADay };
      for (const day of wantedDays(known, state.readAt, options)) wanted.set(day, [...(wanted.get(day) ?? []), target]);
    }
    const rowsADay = Math.max(...pass.map(({ id }) => state.streams.get(id)?.rowsADay ?? 0));
    all.push(...together(wanted, rowsADay, rowsMax));
  }
  return all.sort((a, b) => b.dates.end - a.dates.end);
}

async function refreshBatches(
  client: PoolClient,
  batches: readonly Batch[],
  { catalog, now, signal, onProgress }: RollupOptions,
  sum: { days: number; rows: number; cells: number; unfinished: boolean },
  until: number,
): Promise<void> {
  const hoursFrom = Math.floor(now / DAY_MS) - limits.rollupHoursKeptDays;
  const unitsIn = ({ dates, targets }: Batch): number => (dates.end - dates.first) * targets.length;
  const all = batches.reduce((units, batch) => units + unitsIn(batch), 0);
  for (const batch of batches) {
    if (signal?.aborted || performance.now() > until) {
      sum.unfinished = true;
      return;
    }
    const { dates, targets } = batch;
    const { rows, cells } = await refreshDates(client, targets, dates, { zoned: catalog.zoned, hoursFrom });
    sum.days += unitsIn(batch);
    sum.rows += rows;
    sum.cells += cells;
    const stream = targets.map((target) => target.stream.id).join(", ");
    onProgress({ stream, day: dateOf(dates.first), done: sum.days, all, rows, cells });
  }
}

/** The watermark up to which a stream's rows are settled. */
async function throughOfStream(
  client: PoolClient,
  stream: Stream,
  { catalog, now }: Pick<RollupOptions, "catalog" | "now">,
): Promise<number> {
  const read = await readWatermarks(postgresEngine(client), catalog.watermarks);
  if (!read.ok) throw new Error(`The watermarks cannot be read: ${read.error.code}`);
  return throughOf(stream.fact.watermarks, read.value.watermarks, now);
}

/** The dates asked for, or those that are not clean; newest first, for those are asked about. */
export function wantedDays(state: StreamState, readAt: number, { from, to, paced }: RollupOptions): number[] {
  const days = [...state.units.keys()].sort((a, b) => b - a);
  const isDue = ({ builtAt, buildMs }: Unit): boolean =>
    !paced || readAt - builtAt >= limits.rollupRebuildPause * buildMs;
  if (from === null && to === null) {
    return days.filter((day) => {
      const unit = state.units.get(day) as Unit;
      return unit.dirtySince !== null && isDue(unit);
    });
  }
  const first = from === null ? Number.NEGATIVE_INFINITY : dayNumber(from);
  const end = to === null ? Number.POSITIVE_INFINITY : dayNumber(to);
  return days.filter((day) => day >= first && day < end);
}

/** Neighbouring dates that the same streams want, newest first, up to so many rows that their cells stay small in memory. */
function together(wanted: ReadonlyMap<number, readonly RefreshTarget[]>, rowsADay: number, rowsMax: number): Batch[] {
  const most = Math.max(1, Math.min(31, Math.floor(rowsMax / Math.max(1, rowsADay))));
  const made: Batch[] = [];
  for (const [day, targets] of [...wanted].sort(([a], [b]) => b - a)) {
    const last = made.at(-1);
    const joins =
      last?.dates.first === day + 1 &&
      last.dates.end - last.dates.first < most &&
      last.targets.length === targets.length &&
      last.targets.every((target, at) => target === targets[at]);
    if (joins) made[made.length - 1] = { dates: { first: day, end: last.dates.end }, targets };
    else made.push({ dates: { first: day, end: day + 1 }, targets });
  }
  return made;
}

/** Every date from the first row of a stream to the last one up to now, with one on either side for the zones: still to be made. */
async function noteReach(client: PoolClient, stream: Stream, now: number): Promise<void> {
  const scope = scopeOf(stream, now);
  const on = expression(stream.on, scope);
  const { rows } = await query(
    client,
    sql`select extract(epoch from min(${on}))::float8 as first, extract(epoch from max(${on}))::float8 as last
      ${rowsWithin({ ...stream, fact: { ...stream.fact, where: null }, dimensions: [] }, scope, EVER, [], [])}`,
  );
  const { first, last } = rows[0] as { first: number | null; last: number | null };
  if (first === null || last === null) return;
  const end = Math.floor(Math.min(last, now / 1_000) / 86_400) + 2;
  await markDirty(client, stream, daysBetween(Math.floor(first / 86_400) - 1, end).map(whole));
}
/** The years 1 to 9999. */
const EVER = { from: -62_135_596_800_000, to: 253_402_300_799_000 };

const daysBetween = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);

async function inTransaction(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query("begin");
  try {
    await work();
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw cause;
  }
}
