import { parentPort } from "node:worker_threads";
import type { ChartSpec } from "../kernel/chart-spec.ts";
import { drawPicture } from "./draw.ts";

/** What a worker says about a picture. */
export type Drawn = { readonly picture: Uint8Array } | { readonly error: unknown };

/** A worker thread: a spec in, its picture out, one at a time. Its renderer and fonts stay warm between pictures. */
parentPort?.on("message", async (spec: ChartSpec) => {
  parentPort?.postMessage(await drawn(spec));
});

async function drawn(spec: ChartSpec): Promise<Drawn> {
  try {
    return { picture: await drawPicture(spec) };
  } catch (error) {
    return { error };
  }
}
