import cron from "node-cron";
import type { Log } from "../kernel/log.ts";

/** Ten minutes before the housekeeping, so that the two never meet. */
const HOURLY = "7 * * * *";

/**
 * Checks the data hourly; the results are kept, where metrics, watches and the digest read them. node-cron is only the tick: a run that takes
 * longer than an hour is not joined by the next, and a missed one is made up by the next.
 */
export function startDataChecks(check: () => Promise<unknown>, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> | null = null;
  const task = cron.schedule(HOURLY, async () => {
    if (running) return;
    running = check().catch((cause) =>
      log.warn({ err: cause }, "the data could not be checked; the next hour tries again"),
    );
    await running;
    running = null;
  });
  return {
    stop: async () => {
      await task.stop();
      await running;
    },
  };
}
