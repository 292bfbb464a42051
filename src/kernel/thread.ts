import { Worker } from "node:worker_threads";

/**
 * A thread that runs the module `name` beside the file `from` (`import.meta.url`): "worker" is worker.ts among the sources, worker.js once
 * compiled.
 */
export function startThread(name: string, from: string): Worker {
  const isSource = from.endsWith(".ts");
  const module = new URL(`./${name}.${isSource ? "ts" : "js"}`, from);
  if (!isSource) return new Worker(module);
  return new Worker(new URL("./thread-source.mjs", import.meta.url), { workerData: { module: module.href } });
}
