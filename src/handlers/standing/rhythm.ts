import { formatClock, formatSlot, formatWeekday } from "../../chat/format.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";

export type Rhythm = Pick<Schedule, "cron" | "zone" | "weekends" | "holidays" | "country">;

/** A cron line as people say it: "every Monday at 09:00". */
export function rhythmName({ cron }: Pick<Rhythm, "cron">, { say, locale }: Asking): string {
  const [minute = "0", hour = "9", ofMonth = "*", , ofWeek = "*"] = cron.split(" ");
  const every = /^\*(?:\/(\d+))?$/.exec(hour);
  if (every) return say("rhythm.hours", { n: Number(every[1] ?? "1") });
  const time = formatClock(Number(hour) * 60 + Number(minute), locale);
  const step = /^\*\/(\d+)$/.exec(ofMonth);
  if (step) return say("rhythm.step", { n: Number(step[1]), time });
  if (ofMonth !== "*") return say("rhythm.monthly", { day: Number(ofMonth), time });
  if (ofWeek === "1-5") return say("rhythm.weekdays", { time });
  if (ofWeek === "*") return say("rhythm.daily", { time });
  const days = weekdaysOf(ofWeek).map((day) => formatWeekday(day, locale));
  return say("rhythm.weekly", { days: days.reduce((a, b) => say("and", { a, b })), time });
}

/** "1,4" → 1, 4; "1-3" → 1, 2, 3 (Sunday 0). */
const weekdaysOf = (list: string): number[] =>
  list.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });

/** The next runs with their zone: "Mon 23 Mar, 09:00 · Mon 30 Mar, 09:00 · Mon 6 Apr, 09:00 (Asia/Bangkok)". */
export function nextRuns(parts: BotParts, rhythm: Rhythm, asking: Asking, count = 3): string {
  const runs = parts.upcoming(rhythm, asking.now, count).map((at) => formatSlot(at, asking.locale, rhythm.zone));
  return runs.length === 0 ? "–" : `${runs.join(" · ")} (${rhythm.zone})`;
}
