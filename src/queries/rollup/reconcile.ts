import type { Pool, PoolClient } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { expression } from "../compile-scope.ts";
import { ident, sql } from "../sql.ts";
import { dateOf, HOUR } from "./calendar.ts";
import { markDirty, whole } from "./changed-days.ts";
import { captureChanges } from "./changes.ts";
import type { Cuboid } from "./cuboids.ts";
import type { Fold } from "./fold.ts";
import { moveOn, scanned } from "./refresh.ts";
import { alone } from "./rollup.ts";
import { rowsWithin, scopeOf } from "./scan.ts";
import { readState, type StreamState, type Unit } from "./state.ts";
import { type CellTable, cellTable, pendingTable, query } from "./store.ts";
import { type Stream, streamsOf } from "./streams.ts";

export interface Reconciled {
  /** Dates whose cells were compared with the facts, cell by cell. */
  readonly dates: number;
  readonly differences: readonly { readonly stream: string; readonly day: string; readonly what: string }[];
  /** False when another process is at the roll-ups. */
  readonly held: boolean;
}

/**
 * Holds the roll-ups against the facts: the number of rows of every clean date, and every cell of some dates drawn by `random` (0 ≤ r < 1).
 * What differs is named and made dirty. Changes that nobody has seen yet are looked for first, so they are no differences.
 */
export async function reconcile(
  pool: Pool,
  options: { readonly catalog: Catalog; readonly datesPerStream: number; readonly random: () => number },
): Promise<Reconciled> {
  const differences: { stream: string; day: string; what: string }[] = [];
  let dates = 0;
  const done = await alone(pool, async (client) => {
    const streams = streamsOf(options.catalog);
    await captureChanges(client, streams, options);
    const state = await readState(client);
    for (const stream of streams.all) {
      const known = state.streams.get(stream.id);
      if (!known || known.fingerprint !== stream.fingerprint || known.cuboids.length === 0) continue;
      const clean = [...known.units].filter(([, { dirtySince }]) => dirtySince === null).map(([day]) => day);
      const wrong = new Map<number, string>();
      // A UTC date's rows are those of its neighbours too, where the clocks are ahead or behind.
      for (const day of await miscounted(client, stream, known)) {
        for (const near of [day - 1, day, day + 1]) if (known.units.has(near)) wrong.set(near, "the number of rows");
      }
      for (const day of drawn(clean, options.datesPerStream, options.random)) {
        dates += 1;
        const what = await differing(client, stream, known, day, options.catalog);
        if (what !== null) wrong.set(day, what);
      }
      for (const [day, what] of wrong) differences.push({ stream: stream.id, day: dateOf(day), what });
      if (wrong.size > 0) {
        await markDirty(client, stream, [...wrong.keys()].map(whole));
        await moveOn(client);
      }
    }
    await noteReconciliation(client, dates, differences.length);
    return true;
  });
  return { dates, differences, held: done !== null };
}

export const noteReconciliation = (client: PoolClient, dates: number, differences: number) =>
  query(client, sql`insert into rollup.reconciliations (dates, differences) values (${dates}, ${differences})`);

/** Whether a day has passed since the last one. */
export async function isReconciliationDue(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select from rollup.reconciliations where ran_at > now() - interval '1 day' limit 1",
  );
  return rowCount === 0;
}

function drawn(days: readonly number[], count: number, random: () => number): number[] {
  const left = [...days];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0] as number,
  );
}

/** Clean dates (UTC) on which the facts have more or fewer rows than were folded: a row that moved or went leaves no other trace. */
async function miscounted(client: PoolClient, stream: Stream, { units }: StreamState): Promise<number[]> {
  const scope = scopeOf(stream, 0);
  const on = expression(stream.on, scope);
  const counts = new Map<number, number>();
  const { rows } = await query(
    client,
    sql`select floor(extract(epoch from ${on}) / 86400)::int as day, count(*)::float8 as rows
      ${rowsWithin(stream, scope, EVER, [], [])} group by 1`,
  );
  for (const { day, rows: count } of rows as { day: number; rows: number }[]) counts.set(day, count);
  if (stream.settled.length > 0) {
    const pending = { ...stream, dimensions: [], fact: { ...stream.fact, table: pendingTable(stream), where: null } };
    const day = sql`${ident(stream.fact.alias)}.rollup_day = (${on} at time zone 'UTC')::date`;
    const found = await query(
      client,
      sql`select floor(extract(epoch from ${on}) / 86400)::int as day, count(*)::float8 as rows
        ${rowsWithin(pending, scope, EVER, [], [day])} group by 1`,
    );
    for (const { day: date, rows: count } of found.rows as { day: number; rows: number }[]) {
      counts.set(date, (counts.get(date) ?? 0) - count);
    }
  }
  return [...units]
    .filter(([day, unit]) => unit.dirtySince === null && unit.rows !== (counts.get(day) ?? 0))
    .map(([day]) => day);
}
/** The years 1 to 9999. */
const EVER = { from: -62_135_596_800_000, to: 253_402_300_799_000 };

type CellMap = Map<string, readonly number[]>;

/** What is different between the stored cells of a date and those folded from the facts now; null when nothing is. */
async function differing(
  client: PoolClient,
  stream: Stream,
  known: StreamState,
  day: number,
  catalog: Catalog,
): Promise<string | null> {
  await client.query("begin isolation level repeatable read");
  try {
    const unit = known.units.get(day) as Unit;
    const cuboids = known.cuboids.filter(({ calendar }) => calendar !== HOUR || unit.hasHours);
    const expected = await folded(client, stream, cuboids, day, unit, catalog);
    const stored = new Map([
      ...(await storedCells(client, stream, "day", day)),
      ...(unit.hasHours ? await storedCells(client, stream, "hour", day) : []),
    ]);
    for (const [key, numbers] of expected) {
      const found = stored.get(key);
      if (!found || numbers.some((number, at) => !isClose(number, found[at] ?? 0))) return `the cell ${key}`;
    }
    const extra = [...stored.keys()].find((key) => !expected.has(key));
    return extra === undefined ? null : `the cell ${extra}, which no fact is behind`;
  } finally {
    await client.query("rollback");
  }
}

async function folded(
  client: PoolClient,
  stream: Stream,
  cuboids: readonly Cuboid[],
  day: number,
  unit: Unit,
  { zoned }: Catalog,
): Promise<CellMap> {
  const target = { stream, cuboids, through: unit.settledThrough, rowsADay: unit.rows };
  const { folds } = await scanned(client, [target], { first: day, end: day + 1 }, zoned);
  const cells: CellMap = new Map();
  for (const { cuboid, time, values, numbers, durations } of (folds[0] as Fold).groups()) {
    values.forEach((names, index) => {
      const at = cuboid.calendar === HOUR ? time * 3_600 : time * 86_400;
      const sums = (durations[index] ?? []).map(({ events, censored, seconds }) =>
        [events, censored, seconds].map(total),
      );
      const all = [
        ...(numbers[index] as Float64Array),
        ...(cuboid.histograms ? padded(sums, stream.histograms.length) : []),
      ];
      cells.set(cellKey(cuboid.id, at, names), all);
    });
  }
  return cells;
}

const total = (numbers: Float64Array): number => numbers.reduce((sum, number) => sum + number, 0);
const padded = (sums: readonly number[][], length: number): number[] =>
  Array.from({ length }, (_, at) => sums[at] ?? [0, 0, 0]).flat();
const cellKey = (cuboid: number, at: number, values: readonly (string | null)[]): string =>
  JSON.stringify([cuboid, at, ...[0, 1, 2].map((index) => values[index] ?? null)]);

async function storedCells(client: PoolClient, stream: Stream, table: CellTable, day: number): Promise<CellMap> {
  const slots = stream.slots.map((_, at) => `coalesce(s${at}, 0)::float8`);
  const bins = stream.histograms.flatMap((_, at) =>
    ["events", "censored", "seconds"].map(
      (part) => `coalesce((select sum(x) from unnest(h${at}_${part}) x), 0)::float8`,
    ),
  );
  const type = table === "day" ? "date" : "timestamptz";
  const end = table === "day" ? "" : "T00:00Z";
  const { rows } = await client.query<{ cell: (string | number | null)[]; numbers: number[] }>(
    `select json_build_array(cuboid, extract(epoch from t)::bigint, d1, d2, d3) as cell, array[${[...slots, ...bins].join(", ")}] as numbers
     from ${cellTable(stream, table)} where t >= $1::${type} and t < $2::${type}`,
    [`${dateOf(day)}${end}`, `${dateOf(day + 1)}${end}`],
  );
  return new Map(rows.map(({ cell, numbers }) => [JSON.stringify(cell), numbers]));
}

/** Doubles added in another order differ in their last digits. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
