import type { Pool } from "pg";
import type { Cuboid } from "./cuboids.ts";
import { type Chosen, chooseCuboids, type LatticeOptions } from "./lattice.ts";
import { alone } from "./rollup.ts";
import { type RollupState, readState } from "./state.ts";
import { streamsOf } from "./streams.ts";

export interface Advice {
  readonly verdict: "add" | "drop" | "keep";
  readonly stream: string;
  readonly calendar: string;
  readonly dimensions: readonly string[];
  /** Of one day. */
  readonly cells: number;
  readonly bytes: number;
  /** Rows of events that a question reads for each cell that it would read instead. */
  readonly eventsPerCell: number;
}

/** What the choice would be today, beside what there is. Null when another process is at the roll-ups. */
export function advise(pool: Pool, options: LatticeOptions): Promise<Advice[] | null> {
  return alone(pool, async (client) => {
    const streams = streamsOf(options.catalog);
    const state = await readState(client);
    const chosen = await chooseCuboids(client, streams.all, options);
    return adviceOf(chosen, state);
  });
}

export const adviceOf = (chosen: readonly Chosen[], state: RollupState): Advice[] =>
  chosen.flatMap(({ stream, rowsADay, cuboids }): Advice[] => {
    const known = state.streams.get(stream.id)?.cuboids ?? [];
    const name = ({ calendar, dimensions, histograms }: Omit<Cuboid, "id">): string =>
      JSON.stringify([calendar, [...dimensions].sort(), histograms]);
    const [before, after] = [new Set(known.map(name)), new Set(cuboids.map(name))];
    const line = (verdict: Advice["verdict"], one: (typeof cuboids)[number]): Advice => ({
      verdict,
      stream: stream.id,
      calendar: one.calendar,
      dimensions: one.dimensions,
      cells: one.cells,
      bytes: one.bytes,
      eventsPerCell: rowsADay / Math.max(1, one.cells),
    });
    return [
      ...cuboids.map((one) => line(before.has(name(one)) ? "keep" : "add", one)),
      ...known.filter((one) => !after.has(name(one))).map((one) => line("drop", one)),
    ];
  });
