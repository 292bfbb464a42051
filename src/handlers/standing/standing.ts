import type { ChannelRef } from "../../chat/port.ts";
import type { Question } from "../../kernel/question.ts";
import type { Reading } from "../../language/reader.ts";
import type { Asking, Draft } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { answerOrder } from "./manage.ts";
import { proposeSchedule } from "./propose-schedule.ts";
import { proposeWatch } from "./propose-watch.ts";

/** What stands until it is stopped: a new schedule or watch to be confirmed, or a press on one that is there. */
export function answerStanding(
  parts: BotParts,
  question: Question,
  reading: Reading | null,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  if (question.options.manage) return answerOrder(parts, question.options.manage, question, asking, where);
  return question.kind === "watch"
    ? proposeWatch(parts, question, reading, asking, where)
    : proposeSchedule(parts, question, reading, asking, where);
}
