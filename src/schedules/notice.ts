import type { Language } from "../chat/answer.ts";
import { formatInstant } from "../chat/format.ts";
import type { Say } from "../chat/messages.ts";
import type { PostContent } from "../chat/post.ts";
import type { ClaimedRun } from "../queries/state/runs.ts";
import type { Schedule } from "../queries/state/schedules.ts";

/** What the owner of a schedule is told when a run of it is given up: which one, why, and what to do. */
export function noticeOf(error: string, run: ClaimedRun, schedule: Schedule, say: Say): PostContent {
  return {
    type: "note",
    note: {
      language: schedule.language as Language,
      locale: schedule.locale,
      title: say("post.dead.title", {
        kind: schedule.payload.type,
        channel: schedule.channelName ?? schedule.channel,
        at: formatInstant(new Date(run.slotAt).toISOString(), schedule.locale, schedule.zone),
      }),
      lines: [say(reasonOf(error), { code: error })],
      small: [run.runKey],
      chart: null,
      buttons: [],
      about: null,
    },
  };
}

const ABSENT = new Set(["not_in_channel", "channel_not_found", "not_in_chat", "no_permission", "access_denied"]);
const CLOSED = new Set(["is_archived", "target_gone", "restricted_action", "restricted_action_read_only_channel"]);
const REJECTED = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "missing_scope",
  "not_allowed",
]);

function reasonOf(error: string) {
  if (ABSENT.has(error)) return "post.dead.absent";
  if (CLOSED.has(error)) return "post.dead.closed";
  if (REJECTED.has(error)) return "post.dead.rejected";
  if (error === "too_late") return "post.dead.late";
  return error === "compose" ? "post.dead.compose" : "post.dead.other";
}
