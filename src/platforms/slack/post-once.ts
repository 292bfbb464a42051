import type { types } from "@slack/bolt";
import { slackLimits } from "./limits.ts";
import { type SlackMessage, type Style, textOnly } from "./render.ts";
import { type Failure, failureOf, type SlackWeb } from "./web.ts";

export type Sent = { readonly type: "posted"; readonly channel: string; readonly ts: string } | Failure;

/** What a message is found by: `event_payload[field] = key` of its metadata. */
interface Name {
  readonly event: string;
  readonly field: string;
  readonly key: string;
}

/** A message and how to say it again more plainly. */
export type Renderable = (style: Style) => SlackMessage;

/** How a message is said, and said again when Slack refuses its form. */
export const FORMS: readonly ((render: Renderable) => SlackMessage)[] = [
  (render) => render("native"),
  (render) => render("plain"),
  (render) => textOnly(render("plain")),
];

/** Refusals that a plainer message may cure. */
export const ABOUT_FORM: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "invalid_attachments",
]);

/** One chat.postMessage, never repeated. Never rejects. */
export async function postOnce(
  web: SlackWeb,
  message: SlackMessage,
  to: { readonly channel: string; readonly thread: string | null },
  name: Name | null,
): Promise<Sent> {
  try {
    const posted = await web.write.chat.postMessage({
      channel: to.channel,
      text: message.text,
      // Chart blocks are not in @slack/types yet.
      ...(message.blocks.length > 0 ? { blocks: message.blocks as types.KnownBlock[] } : {}),
      ...(to.thread ? { thread_ts: to.thread } : {}),
      ...(name ? { metadata: { event_type: name.event, event_payload: { [name.field]: name.key } } } : {}),
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    });
    return posted.ts
      ? { type: "posted", channel: posted.channel ?? to.channel, ts: posted.ts }
      : { type: "unknown", error: "no ts" };
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * The message of this name among those of the place: of the thread, or of the channel since a moment (epoch seconds), page by page. Newer
 * messages that arrive meanwhile do not move the pages, for a cursor stands on a message and not on a count. `unreadable` = not all could
 * be looked through.
 */
export async function findPost(
  web: SlackWeb,
  at: { readonly channel: string; readonly thread: string | null; readonly since: number | null },
  name: Pick<Name, "field" | "key">,
): Promise<{ ts: string } | "absent" | "unreadable"> {
  let cursor: string | undefined;
  const { channel, thread, since } = at;
  const oldest = since === null ? {} : { oldest: since.toFixed(6) };
  try {
    for (
      let page = 0;
      page < (since === null ? slackLimits.lookup_pages_max : slackLimits.search_pages_max);
      page += 1
    ) {
      const recent = { channel, limit: 200, include_all_metadata: true, ...oldest, ...(cursor ? { cursor } : {}) };
      // A channel's history begins with the newest message, a thread with its root.
      const { messages = [], response_metadata: more } = thread
        ? await web.read.conversations.replies({ ...recent, ts: thread })
        : await web.read.conversations.history(recent);
      const ours = messages.find((message) => payloadOf(message)[name.field] === name.key);
      if (ours?.ts) return { ts: ours.ts };
      cursor = more?.next_cursor;
      if (!cursor || (!thread && since === null)) return "absent";
    }
    return "unreadable";
  } catch {
    return "unreadable";
  }
}

function payloadOf(message: { metadata?: { event_payload?: unknown } }): Readonly<Record<string, unknown>> {
  const payload = message.metadata?.event_payload;
  return typeof payload === "object" && payload !== null ? (payload as Record<string, unknown>) : {};
}
