import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from "@slack/bolt";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { slackLimits } from "./limits.ts";
import { createVerifier, wellFormed, wellFormedFrame } from "./verify.ts";

/** The two ways in. Both hand to Bolt only what is authentic and of a shape that Bolt survives. */
export interface Door {
  readonly receiver: Receiver;
  /** Resolves when requests are taken; with the port on HTTP. */
  open(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface HttpDoorConfig {
  readonly signingSecret: string;
  readonly port: number;
  readonly host: string;
}

/** POST /slack/events for commands, events and interactivity alike. */
export function httpDoor(config: HttpDoorConfig, clock: Clock, log: Log, logger: Logger): Door {
  const verifier = createVerifier(config.signingSecret, clock);
  // Verified here, before Bolt: see verify.ts.
  const receiver = new HTTPReceiver({
    signingSecret: config.signingSecret,
    signatureVerification: false,
    endpoints: [PATH],
    logger,
    unhandledRequestTimeoutMillis: slackLimits.ack_ms_max,
  });
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    take(request, response).catch((error: unknown) => {
      log.warn({ error: error instanceof Error ? error.message : "unknown" }, "slack request not read");
      end(response, 400);
    });
  });

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== PATH) return end(response, 404);
    const body = await readBody(request);
    if (body === "too_large") return end(response, 413);
    const verdict = verifier.verify(request.headers, body);
    if (verdict !== "authentic") {
      log.warn({ verdict }, "slack request refused");
      return end(response, 401);
    }
    response.once("close", () => {
      if (response.statusCode >= 500 || !response.writableFinished) verifier.release(request.headers);
    });
    if (!wellFormed(request.headers["content-type"], body)) return end(response, 400);
    receiver.requestListener(Object.assign(request, { rawBody: body }), response);
  };

  return {
    receiver,
    open: () => listen(server, config.port, config.host),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

export interface SocketDoorConfig {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly pingTimeoutMs: number;
}

/** Slack calls back over a WebSocket that we open: no public address is needed. Reconnects by itself. */
export function socketDoor(config: SocketDoorConfig, log: Log, logger: Logger): Door {
  const receiver = new SocketModeReceiver({
    appToken: config.appToken,
    logger,
    clientPingTimeout: config.pingTimeoutMs,
    // No retryConfig: the client's own (100 tries) is what brings the socket back after an outage.
    installerOptions: { clientOptions: { slackApiUrl: config.apiUrl, timeout: slackLimits.post_timeout_ms } },
  });
  guardFrames(receiver, log);
  return {
    receiver,
    async open() {
      await receiver.start();
      return undefined;
    },
    async close() {
      await receiver.client.disconnect();
    },
  };
}

/** Puts a check before the client's own reader, which dispatches on unchecked properties in a promise that nobody catches. */
function guardFrames({ client }: SocketModeReceiver, log: Log): void {
  const readers = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", (data: unknown, isBinary: boolean) => {
    if (!isBinary && wellFormedFrame(data)) for (const read of readers) read(data, isBinary);
    else log.warn("malformed socket frame dropped");
  });
}

const PATH = "/slack/events";

async function readBody(request: IncomingMessage): Promise<Buffer | "too_large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > slackLimits.request_bytes_max) return "too_large";
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, status === 413 ? { connection: "close" } : {});
  response.end();
}

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
