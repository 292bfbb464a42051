import type { Pool, PoolClient } from "pg";
import { limits } from "../../kernel/limits.ts";
import { render, sql } from "../sql.ts";
import { dayNumber } from "./calendar.ts";
import type { Cuboid } from "./cuboids.ts";

/** What is known about the roll-ups of one stream. */
export interface StreamState {
  readonly fingerprint: string;
  readonly rowsADay: number;
  /** Since its cuboids were chosen. */
  readonly ageDays: number;
  readonly cuboids: readonly (Cuboid & { readonly cells: number; readonly bytes: number })[];
  /** By day number. */
  readonly units: ReadonlyMap<number, Unit>;
}
export interface Unit {
  readonly rows: number;
  readonly strays: number;
  readonly hasHours: boolean;
  /** Milliseconds since the epoch. */
  readonly settledThrough: number;
  readonly builtAt: number;
  readonly buildMs: number;
  readonly dirtySince: number | null;
  /** Of a dirty date: what its cells hold of before this is right, milliseconds since the epoch; null = nothing is. */
  readonly dirtyFrom: number | null;
  /** Every row in its cells is from before this, milliseconds since the epoch; null when not known. */
  readonly latest: number | null;
  /** On ClickHouse: the number that its cells carry. Null in PostgreSQL, where a date's cells are replaced. */
  readonly build: number | null;
}
export interface RollupState {
  readonly generation: number;
  /** The database's clock when this was read, milliseconds since the epoch. */
  readonly readAt: number;
  readonly streams: ReadonlyMap<string, StreamState>;
  /** Whether somebody looked for changes in the last seconds. */
  readonly isFollowed: boolean;
  /**
   * Up to which instant it is known what was written into these tables, milliseconds since the epoch; ∞ = up to now. Only then do the cells of a
   * date that goes on tell all of it.
   */
  seenUntil(tables: readonly string[]): number;
}

/** How a table was looked at. */
export interface Look {
  /** When it was last read whole. */
  readonly wholeAt: number;
  /** New rows come at its end, where each look finds them; false when some were written before it in the last day. */
  readonly isAppended: boolean;
}

/** Everything, while changes are looked for and come where each look finds them; else what was there when the tables were last read whole. */
export const seenBy =
  (isFollowed: boolean, looks: ReadonlyMap<string, Look>): RollupState["seenUntil"] =>
  (tables) =>
    isFollowed && tables.every((table) => looks.get(table)?.isAppended)
      ? Number.POSITIVE_INFINITY
      : Math.min(...tables.map((table) => looks.get(table)?.wholeAt ?? Number.NEGATIVE_INFINITY));

/**
 * Reads what is rolled up, and again only when it has changed since: one small statement a question. Null where there are no
 * roll-ups at all.
 */
export class RollupStates {
  readonly #pool: Pool;
  #known: RollupState | null = null;
  #reading: Promise<RollupState> | null = null;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async current(): Promise<RollupState> {
    const { rows } = await this.#pool.query<Followed>({ name: "rollup generation", text: FOLLOWED });
    const generation = Number(rows[0]?.generation ?? 0);
    if (!this.#known || this.#known.generation < generation) {
      this.#reading ??= readState(this.#pool).finally(() => {
        this.#reading = null;
      });
      this.#known = await this.#reading;
    }
    const isFollowed = rows[0]?.followed === true;
    const looks = new Map(
      rows[0]?.looks?.map(([table, wholeAt, isAppended]) => [table, { wholeAt, isAppended }] as const),
    );
    return { ...this.#known, isFollowed, seenUntil: seenBy(isFollowed, looks) };
  }
}

interface Followed {
  readonly generation: number;
  readonly followed: boolean | null;
  readonly looks: readonly (readonly [table: string, wholeAt: number, isAppended: boolean])[] | null;
}
const FOLLOWED = `select max(g.generation) as generation,
    max(captured_at) > clock_timestamp() - interval '${limits.rollupFollowedSeconds} seconds' as followed,
    json_agg(json_build_array(table_name, extract(epoch from swept_at)::float8 * 1000,
      coalesce(written_within_at < clock_timestamp() - interval '${limits.rollupWithinHours} hours', true))) filter (where table_name is not null) as looks
  from rollup.generation g left join rollup.captures on true`;

/** Everything in one statement, so that no refresh falls between its parts. */
export async function readState(pool: Pool | PoolClient): Promise<RollupState> {
  const { text } = render(sql`select
    (select generation from rollup.generation) as generation, extract(epoch from clock_timestamp())::float8 * 1000 as read_at,
    (select coalesce(json_agg(s), '[]') from (select stream, fingerprint, rows_a_day,
      extract(epoch from now() - chosen_at)::float8 / 86400 as age_days from rollup.streams order by stream) s) as streams,
    (select coalesce(json_agg(c), '[]') from (select * from rollup.cuboids order by stream, cuboid) c) as cuboids,
    (select coalesce(json_agg(json_build_array(stream, day, row_count, stray_count, has_hours,
      extract(epoch from settled_through)::float8 * 1000, extract(epoch from built_at)::float8 * 1000, build_ms,
      extract(epoch from dirty_since)::float8 * 1000, extract(epoch from latest)::float8 * 1000,
      extract(epoch from dirty_from)::float8 * 1000)), '[]') from rollup.units) as units`);
  const { rows } = await pool.query<Read>(text);
  const [read] = rows as [Read];
  const units = new Map<string, Map<number, Unit>>();
  for (const [
    stream,
    day,
    count,
    strays,
    hasHours,
    settledThrough,
    builtAt,
    buildMs,
    dirtySince,
    latest,
    dirtyFrom,
  ] of read.units) {
    const own = units.get(stream) ?? new Map<number, Unit>();
    units.set(stream, own);
    own.set(dayNumber(day), {
      rows: count,
      strays,
      hasHours,
      settledThrough,
      builtAt,
      buildMs,
      dirtySince,
      dirtyFrom,
      latest,
      build: null,
    });
  }
  const streams = new Map<string, StreamState>();
  for (const { stream, fingerprint, rows_a_day, age_days } of read.streams) {
    const cuboids = read.cuboids
      .filter((one) => one.stream === stream)
      .map(({ cuboid, calendar, dimensions, histograms, cells_a_day, bytes_a_day }) => ({
        id: cuboid,
        calendar,
        dimensions,
        histograms,
        cells: cells_a_day,
        bytes: bytes_a_day,
      }));
    streams.set(stream, {
      fingerprint,
      rowsADay: rows_a_day,
      ageDays: age_days,
      cuboids,
      units: units.get(stream) ?? new Map(),
    });
  }
  return {
    generation: Number(read.generation),
    readAt: read.read_at,
    streams,
    isFollowed: false,
    seenUntil: seenBy(false, new Map()),
  };
}

interface Read {
  readonly generation: number;
  readonly read_at: number;
  readonly streams: readonly { stream: string; fingerprint: string; rows_a_day: number; age_days: number }[];
  readonly cuboids: readonly {
    stream: string;
    cuboid: number;
    calendar: string;
    dimensions: string[];
    histograms: boolean;
    cells_a_day: number;
    bytes_a_day: number;
  }[];
  readonly units: readonly (readonly [
    string,
    string,
    number,
    number,
    boolean,
    number,
    number,
    number,
    number | null,
    number | null,
    number | null,
  ])[];
}
