import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "../../kernel/log.ts";
import { ACK_MS_MAX, BODY_BYTES_MAX } from "./limits.ts";
import type { createVerifier } from "./verify.ts";

/** The path to enter as request URL for events and for card callbacks. */
export const EVENTS_PATH = "/lark/events";

/** `busy`: not taken, Lark shall deliver it again; else the JSON to answer with (a toast for a click). */
export type Taken = "busy" | Readonly<Record<string, unknown>>;

/**
 * HTTP mode: one path, POST only, at most 1 MB, verified on raw bytes. Everything that is not believed gets the same 401.
 * @param take hands over a verified event; must answer well within the 3 s after which Lark delivers again.
 */
export function createWebhook(
  verify: ReturnType<typeof createVerifier>,
  take: (envelope: Readonly<Record<string, unknown>>) => Promise<Taken>,
  log: Log,
): { listen(port: number): Promise<number>; close(): Promise<void> } {
  const server = createServer((request, response) => {
    answer(request, verify, take, log).then(
      ([status, body]) => send(response, status, body),
      (error: unknown) => {
        log.error({ platform: "lark", cause: error instanceof Error ? error.message : "unknown" }, "webhook failed");
        send(response, 500, {});
      },
    );
  });
  server.headersTimeout = ACK_MS_MAX;
  server.requestTimeout = 10_000;
  return { listen: (port) => listening(server, port), close: () => closed(server) };
}

async function answer(
  request: IncomingMessage,
  verify: ReturnType<typeof createVerifier>,
  take: (envelope: Readonly<Record<string, unknown>>) => Promise<Taken>,
  log: Log,
): Promise<readonly [number, Readonly<Record<string, unknown>>]> {
  if (request.method !== "POST" || request.url?.split("?")[0] !== EVENTS_PATH) return [404, {}];
  const body = await rawBody(request);
  if (body === null) return [413, {}];
  const verified = verify({
    timestamp: single(request.headers["x-lark-request-timestamp"]),
    nonce: single(request.headers["x-lark-request-nonce"]),
    signature: single(request.headers["x-lark-signature"]),
    body,
  });
  if (!verified.ok) {
    log.warn({ platform: "lark", why: verified.error }, "request refused");
    return [401, {}];
  }
  if (verified.value.type === "challenge") return [200, { challenge: verified.value.challenge }];
  const taken = await take(verified.value.envelope);
  return taken === "busy" ? [503, {}] : [200, taken];
}

/** The body's bytes, joined before anything is decoded: a character may be split between two chunks. Null when too large. */
async function rawBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const single = (header: string | string[] | undefined): string | undefined =>
  typeof header === "string" && header !== "" ? header : undefined;

function send(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

const listening = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
