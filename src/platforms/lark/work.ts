import type { Log } from "../../kernel/log.ts";
import { IN_FLIGHT_MAX, STOP_WAIT_MS_MAX } from "./limits.ts";

/** The work that was acknowledged but is not finished: bounded, and waited for (10 s at most) at the end. */
export function workInFlight(log: Log): {
  full(): boolean;
  add(job: () => Promise<void>): void;
  settled(): Promise<void>;
} {
  const jobs = new Set<Promise<void>>();
  return {
    full: () => jobs.size >= IN_FLIGHT_MAX,
    add(job) {
      // A turn of the event loop first: the acknowledgement goes out before any work begins.
      const running = new Promise<void>((resolve) => setImmediate(resolve)).then(job).catch((error: unknown) => {
        log.error({ platform: "lark", err: error }, "a turn failed without an answer");
      });
      jobs.add(running);
      void running.finally(() => jobs.delete(running));
    },
    async settled() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_WAIT_MS_MAX);
      });
      await Promise.race([Promise.allSettled(jobs), patience]);
      clearTimeout(timer);
    },
  };
}
