import { setTimeout as sleep } from "node:timers/promises";
import cron from "node-cron";
import { limits } from "../kernel/limits.ts";
import { claimRun, nextClaimIn } from "../queries/state/runs.ts";
import { createBreaker } from "./breaker.ts";
import { carryOut, type DeliverParts, TIMING } from "./deliver.ts";
import { createPace } from "./pace.ts";
import { type PlanParts, planDue } from "./plan.ts";

const EVERY_MINUTE = "* * * * *";

export type WorkerParts = PlanParts &
  Omit<DeliverParts, "pace" | "breaker" | "timing"> &
  Partial<Pick<DeliverParts, "timing">>;

export interface Worker {
  /** Plans what is due and carries out what is open; what fails is logged and left to the next tick. Resolves when nothing is left for now. */
  tick(): Promise<void>;
  /** Begins nothing new, lets what is under way come to its end (ten seconds at most). */
  stop(): Promise<void>;
}

/** The deliverer of schedules. node-cron is only its tick: what is due, and for whom, the database says. */
export function startWorker(parts: WorkerParts): Worker {
  const worker = createWorker(parts);
  const task = cron.schedule(EVERY_MINUTE, () => worker.tick());
  void worker.tick();
  return {
    tick: worker.tick,
    async stop() {
      await task.stop();
      await worker.stop();
    },
  };
}

/** The same without a clock of its own. */
export function createWorker(given: WorkerParts): Worker {
  const { monotonic, pool, log } = given;
  const breaker = createBreaker({ failuresMax: limits.breakerFailuresMax, openMs: limits.breakerOpenMs }, monotonic);
  const parts: DeliverParts = { timing: TIMING, ...given, breaker, pace: createPace(monotonic) };
  const platforms = Object.keys(given.posters);
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  /** Claims and carries out until nothing is free. */
  const work = async (): Promise<void> => {
    while (!stopping) {
      const barred = [...breaker.open(), ...parts.pace.paused()];
      const run = await claimRun(pool, { platforms, barred, leaseSeconds: parts.timing.leaseSeconds });
      if (!run) return;
      await carryOut(parts, run);
    }
  };

  /** What waits for less than a tick is not left to the next one: a rate limit of five seconds, a second attempt. */
  const wakeUp = async (): Promise<void> => {
    const wait = await nextClaimIn(pool, platforms);
    if (wait === null || wait > WAKE_MS_MAX || stopping) return;
    clearTimeout(timer);
    timer = setTimeout(() => void tick(), Math.max(wait, WAKE_MS_MIN));
  };

  const plan = once(() => planDue(given));
  const drain = once(async () => {
    await allSettled(Array.from({ length: limits.runsAtOnceMax }, work));
    await wakeUp();
  });

  /** Planning does not wait for the posts of an earlier tick: they may take minutes. */
  const tick = async (): Promise<void> => {
    try {
      if (!stopping) await plan();
      if (!stopping) await drain();
    } catch (cause) {
      log.error({ err: cause }, "schedules could not be worked on; the next minute tries again");
    }
  };

  return {
    tick,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await Promise.race([drain.underWay()?.catch(() => {}), sleep(STOP_WAIT_MS_MAX, undefined, { ref: false })]);
    },
  };
}

const WAKE_MS_MAX = 60_000;
const WAKE_MS_MIN = 250;
const STOP_WAIT_MS_MAX = 10_000;

/** A call while one is under way is that one. */
function once<T>(work: () => Promise<T>): (() => Promise<T>) & { underWay(): Promise<T> | null } {
  let running: Promise<T> | null = null;
  const call = (): Promise<T> => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
  return Object.assign(call, { underWay: () => running });
}

/** All come to their end before the first failure is thrown on: nothing goes on behind a tick that is over. */
async function allSettled(works: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(works)) if (settled.status === "rejected") throw settled.reason;
}
