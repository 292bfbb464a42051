import type { Pool } from "pg";
import type { Catalog } from "../../catalog/catalog.ts";
import { limits } from "../../kernel/limits.ts";
import { type Advice, advise } from "./advise.ts";
import { captureChanges } from "./changes.ts";
import type { LatticeOptions } from "./lattice.ts";
import { isReconciliationDue, type Reconciled, reconcile } from "./reconcile.ts";
import { alone, type RollupOptions, type RollupReport, rollUp } from "./rollup.ts";
import { streamsOf } from "./streams.ts";

export interface CheckOptions {
  readonly catalog: Catalog;
  readonly datesPerStream: number;
  /** 0 ≤ r < 1. */
  readonly random: () => number;
}

/** Who keeps the roll-ups up to date, where the facts are. */
export interface RollupKeeper {
  /** With fewer events a day in the busiest stream nothing is rolled up. */
  readonly eventsADayMin: number;
  rollUp(options: RollupOptions): Promise<RollupReport>;
  /** Looks for changes alone, so that what was just loaded is in the next answer; at once over when another process is at it, which looks too. */
  look(catalog: Catalog): Promise<void>;
  /** Null when another process is at it. */
  advise(options: LatticeOptions): Promise<Advice[] | null>;
  check(options: CheckOptions): Promise<Reconciled>;
  /** Whether a day has passed since the last check. */
  isCheckDue(): Promise<boolean>;
}

export const postgresKeeper = (pool: Pool): RollupKeeper => ({
  eventsADayMin: limits.rollupEventsADayMin,
  rollUp: (options) => rollUp(pool, options),
  look: async (catalog) => {
    await alone(pool, (client) => captureChanges(client, streamsOf(catalog), { catalog, paced: true }));
  },
  advise: (options) => advise(pool, options),
  check: (options) => reconcile(pool, options),
  isCheckDue: () => isReconciliationDue(pool),
});
