import type { Language } from "../chat/answer.ts";
import { formatInstant, formatPeriod } from "../chat/format.ts";
import { type Say, sayIn } from "../chat/messages.ts";
import type { PostContent } from "../chat/post.ts";
import { shiftDay } from "../handlers/scan/days.ts";
import { limits } from "../kernel/limits.ts";
import type { MaskedDay } from "../queries/state/runs.ts";
import type { Schedule } from "../queries/state/schedules.ts";

/** The same content with the sentence that it is late, where it is: "Due at 17 Mar, 09:00 (Asia/Bangkok), posted 2 h 10 min late." */
export function saidLate(content: PostContent, lateMs: number, dueAt: number, schedule: Schedule): PostContent {
  if (lateMs < limits.lateFromMs) return content;
  const sentence = sayOf(schedule)("post.late", {
    at: formatInstant(new Date(dueAt).toISOString(), schedule.locale, schedule.zone),
    zone: schedule.zone,
    hours: Math.floor(lateMs / 3_600_000),
    minutes: Math.floor((lateMs % 3_600_000) / 60_000),
  });
  switch (content.type) {
    case "answer":
      return prefaced(content, sentence);
    case "note":
      return { ...content, note: { ...content.note, small: [sentence, ...content.note.small] } };
    default:
      return content satisfies never;
  }
}

/** The same content with the sentence that the day it is about is none to judge by, where the schedule wants such days marked. */
export function saidMasked(content: PostContent, masked: MaskedDay | null, schedule: Schedule): PostContent {
  if (masked === null) return content;
  const { day, kind, name } = masked;
  const date = formatPeriod({ from: day, to: shiftDay(day, 1) }, schedule.locale, schedule.zone);
  const sentence = sayOf(schedule)("post.off_day", { day: date, kind, name });
  switch (content.type) {
    case "answer":
      return prefaced(content, sentence);
    case "note":
      return { ...content, note: { ...content.note, lines: [sentence, ...content.note.lines] } };
    default:
      return content satisfies never;
  }
}

const sayOf = ({ language, locale }: Schedule): Say => sayIn(language as Language, locale);

const prefaced = (content: PostContent & { type: "answer" }, sentence: string): PostContent => ({
  ...content,
  preface: content.preface === null ? sentence : `${sentence} ${content.preface}`,
});
