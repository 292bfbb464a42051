import type { ChartPort, PlatformName } from "../../src/chat/port.ts";
import type { Note, PostContent, Poster } from "../../src/chat/post.ts";
import { createLog, type Log } from "../../src/kernel/log.ts";
import { createLark } from "../../src/platforms/lark/lark.ts";
import { createSlack } from "../../src/platforms/slack/slack.ts";
import { createSchedule, type NewSchedule, type Schedule } from "../../src/queries/state/schedules.ts";
import type { Composer } from "../../src/schedules/compose.ts";
import { TIMING } from "../../src/schedules/deliver.ts";
import type { WorkerParts } from "../../src/schedules/worker.ts";
import type { TestDatabase } from "../support/database.ts";
import type { LarkStub } from "../support/lark-stub.ts";
import { charts, tinyBot } from "../support/slack-answers.ts";
import type { SlackStub } from "../support/slack-stub.ts";

/** What the tests of schedules build on: the real posters against the stubs, and composers that say a line. */

export const silent: Log = createLog("silent");

export const note = (title: string, more: Partial<Note> = {}): PostContent => ({
  type: "note",
  note: {
    language: "en",
    locale: "en-GB",
    title,
    lines: [],
    small: [],
    chart: null,
    buttons: [],
    about: null,
    ...more,
  },
});

export const slackPoster = (stub: SlackStub, drawn: ChartPort = charts): Poster =>
  createSlack(
    { mode: "http", botToken: stub.botToken, signingSecret: stub.signingSecret, apiUrl: stub.apiUrl },
    tinyBot(() => ({ type: "nothing" })),
    drawn,
    { log: silent, clock: { now: Date.now } },
  ).poster;

export const larkPoster = (stub: LarkStub, drawn: ChartPort = charts, now: () => number = Date.now): Poster =>
  createLark(
    { mode: "ws", appId: stub.account.appId, appSecret: stub.account.appSecret, domain: stub.domain },
    tinyBot(() => ({ type: "nothing" })),
    drawn,
    { log: silent, clock: { now } },
  ).poster;

/** Parts of a worker on this database; every schedule says one line that names its channel and day, unless told otherwise. */
export function workerParts(
  database: TestDatabase,
  posters: Partial<Record<PlatformName, Poster>>,
  more: Partial<WorkerParts> & { readonly composer?: Composer } = {},
): WorkerParts {
  const { composer = oneLine, ...rest } = more;
  return {
    pool: database.worker,
    facts: database.reader,
    posters,
    composers: { question: composer, digest: composer, watch: composer, owners: composer },
    bind: async () => {},
    monotonic: () => performance.now(),
    timing: { ...TIMING, perSecondPerChannel: 1_000, perSecondPerTenant: 1_000 },
    log: silent,
    ...rest,
  };
}
export const oneLine: Composer = async ({ schedule, day }) => [note(`${schedule.channel} ${day}`)];

/** A schedule that was due a moment ago. */
export async function dueNow(database: TestDatabase, wanted: Partial<NewSchedule> = {}): Promise<Schedule> {
  const schedule = await createSchedule(database.writer, {
    payload: { type: "digest" },
    cron: "0 0 * * *",
    zone: "UTC",
    platform: "slack",
    tenant: "T0TEAM",
    channel: "C0OPS",
    language: "en",
    locale: "en-GB",
    owner: "U0OWNER",
    lateMinutesMax: 10_080,
    ...wanted,
  });
  await database.writer.query(
    "update bot.schedules set planned_through = clock_timestamp() - interval '1 day' where id = $1",
    [schedule.id],
  );
  return schedule;
}

/** Lets every lease and every wait of the bot's state be over, as if so many seconds had gone by. */
export async function pass(database: TestDatabase, seconds = 3_600): Promise<void> {
  await database.writer.query(
    `update bot.runs set next_try_at = next_try_at - make_interval(secs => $1), lease_until = lease_until - make_interval(secs => $1)
     where state in ('due', 'sending', 'unknown')`,
    [seconds],
  );
}

/** Runs that are not at an end, and schedules whose run is not planned. */
export async function openRuns(database: TestDatabase): Promise<number> {
  const { rows } = await database.writer.query<{ n: number }>(
    `select (select count(*) from bot.runs where state in ('due', 'sending', 'unknown'))
          + (select count(*) from bot.schedules where not exists (select from bot.runs where schedule = schedules.id)) as n`,
  );
  return rows[0]?.n ?? 0;
}
