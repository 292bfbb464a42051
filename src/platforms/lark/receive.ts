import { z } from "zod";
import type { Act, Inbound } from "../../chat/port.ts";
import { VERDICTS } from "../../chat/verdict.ts";
import type { Receipt } from "../../kernel/brand.ts";
import { questionSchema } from "../../kernel/question.ts";
import { WORDS_CHARS_MAX } from "./limits.ts";

/** What an event asks of us. */
export type Received =
  | {
      readonly type: "inbound";
      readonly inbound: Inbound;
      /** The message that the answer replies to. */
      readonly replyTo: string;
    }
  /** A button that this version cannot read any more. */
  | { readonly type: "stale" }
  | { readonly type: "ignored"; readonly why: string };

/** The bot itself, so that it does not answer itself and knows when it is mentioned. Null = not known. */
export interface Self {
  readonly openId: string | null;
}

/**
 * A Lark event → what a person did. Pure. `event` is the event as the SDK's dispatcher hands it over: header fields, event fields and
 * `schema` on one level. Unknown shapes are ignored with the reason, never thrown at.
 */
export function receive(event: unknown, self: Self): Received {
  const type = z.looseObject({ event_type: z.string() }).safeParse(event);
  if (!type.success) return ignored("no event type");
  if (type.data.event_type === "im.message.receive_v1") return receiveMessage(event, self);
  if (type.data.event_type === "card.action.trigger") return receiveClick(event);
  return ignored("event of another type");
}

const idSchema = z.string().min(1).max(200);
const messageSchema = z.looseObject({
  event_id: idSchema,
  tenant_key: idSchema,
  sender: z.looseObject({
    sender_type: z.string(),
    sender_id: z.looseObject({ open_id: idSchema }),
  }),
  message: z.looseObject({
    message_id: idSchema,
    root_id: z.string().max(200).optional(),
    chat_id: idSchema,
    chat_type: z.string(),
    message_type: z.string(),
    content: z.string().max(200_000),
    mentions: z
      .array(
        z.looseObject({
          key: z.string().min(1).max(100),
          id: z.looseObject({ open_id: z.string().max(200).optional() }).optional(),
        }),
      )
      .max(200)
      .optional(),
  }),
});
type Message = z.infer<typeof messageSchema>;

function receiveMessage(event: unknown, self: Self): Received {
  const parsed = messageSchema.safeParse(event);
  if (!parsed.success) return ignored("message of an unknown shape");
  const { sender, message, tenant_key, event_id } = parsed.data;
  if (sender.sender_type !== "user") return ignored("not from a person");
  if (sender.sender_id.open_id === self.openId) return ignored("from this bot");

  const alone = message.chat_type === "p2p";
  const words = wordsOf(message, alone);
  if (words === null) return ignored("a message without words");
  const command = commandWords(words);
  const thread = message.root_id ? message.root_id : null;
  const people = peopleIn(message, self);
  const spokenTo = alone || command !== null || mentionsBot(message, self);
  if (!spokenTo && thread === null) return ignored("not spoken to");
  return {
    type: "inbound",
    replyTo: message.message_id,
    inbound: {
      where: { platform: "lark", tenant: tenant_key, channel: message.chat_id },
      thread,
      person: { id: sender.sender_id.open_id },
      deliveries: [`event:${event_id}`, `message:${tenant_key}:${message.message_id}`],
      act: {
        type: "words",
        text: (command ?? words).slice(0, WORDS_CHARS_MAX),
        spokenTo,
        ...(people.length > 0 ? { people } : {}),
      },
    },
  };
}

/** By default Lark only sends group messages that mention the bot, so that any mention counts while the bot's own id is unknown. */
function mentionsBot(message: Message["message"], self: Self): boolean {
  const mentions = message.mentions ?? [];
  return self.openId === null ? mentions.length > 0 : mentions.some((mention) => mention.id?.open_id === self.openId);
}

const peopleIn = ({ mentions = [] }: Message["message"], self: Self): string[] =>
  mentions.flatMap(({ id }) => (id?.open_id && id.open_id !== self.openId ? id.open_id : []));

/** The words without mentions; null where there are none to read. A picture sent to the bot alone is answered like empty words. */
function wordsOf(message: Message["message"], alone: boolean): string | null {
  const content = parseJson(message.content);
  if (message.message_type === "text") {
    const text = z.looseObject({ text: z.string() }).safeParse(content);
    return text.success ? withoutMentions(text.data.text, message.mentions ?? []) : null;
  }
  if (message.message_type === "post") {
    const text = postText(content);
    return text === null ? null : withoutMentions(text, message.mentions ?? []);
  }
  return alone ? "" : null;
}

function withoutMentions(text: string, mentions: readonly { readonly key: string }[]): string {
  // Longest key first: "@_user_1" is a prefix of "@_user_10".
  const keys = mentions.map((mention) => mention.key).sort((a, b) => b.length - a.length);
  const bare = keys.reduce((rest, key) => rest.replaceAll(key, " "), text);
  return bare.replaceAll("@_all", " ").replace(/\s+/g, " ").trim();
}

/** `/modstats …` → the words behind it; null where the message is no command. */
function commandWords(words: string): string | null {
  const match = /^\/modstats(?:\s+|$)/i.exec(words);
  return match ? words.slice(match[0].length) : null;
}

const postNodeSchema = z.looseObject({ tag: z.string(), text: z.string().optional() });
const postSchema = z.looseObject({
  title: z.string().optional(),
  content: z.array(z.array(postNodeSchema).max(500)).max(500),
});

/** Title and text nodes of a rich-text message; mentions (`at`) and pictures are left out. */
function postText(content: unknown): string | null {
  const post = postSchema.safeParse(content);
  if (!post.success) return null;
  const lines = post.data.content.map((nodes) =>
    nodes.map((node) => (READABLE_NODES.has(node.tag) ? (node.text ?? "") : " ")).join(""),
  );
  return [post.data.title ?? "", ...lines].filter((line) => line.trim() !== "").join("\n");
}
const READABLE_NODES: ReadonlySet<string> = new Set(["text", "a", "md", "code_block"]);

const clickSchema = z.looseObject({
  event_id: z.string().max(200).optional(),
  tenant_key: z.string().max(200).optional(),
  token: z.string().max(500).optional(),
  operator: z.looseObject({ open_id: idSchema, tenant_key: z.string().max(200).optional() }),
  action: z.looseObject({ tag: z.string().max(100), value: z.unknown(), timezone: z.string().max(100).optional() }),
  context: z.looseObject({ open_message_id: idSchema, open_chat_id: idSchema }),
});
const valueSchema = z.union([
  z.strictObject({ q: z.string().max(20_000), t: idSchema.optional() }),
  z.strictObject({ r: z.string().min(1).max(100), d: z.enum(["sql", "csv"]), t: idSchema.optional() }),
  z.strictObject({ f: idSchema, v: z.enum(VERDICTS) }),
]);

function receiveClick(event: unknown): Received {
  const parsed = clickSchema.safeParse(event);
  if (!parsed.success) return ignored("click of an unknown shape");
  const { operator, action, context, token, event_id } = parsed.data;
  const tenant = parsed.data.tenant_key || operator.tenant_key;
  const deliveries = [...(event_id ? [`event:${event_id}`] : []), ...(token ? [`click:${token}:${action.tag}`] : [])];
  if (!tenant || deliveries.length === 0) return ignored("click without tenant or id");
  const value = valueSchema.safeParse(action.value);
  const act = value.success ? actOf(value.data) : null;
  if (!value.success || act === null) return { type: "stale" };
  return {
    type: "inbound",
    replyTo: context.open_message_id,
    inbound: {
      where: { platform: "lark", tenant, channel: context.open_chat_id },
      thread: ("t" in value.data && value.data.t) || context.open_message_id,
      person: { id: operator.open_id, ...(action.timezone ? { zone: action.timezone } : {}) },
      deliveries,
      act,
    },
  };
}

function actOf(value: z.infer<typeof valueSchema>): Act | null {
  if ("f" in value) return { type: "verdict", finding: value.f, verdict: value.v };
  if ("r" in value) return { type: "detail", receipt: value.r as Receipt, detail: value.d };
  const question = questionSchema.safeParse(parseJson(value.q));
  return question.success ? { type: "choice", question: question.data } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
const ignored = (why: string): Received => ({ type: "ignored", why });
