import type { PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { limits } from "../../kernel/limits.ts";
import { expression } from "../compile-scope.ts";
import { all, ident, sql } from "../sql.ts";
import { type Calendar, HOUR, OWN } from "./calendar.ts";
import type { CellGroup } from "./cell-groups.ts";
import { CELL_DIMENSIONS_MAX, type Cuboid } from "./cuboids.ts";
import type { Fold } from "./fold.ts";
import { scanned } from "./refresh.ts";
import { rowsWithin, scopeOf } from "./scan.ts";
import { query } from "./store.ts";
import type { Stream } from "./streams.ts";

const DAY_MS = 86_400_000;

/** A kind of question: the dimensions that it needs in a calendar, and how often it is asked. */
export interface AskedShape {
  readonly stream: string;
  readonly calendar: Calendar;
  readonly dimensions: readonly string[];
  /** For durations' quantiles. */
  readonly histograms: boolean;
  readonly weight: number;
}

export interface Candidate extends Cuboid {
  /** Cells and bytes of one day. */
  readonly cells: number;
  readonly bytes: number;
}
export interface Chosen {
  readonly stream: Stream;
  readonly rowsADay: number;
  readonly cuboids: readonly Candidate[];
}

export interface LatticeOptions {
  readonly catalog: Catalog;
  /** The zone of most askers: days of questions about several markets are its days. */
  readonly zone: string;
  readonly now: number;
  readonly asked: readonly AskedShape[];
  /** Bytes of roll-ups for each byte of the table that they are made from. */
  readonly budgetShare: number;
  /** A cuboid has a cell for at least this many events. */
  readonly eventsPerCellMin: number;
  /** With fewer events a day in the busiest stream nothing is rolled up: events answer as fast. */
  readonly eventsADayMin: number;
}

/**
 * Chooses the cuboids of streams within a share of the bytes of their tables: each time the one with the largest gain for
 * its bytes, where the gain is what it spares the questions over the cheapest way so far (the greedy algorithm of Harinarayan, Rajaraman and
 * Ullman, "Implementing data cubes efficiently", SIGMOD 1996). Cells are counted on one real day. A cuboid with a cell for fewer than four
 * events is not worth having.
 */
export async function chooseCuboids(
  client: PoolClient,
  streams: readonly Stream[],
  options: LatticeOptions,
): Promise<Chosen[]> {
  const typical = new Map<Stream, TypicalDay>();
  for (const stream of streams) typical.set(stream, await typicalDay(client, stream, options.now));
  if (Math.max(...[...typical.values()].map(({ rows }) => rows)) < options.eventsADayMin) {
    return [...typical].map(([stream, { rows }]) => ({ stream, rowsADay: rows, cuboids: [] }));
  }
  const measured: MeasuredStream[] = [];
  for (const [stream, day] of typical) measured.push(await measure(client, stream, day, options));
  let bytes = 0;
  for (const table of new Set(streams.map(({ fact }) => fact.table))) {
    bytes += await tableBytesADay(client, table, rowsOfTable(table, measured));
  }
  return greedy(measured, bytes * options.budgetShare, options);
}

/** Rows a day of a table: of its largest stream. */
export const rowsOfTable = (table: string, measured: readonly MeasuredStream[]): number =>
  Math.max(0, ...measured.filter(({ stream }) => stream.fact.table === table).map(({ rows }) => rows));

export interface MeasuredStream {
  readonly stream: Stream;
  readonly rows: number;
  readonly candidates: readonly Candidate[];
}

async function measure(
  client: PoolClient,
  stream: Stream,
  { day, rows }: TypicalDay,
  options: LatticeOptions,
): Promise<MeasuredStream> {
  if (day === null) return { stream, rows: 0, candidates: [] };
  const cuboids = candidatesOf(stream, options);
  const dates = { first: day, end: day + 1 };
  await client.query("begin read only");
  const { folds } = await scanned(
    client,
    [{ stream, cuboids, through: options.now, rowsADay: rows }],
    dates,
    options.catalog.zoned,
  ).finally(() => client.query("rollback"));
  const fold = folds[0] as Fold;
  const sizes = new Map<number, { cells: number; bytes: number }>();
  for (const group of fold.groups()) {
    const known = sizes.get(group.cuboid.id) ?? { cells: 0, bytes: 0 };
    known.cells += group.values.length;
    known.bytes += bytesOf(group);
    sizes.set(group.cuboid.id, known);
  }
  return {
    stream,
    rows: fold.rows.get(day)?.rows ?? 0,
    candidates: cuboids.map((cuboid) => ({ ...cuboid, ...(sizes.get(cuboid.id) ?? { cells: 0, bytes: 0 }) })),
  };
}

interface TypicalDay {
  /** Null without rows. */
  readonly day: number | null;
  readonly rows: number;
}

/** The day with the median number of rows of the stream's table, of those in the last four weeks that have any. */
async function typicalDay(client: PoolClient, stream: Stream, now: number): Promise<TypicalDay> {
  const scope = scopeOf(stream, now);
  const on = expression(stream.on, scope);
  const table = sql`from ${ident(stream.fact.table)} ${ident(stream.fact.alias)}`;
  const bare = { ...stream, dimensions: [], fact: { ...stream.fact, where: null } };
  const count = async (until: number): Promise<{ day: number; rows: number }[]> => {
    const span = { from: until - 28 * DAY_MS, to: until };
    const { rows } = await query(
      client,
      sql`select floor(extract(epoch from ${on}) / 86400)::int as day, count(*)::float8 as rows
        ${rowsWithin(bare, scope, span, [], [])} group by 1 order by 2`,
    );
    return rows;
  };
  let days = await count(now - DAY_MS);
  if (days.length === 0 && /^\w+\.\w+$/.test(stream.on) && stream.on.startsWith(`${stream.fact.alias}.`)) {
    const { rows } = await query(
      client,
      sql`select max(${on}) as last ${table} where ${all([sql`${on} <= ${iso(now)}::timestamptz`])}`,
    );
    const last = rows[0]?.last as Date | null;
    if (last) days = await count(last.getTime());
  }
  return days[Math.floor(days.length / 2)] ?? { day: null, rows: 0 };
}
const iso = (ms: number): string => new Date(ms).toISOString();

/** Every set of at most two dimensions in each calendar, and the sets that questions really asked for. */
export function candidatesOf(stream: Stream, { catalog, zone, asked }: LatticeOptions): Cuboid[] {
  const zoned = catalog.zoned?.dimension;
  const dimensions = stream.dimensions;
  const pairs = dimensions.flatMap((a, at) => dimensions.slice(at + 1).map((b) => [a, b]));
  const sets = [[], ...dimensions.map((one) => [one]), ...pairs];
  const { plain, durations } = readingsOf(stream);
  const likely = [
    ...sets.map((set) => ({ calendar: zone, dimensions: set })),
    ...sets
      .filter((set) => zoned !== undefined && set.includes(zoned))
      .map((set) => ({ calendar: OWN, dimensions: set })),
    ...sets
      .filter((set) => set.length < 2 || (zoned !== undefined && set.includes(zoned)))
      .map((set) => ({ calendar: HOUR, dimensions: set })),
  ];
  const wanted = [
    ...(plain > 0 ? likely.map((one) => ({ ...one, histograms: false })) : []),
    ...likely
      .filter((one) => durations > 0 && (plain === 0 || one.dimensions.length <= 1))
      .map((one) => ({ ...one, histograms: true })),
    ...asked.filter((shape) => shape.stream === stream.id && isPossible(shape, stream, catalog)),
  ];
  const distinct = new Map(wanted.map((one) => [shapeKey(one), one]));
  return [...distinct.values()].map(({ calendar, dimensions: set, histograms }, id) => ({
    id,
    calendar,
    dimensions: [...set],
    histograms,
  }));
}

/** How many of a stream's measures need its histograms, and how many do not. */
function readingsOf({ readings }: Stream): { readonly plain: number; readonly durations: number } {
  const durations = [...readings.values()].filter(({ histogram }) => histogram !== null).length;
  return { plain: readings.size - durations, durations };
}

const isPossible = ({ dimensions, calendar }: AskedShape, stream: Stream, catalog: Catalog): boolean =>
  dimensions.length <= CELL_DIMENSIONS_MAX &&
  dimensions.every((dimension) => stream.dimensions.includes(dimension)) &&
  (calendar !== OWN || (catalog.zoned !== null && dimensions.includes(catalog.zoned.dimension)));

const shapeKey = ({ calendar, dimensions, histograms }: Omit<AskedShape, "stream" | "weight">): string =>
  JSON.stringify([calendar, [...dimensions].sort(), histograms]);

/** Of a row of a cell table: header and pointer, fixed columns, values, numbers that are not NULL, bins (rarely censored); and its entry in the index. */
function bytesOf(group: CellGroup): number {
  let bytes = 0;
  group.values.forEach((values, index) => {
    bytes += ROW_BYTES;
    for (const value of values) bytes += (value?.length ?? 0) + 1;
    for (const number of group.numbers[index] as Float64Array) if (number !== 0) bytes += 8;
    for (const { bins } of group.durations[index] ?? []) bytes += bins.length === 0 ? 0 : 72 + bins.length * 14;
  });
  return bytes;
}
const ROW_BYTES = 70;

/** Bytes of so many rows of a table, indexes included. */
async function tableBytesADay(client: PoolClient, table: string, rowsADay: number): Promise<number> {
  const { rows } = await client.query<{ bytes: number; rows: number }>(
    `select pg_total_relation_size($1::regclass)::float8 as bytes, greatest(reltuples, 0)::float8 as rows from pg_class where oid = $1::regclass`,
    [table],
  );
  const [size] = rows;
  return size && size.rows > 0 ? (size.bytes / size.rows) * rowsADay : 0;
}

export function greedy(measured: readonly MeasuredStream[], budget: number, options: LatticeOptions): Chosen[] {
  const shapes = measured.flatMap((one) => shapesOf(one, eventsRead(one, measured), options));
  const offers = measured.flatMap(({ stream, rows, candidates }) =>
    candidates
      .filter(({ cells }) => cells > 0 && cells <= rows / options.eventsPerCellMin)
      .map((candidate) => ({ stream, candidate, taken: false })),
  );
  let left = budget;
  for (;;) {
    let best: { offer: (typeof offers)[number]; value: number } | null = null;
    for (const offer of offers) {
      const kept = offer.candidate.calendar === HOUR ? limits.rollupHoursKeptDays / HISTORY_DAYS : 1;
      const bytes = offer.candidate.bytes * kept;
      if (offer.taken || bytes > left) continue;
      const value = gainOf(offer.stream, offer.candidate, shapes) / bytes;
      if (value > 0 && (!best || value > best.value)) best = { offer, value };
    }
    if (!best) break;
    const { stream, candidate } = best.offer;
    best.offer.taken = true;
    left -= candidate.bytes * (candidate.calendar === HOUR ? limits.rollupHoursKeptDays / HISTORY_DAYS : 1);
    for (const shape of shapes)
      if (covers(stream, candidate, shape)) shape.cost = Math.min(shape.cost, candidate.cells);
  }
  return measured.map(({ stream, rows }) => ({
    stream,
    rowsADay: rows,
    cuboids: offers.filter((offer) => offer.stream === stream && offer.taken).map(({ candidate }) => candidate),
  }));
}

/** Days of history that the bytes of the hourly cells, which are kept for fewer, are set against. */
const HISTORY_DAYS = 400;

interface Shape extends AskedShape {
  cost: number;
}

/** Events that a question of a day reads: those of the table that has the time, be they a hundred for each row of the stream. */
const eventsRead = ({ stream, rows }: MeasuredStream, measured: readonly MeasuredStream[]): number =>
  Math.max(rows, ...measured.filter((other) => other.stream.on === stream.on).map((other) => other.rows));

/** What may be asked, the plainer the likelier, and of each measure of the stream alike; and what was. */
function shapesOf({ stream, candidates }: MeasuredStream, events: number, { asked }: LatticeOptions): Shape[] {
  const { plain, durations } = readingsOf(stream);
  const likely = candidates.map(({ calendar, dimensions, histograms }) => ({
    stream: stream.id,
    calendar,
    dimensions,
    histograms,
    weight: (PRIOR_BY_SIZE[dimensions.length] ?? 0) * (calendar === HOUR ? 0.5 : 1) * (histograms ? durations : plain),
    cost: events,
  }));
  return [
    ...likely,
    ...asked.filter((shape) => shape.stream === stream.id).map((shape) => ({ ...shape, cost: events })),
  ];
}
const PRIOR_BY_SIZE = [8, 4, 1];

const covers = (stream: Stream, cuboid: Cuboid, shape: AskedShape): boolean =>
  shape.stream === stream.id &&
  shape.calendar === cuboid.calendar &&
  (cuboid.histograms || !shape.histograms) &&
  shape.dimensions.every((dimension) => cuboid.dimensions.includes(dimension));

const gainOf = (stream: Stream, candidate: Candidate, shapes: readonly Shape[]): number =>
  shapes.reduce(
    (sum, shape) =>
      covers(stream, candidate, shape) ? sum + shape.weight * Math.max(0, shape.cost - candidate.cells) : sum,
    0,
  );
