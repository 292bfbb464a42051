import { setTimeout as sleep } from "node:timers/promises";
import type { House } from "../../src/main.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createSlack } from "../../src/platforms/slack/slack.ts";
import { progressOf } from "../../src/queries/state/run-list.ts";
import { createSchedule } from "../../src/queries/state/schedules.ts";
import type { Composer } from "../../src/schedules/compose.ts";
import { digestComposer } from "../../src/schedules/digest.ts";
import { sharedMeasure } from "../../src/schedules/shared-measure.ts";
import { createWorker } from "../../src/schedules/worker.ts";
import { startLarkStub } from "../support/lark-stub.ts";
import { startSlackStub } from "../support/slack-stub.ts";

export interface ChannelsReport {
  readonly channels: number;
  readonly messages: number;
  readonly messagesAChannel: { readonly fewest: number; readonly most: number };
  /** Channels that hold fewer messages than were composed for them, and messages that are there twice. */
  readonly lost: number;
  readonly duplicate: number;
  /** Statements sent to the facts' database, the first digest's and all. */
  readonly statementsFirst: number;
  readonly statementsAll: number;
  /** Most messages that one workspace got within a second. */
  readonly perSecondMost: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly firstDigestSeconds: number;
}

const LARK_TENANT = "tenant_acme";

/**
 * The same digest for so many channels, half in Slack and half in Lark, all due at once: composed by the real composer over the marketplace,
 * sent by the real SDKs at the pace that the platforms allow, one worker.
 */
export async function digestToChannels(
  house: House,
  channels: number,
  onProgress: (line: string) => void,
): Promise<ChannelsReport> {
  const [slack, lark] = await Promise.all([startSlackStub(), startLarkStub()]);
  const deps = { log: house.log, clock: house.clock };
  const { appId, appSecret } = lark.account;
  let [statementsAll, statementsFirst, firstDigestSeconds] = [0, 0, 0];
  house.pools.reader.on("acquire", () => {
    statementsAll += 1;
  });
  const monotonic = () => performance.now();
  const parts = { ...house.parts, measure: sharedMeasure(house.parts.measure, monotonic) };
  const real = digestComposer(parts, monotonic);
  const started = performance.now();
  const digest: Composer = async (slot) => {
    const made = await real(slot);
    firstDigestSeconds ||= (performance.now() - started) / 1_000;
    statementsFirst ||= statementsAll;
    return made;
  };
  const nothing: Composer = async () => [];
  const worker = createWorker({
    pool: house.pools.worker,
    facts: house.pools.reader,
    posters: {
      slack: createSlack(
        { mode: "http", botToken: slack.botToken, apiUrl: slack.apiUrl },
        house.bot,
        house.charts,
        deps,
      ).poster,
      lark: createLark({ mode: "ws", appId, appSecret, domain: lark.domain }, house.bot, house.charts, deps).poster,
    },
    composers: { digest, question: nothing, watch: nothing, owners: nothing },
    bind: house.bot.bind,
    monotonic,
    log: house.log,
  });
  for (let n = 0; n < channels; n += 1) {
    const to =
      n % 2 === 0
        ? { platform: "slack", tenant: slack.team, channel: `C${n}`, owner: "U0OWNER" }
        : { platform: "lark", tenant: LARK_TENANT, channel: `oc_${n}`, owner: "ou_owner" };
    slack.join(to.channel);
    const rhythm = { cron: "0 9 * * *", zone: "Asia/Singapore", lateMinutesMax: 10_080 };
    await createSchedule(house.pools.writer, {
      ...to,
      ...rhythm,
      payload: { type: "digest" },
      language: "en",
      locale: "en-GB",
    });
  }
  await house.pools.writer.query("update bot.schedules set planned_through = clock_timestamp() - interval '1 day'");
  const before = process.cpuUsage();
  const finished = worker.tick();
  let over = false;
  finished.finally(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([sleep(15_000, undefined, { ref: false }), finished]);
    const asked = { now: Date.now(), zone: "Asia/Singapore" };
    const [inSlack, inLark] = await Promise.all([
      progressOf(house.pools.writer, { ...asked, platform: "slack", tenant: slack.team }),
      progressOf(house.pools.writer, { ...asked, platform: "lark", tenant: LARK_TENANT }),
    ]);
    onProgress(
      `Slack ${inSlack.sent} sent, ${inSlack.waiting} waiting; Lark ${inLark.sent} sent, ${inLark.waiting} waiting`,
    );
  }
  await finished;
  const cpu = process.cpuUsage(before);
  const held = [
    ...slack.posts.map(({ metadata, ts }) => ({
      key: String(metadata?.event_payload?.run_key),
      second: `s${Math.floor(Number(ts))}`,
    })),
    ...lark.posts.map(({ uuid, createdAt }) => ({ key: uuid, second: `l${Math.floor(createdAt / 1_000)}` })),
  ];
  const { rows } = await house.pools.writer.query<{ post_key: string; run_key: string; state: string }>(
    "select post_key, run_key, state from bot.posts",
  );
  const perRun = Object.values(countBy(rows.map(({ run_key }) => run_key)));
  await worker.stop();
  await Promise.all([slack.close(), lark.close()]);
  return {
    channels,
    messages: held.length,
    messagesAChannel: { fewest: Math.min(...perRun), most: Math.max(...perRun) },
    lost: rows.length - new Set(held.map(({ key }) => key)).size + (channels - perRun.length),
    duplicate: held.length - new Set(held.map(({ key }) => key)).size,
    statementsFirst,
    statementsAll,
    perSecondMost: Math.max(...Object.values(countBy(held.map(({ second }) => second)))),
    seconds: Math.round((performance.now() - started) / 1_000),
    cpuSeconds: Math.round((cpu.user + cpu.system) / 1e6),
    firstDigestSeconds: Math.round(firstDigestSeconds),
  };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
