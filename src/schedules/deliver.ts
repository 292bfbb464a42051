import type { Pool } from "pg";
import type { Language } from "../chat/answer.ts";
import { sayIn } from "../chat/messages.ts";
import type { ChannelRef, PlatformName, ThreadRef } from "../chat/port.ts";
import type { Note, PostContent, Poster } from "../chat/post.ts";
import type { Receipt } from "../kernel/brand.ts";
import { limits } from "../kernel/limits.ts";
import type { Log } from "../kernel/log.ts";
import { advance, emptyThread } from "../language/thread.ts";
import { bindFinding } from "../queries/state/findings.ts";
import { beginPost, confirmPost, freezePosts, type PostRecord, postsOf, unsendPost } from "../queries/state/posts.ts";
import { buryRun, type ClaimedRun, finishRun, putOffRun } from "../queries/state/runs.ts";
import { findSchedule, type Schedule } from "../queries/state/schedules.ts";
import { saveThread } from "../queries/state/threads.ts";
import type { Breaker } from "./breaker.ts";
import type { Composers, Slot } from "./compose.ts";
import { noticeOf } from "./notice.ts";
import type { Pace } from "./pace.ts";
import { saidLate, saidMasked } from "./said-first.ts";

export interface DeliverParts {
  readonly pool: Pool;
  readonly posters: Readonly<Partial<Record<PlatformName, Poster>>>;
  readonly composers: Composers;
  /** Binds the thread of a posted answer to its receipt. */
  readonly bind: (thread: ThreadRef, receipt: Receipt) => Promise<void>;
  readonly pace: Pace;
  readonly breaker: Breaker;
  /** Milliseconds of a clock that never jumps and goes on while the process is stopped. */
  readonly monotonic: () => number;
  readonly timing: Timing;
  readonly log: Log;
}

/**
 * How long things take. A message leaves within `sendWithinMs` of its lease and has its answer, or none, within the platform's HTTP time-out:
 * both together stay well below the lease, after which another worker looks whether it is there.
 */
export interface Timing {
  readonly leaseSeconds: number;
  readonly sendWithinMs: number;
  readonly retryFirstMs: number;
  readonly perSecondPerTenant: number;
  readonly perSecondPerChannel: number;
}
export const TIMING: Timing = {
  leaseSeconds: limits.runLeaseSeconds,
  sendWithinMs: limits.runSendWithinMs,
  retryFirstMs: limits.retryFirstMs,
  perSecondPerTenant: limits.postsPerSecondPerTenant,
  perSecondPerChannel: limits.postsPerSecondPerChannel,
};

/** How far one message of a run came. */
type Step =
  | { readonly type: "sent" }
  /** The run is another worker's now, or was held up too long: hands off. */
  | { readonly type: "lost" }
  | { readonly type: "late" }
  | { readonly type: "limited"; readonly retryAfterMs: number }
  | { readonly type: "refused"; readonly code: string }
  | { readonly type: "unknown"; readonly cause: string };

/**
 * Carries out a claimed run: compose and freeze once, then each message in order: look whether an earlier attempt left it, post, confirm.
 * Rejects when the database fails; the run is then taken up again after its lease, by whoever comes first.
 */
export async function carryOut(parts: DeliverParts, run: ClaimedRun): Promise<void> {
  const schedule = await findSchedule(parts.pool, run.schedule);
  if (!schedule) throw new Error(`a run without a schedule: ${run.runKey}`);
  const held: Held = { run, schedule, since: parts.monotonic() };
  if (!run.composed && !(await composed(parts, held))) return;
  for (const post of await postsOf(parts.pool, run.runKey)) {
    const step = post.state === "sent" ? SENT : await deliverPost(parts, held, post);
    if (step.type !== "sent") return settle(parts, held, step);
  }
  await finishRun(parts.pool, run);
}

interface Held {
  readonly run: ClaimedRun;
  readonly schedule: Schedule;
  /** Monotonic time of the claim. */
  readonly since: number;
}
const SENT: Step = { type: "sent" };

/** Makes the words and freezes them. False = the run does not go on now. */
async function composed(parts: DeliverParts, held: Held): Promise<boolean> {
  const { run, schedule } = held;
  if (isPast(parts, held)) return bury(parts, held, "too_late");
  if (schedule.stoppedAt !== null || schedule.pausedAt !== null) return bury(parts, held, "stopped");
  if (run.attempts >= limits.composeAttemptsMax) return bury(parts, held, "compose");
  const made = await contentsOf(parts, held);
  if (made !== null) return freezePosts(parts.pool, run, made);
  if (run.attempts + 1 >= limits.composeAttemptsMax) return bury(parts, held, "compose");
  await putOff(parts, run, "due", backOffMs(parts, run), "compose");
  return false;
}

async function contentsOf(parts: DeliverParts, { run, schedule }: Held): Promise<readonly PostContent[] | null> {
  const lateMs = Math.max(0, run.now - run.slotAt);
  const slot: Slot = { schedule, day: run.slot.slice(0, 10), at: run.slotAt, lateMs };
  try {
    const made = await within(limits.composeTimeoutMs, parts.composers[schedule.payload.type](slot));
    return made.map((content, index) => (index === 0 ? saidMasked(content, run.masked, schedule) : content));
  } catch (cause) {
    parts.log.error({ err: cause, run: run.runKey }, "a run could not be composed");
    return null;
  }
}

/** One message: at most one visible message comes of it, whatever earlier attempts did. */
async function deliverPost(parts: DeliverParts, held: Held, post: PostRecord): Promise<Step> {
  const { run } = held;
  const poster = parts.posters[run.platform as PlatformName];
  if (!poster) return { type: "lost" };
  const to = channelOf(run);
  if (post.state !== "due") {
    const looked = await poster.look(to, post.postKey, post.firstSentAt ?? 0);
    note(parts, run, looked.type === "unknown");
    if (looked.type === "found") return confirmed(parts, held, post, looked.message);
    if (looked.type === "unknown") return looked;
    await unsendPost(parts.pool, run, post.postKey);
  }
  if (isPast(parts, held)) return { type: "late" };
  await parts.pace.turn(paceKeys(parts.timing, run));
  const begun = parts.monotonic();
  if (!(await beginPost(parts.pool, run, post.postKey, parts.timing.leaseSeconds))) return { type: "lost" };
  const mayLeave = (): boolean => parts.monotonic() - begun < parts.timing.sendWithinMs;
  const outcome = await poster.deliver(to, post.postKey, contentToSend(parts, held, post), mayLeave);
  note(parts, run, outcome.type === "unknown");
  switch (outcome.type) {
    case "posted":
      return confirmed(parts, held, post, outcome.message);
    case "withheld":
      return { type: "lost" };
    case "limited":
    case "refused":
      // The platform said no: nothing is there, nothing has to be looked for.
      await unsendPost(parts.pool, run, post.postKey);
      return outcome;
    case "unknown":
      return outcome;
    default:
      return outcome satisfies never;
  }
}

/** The thread first: a message that is confirmed is never looked at again. */
async function confirmed(parts: DeliverParts, { run }: Held, post: PostRecord, message: string): Promise<Step> {
  await bindThread(parts, { ...channelOf(run), thread: message }, post.content as PostContent);
  await confirmPost(parts.pool, post.postKey, message);
  return SENT;
}

/** Replies go on from the answer, or from the Question that a note is about. */
async function bindThread(parts: DeliverParts, thread: ThreadRef, content: PostContent): Promise<void> {
  switch (content.type) {
    case "answer":
      if (content.answer.receipt !== null) await parts.bind(thread, content.answer.receipt);
      return;
    case "note": {
      const { about, language } = content.note;
      const state = about === null ? emptyThread : advance(emptyThread, about);
      await saveThread(parts.pool, thread, { language, state });
      const finding = findingOf(content.note);
      if (finding !== null) await bindFinding(parts.pool, thread, finding);
      return;
    }
    default:
      content satisfies never;
  }
}

/** The finding that a note's buttons speak of: words in its thread may be a verdict. */
const findingOf = ({ buttons }: Note): string | null =>
  buttons.flatMap(({ act }) => (act.type === "verdict" ? [act.finding] : []))[0] ?? null;

/** What was frozen; the first message of a run also says that it is late, if it is. */
function contentToSend(parts: DeliverParts, held: Held, post: PostRecord): PostContent {
  const { run, schedule } = held;
  const content = post.content as PostContent;
  const lateMs = nowOf(parts, held) - run.slotAt;
  return post.n > 1 || run.noticeOf !== null ? content : saidLate(content, lateMs, run.slotAt, schedule);
}

async function settle(parts: DeliverParts, held: Held, step: Exclude<Step, { type: "sent" }>): Promise<void> {
  const { run } = held;
  switch (step.type) {
    case "lost":
      parts.log.warn({ run: run.runKey, fence: run.fence }, "a run was taken over, or held up for too long");
      return;
    case "late":
      await bury(parts, held, "too_late");
      return;
    case "limited":
      parts.pace.pause(placeOf(run), step.retryAfterMs);
      return putOffRun(parts.pool, run, { state: "due", afterMs: step.retryAfterMs, error: "limited", counted: false });
    case "refused":
      await bury(parts, held, step.code);
      return;
    case "unknown":
      if (nowOf(parts, held) > run.deadline + limits.unknownMsMax) await bury(parts, held, "unknown");
      // The lease has the first minute.
      else await putOff(parts, run, "unknown", backOffMs(parts, run) - parts.timing.retryFirstMs, step.cause);
      return;
    default:
      return step satisfies never;
  }
}

/** Gives the run up and tells its owner, once; nobody is told that a notice could not be told. */
async function bury(parts: DeliverParts, { run, schedule }: Held, error: string): Promise<false> {
  parts.log.error({ run: run.runKey, error }, "a run is given up");
  const to = { platform: run.platform, tenant: run.tenant, channel: schedule.owner };
  const isTold = run.noticeOf === null && error !== "stopped";
  const content = isTold ? noticeOf(error, run, schedule, sayIn(schedule.language as Language, schedule.locale)) : null;
  const notice = content && { to, content, lateMinutesMax: limits.noticeLateMinutesMax };
  await buryRun(parts.pool, run, error, notice);
  return false;
}

const putOff = (
  parts: DeliverParts,
  run: ClaimedRun,
  state: "due" | "unknown",
  afterMs: number,
  error: string,
): Promise<void> => putOffRun(parts.pool, run, { state, afterMs, error, counted: true });

/** 1, 2, 4, 8 and at most 15 minutes. */
const backOffMs = ({ timing }: DeliverParts, { attempts }: ClaimedRun): number =>
  Math.min(limits.retryMostMs, timing.retryFirstMs * 2 ** attempts);

/** The database's now, carried on by the monotonic clock. */
const nowOf = (parts: DeliverParts, { run, since }: Held): number => run.now + (parts.monotonic() - since);
const isPast = (parts: DeliverParts, held: Held): boolean => nowOf(parts, held) > held.run.deadline;

const channelOf = ({ platform, tenant, channel }: ClaimedRun): ChannelRef => ({
  platform: platform as PlatformName,
  tenant,
  channel,
});
export const placeOf = ({ platform, tenant }: { platform: string; tenant: string }): string => `${platform}/${tenant}`;
const paceKeys = (timing: Timing, run: ClaimedRun) => [
  { name: placeOf(run), perSecond: timing.perSecondPerTenant },
  { name: `${placeOf(run)}/${run.channel}`, perSecond: timing.perSecondPerChannel },
];

function note(parts: DeliverParts, run: ClaimedRun, failed: boolean): void {
  if (failed) parts.breaker.failed(placeOf(run));
  else parts.breaker.succeeded(placeOf(run));
}

/** Rejects when the work takes longer; what it still does is not waited for. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
