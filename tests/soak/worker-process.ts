import type { ChartPort } from "../../src/chat/port.ts";
import type { Poster } from "../../src/chat/post.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createDelivery } from "../../src/platforms/slack/deliver.ts";
import { createPoster } from "../../src/platforms/slack/poster.ts";
import { createWeb } from "../../src/platforms/slack/web.ts";
import { openPools } from "../../src/queries/database/pools.ts";
import { createWorker, type WorkerParts } from "../../src/schedules/worker.ts";
import { partsOf } from "./workload.ts";

/** One instance of the deliverer, to be killed. Warm and idle until it is sent its orders. */
export interface Orders {
  readonly databaseUrl: string;
  readonly slack?: { readonly apiUrl: string; readonly botToken: string };
  readonly lark?: { readonly domain: string; readonly appId: string; readonly appSecret: string };
  readonly timing: NonNullable<WorkerParts["timing"]>;
  readonly httpTimeoutMs: number;
  /** What is left out, to see the checker turn red. */
  readonly ablation: "none" | "no-look-up" | "mark-before-send";
}

process.once("message", (orders: Orders) => void work(orders));
process.once("disconnect", () => process.exit());
process.send?.("warm");

async function work(orders: Orders): Promise<void> {
  const log = createLog("silent");
  const pools = openPools({ url: orders.databaseUrl, kind: "postgres" });
  const charts = {} as ChartPort;
  const posters: { slack?: Poster; lark?: Poster } = {};
  if (orders.slack) {
    const web = createWeb({ ...orders.slack, postTimeoutMs: orders.httpTimeoutMs, logger: SILENT });
    posters.slack = createPoster({ web, charts, delivery: createDelivery(web, charts, log), beside: () => {} });
  }
  if (orders.lark) {
    const config = { mode: "ws", ...orders.lark, timeoutMs: orders.httpTimeoutMs } as const;
    posters.lark = createLark(config, {} as never, charts, { log, clock: { now: Date.now } }).poster;
  }
  const worker = createWorker({
    pool: pools.worker,
    facts: pools.reader,
    posters: Object.fromEntries(
      Object.entries(posters).map(([platform, poster]) => [platform, ablated(poster, orders, pools.worker)]),
    ),
    composers: { digest: compose, watch: compose, question: compose, owners: compose },
    bind: async () => {},
    monotonic: () => performance.now(),
    timing: orders.timing,
    log,
  });
  for (;;) {
    await worker.tick();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const compose: WorkerParts["composers"]["digest"] = async ({ schedule, at }) =>
  partsOf(schedule.channel, at).map((title) => ({
    type: "note",
    note: { language: "en", locale: "en", title, lines: [], small: [], chart: null, buttons: [], about: null },
  }));

function ablated(poster: Poster, { ablation }: Orders, pool: WorkerParts["pool"]): Poster {
  switch (ablation) {
    case "none":
      return poster;
    case "no-look-up":
      return { ...poster, look: async () => ({ type: "absent" }) };
    case "mark-before-send":
      return {
        ...poster,
        async deliver(to, key, content, mayLeave) {
          await pool.query("update bot.posts set state = 'sent' where post_key = $1", [key]);
          return poster.deliver(to, key, content, mayLeave);
        },
      };
    default:
      return ablation satisfies never;
  }
}

const nothing = (): void => {};
const SILENT = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => "error" as never,
};
