// A thread that runs from the sources: it has no loader of its parent's, so it brings its own. dist/ starts the compiled module itself.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.module);
