import { limits } from "../../kernel/limits.ts";
import type { Engine } from "../engine.ts";
import { dateOf } from "../rollup/calendar.ts";
import type { Cuboid } from "../rollup/cuboids.ts";
import type { RollupState, StreamState, Unit } from "../rollup/state.ts";
import type { Stream } from "../rollup/streams.ts";
import { ident, type SqlText, sql } from "../sql.ts";
import type { ClickhouseWriter } from "./engine.ts";

/**
 * What is known about the roll-ups on ClickHouse, beside them in the database `rollup`. There are no transactions, so nothing here is ever changed in
 * place: a date's cells carry the number of their build, and it is the row in `builds` that makes them count. A date is dirty when a
 * row of `dirty` is not older than the beginning of its build; whoever writes first, neither is lost.
 */
const REGISTRY = [
  "create database if not exists rollup",
  `create table if not exists rollup.streams (stream String, fingerprint String, chosen_at DateTime64(6, 'UTC'), rows_a_day Float64,
    cuboids String, noted_at DateTime64(6, 'UTC') default now64(6)) engine = ReplacingMergeTree(noted_at) order by stream`,
  `create table if not exists rollup.builds (stream String, chosen_at DateTime64(6, 'UTC'), day Date, build Int64,
    started_at DateTime64(6, 'UTC'), row_count UInt64, stray_count UInt64, has_hours UInt8, settled_through DateTime64(6, 'UTC'),
    build_ms Float64, noted_at DateTime64(6, 'UTC') default now64(6)) engine = ReplacingMergeTree(started_at) order by (stream, day)`,
  `create table if not exists rollup.dirty (stream String, day Date, since DateTime64(6, 'UTC'), noted_at DateTime64(6, 'UTC') default now64(6))
    engine = ReplacingMergeTree(since) order by (stream, day)`,
  `create table if not exists rollup.looks (table_name String, looked_at DateTime64(6, 'UTC'), uuid String, parts String)
    engine = ReplacingMergeTree(looked_at) order by table_name`,
];

export async function createRegistry(writer: ClickhouseWriter): Promise<void> {
  for (const statement of REGISTRY) await writer.command(statement);
}

/** Milliseconds since the epoch, with the microseconds that ClickHouse keeps. */
const ms = (column: string): SqlText => sql`toUnixTimestamp64Micro(${ident(column)}) / 1e3`;

/** The server's clock, by which builds and changes are ordered. */
export async function serverNow(writer: ClickhouseWriter): Promise<number> {
  const [row] = await writer.rows<{ now: number }>(sql`select toUnixTimestamp64Milli(now64(3)) as now`);
  return Number(row?.now);
}

/** An instant as the tables take it. */
const stamp = (at: number): string => new Date(at).toISOString().replace("T", " ").replace("Z", "");

/** A stream with its cuboids from now on. Dates that were made for other cuboids no longer count. */
export const noteStream = (
  writer: ClickhouseWriter,
  { id, fingerprint }: Stream,
  chosenAt: number,
  rowsADay: number,
  cuboids: readonly Cuboid[],
): Promise<void> =>
  writer.insert("rollup.streams", [
    {
      stream: id,
      fingerprint,
      chosen_at: stamp(chosenAt),
      rows_a_day: rowsADay,
      cuboids: JSON.stringify(cuboids),
    },
  ]);

/** A stream that the catalog no longer has. */
export const forgetStream = (writer: ClickhouseWriter, stream: string): Promise<void> =>
  writer.insert("rollup.streams", [{ stream, fingerprint: "", chosen_at: stamp(0), rows_a_day: 0, cuboids: "[]" }]);

export async function markDirty(
  writer: ClickhouseWriter,
  stream: string,
  days: readonly number[],
  since: number,
): Promise<void> {
  const rows = days.map((day) => ({ stream, day: dateOf(day), since: stamp(since) }));
  if (rows.length > 0) await writer.insert("rollup.dirty", rows);
}

export interface Built {
  readonly day: number;
  readonly build: number;
  readonly rows: number;
  readonly strays: number;
  readonly hasHours: boolean;
}

/** Makes the cells of these builds count, in one insert: readers see all of them or none. */
export const noteBuilds = (
  writer: ClickhouseWriter,
  stream: string,
  built: readonly Built[],
  of: { readonly chosenAt: number; readonly startedAt: number; readonly through: number; readonly buildMs: number },
): Promise<void> =>
  writer.insert(
    "rollup.builds",
    built.map(({ day, build, rows, strays, hasHours }) => ({
      stream,
      chosen_at: stamp(of.chosenAt),
      day: dateOf(day),
      build,
      started_at: stamp(of.startedAt),
      row_count: rows,
      stray_count: strays,
      has_hours: hasHours ? 1 : 0,
      settled_through: stamp(of.through),
      build_ms: of.buildMs,
    })),
  );

/** The parts of a table as they were seen. */
export const noteLook = (
  writer: ClickhouseWriter,
  table: string,
  at: number,
  uuid: string,
  parts: readonly unknown[],
): Promise<void> =>
  writer.insert("rollup.looks", [{ table_name: table, looked_at: stamp(at), uuid, parts: JSON.stringify(parts) }]);

/** The name under which it is noted that all tables were looked at. */
export const WHOLE_LOOK = "";

export interface ChosenStream extends StreamState {
  /** When its cuboids were chosen, milliseconds since the epoch. */
  readonly chosenAt: number;
}
export interface Registry extends RollupState {
  readonly streams: ReadonlyMap<string, ChosenStream>;
}

/** Everything known, as of now. Builds are those of the stream's last choice. */
export async function readRegistry(engine: Engine, generation: number): Promise<Registry> {
  const streams = await rowsOf<{
    stream: string;
    fingerprint: string;
    chosen: number;
    rows_a_day: number;
    cuboids: string;
    read_at: number;
    age_days: number;
  }>(
    engine,
    sql`select stream, fingerprint, ${ms("chosen_at")} as chosen, rows_a_day, cuboids, toUnixTimestamp64Milli(now64(3)) as read_at,
      dateDiff('second', chosen_at, now()) / 86400 as age_days from rollup.streams where fingerprint != '' order by stream`,
  );
  // Dirty dates first: a build that is seen later can only be younger than its mark.
  const dirty = await rowsOf<{ stream: string; day: number; since: number }>(
    engine,
    sql`select stream, toInt32(day) as day, ${ms("since")} as since from rollup.dirty`,
  );
  const builds = await rowsOf<BuildRow>(
    engine,
    sql`select stream, ${ms("chosen_at")} as chosen, toInt32(day) as day, build, ${ms("started_at")} as started, row_count, stray_count,
      has_hours, ${ms("settled_through")} as settled, build_ms from rollup.builds`,
  );
  const known = new Map<string, ChosenStream>();
  for (const { stream, fingerprint, chosen, rows_a_day, cuboids, age_days } of streams) {
    const units = new Map<number, Unit>();
    for (const row of builds) if (row.stream === stream && row.chosen === chosen) units.set(row.day, unitOf(row));
    for (const { stream: of, day, since } of dirty) {
      if (of !== stream) continue;
      const unit = units.get(day) ?? NOT_MADE;
      if (since >= unit.builtAt) units.set(day, { ...unit, dirtySince: since });
    }
    known.set(stream, {
      fingerprint,
      rowsADay: rows_a_day,
      ageDays: age_days,
      chosenAt: chosen,
      cuboids: JSON.parse(cuboids) as StreamState["cuboids"],
      units,
    });
  }
  return { ...NOTHING, generation, readAt: streams[0]?.read_at ?? 0, streams: known };
}

const NOTHING: RollupState = {
  generation: 0,
  readAt: 0,
  streams: new Map(),
  isFollowed: false,
  seenUntil: () => Number.NEGATIVE_INFINITY,
};

interface BuildRow {
  readonly stream: string;
  readonly chosen: number;
  readonly day: number;
  readonly build: number;
  readonly started: number;
  readonly row_count: number;
  readonly stray_count: number;
  readonly has_hours: number;
  readonly settled: number;
  readonly build_ms: number;
}

const unitOf = ({ build, started, row_count, stray_count, has_hours, settled, build_ms }: BuildRow): Unit => ({
  rows: row_count,
  strays: stray_count,
  hasHours: has_hours === 1,
  settledThrough: settled,
  builtAt: started,
  buildMs: build_ms,
  dirtySince: null,
  dirtyFrom: null,
  latest: null,
  build,
});
const NOT_MADE: Unit = {
  rows: 0,
  strays: 0,
  hasHours: false,
  settledThrough: 0,
  builtAt: 0,
  buildMs: 0,
  dirtySince: null,
  dirtyFrom: null,
  latest: null,
  build: null,
};

/** Reads the registry again only when it has moved on. Without the database `rollup`, or the right to read it, nothing is rolled up. */
export class RegistryStates {
  readonly #engine: Engine;
  #known = NOTHING;
  #reading: Promise<RollupState> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async current(): Promise<RollupState> {
    const ran = await this.#engine.run(GENERATION);
    if (!ran.ok && ran.error.code === "fault") return NOTHING;
    if (!ran.ok) throw ran.error.cause;
    const [row] = ran.value.rows as readonly { generation: number; looked: number; now: number }[];
    const { generation, looked, now } = row ?? { generation: 0, looked: 0, now: 0 };
    if (this.#known.generation < Number(generation)) {
      this.#reading ??= readRegistry(this.#engine, Number(generation)).finally(() => {
        this.#reading = null;
      });
      this.#known = await this.#reading;
    }
    // A look sees every part there is, so that what is not marked is known up to the look.
    const isFollowed = Number(now) - Number(looked) < limits.clickhouseFollowedMs;
    return { ...this.#known, isFollowed, seenUntil: () => Number(looked) };
  }
}

const GENERATION = sql`select max(noted) as generation, toUnixTimestamp64Milli(now64(3)) as now,
  (select toUnixTimestamp64Milli(max(looked_at)) from rollup.looks where table_name = ${WHOLE_LOOK}) as looked from (
  select toUnixTimestamp64Micro(max(noted_at)) as noted from rollup.streams
  union all select toUnixTimestamp64Micro(max(noted_at)) from rollup.builds
  union all select toUnixTimestamp64Micro(max(noted_at)) from rollup.dirty) noted`;

async function rowsOf<T>(engine: Engine, statement: SqlText): Promise<readonly T[]> {
  const ran = await engine.run(statement);
  if (!ran.ok) throw ran.error.cause;
  return ran.value.rows as readonly T[];
}

/** The builds of a stream that count. */
export const countingBuilds = (stream: Stream): SqlText =>
  sql`select build from rollup.builds where stream = ${stream.id}`;
