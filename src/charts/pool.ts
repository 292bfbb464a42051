import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { limits } from "../kernel/limits.ts";
import { startThread } from "../kernel/thread.ts";
import { drawPicture } from "./draw.ts";
import type { Drawn } from "./worker.ts";

/**
 * Starts the worker threads that draw pictures, so that an answer under way never waits for one, and has each draw once: fonts and chart.js are
 * warm when the first question comes. Until then, and where threads cannot start, this thread draws. Gives the number of workers, 0 when they
 * could not start; `onFailure` is told why.
 */
export async function warmCharts(onFailure: (cause: unknown) => void = () => {}): Promise<number> {
  if (pool) return pool.size;
  const size = Math.max(1, Math.min(limits.chartWorkersMax, availableParallelism()));
  const starting = new Pool(size, onFailure);
  const warm = await Promise.allSettled(Array.from({ length: size }, () => starting.draw(FIRST)));
  if (warm.every(({ status }) => status === "fulfilled")) {
    pool = starting;
    return size;
  }
  await starting.close();
  return 0;
}

/** Ends the workers; pictures are drawn on this thread from here on. */
export async function closeCharts(): Promise<void> {
  const closing = pool;
  pool = null;
  await closing?.close();
}

/** The picture from a worker, or null where none runs. What a worker could not draw is drawn here: a bug shows the same, a dead thread does not. */
export function poolDraw(spec: ChartSpec): Promise<Uint8Array> | null {
  return pool?.draw(spec).catch(() => drawPicture(spec)) ?? null;
}

let pool: Pool | null = null;

interface Task {
  readonly spec: ChartSpec;
  readonly done: (picture: Uint8Array) => void;
  readonly failed: (cause: unknown) => void;
}

/** Threads with one picture each at a time; the waiting ones in the order in which they came. A thread that dies is replaced. */
class Pool {
  readonly size: number;
  readonly #onFailure: (cause: unknown) => void;
  readonly #waiting: Task[] = [];
  readonly #busy = new Map<Worker, Task | null>();
  #closing = false;
  #deaths = 0;

  constructor(size: number, onFailure: (cause: unknown) => void) {
    this.size = size;
    this.#onFailure = onFailure;
    for (let started = 0; started < size; started++) this.#start();
  }

  draw(spec: ChartSpec): Promise<Uint8Array> {
    return new Promise((done, failed) => {
      this.#waiting.push({ spec, done, failed });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#refuseWaiting(new Error("the charts' workers are closing"));
    await Promise.all([...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  #start(): void {
    const worker = startThread("worker", import.meta.url);
    // An idle worker keeps no process alive.
    worker.unref();
    this.#busy.set(worker, null);
    worker.on("message", (drawn: Drawn) => this.#drawn(worker, drawn));
    worker.on("error", this.#onFailure);
    worker.on("exit", () => this.#ended(worker));
  }

  #next(): void {
    for (const [worker, task] of this.#busy) {
      if (task) continue;
      const next = this.#waiting.shift();
      if (!next) return;
      this.#busy.set(worker, next);
      worker.ref();
      worker.postMessage(next.spec);
    }
  }

  #drawn(worker: Worker, drawn: Drawn): void {
    const task = this.#busy.get(worker);
    this.#busy.set(worker, null);
    worker.unref();
    if ("picture" in drawn) task?.done(drawn.picture);
    else task?.failed(drawn.error);
    this.#next();
  }

  #ended(worker: Worker): void {
    const task = this.#busy.get(worker);
    this.#busy.delete(worker);
    task?.failed(new Error("a chart's worker ended"));
    if (this.#closing) return;
    // A thread that cannot even start would be replaced for ever.
    if (++this.#deaths < DEATHS_MAX) this.#start();
    if (this.#busy.size === 0) this.#refuseWaiting(new Error("no chart's worker runs"));
    this.#next();
  }

  #refuseWaiting(cause: Error): void {
    for (const task of this.#waiting.splice(0)) task.failed(cause);
    if (pool === this && this.#busy.size === 0) pool = null;
  }
}

const DEATHS_MAX = 10;

const FIRST: ChartSpec = {
  kind: "bar",
  title: "Aă中ไ",
  subtitle: "",
  unit: "count",
  locale: "en-GB",
  valueName: "",
  items: [{ label: "a", value: 1 }],
};
