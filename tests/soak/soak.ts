import type { Pool } from "pg";
import type { ChartPort } from "../../src/chat/port.ts";
import { createLog } from "../../src/kernel/log.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createSlack } from "../../src/platforms/slack/slack.ts";
import { TIMING } from "../../src/schedules/deliver.ts";
import { createWorker, type WorkerParts } from "../../src/schedules/worker.ts";
import { virtualClock } from "../schedules/virtual-clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { startLarkStub } from "../support/lark-stub.ts";
import { startSlackStub } from "../support/slack-stub.ts";
import { check, type Due, expected, overdue, partsOf, type Verdict } from "./workload.ts";

export interface SoakReport extends Verdict {
  readonly ticks: number;
  readonly schedules: number;
  /** Bytes after a collection, once warm and at the end. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** Bytes after a collection, every four hours. */
  readonly heapCurve: readonly number[];
  /** What keeps the process alive (sockets, timers), once warm and at the end. */
  readonly handlesBefore: number;
  readonly handlesAfter: number;
  readonly seconds: number;
}

const MINUTE = 60_000;
const WARM_TICKS = 240;
/** The heap is looked at every four hours: a leak is a slope, warming up is not. */
const CURVE_TICKS = 240;

/** A day of the worker on a clock of its own: one tick a minute, hourly schedules on both platforms, the heap and the handles looked at. */
export async function soak(
  database: Pick<TestDatabase, "writer" | "worker" | "reader">,
  options: { readonly ticks: number; readonly schedules: number; readonly collect: () => void },
): Promise<SoakReport> {
  const started = performance.now();
  const [slack, lark] = await Promise.all([startSlackStub(), startLarkStub()]);
  const log = createLog("silent");
  const deps = { log, clock: { now: Date.now } };
  const { appId, appSecret } = lark.account;
  const clock = virtualClock(database as TestDatabase, (Math.floor(Date.now() / MINUTE) + 1) * MINUTE);
  const begun = clock.now();
  const dues: Due[] = [];
  for (let n = 0; n < options.schedules; n += 1) {
    const to =
      n % 2 === 0
        ? ({ platform: "slack", tenant: slack.team, channel: `C${n}` } as const)
        : ({ platform: "lark", tenant: "tenant_acme", channel: `oc_${n}` } as const);
    slack.join(to.channel);
    dues.push({ ...(await overdue(database.writer as Pool, to, 0)), after: begun });
  }
  await database.writer.query("update bot.schedules set planned_through = $1", [new Date(begun)]);
  const compose: WorkerParts["composers"]["digest"] = async ({ schedule, at }) =>
    partsOf(schedule.channel, at).map((title) => ({
      type: "note",
      note: { language: "en", locale: "en", title, lines: [], small: [], chart: null, buttons: [], about: null },
    }));
  const worker = createWorker({
    pool: clock.pool,
    facts: database.reader,
    posters: {
      slack: createSlack(
        { mode: "http", botToken: slack.botToken, apiUrl: slack.apiUrl },
        {} as never,
        {} as ChartPort,
        deps,
      ).poster,
      lark: createLark({ mode: "ws", appId, appSecret, domain: lark.domain }, {} as never, {} as ChartPort, deps)
        .poster,
    },
    composers: { digest: compose, watch: compose, question: compose, owners: compose },
    bind: async () => {},
    monotonic: () => performance.now(),
    timing: { ...TIMING, perSecondPerChannel: 1_000, perSecondPerTenant: 1_000 },
    log,
  });

  const held: { key: string; text: string }[] = [];
  /** The servers' memory is no concern of the worker's heap: it is carried over into short lines. */
  const carry = (): void => {
    for (const { metadata, text } of slack.posts) held.push({ key: String(metadata?.event_payload?.run_key), text });
    for (const { uuid, content } of lark.posts) {
      held.push({ key: uuid, text: (content as { header: { title: { content: string } } }).header.title.content });
    }
    lark.forget();
    for (const list of [slack.posts, slack.calls]) (list as unknown[]).length = 0;
  };
  const look = (): { heap: number; handles: number } => {
    carry();
    options.collect();
    return { heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length };
  };
  let before = { heap: 0, handles: 0 };
  const heapCurve: number[] = [];
  for (let tick = 0; tick < options.ticks; tick += 1) {
    clock.advance(MINUTE);
    await worker.tick();
    if (tick + 1 === Math.min(WARM_TICKS, options.ticks - 1)) before = look();
    if ((tick + 1) % CURVE_TICKS === 0) heapCurve.push(look().heap);
  }
  const after = look();
  const verdict = check(expected(dues, clock.now()), held);
  await worker.stop();
  await Promise.all([slack.close(), lark.close()]);
  return {
    ...verdict,
    ticks: options.ticks,
    schedules: options.schedules,
    heapBefore: before.heap,
    heapAfter: after.heap,
    heapCurve,
    handlesBefore: before.handles,
    handlesAfter: after.handles,
    seconds: Math.round((performance.now() - started) / 1_000),
  };
}
