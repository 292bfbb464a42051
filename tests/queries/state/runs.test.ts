import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginPost, confirmPost, freezePosts, postsOf } from "../../../src/queries/state/posts.ts";
import {
  buryRun,
  type ClaimedRun,
  claimRun,
  databaseNow,
  finishRun,
  nextClaimIn,
  planRuns,
  putOffRun,
  redriveRuns,
} from "../../../src/queries/state/runs.ts";
import {
  createSchedule,
  handOverSchedule,
  pauseSchedule,
  resumeSchedule,
  runningSchedules,
  type Schedule,
  schedulesOfChannel,
  schedulesOfOwner,
  stopSchedule,
} from "../../../src/queries/state/schedules.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

let channels = 0;
/** A schedule in a channel (and on a platform name) of its own, so that tests do not meet. */
async function scheduled(): Promise<Schedule> {
  channels += 1;
  return createSchedule(database.writer, {
    payload: { type: "digest" },
    cron: "0 9 * * *",
    zone: "Asia/Bangkok",
    platform: `slack-${channels}`,
    tenant: "T1",
    channel: `C${channels}`,
    language: "en",
    locale: "en-GB",
    owner: "U1",
  });
}
async function planned(schedule: Schedule, day = "2026-03-17"): Promise<string> {
  const now = await databaseNow(database.writer);
  const runKey = `${schedule.id}/${day}`;
  await planRuns(database.writer, schedule.id, [{ runKey, slot: day, at: now + 1, masked: null }], now + 1);
  return runKey;
}
const claim = (schedule: Schedule, leaseSeconds = 60): Promise<ClaimedRun | null> =>
  claimRun(database.writer, { platforms: [schedule.platform], barred: [], leaseSeconds });
async function claimed(schedule: Schedule, leaseSeconds = 60): Promise<ClaimedRun> {
  const run = await claim(schedule, leaseSeconds);
  if (!run) throw new Error("nothing to claim");
  return run;
}
const stateOf = async (runKey: string): Promise<string> =>
  (await database.writer.query("select state from bot.runs where run_key = $1", [runKey])).rows[0]?.state;

describe("a run", () => {
  it("is planned once by any number of instances at the same second", async () => {
    const schedule = await scheduled();
    const now = await databaseNow(database.writer);
    const run = { runKey: `${schedule.id}/d`, slot: "2026-03-17", at: now + 1, masked: null };
    const counts = await Promise.all(
      Array.from({ length: 8 }, () => planRuns(database.writer, schedule.id, [run], now + 1)),
    );
    expect(counts.reduce((a, b) => a + b)).toBe(1);
  });
  it("is claimed by one of any number of workers", async () => {
    const schedule = await scheduled();
    await planned(schedule);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(schedule)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
  it("whose holder died is free once the lease is over, and the dead one's words no longer count", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const first = await claimed(schedule, 0);
    const second = await claimed(schedule);
    expect(second.fence).toBe(first.fence + 1);
    expect(await freezePosts(database.writer, first, ["stale words"])).toBe(false);
    expect(await freezePosts(database.writer, second, ["words"])).toBe(true);
    expect(await beginPost(database.writer, first, `${runKey}/1`, 60)).toBe(false);
    await putOffRun(database.writer, first, { state: "due", afterMs: 0, error: "late", counted: true });
    expect(await stateOf(runKey)).toBe("sending");
  });
  it("is not sent from a lease that is over, although nobody has taken it yet", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const run = await claimed(schedule, 0);
    await freezePosts(database.writer, run, ["words"]);
    expect(await beginPost(database.writer, run, `${runKey}/1`, 60)).toBe(false);
  });
  it("keeps its words: what is frozen is not composed again", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const run = await claimed(schedule);
    await freezePosts(database.writer, run, ["first", "second"]);
    expect(await freezePosts(database.writer, run, ["others"])).toBe(false);
    expect((await postsOf(database.writer, runKey)).map(({ postKey, content }) => [postKey, content])).toEqual([
      [`${runKey}/1`, "first"],
      [`${runKey}/2`, "second"],
    ]);
  });
  it("is done when its last message is there, and not before", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const run = await claimed(schedule);
    await freezePosts(database.writer, run, ["head", "finding"]);
    await beginPost(database.writer, run, `${runKey}/1`, 60);
    await confirmPost(database.writer, `${runKey}/1`, "m1");
    await finishRun(database.writer, run);
    expect(await stateOf(runKey)).toBe("sending");
    await confirmPost(database.writer, `${runKey}/2`, "m2");
    await finishRun(database.writer, run);
    expect(await stateOf(runKey)).toBe("sent");
    expect(await claim(schedule)).toBeNull();
  });
  it("with nothing to say is done", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const run = await claimed(schedule);
    expect(await freezePosts(database.writer, run, [])).toBe(true);
    await finishRun(database.writer, run);
    expect(await stateOf(runKey)).toBe("sent");
  });
  it("of unknown outcome keeps its lease, so that nobody looks while the message may be on its way", async () => {
    const schedule = await scheduled();
    await planned(schedule);
    await putOffRun(database.writer, await claimed(schedule), {
      state: "unknown",
      afterMs: 0,
      error: "reset",
      counted: true,
    });
    expect(await claim(schedule)).toBeNull();
    expect(await nextClaimIn(database.writer, [schedule.platform])).toBeGreaterThan(50_000);
  });
  it("given up tells its owner once, and comes back when it is redriven", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    const run = await claimed(schedule);
    const to = { platform: schedule.platform, tenant: "T1", channel: "U1" };
    await buryRun(database.writer, run, "not_in_channel", { to, content: "told", lateMinutesMax: 60 });
    await buryRun(database.writer, run, "not_in_channel", { to, content: "told again", lateMinutesMax: 60 });
    const notice = await claimed(schedule);
    expect(notice).toMatchObject({ noticeOf: runKey, channel: "U1", composed: true });
    expect((await postsOf(database.writer, notice.runKey)).map(({ content }) => content)).toEqual(["told"]);
    expect(await claim(schedule)).toBeNull();
    expect(await redriveRuns(database.writer, { runKeys: [runKey], days: 7 })).toEqual([runKey]);
    expect((await claimed(schedule)).runKey).toBe(runKey);
  });
});

describe("a schedule", () => {
  it("is found by its channel and by its owner, handed over, and gone when it is stopped", async () => {
    const schedule = await scheduled();
    const at = { platform: schedule.platform, tenant: "T1" };
    expect(await schedulesOfChannel(database.writer, schedule)).toEqual([schedule]);
    expect(await handOverSchedule(database.writer, schedule.id, "U2")).toBe(true);
    expect(await schedulesOfOwner(database.writer, { ...at, owner: "U1" })).toEqual([]);
    expect(await schedulesOfOwner(database.writer, { ...at, owner: "U2" })).toHaveLength(1);
    expect(await stopSchedule(database.writer, schedule.id)).toBe(true);
    expect(await stopSchedule(database.writer, schedule.id)).toBe(false);
    expect(await schedulesOfChannel(database.writer, schedule)).toEqual([]);
  });
  it("that is paused gives up what has not begun and plans nothing, and goes on from where it is resumed", async () => {
    const schedule = await scheduled();
    const runKey = await planned(schedule);
    expect(await pauseSchedule(database.writer, schedule.id)).toBe(true);
    expect(await stateOf(runKey)).toBe("dead");
    expect(await claim(schedule)).toBeNull();
    await planned(schedule, "2026-03-18");
    expect(await stateOf(`${schedule.id}/2026-03-18`)).toBeUndefined();
    expect(await resumeSchedule(database.writer, schedule.id)).toBe(true);
    const resumed = (await runningSchedules(database.writer)).find(({ id }) => id === schedule.id);
    expect(resumed?.plannedThrough).toBeGreaterThanOrEqual(schedule.plannedThrough);
    await planned(schedule, "2026-03-19");
    expect(await stateOf(`${schedule.id}/2026-03-19`)).toBe("due");
  });
});
