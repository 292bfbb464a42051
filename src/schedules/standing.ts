import type { PostContent } from "../chat/post.ts";
import type { BotParts } from "../handlers/parts.ts";
import { askNow } from "../handlers/standing/ask-now.ts";
import { lookNow } from "../handlers/standing/look.ts";
import { checkOwners } from "../handlers/standing/owners.ts";
import { payloadOf } from "../handlers/standing/payload.ts";
import type { Composer } from "./compose.ts";

/** A scheduled question's answer, as the first message of a thread. */
export function questionComposer(parts: BotParts): Composer {
  return async ({ schedule, at }) => {
    const payload = payloadOf(schedule);
    if (payload.type !== "question") throw new Error(`schedule ${schedule.id} holds no question that can be read`);
    return [{ type: "answer", answer: await askNow(parts, schedule, payload, at), preface: null }];
  };
}

/** One look of a watch, or of what it raises when nobody reacts; nothing is posted while all is well. */
export function watchComposer(parts: BotParts): Composer {
  return async ({ schedule, at }): Promise<PostContent[]> => {
    const payload = payloadOf(schedule);
    if (payload.type !== "watch") throw new Error(`schedule ${schedule.id} holds no watch that can be read`);
    const note = await lookNow(parts, schedule, payload, at);
    return note ? [{ type: "note", note }] : [];
  };
}

/** The weekly look at who still answers for a channel's schedules. */
export function ownersComposer(parts: BotParts): Composer {
  return async ({ schedule, at }): Promise<PostContent[]> =>
    (await checkOwners(parts, schedule, at)).map((note) => ({ type: "note", note }));
}
