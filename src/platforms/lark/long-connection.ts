import type * as Sdk from "@larksuiteoapi/node-sdk";
import type { Log } from "../../kernel/log.ts";
import type { LarkClient } from "./client.ts";
import { HTTP_TIMEOUT_MS } from "./limits.ts";

/**
 * Held by the one process whose long connection is open: with several, Lark sends each event to a random one of them, so that two
 * versions or a half-dead process would answer at random. Backed by an advisory lock of the database.
 */
export interface ActiveLock {
  /** Tries to become the active one. Null = another is; else the way to give it back. `onLost` tells that it slipped away. */
  hold(onLost: () => void): Promise<(() => Promise<void>) | null>;
}

const STANDBY_RETRY_MS = 2_000;
const RECONNECT_MS = 30_000;
/** Seconds after a ping within which Lark must say something, else the connection is taken for dead. */
const PONG_S_MAX = 10;

export interface LongConnection {
  /** Resolves when connected, when another process is the active one, or when Lark is down (it keeps trying). Rejects on a wrong secret. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createLongConnection(
  client: LarkClient,
  account: { readonly appId: string; readonly appSecret: string; readonly origin: string },
  dispatcher: Sdk.EventDispatcher,
  log: Log,
  lock: ActiveLock | undefined,
): LongConnection {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let socket: Sdk.WSClient | null = null;
  let release: (() => Promise<void>) | null = null;

  const later = (milliseconds: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void activate().catch(logFailure), milliseconds);
  };
  const logFailure = (error: unknown): void => {
    log.error(
      { platform: "lark", cause: error instanceof Error ? error.message : "unknown" },
      "long connection failed",
    );
    later(RECONNECT_MS);
  };
  const close = (): void => {
    socket?.close({ force: true });
    socket = null;
  };

  async function activate(): Promise<void> {
    if (lock && release === null) {
      release = await lock.hold(() => {
        release = null;
        close();
        later(STANDBY_RETRY_MS);
      });
      if (release === null) {
        later(STANDBY_RETRY_MS);
        return;
      }
    }
    if (stopped) return;
    close();
    await connected();
  }

  function connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      let settled = false;
      // A first attempt that neither succeeds nor is refused (Lark down) must not hold up the start of everything else.
      const patience = setTimeout(() => settle(resolve), HTTP_TIMEOUT_MS + 2_000);
      const settle = (how: () => void): void => {
        settled = true;
        clearTimeout(patience);
        how();
      };
      socket = new client.sdk.WSClient({
        appId: account.appId,
        appSecret: account.appSecret,
        domain: account.origin,
        httpInstance: client.http as never,
        logger: client.logger,
        loggerLevel: client.sdk.LoggerLevel.warn,
        autoReconnect: true,
        handshakeTimeoutMs: HTTP_TIMEOUT_MS,
        wsConfig: { pingTimeout: PONG_S_MAX },
        onReady: () => settle(resolve),
        onReconnecting: () => log.warn({ platform: "lark" }, "long connection lost, reconnecting"),
        onReconnected: () => log.info({ platform: "lark" }, "long connection is back"),
        onError: (error) => {
          const refusal = new Error(
            `Lark refused the long connection (${client.scrub(error.message)}). Check app id and app secret.`,
          );
          if (settled) logFailure(refusal);
          else settle(() => reject(refusal));
        },
      });
      void socket.start({ eventDispatcher: dispatcher });
    });
  }

  return {
    start: activate,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      close();
      await release?.();
      release = null;
    },
  };
}
