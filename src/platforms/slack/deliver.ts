import { performance } from "node:perf_hooks";
import type { Language } from "../../chat/answer.ts";
import type { ChartPort } from "../../chat/port.ts";
import type { ChartSpec } from "../../kernel/chart-spec.ts";
import type { Log } from "../../kernel/log.ts";
import { createGate } from "./gate.ts";
import { slackLimits } from "./limits.ts";
import { ABOUT_FORM, FORMS, findPost, postOnce, type Renderable, type Sent } from "./post-once.ts";
import type { ReplyTo } from "./receive.ts";
import { renderHint, type SlackMessage } from "./render.ts";
import { safe } from "./text.ts";
import { type Failure, failureOf, type SlackWeb } from "./web.ts";
import { type Words, wordsIn } from "./words.ts";

/** Where a message now stands. */
type Outcome =
  | { readonly type: "posted"; readonly channel: string; readonly ts: string; readonly message: SlackMessage }
  /** Shown to the asker alone, through the response URL. */
  | { readonly type: "whispered" }
  /** Slack has it not, or may have it; the person was told if there was any way to. */
  | { readonly type: "failed"; readonly error: string };

export interface Delivery {
  /**
   * Posts once. `key` names the post: when Slack's answer is lost, the message is looked up by it before it is sent again.
   * Where the bot may not post, the message goes to the asker alone with one sentence on what to do. Never rejects.
   */
  post(render: Renderable, to: ReplyTo, language: Language, key: string): Promise<Outcome>;
  /** Uploads charts into the thread of a posted message; what fails is said there. */
  pictures(specs: readonly ChartSpec[], at: { channel: string; thread: string }, language: Language): Promise<void>;
  /** Uploads a file into the thread (or the asker's direct messages). True when it is there. */
  file(file: UploadedFile, to: ReplyTo): Promise<boolean>;
  /** A message for the asker alone, by whatever door is open. */
  whisper(message: SlackMessage, to: ReplyTo): Promise<boolean>;
  /** The channel id of a person's direct messages; null when Slack does not open it. */
  directChannel(personId: string): Promise<string | null>;
}
interface UploadedFile {
  readonly name: string;
  readonly title: string;
  readonly comment: string;
  readonly content: Uint8Array;
}

const METADATA_EVENT = "modstats_answer";
const named = (key: string) => (key === "" ? null : { event: METADATA_EVENT, field: "key", key });

export function createDelivery(web: SlackWeb, charts: ChartPort, log: Log): Delivery {
  const gate = createGate({
    perSecond: slackLimits.posts_per_second,
    burst: slackLimits.posts_burst,
    waitingMax: slackLimits.posts_waiting_max,
    keysMax: slackLimits.channels_remembered_max,
    monotonic: () => performance.now(),
  });

  const send = async (message: SlackMessage, channel: string, thread: string | null, key: string): Promise<Sent> => {
    for (let attempt = 1; ; attempt += 1) {
      if (!(await gate.enter(channel))) return { type: "refused", error: "too_many_waiting", details: [] };
      const sent = await postOnce(web, message, { channel, thread }, named(key));
      if (sent.type === "limited") {
        log.warn({ channel, retryAfterMs: sent.retryAfterMs }, "slack limits posts");
        if (attempt >= slackLimits.limited_attempts_max || sent.retryAfterMs > slackLimits.retry_after_ms_max)
          return sent;
        gate.pause(channel, sent.retryAfterMs);
        continue;
      }
      if (sent.type !== "unknown" || attempt > 1) return sent;
      log.warn({ channel, error: sent.error }, "outcome of a post is unknown, looking it up");
      const found = await findPost(web, { channel, thread, since: null }, { field: "key", key });
      if (found !== "absent") return found === "unreadable" ? sent : { type: "posted", channel, ts: found.ts };
    }
  };

  const plainer = async (
    render: Renderable,
    channel: string,
    thread: string | null,
    key: string,
  ): Promise<{ message: SlackMessage; sent: Sent }> => {
    for (const form of FORMS) {
      const message = form(render);
      const sent = await send(message, channel, thread, key);
      if (sent.type !== "refused" || !ABOUT_FORM.has(sent.error) || form === FORMS.at(-1)) return { message, sent };
      log.warn({ error: sent.error, details: sent.details }, "slack refused the blocks");
    }
    throw new Error("unreachable: the last form returns");
  };

  const directChannel = async (personId: string): Promise<string | null> => {
    try {
      const opened = await web.read.conversations.open({ users: personId });
      return opened.channel?.id ?? null;
    } catch (error) {
      log.warn({ failure: failureOf(error) }, "direct messages not opened");
      return null;
    }
  };

  const whisper = async (message: SlackMessage, to: ReplyTo): Promise<boolean> => {
    const { text, blocks } = message;
    if (to.responseUrl && (await web.respond(to.responseUrl, { text, blocks }))) return true;
    const direct = await directChannel(to.personId);
    return direct !== null && (await postOnce(web, message, { channel: direct, thread: null }, null)).type === "posted";
  };

  const whisperAnswer = async (render: Renderable, hint: string, to: ReplyTo): Promise<Outcome> => {
    const hinted = [{ type: "context", elements: [{ type: "mrkdwn", text: hint, verbatim: true }] }];
    for (const style of ["native", "plain"] as const) {
      const { text, blocks } = render(style);
      const message = { text: `${text}\n${hint}`, blocks: [...blocks.slice(0, slackLimits.blocks_max - 1), ...hinted] };
      if (to.responseUrl && (await web.respond(to.responseUrl, message))) return { type: "whispered" };
    }
    const told = await whisper(renderHint(hint), to);
    return told ? { type: "whispered" } : { type: "failed", error: "nowhere to answer" };
  };

  const putFile = async (file: UploadedFile, channel: string, thread: string | null): Promise<void> => {
    const { upload_url: url, file_id: id } = await web.write.files.getUploadURLExternal({
      filename: file.name,
      length: file.content.byteLength,
    });
    if (!url || !id) throw new Error("no upload URL");
    await web.upload(url, file.content);
    // No alt text here: sharing fails with it. The comment says what the picture shows.
    await web.write.files.completeUploadExternal({
      files: [{ id, title: file.title }],
      channel_id: channel,
      initial_comment: file.comment,
      ...(thread ? { thread_ts: thread } : {}),
    } as Parameters<typeof web.write.files.completeUploadExternal>[0]);
  };

  return {
    directChannel,
    whisper,
    async post(render, to, language, key) {
      const words = wordsIn(language);
      if (to.ephemeral) return whisperAnswer(render, words.invite, to);
      const channel = to.channel ?? (await directChannel(to.personId));
      if (channel === null) return { type: "failed", error: "no direct messages" };
      const { message, sent } = await plainer(render, channel, to.thread, key);
      if (sent.type === "posted") return { ...sent, message };
      log.error({ channel, sent }, "answer not posted");
      if (sent.type === "refused" && ABSENT.has(sent.error)) return whisperAnswer(render, words.invite, to);
      await whisper(renderHint(remedy(sent, words)), to);
      return { type: "failed", error: sent.type === "limited" ? "limited" : sent.error };
    },
    async pictures(specs, at, language) {
      for (const spec of specs) {
        try {
          const comment = safe(`${spec.title}\n${charts.text(spec)}`, slackLimits.fallback_characters_max);
          const content = await charts.png(spec);
          await putFile({ name: "chart.png", title: safe(spec.title, 150), comment, content }, at.channel, at.thread);
        } catch (error) {
          log.warn({ failure: failureOf(error) }, "picture not uploaded");
          if (await gate.enter(at.channel)) await postOnce(web, renderHint(wordsIn(language).pictureFailed), at, null);
          return;
        }
      }
    },
    async file(file, to) {
      const inThread = !to.ephemeral && to.channel !== null;
      const channel = inThread ? to.channel : await directChannel(to.personId);
      if (channel === null) return false;
      try {
        await putFile(file, channel, inThread ? to.thread : null);
        return true;
      } catch (error) {
        log.warn({ failure: failureOf(error) }, "file not uploaded");
        return false;
      }
    },
  };
}

/** Refusals that an invitation cures. */
const ABSENT = new Set(["not_in_channel", "channel_not_found", "no_permission", "access_denied"]);
const CLOSED = new Set([
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_locked",
]);
const UNSCOPED = new Set([
  "missing_scope",
  "not_allowed_token_type",
  "invalid_auth",
  "account_inactive",
  "token_revoked",
  "token_expired",
]);

function remedy(sent: Failure, words: Words): string {
  if (sent.type === "unknown") return words.unknownPost;
  if (sent.type === "limited") return words.notPosted;
  if (CLOSED.has(sent.error)) return words.archived;
  return UNSCOPED.has(sent.error) ? words.missingScope : words.notPosted;
}
