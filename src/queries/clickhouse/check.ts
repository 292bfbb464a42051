import type { Pool } from "pg";
import { dateOf, HOUR } from "../rollup/calendar.ts";
import { CELL_DIMENSIONS_MAX } from "../rollup/cuboids.ts";
import type { CheckOptions } from "../rollup/keeper.ts";
import { noteReconciliation, type Reconciled } from "../rollup/reconcile.ts";
import { alone } from "../rollup/rollup.ts";
import type { Unit } from "../rollup/state.ts";
import { cellTable } from "../rollup/store.ts";
import type { Stream } from "../rollup/streams.ts";
import { ident, join, sql } from "../sql.ts";
import { lookForChanges } from "./changes.ts";
import type { ClickhouseWriter } from "./engine.ts";
import { fill } from "./fill.ts";
import { type ChosenStream, createRegistry, markDirty, readRegistry, serverNow } from "./registry.ts";
import { BUILDS_A_MS, clickhouseStreams } from "./tables.ts";

/**
 * Holds the roll-ups on ClickHouse against the facts: some dates of each stream, drawn at random, are made once more, as a build that nobody reads,
 * and compared with the one that counts, cell by cell. A date that differs is named and made dirty.
 */
export async function checkInClickhouse(
  writer: ClickhouseWriter,
  lock: Pool,
  options: CheckOptions,
): Promise<Reconciled> {
  const differences: { stream: string; day: string; what: string }[] = [];
  let dates = 0;
  const done = await alone(lock, async (client) => {
    const streams = clickhouseStreams(options.catalog);
    await createRegistry(writer);
    await lookForChanges(writer, streams.all, await readRegistry(writer, 0), options.catalog);
    const { streams: known } = await readRegistry(writer, 0);
    for (const stream of streams.all) {
      const state = known.get(stream.id);
      if (!state || state.fingerprint !== stream.fingerprint || state.cuboids.length === 0) continue;
      const clean = [...state.units].filter(([, unit]) => unit.dirtySince === null && unit.build !== null);
      for (const [day, unit] of drawn(clean, options)) {
        dates += 1;
        const what = await differing(writer, stream, state, day, unit, options);
        if (what === null) continue;
        differences.push({ stream: stream.id, day: dateOf(day), what });
        await markDirty(writer, stream.id, [day], await serverNow(writer));
      }
    }
    await noteReconciliation(client, dates, differences.length);
    return true;
  });
  return { dates, differences, held: done !== null };
}

function drawn<T>(from: readonly T[], { datesPerStream, random }: CheckOptions): T[] {
  const left = [...from];
  return Array.from({ length: Math.min(datesPerStream, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

/** The first cell that is not what the facts say now; null when there is none. */
async function differing(
  writer: ClickhouseWriter,
  stream: Stream,
  state: ChosenStream,
  day: number,
  unit: Unit,
  { catalog }: CheckOptions,
): Promise<string | null> {
  const again = (await serverNow(writer)) * BUILDS_A_MS;
  const cuboids = state.cuboids.filter(({ calendar }) => calendar !== HOUR || unit.hasHours);
  await fill(writer, {
    stream,
    cuboids,
    zoned: catalog.zoned,
    dates: { first: day, end: day + 1 },
    hoursFrom: day,
    through: unit.settledThrough,
    firstBuild: again,
  });
  const key = ["cuboid", "t", ...Array.from({ length: CELL_DIMENSIONS_MAX }, (_, at) => `d${at + 1}`)].map(ident);
  const numbers = [
    ...stream.slots.map((_, at) => ident(`s${at}`)),
    ...stream.histograms.flatMap((_, at) =>
      [2, 3, 4].map((part) => sql`arraySum(tupleElement(${ident(`h${at}`)}, ${part}))`),
    ),
  ];
  const sums = (build: number) =>
    sql`[${join(
      numbers.map((number) => sql`sumIf(${number}, build = ${build})`),
      ", ",
    )}]`;
  for (const table of ["day", "hour"] as const) {
    const [cell] = await writer.rows<Record<string, unknown>>(
      sql`select ${join(key, ", ")} from ${ident(cellTable(stream, table))} where build in ${[unit.build, again]}
        group by ${join(key, ", ")}
        having arrayExists((a, b) -> abs(a - b) > 1e-9 * greatest(1, abs(a)), ${sums(unit.build as number)}, ${sums(again)}) limit 1`,
    );
    if (cell) return `the cell ${JSON.stringify(Object.values(cell))}`;
  }
  return null;
}
