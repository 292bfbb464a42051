import { setTimeout } from "node:timers/promises";
import type { Pool } from "pg";
import type { Clock } from "../kernel/clock.ts";
import { limits } from "../kernel/limits.ts";
import type { Log } from "../kernel/log.ts";
import { type RollupOptions, rollUp } from "../queries/rollup/rollup.ts";

export interface RollupTicks {
  /** Resolves once a step that began after the call is over: what was committed before it has been seen. */
  caughtUp(): Promise<void>;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

/**
 * Keeps the roll-ups up to date in the background: every two seconds it looks for changed facts, marks the dates they concern, and makes dirty
 * dates anew. Every instance may run it; an advisory lock lets one at a time. A step that fails is tried again by the next.
 */
export function startRollups(
  pool: Pool,
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
      const report = await rollUp(pool, {
        ...options,
        now: clock.now(),
        budgetShare: limits.rollupBudgetShare,
        eventsPerCellMin: limits.rollupEventsPerCellMin,
        eventsADayMin: limits.rollupEventsADayMin,
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

/** Ends early when it is told to stop. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {});
