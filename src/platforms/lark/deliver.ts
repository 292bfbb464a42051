import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { LarkClient } from "./client.ts";
import { LarkError } from "./http.ts";
import { POSTS_PER_SECOND_PER_CHAT, RATE_LIMIT_WAIT_MS_MAX, SEND_ATTEMPTS_MAX, UUID_CHARS_MAX } from "./limits.ts";

/** What became of a post. `unknown`: sent, but nobody said whether it arrived (even after retries under the same uuid). */
export type Delivered =
  | { readonly type: "posted"; readonly messageId: string }
  | { readonly type: "refused"; readonly reason: Refused; readonly code: number | null }
  | { readonly type: "limited"; readonly retryAfterMs: number }
  | { readonly type: "unknown" };

export type Refused =
  /** The bot is no member of the chat. */
  | "not_in_chat"
  /** A scope is missing, the app is not published, or the group does not let bots speak. */
  | "not_allowed"
  /** The card or post itself: unknown property, too large, too many elements. */
  | "bad_content"
  /** The message that we reply to is gone. */
  | "target_gone"
  /** This chat has no threads. */
  | "no_threads"
  | "other";

export interface LarkMessage {
  readonly msgType: "interactive" | "post" | "file";
  /** Will be JSON. */
  readonly content: unknown;
}
export type Target =
  | { readonly to: "reply"; readonly chat: string; readonly messageId: string; readonly inThread: boolean }
  | { readonly to: "chat"; readonly chat: string }
  | { readonly to: "person"; readonly openId: string };

export interface Deliverer {
  /** Posts once: all attempts carry the same uuid, made of `key`, so that Lark drops a second one within the hour. Never rejects. */
  send(target: Target, message: LarkMessage, key: string): Promise<Delivered>;
  /** One attempt; its uuid, made of `key`, is what makes a further one harmless. Never rejects. */
  sendOnce(target: Target, message: LarkMessage, key: string): Promise<Delivered>;
  /** Uploads a file for a later `file` message; null when Lark did not take it. */
  uploadFile(fileName: string, content: Uint8Array): Promise<string | null>;
  /** Uploads a PNG for a card; null when Lark did not take it. */
  uploadImage(png: Uint8Array): Promise<string | null>;
}

export function createDeliverer(client: LarkClient, log: Log, clock: Clock): Deliverer {
  const turn = chatTurns(clock);
  return {
    async send(target, message, key) {
      const uuid = uuidOf(key);
      let last: Delivered = { type: "unknown" };
      for (let attempt = 0; attempt < SEND_ATTEMPTS_MAX; attempt += 1) {
        await pause(turn(chatOf(target)));
        last = await attemptOnce(client, target, message, uuid);
        const wait = waitBeforeRetry(last, attempt);
        if (wait === null) break;
        await pause(wait);
      }
      if (last.type !== "posted") log.warn({ platform: "lark", outcome: last, to: target.to }, "post not delivered");
      return last;
    },
    sendOnce: (target, message, key) => attemptOnce(client, target, message, uuidOf(key)),
    uploadFile: (fileName, content) =>
      uploaded(log, async () => {
        const file = Buffer.from(content);
        const data = { file_type: "stream" as const, file_name: fileName, file };
        return (await client.api.im.v1.file.create({ data }))?.file_key;
      }),
    uploadImage: (png) =>
      uploaded(log, async () => {
        const data = { image_type: "message" as const, image: Buffer.from(png) };
        return (await client.api.im.v1.image.create({ data }))?.image_key;
      }),
  };
}

/** At most 50 characters, the same for the same key. */
export function uuidOf(key: string): string {
  return `ms-${createHash("sha256").update(key).digest("hex")}`.slice(0, UUID_CHARS_MAX);
}

async function attemptOnce(client: LarkClient, target: Target, message: LarkMessage, uuid: string): Promise<Delivered> {
  try {
    return await posted(client, target, message, uuid);
  } catch (error) {
    if (!isStaleToken(error)) return outcomeOf(error);
  }
  client.forgetToken();
  try {
    return await posted(client, target, message, uuid);
  } catch (error) {
    return outcomeOf(error);
  }
}

async function posted(client: LarkClient, target: Target, message: LarkMessage, uuid: string): Promise<Delivered> {
  const body = { msg_type: message.msgType, content: JSON.stringify(message.content), uuid };
  const answer =
    target.to === "reply"
      ? await client.api.im.v1.message.reply({
          path: { message_id: target.messageId },
          data: { ...body, reply_in_thread: target.inThread },
        })
      : await client.api.im.v1.message.create({
          params: { receive_id_type: target.to === "chat" ? "chat_id" : "open_id" },
          data: { ...body, receive_id: chatOf(target) },
        });
  const messageId = answer.data?.message_id;
  return messageId ? { type: "posted", messageId } : { type: "unknown" };
}

const chatOf = (target: Target): string => (target.to === "person" ? target.openId : target.chat);

const STALE_TOKEN_CODES: ReadonlySet<number> = new Set([99991661, 99991663, 99991664, 99991668, 99991671, 99991677]);
const isStaleToken = (error: unknown): boolean =>
  error instanceof LarkError && error.code !== null && STALE_TOKEN_CODES.has(error.code);

/** 99991400: the app's limit; 230020: the chat's, shared by all bots in it; 11232/11233: older names of both. */
const LIMIT_CODES: ReadonlySet<number> = new Set([99991400, 230020, 11232, 11233]);
const REFUSALS: ReadonlyMap<number, Refused> = new Map([
  [230002, "not_in_chat"],
  [230006, "not_allowed"],
  [230013, "not_allowed"],
  [230018, "not_allowed"],
  [230027, "not_allowed"],
  [230035, "not_allowed"],
  // App id or secret that Lark does not know.
  [10003, "not_allowed"],
  [10014, "not_allowed"],
  [99991672, "not_allowed"],
  [99991679, "not_allowed"],
  [230001, "bad_content"],
  [230025, "bad_content"],
  [230028, "bad_content"],
  [230055, "bad_content"],
  [230099, "bad_content"],
  [230011, "target_gone"],
  [230050, "target_gone"],
  [230110, "target_gone"],
  [230071, "no_threads"],
  [230072, "no_threads"],
]);

function outcomeOf(error: unknown): Delivered {
  if (!(error instanceof LarkError)) return isTokenFailure(error) ? { type: "unknown" } : rethrown(error);
  const { code, status, kind, retryAfterMs } = error;
  if (status === 429 || (code !== null && LIMIT_CODES.has(code))) {
    return { type: "limited", retryAfterMs: retryAfterMs ?? 1_000 };
  }
  if (kind === "network" || kind === "timeout" || (status !== null && status >= 500)) return { type: "unknown" };
  return { type: "refused", reason: (code !== null ? REFUSALS.get(code) : undefined) ?? "other", code };
}

/** The SDK throws a bare Error when the token endpoint answers without a token: nothing was posted, trying again is right. */
const isTokenFailure = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("failed to get tenant_access_token");
function rethrown(error: unknown): never {
  throw error;
}

function waitBeforeRetry(outcome: Delivered, attempt: number): number | null {
  if (attempt + 1 >= SEND_ATTEMPTS_MAX) return null;
  if (outcome.type === "limited") return outcome.retryAfterMs <= RATE_LIMIT_WAIT_MS_MAX ? outcome.retryAfterMs : null;
  return outcome.type === "unknown" ? 250 * 2 ** attempt : null;
}

/** How long to wait before the next post to a chat, so that it gets at most five a second; a burst of five goes at once. */
function chatTurns(clock: Clock): (chat: string) => number {
  const intervalMs = 1_000 / POSTS_PER_SECOND_PER_CHAT;
  const burstMs = 1_000 - intervalMs;
  const due = new Map<string, number>();
  return (chat) => {
    const now = clock.now();
    if (due.size > 10_000) for (const [old, at] of due) if (at < now) due.delete(old);
    const at = Math.max(now, due.get(chat) ?? 0);
    due.set(chat, at + intervalMs);
    return Math.max(0, at - burstMs - now);
  };
}

async function uploaded(log: Log, upload: () => Promise<string | undefined>): Promise<string | null> {
  try {
    return (await upload()) ?? null;
  } catch (error) {
    log.warn({ platform: "lark", cause: error instanceof Error ? error.message : "unknown" }, "upload refused");
    return null;
  }
}
