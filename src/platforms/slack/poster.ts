import type { ChannelRef, ChartPort } from "../../chat/port.ts";
import type { Looked, Outcome, PostContent, Poster } from "../../chat/post.ts";
import type { Delivery } from "./deliver.ts";
import { slackLimits } from "./limits.ts";
import { renderNote } from "./note.ts";
import { ABOUT_FORM, FORMS, findPost, postOnce, type Renderable } from "./post-once.ts";
import { renderAnswer } from "./render.ts";
import type { SlackWeb } from "./web.ts";

const EVENT = "modstats_post";
const FIELD = "run_key";

export interface PosterParts {
  readonly web: SlackWeb;
  readonly charts: ChartPort;
  readonly delivery: Pick<Delivery, "pictures" | "directChannel">;
  /** Work that nobody waits for, but that a stop lets finish. */
  readonly beside: (work: Promise<void>) => void;
}

/** Scheduled posts to Slack. A message carries its key in its metadata, and is found by it; a channel that is a person is their direct messages. */
export function createPoster({ web, charts, delivery, beside }: PosterParts): Poster {
  const placeOf = ({ channel }: ChannelRef): Promise<string | null> =>
    /^[UW]/u.test(channel) ? delivery.directChannel(channel) : Promise.resolve(channel);

  return {
    async look(to, key, notBefore): Promise<Looked> {
      const channel = await placeOf(to);
      if (channel === null) return { type: "unknown", cause: "direct messages could not be opened" };
      const since = Math.max(0, notBefore - slackLimits.search_skew_ms) / 1_000;
      const found = await findPost(web, { channel, thread: null, since }, { field: FIELD, key });
      if (found === "absent") return { type: "absent" };
      return found === "unreadable"
        ? { type: "unknown", cause: "the channel could not be looked through" }
        : { type: "found", message: found.ts };
    },

    async deliver(to, key, content, mayLeave): Promise<Outcome> {
      const channel = await placeOf(to);
      if (channel === null) return { type: "limited", retryAfterMs: slackLimits.direct_retry_ms };
      const render = renderable(content, charts);
      for (const form of FORMS) {
        const message = form(render);
        if (!mayLeave()) return { type: "withheld" };
        const sent = await postOnce(web, message, { channel, thread: null }, { event: EVENT, field: FIELD, key });
        switch (sent.type) {
          case "posted":
            // After the message, which is complete without them: a picture that fails is said in the thread.
            if (message.pictures.length > 0)
              beside(
                delivery.pictures(message.pictures, { channel: sent.channel, thread: sent.ts }, languageOf(content)),
              );
            return { type: "posted", message: sent.ts };
          case "limited":
            return sent;
          case "unknown":
            return { type: "unknown", cause: sent.error };
          case "refused":
            if (!ABOUT_FORM.has(sent.error) || form === FORMS.at(-1)) return { type: "refused", code: sent.error };
            break;
          default:
            return sent satisfies never;
        }
      }
      throw new Error("unreachable: the last form returns");
    },
  };
}

function renderable(content: PostContent, charts: ChartPort): Renderable {
  if (content.type === "note") return (style) => renderNote(content.note, charts, style);
  const { answer, preface } = content;
  return (style) =>
    renderAnswer(preface === null ? answer : { ...answer, body: [preface, ...answer.body] }, charts, style);
}

const languageOf = (content: PostContent) =>
  content.type === "note" ? content.note.language : content.answer.language;
