import { setTimeout } from "node:timers/promises";
import type { Clock } from "../kernel/clock.ts";
import { limits } from "../kernel/limits.ts";
import type { Log } from "../kernel/log.ts";
import type { RollupKeeper } from "../queries/rollup/keeper.ts";
import type { RollupOptions } from "../queries/rollup/rollup.ts";

export interface RollupTicks {
  /** Resolves once a step that began after the call is over: what was committed before it has been seen. */
  caughtUp(): Promise<void>;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

/**
 * Keeps the roll-ups up to date in the background: every two seconds it looks for changed facts, marks the dates they concern, and makes dirty
 * dates anew; once a day it holds some of them against the facts. Every instance may run it; an advisory lock lets one at a time. A step that fails is tried again by the next.
 */
export function startRollups(
  keeper: RollupKeeper,
  options: Pick<RollupOptions, "catalog" | "zone">,
  clock: Clock,
  log: Log,
  tickMs: number = limits.rollupTickMs,
): RollupTicks {
  const stopping = new AbortController();
  let waiting: (() => void)[] = [];
  const step = async (): Promise<boolean> => {
    let unfinished = false;
    const heard = waiting;
    waiting = [];
    try {
      const report = await keeper.rollUp({
        ...options,
        now: clock.now(),
        budgetShare: limits.rollupBudgetShare,
        eventsPerCellMin: limits.rollupEventsPerCellMin,
        eventsADayMin: keeper.eventsADayMin,
        asked: [],
        from: null,
        to: null,
        choose: false,
        onProgress: () => {},
        signal: stopping.signal,
        paced: true,
        stepRowsMax: limits.rollupStepRowsMax,
      });
      unfinished = report.unfinished;
      if (report.days > 0) log.debug({ ...report }, "roll-ups refreshed");
      if (report.streams > 0 && !unfinished && (await keeper.isCheckDue()))
        await reconcileNightly(keeper, options.catalog, log);
    } catch (cause) {
      log.warn({ err: cause }, "the roll-ups could not be refreshed; the next step tries again");
    }
    for (const hear of heard) hear();
    return unfinished;
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      if (!(await step())) await pause(tickMs, stopping.signal);
    }
  })();
  return {
    caughtUp: () => new Promise((hear) => waiting.push(hear)),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Dates of each stream that a night's reconciliation compares cell by cell. */
const NIGHTLY_DATES = 2;

async function reconcileNightly(keeper: RollupKeeper, catalog: RollupOptions["catalog"], log: Log): Promise<void> {
  const { held, dates, differences } = await keeper.check({
    catalog,
    datesPerStream: NIGHTLY_DATES,
    random: Math.random,
  });
  if (!held) return;
  if (differences.length > 0) log.error({ differences }, "roll-ups differed from the facts; those dates are made anew");
  else log.debug({ dates }, "roll-ups equal the facts");
}

/** Ends early when it is told to stop. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {});
