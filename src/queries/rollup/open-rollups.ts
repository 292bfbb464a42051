import type { Pool } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import type { CompileMeasure } from "../compose.ts";
import type { Compiler } from "../create-measure.ts";
import { compileCovered } from "./compile-covered.ts";
import { type RollupState, RollupStates } from "./state.ts";
import { type Streams, streamsOf } from "./streams.ts";

/** The reading side of the roll-ups: what compiles a question to cells, and what is known about them now. */
export interface Rollups {
  readonly compiler: Compiler;
  /** What compiles a catalog's measures while the roll-ups are as told; undefined where nothing is rolled up. */
  compilerOf(catalog: Catalog, state: RollupState): CompileMeasure | undefined;
  state(): Promise<RollupState>;
}

export const openRollups = (pool: Pool): Rollups => rollupsOver(new RollupStates(pool), streamsOf);

/** `states`: what is known about them, wherever they are kept. */
export function rollupsOver(
  states: { current(): Promise<RollupState> },
  streamsIn: (catalog: Catalog) => Streams,
): Rollups {
  const streams = new WeakMap<Catalog, Streams>();
  const streamsFor = (catalog: Catalog): Streams => {
    const known = streams.get(catalog) ?? streamsIn(catalog);
    streams.set(catalog, known);
    return known;
  };
  const compilerOf = (catalog: Catalog, state: RollupState): CompileMeasure | undefined =>
    state.streams.size === 0 ? undefined : compileCovered(streamsFor(catalog), state, catalog);
  return {
    compiler: async (catalog) => compilerOf(catalog, await states.current()),
    compilerOf,
    state: () => states.current(),
  };
}
