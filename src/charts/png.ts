import type { ChartSpec } from "../kernel/chart-spec.ts";
import { drawPicture } from "./draw.ts";
import { poolDraw } from "./pool.ts";

/** Pictures kept, at most about 100 KB each. */
const KEPT_MAX = 64;
/** Pictures waiting or being drawn; the next one is refused, for an answer without its picture is better than none. */
const WAITING_MAX = 200;

/**
 * PNG of 1000 px width at pixel ratio 2, 560 px high (840 or 1120 for more than 16 lying bars). Pictures are drawn by the workers where those
 * run (`warmCharts`), else one after another on this thread. Equal specs share one drawing. Throws ChartsBusy when too many wait, else only
 * on a bug.
 */
export function png(spec: ChartSpec): Promise<Uint8Array> {
  const key = JSON.stringify(spec);
  const known = pictures.get(key);
  if (known) {
    keep(key, known);
    return known;
  }
  if (waiting >= WAITING_MAX) return Promise.reject(new ChartsBusy());
  const picture = enqueue(spec);
  keep(key, picture);
  picture.catch(() => pictures.delete(key));
  return picture;
}

export class ChartsBusy extends Error {
  constructor() {
    super(`more than ${WAITING_MAX} charts are waiting to be drawn`);
    this.name = "ChartsBusy";
  }
}

const pictures = new Map<string, Promise<Uint8Array>>();

/** The newest last; the oldest goes. */
function keep(key: string, picture: Promise<Uint8Array>): void {
  pictures.delete(key);
  pictures.set(key, picture);
  const [oldest] = pictures.keys();
  if (pictures.size > KEPT_MAX && oldest !== undefined) pictures.delete(oldest);
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

function enqueue(spec: ChartSpec): Promise<Uint8Array> {
  waiting++;
  return (poolDraw(spec) ?? inTurn(spec)).finally(() => waiting--);
}

function inTurn(spec: ChartSpec): Promise<Uint8Array> {
  const picture = last.then(() => drawPicture(spec));
  last = picture.catch(() => undefined);
  return picture;
}
