import type { IncomingHttpHeaders } from "node:http";
import { parse as parseForm } from "node:querystring";
import { verifySlackRequest } from "@slack/bolt";
import type { Clock } from "../../kernel/clock.ts";
import { COMMAND, FORM_CALLBACK } from "./actions.ts";
import { slackLimits } from "./limits.ts";

/**
 * Who sent this? Bolt's check (v0 HMAC over the raw body, constant time) refuses what is older than five minutes, but takes requests
 * from the future, takes the same request twice, and lets `ssl_check=1` pass unsigned; this one closes the three.
 */
export interface Verifier {
  /** Reserves the signature; `release` gives it back when the request was not taken, so that Slack's own retry is not refused. */
  verify(headers: IncomingHttpHeaders, body: Buffer): Verdict;
  release(headers: IncomingHttpHeaders): void;
}
type Verdict = "authentic" | "no_signature" | "skewed" | "forged" | "replayed";

/** Socket Mode needs none of this: the WebSocket is opened by us with the app token. */
export function createVerifier(signingSecret: string, clock: Clock): Verifier {
  const seen = new Map<string, number>();
  return {
    verify(headers, body) {
      const now = clock.now();
      const signature = single(headers["x-slack-signature"]);
      const timestamp = single(headers["x-slack-request-timestamp"]);
      if (!signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return "no_signature";
      if (Math.abs(now / 1000 - Number(timestamp)) > slackLimits.signature_skew_seconds_max) return "skewed";
      if (!signed(signingSecret, signature, Number(timestamp), body, now)) return "forged";
      forget(seen, now);
      if (seen.has(signature)) return "replayed";
      seen.set(signature, now);
      return "authentic";
    },
    release(headers) {
      const signature = single(headers["x-slack-signature"]);
      if (signature) seen.delete(signature);
    },
  };
}

/**
 * True when the body is something that a listener of ours acks. Bolt reads properties of `body` and `body.event` unguarded, in a promise
 * that nobody catches, and leaves what no listener wants hanging for three seconds.
 */
export function wellFormed(contentType: string | undefined, body: Buffer): boolean {
  try {
    const text = body.toString();
    if (contentType !== "application/x-www-form-urlencoded") return isPayload(JSON.parse(text));
    const form = parseForm(text);
    return isPayload(typeof form.payload === "string" ? JSON.parse(form.payload) : { ...form });
  } catch {
    return false;
  }
}

/** The same for a Socket Mode frame: the client dispatches on `payload.event.type`, again unguarded. */
export function wellFormedFrame(data: unknown): boolean {
  try {
    const frame: unknown = JSON.parse(typeof data === "string" ? data : "null");
    if (!isRecord(frame) || typeof frame.type !== "string") return false;
    if (frame.type === "hello" || frame.type === "disconnect") return true;
    if (!SOCKET_TYPES.has(frame.type) || typeof frame.envelope_id !== "string" || !isPayload(frame.payload))
      return false;
    return frame.type !== "events_api" || isEvent(frame.payload.event);
  } catch {
    return false;
  }
}

const SOCKET_TYPES = new Set(["events_api", "slash_commands", "interactive"]);
/** Names that the Socket Mode client uses for its own life on the same emitter. */
const RESERVED_EVENTS = new Set(["error", "close", "connected", "disconnected", "ws_message", "slack_event"]);

function isPayload(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || !isHeard(value)) return false;
  return ["channel", "view", "user", "team", "container", "message", "enterprise"].every(
    (key) => value[key] === undefined || value[key] === null || typeof value[key] === "string" || isRecord(value[key]),
  );
}

/** Exactly one of the things that `slack.ts` listens to, so that Bolt's order of guessing finds the same one. */
function isHeard(payload: Record<string, unknown>): boolean {
  if (payload.type === "url_verification" || payload.ssl_check === "1") return payload.event === undefined;
  if (payload.event !== undefined) return isEvent(payload.event);
  if (payload.command !== undefined) return payload.command === COMMAND;
  if (payload.name !== undefined) return false;
  if (payload.actions !== undefined) {
    const isOurs = (action: unknown): boolean => isRecord(action) && typeof action.action_id === "string";
    const { type, actions } = payload;
    return type === "block_actions" && Array.isArray(actions) && actions.length > 0 && actions.every(isOurs);
  }
  if (payload.type === "view_submission") return isRecord(payload.view) && payload.view.callback_id === FORM_CALLBACK;
  return payload.type === "shortcut" && payload.callback_id === FORM_CALLBACK;
}

const isEvent = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value.type === "string" &&
  !RESERVED_EVENTS.has(value.type) &&
  ["item", "channel", "assistant_thread", "message"].every(
    (key) => value[key] === undefined || typeof value[key] === "string" || isRecord(value[key]),
  ) &&
  (value.item === undefined || isRecord(value.item));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function signed(signingSecret: string, signature: string, timestamp: number, body: Buffer, now: number): boolean {
  try {
    verifySlackRequest({
      signingSecret,
      body: body.toString(),
      headers: { "x-slack-signature": signature, "x-slack-request-timestamp": timestamp },
      nowMilliseconds: now,
    });
    return true;
  } catch {
    return false;
  }
}

/** Signatures older than the window are refused as skewed anyway; insertion order is age order. */
function forget(seen: Map<string, number>, now: number): void {
  for (const [signature, at] of seen) {
    const expired = now - at > 2 * slackLimits.signature_skew_seconds_max * 1000;
    if (!expired && seen.size < slackLimits.signatures_kept_max) break;
    seen.delete(signature);
  }
}

const single = (header: string | string[] | undefined): string | undefined =>
  typeof header === "string" ? header : undefined;
