import cron from "node-cron";
import type { Pool } from "pg";
import { limits } from "../kernel/limits.ts";
import type { Log } from "../kernel/log.ts";
import { forgetOldDeliveries } from "../queries/state/deliveries.ts";
import { forgetOldRuns } from "../queries/state/runs.ts";

/** Off the full hour, when everybody's jobs run. */
const HOURLY = "17 * * * *";

/** Forgets deliveries that no platform repeats any more, and runs that nobody asks about any more, hourly. node-cron is only the tick; a missed one is made up by the next. */
export function startHousekeeping(pool: Pool, log: Log): { stop(): Promise<void> } {
  const task = cron.schedule(HOURLY, async () => {
    try {
      await forgetOldDeliveries(pool);
      await forgetOldRuns(pool, limits.runsKeptDays);
    } catch (cause) {
      log.warn({ err: cause }, "old deliveries and runs could not be forgotten; the next hour tries again");
    }
  });
  return { stop: async () => void (await task.stop()) };
}
