import { setTimeout as sleep } from "node:timers/promises";
import { App } from "@slack/bolt";
import type { Bot, ChartPort, Directory } from "../../chat/port.ts";
import type { Poster } from "../../chat/post.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { COMMAND, FORM_CALLBACK } from "./actions.ts";
import { boltLogger } from "./bolt-logger.ts";
import { converse, type Parts } from "./converse.ts";
import { createDelivery } from "./deliver.ts";
import { createDirectory } from "./directory.ts";
import { type Door, httpDoor, socketDoor } from "./doors.ts";
import { slackLimits } from "./limits.ts";
import { createOpenings } from "./openings.ts";
import { createPeople } from "./people.ts";
import { createPoster } from "./poster.ts";
import {
  type Received,
  receiveAction,
  receiveCommand,
  receiveEvent,
  receiveShortcut,
  receiveSubmission,
  type Self,
} from "./receive.ts";
import { createWeb, type SlackWeb } from "./web.ts";

export interface SlackConfig {
  /** `socket` needs `appToken`; `http` needs `signingSecret` and listens on `port`. */
  readonly mode: "socket" | "http";
  readonly botToken: string;
  readonly signingSecret?: string;
  readonly appToken?: string;
  /** 0 = any free port; see `Slack.port`. */
  readonly port?: number;
  readonly host?: string;
  /** With a trailing slash. */
  readonly apiUrl?: string;
  /** Silence on the socket after which it is opened anew; also the pause before that. */
  readonly socketPingTimeoutMs?: number;
}
export interface Slack {
  /** Resolves when commands are taken. Rejects with one sentence when Slack refuses the tokens. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what is under way (at most 10 s). */
  stop(): Promise<void>;
  /** For posts that nobody asked for just then; works without `start`. */
  readonly poster: Poster;
  /** Channels and people of the workspace. */
  readonly directory: Directory;
  /** The port in HTTP mode, once started. */
  readonly port: number | undefined;
}

/** The Slack adapter: ack first, work after; see `converse.ts` for the work. */
export function createSlack(config: SlackConfig, bot: Bot, charts: ChartPort, deps: { log: Log; clock: Clock }): Slack {
  const { log, clock } = deps;
  const logger = boltLogger(log);
  const apiUrl = config.apiUrl ?? "https://slack.com/api/";
  const web = createWeb({ botToken: config.botToken, apiUrl, logger });
  const parts: Parts = {
    bot,
    charts,
    web,
    log,
    delivery: createDelivery(web, charts, log),
    people: createPeople(web, clock),
    openings: createOpenings(),
  };
  const underWay = new Set<Promise<void>>();
  let door: Door | undefined;
  let port: number | undefined;

  const beside = (work: Promise<void>): void => {
    const task = work
      .catch((error: unknown) => log.error({ err: error }, "slack event failed"))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  };
  const work = (received: Received): void => beside(converse(received, parts));

  return {
    directory: createDirectory(web, clock),
    poster: createPoster({ web, charts, delivery: parts.delivery, beside }),
    get port() {
      return port;
    },
    async start() {
      const self = await whoAmI(web);
      door = openDoor(config, apiUrl, deps, logger);
      listenTo(appOn(door, config.botToken, self, apiUrl, logger, log), self, work);
      port = await door.open();
      log.info({ mode: config.mode, port }, "slack is listening");
    },
    async stop() {
      await door?.close();
      await Promise.race([Promise.all(underWay), sleep(slackLimits.drain_ms_max, undefined, { ref: false })]);
    },
  };
}

async function whoAmI(web: SlackWeb): Promise<Self> {
  try {
    const { user_id: botUserId, bot_id: botId } = await web.read.auth.test();
    return { botUserId: botUserId ?? "", botId: botId ?? "" };
  } catch (error) {
    throw new Error(`Slack did not accept the bot token: ${error instanceof Error ? error.message : "unknown"}`);
  }
}

function openDoor(
  config: SlackConfig,
  apiUrl: string,
  deps: { log: Log; clock: Clock },
  logger: ReturnType<typeof boltLogger>,
): Door {
  if (config.mode === "http") {
    if (!config.signingSecret) throw new Error("Slack over HTTP needs the signing secret");
    const { signingSecret, port = 3000, host = "0.0.0.0" } = config;
    return httpDoor({ signingSecret, port, host }, deps.clock, deps.log, logger);
  }
  if (!config.appToken) throw new Error("Slack's Socket Mode needs the app token (xapp-…)");
  const pingTimeoutMs = config.socketPingTimeoutMs ?? slackLimits.socket_ping_timeout_ms;
  return socketDoor({ appToken: config.appToken, apiUrl, pingTimeoutMs }, deps.log, logger);
}

function appOn(
  door: Door,
  botToken: string,
  self: Self,
  apiUrl: string,
  logger: ReturnType<typeof boltLogger>,
  log: Log,
): App {
  const app = new App({
    receiver: door.receiver,
    authorize: async () => ({ botToken, botId: self.botId, botUserId: self.botUserId }),
    convoStore: false,
    logger,
    clientOptions: { slackApiUrl: apiUrl, logger, retryConfig: { retries: 0 }, timeout: slackLimits.post_timeout_ms },
  });
  app.error(async (error) => log.error({ err: error }, "bolt failed"));
  return app;
}

/** Every listener is an ack and a hand-over: nothing is done before Slack has its answer. */
function listenTo(app: App, self: Self, work: (received: Received) => void): void {
  app.command(COMMAND, async ({ ack, body }) => {
    await ack();
    work(receiveCommand(body, self));
  });
  for (const name of ["app_mention", "message", "app_home_opened", "assistant_thread_started"]) {
    // Bolt has acked an event before it calls a listener.
    app.event(name, async ({ body }) => work(receiveEvent(body, self)));
  }
  app.action(/.*/u, async ({ ack, body }) => {
    await ack();
    work(receiveAction(body));
  });
  app.view(FORM_CALLBACK, async ({ ack, body }) => {
    await ack();
    work(receiveSubmission(body));
  });
  app.shortcut(FORM_CALLBACK, async ({ ack, body }) => {
    await ack();
    work(receiveShortcut(body));
  });
}
