import type { Logger } from "@slack/bolt";
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type WebClientOptions,
} from "@slack/web-api";
import { slackLimits } from "./limits.ts";

/** The doors to Slack's servers, each with its own idea of retrying. */
export interface SlackWeb {
  /** Writes: never repeated by the SDK, for a repeated chat.postMessage is a second message. */
  readonly write: WebClient;
  /** Reads and idempotent calls: repeated twice. */
  readonly read: WebClient;
  /** POST to a `response_url`; true when Slack took it. Never rejects. */
  respond(url: string, message: ResponseMessage): Promise<boolean>;
  /** POST of a file's bytes to an upload URL. Rejects when they did not arrive. */
  upload(url: string, bytes: Uint8Array): Promise<void>;
}
interface ResponseMessage {
  readonly text: string;
  readonly blocks?: readonly unknown[];
}
export interface SlackWebConfig {
  readonly botToken: string;
  readonly apiUrl: string;
  readonly logger: Logger;
  /** How long chat.postMessage may take; far below the lease of a scheduled run. */
  readonly postTimeoutMs?: number;
}

export function createWeb({ botToken, apiUrl, logger, postTimeoutMs }: SlackWebConfig): SlackWeb {
  const shared: WebClientOptions = {
    slackApiUrl: apiUrl,
    logger,
    allowAbsoluteUrls: false,
    rejectRateLimitedCalls: true,
  };
  const write = new WebClient(botToken, {
    ...shared,
    retryConfig: { retries: 0 },
    timeout: postTimeoutMs ?? slackLimits.post_timeout_ms,
  });
  const read = new WebClient(botToken, {
    ...shared,
    retryConfig: { retries: slackLimits.read_retries_max, minTimeout: 100 },
    timeout: slackLimits.read_timeout_ms,
  });
  const mayReach = allowList(apiUrl);
  return {
    write,
    read,
    async respond(url, message) {
      if (!mayReach(url)) return false;
      try {
        const response = await fetch(url, {
          method: "POST",
          redirect: "error",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            ...message,
            response_type: "ephemeral",
            replace_original: false,
            unfurl_links: false,
          }),
          signal: AbortSignal.timeout(slackLimits.response_url_timeout_ms),
        });
        const answer = await response.text();
        return response.ok && !/"ok"\s*:\s*false/u.test(answer);
      } catch {
        return false;
      }
    },
    async upload(url, bytes) {
      if (!mayReach(url)) throw new Error("upload URL is not one of Slack's");
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        headers: { "content-type": "application/octet-stream" },
        body: new Uint8Array(bytes),
        signal: AbortSignal.timeout(slackLimits.upload_timeout_ms),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`upload answered ${response.status}`);
    },
  };
}

/** What came of a call. `unknown` = Slack may or may not have done it. */
export type Failure =
  | { readonly type: "refused"; readonly error: string; readonly details: readonly string[] }
  | { readonly type: "limited"; readonly retryAfterMs: number }
  | { readonly type: "unknown"; readonly error: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) return { type: "limited", retryAfterMs: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) {
    // Slack's own 5xx come as HTTP 200 with these names, and may have been carried out.
    if (UNSURE.has(error.data.error)) return { type: "unknown", error: error.data.error };
    if (error.data.error === "ratelimited" || error.data.error === "rate_limited")
      return { type: "limited", retryAfterMs: (error.data.response_metadata?.retryAfter ?? 1) * 1000 };
    return { type: "refused", error: error.data.error, details: error.data.response_metadata?.messages ?? [] };
  }
  if (error instanceof WebAPIHTTPError && error.statusCode >= 400 && error.statusCode < 500)
    return { type: "refused", error: `http_${error.statusCode}`, details: [] };
  return { type: "unknown", error: error instanceof Error ? error.message : "unknown" };
}

const UNSURE = new Set(["internal_error", "fatal_error", "service_unavailable", "request_timeout"]);

/** Slack's hosts, and the API's own host (a proxy or a test server). Nothing from data is ever fetched. */
function allowList(apiUrl: string): (url: string) => boolean {
  const own = new URL(apiUrl).origin;
  return (url) => {
    if (!URL.canParse(url)) return false;
    const { origin, protocol, hostname } = new URL(url);
    if (origin === own) return true;
    return protocol === "https:" && (hostname === "slack.com" || hostname.endsWith(".slack.com"));
  };
}
