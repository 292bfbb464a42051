import type { Language } from "../chat/answer.ts";
import { formatInstant } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import type { PostContent } from "../chat/post.ts";
import { limits } from "../kernel/limits.ts";
import type { Schedule } from "../queries/state/schedules.ts";

/** The same content with the sentence that it is late, where it is: "Due at 17 Mar, 09:00 (Asia/Bangkok), posted 2 h 10 min late." */
export function saidLate(content: PostContent, lateMs: number, dueAt: number, schedule: Schedule): PostContent {
  if (lateMs < limits.lateFromMs) return content;
  const say = sayIn(schedule.language as Language, schedule.locale);
  const sentence = say("post.late", {
    at: formatInstant(new Date(dueAt).toISOString(), schedule.locale, schedule.zone),
    zone: schedule.zone,
    hours: Math.floor(lateMs / 3_600_000),
    minutes: Math.floor((lateMs % 3_600_000) / 60_000),
  });
  switch (content.type) {
    case "answer":
      return { ...content, preface: content.preface === null ? sentence : `${sentence} ${content.preface}` };
    case "note":
      return { ...content, note: { ...content.note, small: [sentence, ...content.note.small] } };
    default:
      return content satisfies never;
  }
}
