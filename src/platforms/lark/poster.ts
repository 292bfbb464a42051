import { createHash } from "node:crypto";
import { z } from "zod";
import type { ChannelRef } from "../../chat/port.ts";
import type { Looked, Outcome, PostContent, Poster } from "../../chat/post.ts";
import type { Clock } from "../../kernel/clock.ts";
import { cardCharts, type Drawing } from "./card-charts.ts";
import type { LarkClient } from "./client.ts";
import type { Delivered, Deliverer, LarkMessage, Target } from "./deliver.ts";
import { LIST_PAGE_SIZE, LIST_PAGES_MAX, LIST_SKEW_MS, UUID_TRUSTED_MS } from "./limits.ts";
import { notePost, renderNote } from "./note.ts";
import { answerPost, contentOf } from "./post.ts";
import { renderAnswer } from "./render.ts";

export interface PosterParts extends Drawing {
  readonly client: LarkClient;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
}

/**
 * Scheduled posts to Lark. Within the hour the uuid does it: what is sent again is not there twice, and its first message's id comes back.
 * Later the chat's messages are listed, and ours is found by the mark in its small print (a list shows no uuid). A channel that is a
 * person's open id is their chat with the bot.
 */
export function createPoster(parts: PosterParts): Poster {
  const { deliverer, clock } = parts;
  return {
    async look(to, key, notBefore): Promise<Looked> {
      if (clock.now() - notBefore < UUID_TRUSTED_MS) return { type: "absent" };
      return isPerson(to)
        ? { type: "unknown", cause: "a person's chat cannot be listed" }
        : listed(parts.client, to.channel, markOf(key), notBefore);
    },
    async deliver(to, key, content, mayLeave): Promise<Outcome> {
      const target: Target = isPerson(to) ? { to: "person", openId: to.channel } : { to: "chat", chat: to.channel };
      const mark = markOf(key);
      const card = await cardOf(content, mark, parts);
      if (!mayLeave()) return { type: "withheld" };
      const sent = await deliverer.sendOnce(target, card, key);
      if (sent.type !== "refused" || sent.reason !== "bad_content") return outcomeOf(sent);
      if (!mayLeave()) return { type: "withheld" };
      return outcomeOf(await deliverer.sendOnce(target, textOf(content, mark), `${key}:text`));
    },
  };
}

const isPerson = ({ channel }: ChannelRef): boolean => channel.startsWith("ou_");

/** Printed in the message, short: "#9f31c2ab04". */
export const markOf = (key: string): string => `#${createHash("sha256").update(key).digest("hex").slice(0, 10)}`;

async function cardOf(content: PostContent, mark: string, drawing: Drawing): Promise<LarkMessage> {
  if (content.type === "note") {
    const { note } = content;
    const [chart = { form: "missing" as const }] = note.chart ? await cardCharts([note.chart], drawing) : [];
    return { msgType: "interactive", content: renderNote(note, chart, mark) };
  }
  const answer = marked(content, mark);
  return { msgType: "interactive", content: renderAnswer(answer, await cardCharts(answer.charts, drawing), null) };
}

function textOf(content: PostContent, mark: string): LarkMessage {
  const [post, language] =
    content.type === "note"
      ? [notePost(content.note, mark), content.note.language]
      : [answerPost(marked(content, mark)), content.answer.language];
  return { msgType: "post", content: contentOf(post, language) };
}

/** The preface on top, the mark in the data line. */
function marked({ answer, preface }: Extract<PostContent, { type: "answer" }>, mark: string) {
  const body = preface === null ? answer.body : [preface, ...answer.body];
  return { ...answer, body, dataLine: [answer.dataLine, mark].filter((part) => part !== "").join(" · ") };
}

function outcomeOf(sent: Delivered): Outcome {
  switch (sent.type) {
    case "posted":
      return { type: "posted", message: sent.messageId };
    case "limited":
      return sent;
    case "unknown":
      return { type: "unknown", cause: "Lark did not say" };
    case "refused":
      return { type: "refused", code: sent.reason === "other" ? `lark_${sent.code ?? "unknown"}` : sent.reason };
    default:
      return sent satisfies never;
  }
}

const pageSchema = z.looseObject({
  data: z.looseObject({
    has_more: z.boolean().optional(),
    page_token: z.string().optional(),
    items: z
      .array(
        z.looseObject({
          message_id: z.string(),
          sender: z.looseObject({ sender_type: z.string() }).optional(),
          body: z.looseObject({ content: z.string() }).optional(),
        }),
      )
      .optional(),
  }),
});

async function listed(client: LarkClient, chat: string, mark: string, notBefore: number): Promise<Looked> {
  const start = String(Math.floor(Math.max(0, notBefore - LIST_SKEW_MS) / 1_000));
  let token: string | undefined;
  try {
    for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
      const answer: unknown = await client.api.im.v1.message.list({
        params: {
          container_id_type: "chat",
          container_id: chat,
          start_time: start,
          sort_type: "ByCreateTimeAsc",
          page_size: LIST_PAGE_SIZE,
          ...(token ? { page_token: token } : {}),
        },
      });
      const { data } = pageSchema.parse(answer);
      const ours = data.items?.find(
        ({ sender, body }) => sender?.sender_type === "app" && body?.content.includes(mark),
      );
      if (ours) return { type: "found", message: ours.message_id };
      token = data.page_token;
      if (!data.has_more || !token) return { type: "absent" };
    }
    return { type: "unknown", cause: "too many messages since" };
  } catch (error) {
    return { type: "unknown", cause: error instanceof Error ? error.message : "unknown" };
  }
}
