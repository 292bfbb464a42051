// A worker thread that runs from the sources: a thread has no loader of its parent's, so it brings its own. dist/ starts worker.js itself.
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
