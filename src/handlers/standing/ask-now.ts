import type { Answer, Language } from "../../chat/answer.ts";
import type { ChannelRef } from "../../chat/port.ts";
import { resolveAnew } from "../../language/said.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import { answerForClock } from "../bot.ts";
import type { BotParts } from "../parts.ts";
import type { QuestionPayload } from "./payload.ts";

/** A scheduled question's answer at its slot (epoch milliseconds): its window as it was said, put on the calendar anew. */
export function askNow(parts: BotParts, schedule: Schedule, payload: QuestionPayload, at: number): Promise<Answer> {
  const { zone, language, locale, owner, platform, tenant, channel } = schedule;
  const question = resolveAnew(payload.question, payload.said, { catalog: parts.catalog, now: at, zone });
  return answerForClock(parts, question, {
    where: { platform, tenant, channel } as ChannelRef,
    language: language as Language,
    locale,
    owner,
    zone,
    now: at,
    said: payload.said,
  });
}
