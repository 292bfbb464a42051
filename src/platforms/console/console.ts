import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import type { Bot, ChartPort } from "../../chat/port.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { bundlePage } from "./bundle.ts";
import { createConversation, type Views } from "./conversation.ts";
import { consoleLimits } from "./limits.ts";
import { type KeptPost, type PostViews, postedOf } from "./posts.ts";
import { createRoutes } from "./routes.ts";
import type { Channel } from "./wire.ts";

export interface ConsoleConfig {
  /** 0 = any free port. */
  readonly port: number;
  readonly host: "127.0.0.1";
  /** What the left side lists; the usual five where none are given. */
  readonly channels?: readonly Channel[];
  /** The newest scheduled messages of a channel, oldest first; none where nothing is scheduled here. */
  readonly posts?: (channel: string) => Promise<readonly KeptPost[]>;
}
export interface Console {
  /** Rejects with a sentence when the port is taken. */
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

/**
 * The local page: a chat with the bot in the browser, on this machine only. It knows nothing but the `Bot` port; `views` draw an
 * answer as the other platforms would send it.
 */
export function createConsole(
  config: ConsoleConfig,
  bot: Bot,
  charts: ChartPort,
  deps: { readonly log: Log; readonly clock: Clock; readonly views?: Partial<Views> & { readonly post?: PostViews } },
): Console {
  let server: ServerType | null = null;
  return {
    async start() {
      const app = createRoutes({
        assets: await bundlePage(),
        bot,
        charts,
        conversation: createConversation(bot, charts, deps.views ?? {}, deps.log),
        channels: config.channels ?? CHANNELS,
        posts: async (channel) =>
          ((await config.posts?.(channel)) ?? []).map((post) => postedOf(post, charts, deps.views?.post ?? NO_VIEWS)),
        log: deps.log,
        port: () => port,
        now: () => deps.clock.now(),
      });
      let port = config.port;
      server = await listen(app.fetch, config);
      port = (server.address() as AddressInfo).port;
      return { url: `http://${config.host}:${port}` };
    },
    async stop() {
      if (server) await close(server);
      server = null;
    },
  };
}

const NO_VIEWS: PostViews = () => ({ slack: null, lark: null });
const CHANNELS: readonly Channel[] = [
  { id: "#moderation-ops", name: "moderation-ops", direct: false },
  { id: "#ops-id", name: "ops-id", direct: false },
  { id: "#ops-th", name: "ops-th", direct: false },
  { id: "#ops-vn", name: "ops-vn", direct: false },
  { id: "dm", name: "modstats", direct: true },
];

function listen(fetch: (request: Request) => Response | Promise<Response>, config: ConsoleConfig): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port: config.port, hostname: config.host }, () => resolve(server));
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${config.port} is taken: stop what listens there, or choose another port.`, {
              cause: error,
            })
          : error,
      ),
    );
  });
}

/** Open requests may finish; what keeps a connection open after that is cut. */
function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(
      () => "closeAllConnections" in server && server.closeAllConnections(),
      consoleLimits.stop_ms_max,
    );
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
