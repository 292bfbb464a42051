import { formatSlot } from "../../chat/format.ts";
import type { Question } from "../../kernel/question.ts";
import type { Managing } from "../../language/managing.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import { lookBefore } from "../../queries/state/watches.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { button } from "./buttons.ts";
import { memoryOf } from "./memory.ts";
import { nameOf } from "./name.ts";
import { payloadOf } from "./payload.ts";
import { placeName } from "./place.ts";
import { nextRuns, rhythmName } from "./rhythm.ts";

const BUTTONS_FOR_MAX = 2;

/** Every schedule with its rhythm, place, state and name; buttons for the first ones, words for all. */
export async function listSchedules(
  parts: BotParts,
  schedules: readonly Schedule[],
  managing: Managing,
  question: Question,
  asking: Asking,
): Promise<Draft> {
  const { say } = asking;
  const place = say(managing.here ? "list.here" : "list.yours");
  if (schedules.length === 0) {
    return {
      ...blankDraft(asking, question, "answered"),
      headline: say("list.none", { place }),
      body: [say("list.how")],
      next: managing.here ? [] : [button("button.list_here", { verb: "list", here: true }, asking)],
    };
  }
  const lines = await Promise.all(schedules.map((schedule) => lineOf(parts, schedule, asking)));
  return {
    ...blankDraft(asking, question, "answered"),
    headline: say("list.head", { n: schedules.length, place }),
    body: [...lines, say("manage.by_words", { id: schedules[0]?.id ?? "" })],
    next: [
      ...schedules.slice(0, BUTTONS_FOR_MAX).flatMap((schedule) => {
        const name = shortened(nameOf(schedule, asking));
        const paused = schedule.pausedAt !== null;
        return [
          button(
            paused ? "button.resume_it" : "button.pause_it",
            { verb: paused ? "resume" : "pause", id: schedule.id },
            asking,
            { name },
          ),
          button("button.stop_it", { verb: "stop", id: schedule.id }, asking, { name }),
        ];
      }),
      ...(managing.here ? [] : [button("button.list_here", { verb: "list", here: true }, asking)]),
    ],
  };
}

/** "Overturn rate, by market: every Monday at 09:00 to #ops; next Mon 23 Mar, 09:00 (Asia/Singapore) · s-…". */
async function lineOf(parts: BotParts, schedule: Schedule, asking: Asking): Promise<string> {
  const { say } = asking;
  const watch = payloadOf(schedule).type === "watch";
  const state =
    schedule.pausedAt !== null
      ? say("list.paused")
      : watch
        ? await watchState(parts, schedule, asking)
        : say("list.next", { runs: nextRuns(parts, schedule, asking, 1) });
  return say("list.line", {
    name: nameOf(schedule, asking),
    when: rhythmName(schedule, asking),
    where: placeName({ name: schedule.channelName }, asking),
    state,
    id: schedule.id,
  });
}

async function watchState(parts: BotParts, schedule: Schedule, asking: Asking): Promise<string> {
  const look = await lookBefore(parts.writer, schedule.id, asking.now + 60_000);
  if (!look) return asking.say("list.not_yet");
  const memory = memoryOf(look.memory);
  const since = Object.values(memory.segments)
    .filter(({ phase, since: from }) => phase === "fired" && from !== null)
    .map(({ since: from }) => from ?? 0);
  const at = formatSlot(look.slotAt, asking.locale, schedule.zone);
  if (memory.broken !== null) return asking.say("list.broken", { at });
  if (since.length > 0)
    return asking.say("list.beyond", { since: formatSlot(Math.min(...since), asking.locale, schedule.zone) });
  return asking.say("list.quiet", { at });
}

const shortened = (name: string): string => (name.length > 40 ? `${name.slice(0, 39)}…` : name);
