import { z } from "zod";
import type { Language } from "../../chat/answer.ts";
import type { Bot, ChartPort, Directory } from "../../chat/port.ts";
import type { Poster } from "../../chat/post.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { type LarkClient, openClient } from "./client.ts";
import { registerCommands } from "./commands.ts";
import { createDeliverer, type Deliverer } from "./deliver.ts";
import { createDirectory } from "./directory.ts";
import { scrubber } from "./http.ts";
import { type ActiveLock, createLongConnection } from "./long-connection.ts";
import { createPeople } from "./people.ts";
import { createPoster } from "./poster.ts";
import { type Received, receive, type Self } from "./receive.ts";
import { respond, type Talk } from "./turn.ts";
import { createVerifier } from "./verify.ts";
import { createWebhook, type Taken } from "./webhook.ts";
import { LARK_LOCALES, WORDS } from "./words.ts";
import { workInFlight } from "./work.ts";

export interface LarkConfig {
  /** `ws`: long connection, no public address needed. `http`: Lark calls us. */
  readonly mode: "ws" | "http";
  readonly appId: string;
  readonly appSecret: string;
  /** Needed in http mode: without it nothing says that a request is Lark's. */
  readonly encryptKey?: string;
  readonly verificationToken?: string;
  /** Base URL: `https://open.larksuite.com`, `https://open.feishu.cn`, or a test server. */
  readonly domain: string;
  /** Port of http mode; 0 = any free one. */
  readonly port?: number;
  /** How long a call may take; far below the lease of a scheduled run. */
  readonly timeoutMs?: number;
}

export interface LarkDeps {
  readonly log: Log;
  readonly clock: Clock;
  /** Only for ws mode with several processes. */
  readonly lock?: ActiveLock;
}

export interface Lark {
  /** Rejects with one sentence that says what to do when the configuration is wrong or Lark refuses it. */
  start(): Promise<void>;
  /** Takes nothing more, lets answers under way finish (10 s at most), closes the connection. */
  stop(): Promise<void>;
  /** For posts that nobody asked for just then; connects to nothing before its first use. */
  readonly poster: Poster;
  /** Groups and people of the tenant. */
  readonly directory: Directory;
  /** Where http mode listens, once started; else null. */
  port(): number | null;
}

/** What is wrong with a configuration, in one sentence; null when nothing is. */
export function larkConfigProblem(config: LarkConfig): string | null {
  if (!/^cli_[0-9a-fA-F]{16}$/.test(config.appId)) {
    return "The Lark app id must be cli_ followed by 16 hexadecimal digits; copy it from Credentials & Basic Info.";
  }
  if (config.appSecret === "") return "The Lark app secret is empty; copy it from Credentials & Basic Info.";
  if (config.mode === "http" && !config.encryptKey) {
    return "Lark over HTTP needs an encrypt key; set one under Events & Callbacks → Encryption Strategy and configure it here.";
  }
  if (!URL.canParse(config.domain) || !/^https?:$/.test(new URL(config.domain).protocol)) {
    return "The Lark domain must be a base URL such as https://open.larksuite.com or https://open.feishu.cn.";
  }
  return null;
}

/** The Lark/Feishu adapter: verify, receive, ask the bot, render, deliver. */
export function createLark(config: LarkConfig, bot: Bot, charts: ChartPort, deps: LarkDeps): Lark {
  let running: Running | null = null;
  const open = lazily(() => openLine(config, deps));
  const poster = lazily(async () => createPoster({ ...(await open()), charts, ...deps }));
  const directory = lazily(async () => createDirectory((await open()).client));
  return {
    directory: {
      channel: async (...asked) => (await directory()).channel(...asked),
      person: async (...asked) => (await directory()).person(...asked),
    },
    poster: {
      look: async (...asked) => (await poster()).look(...asked),
      deliver: async (...given) => (await poster()).deliver(...given),
    },
    async start() {
      const problem = larkConfigProblem(config);
      if (problem) throw new Error(problem);
      running = await run(config, await open(), bot, charts, deps);
    },
    async stop() {
      await running?.stop();
      running = null;
    },
    port: () => running?.port ?? null,
  };
}

interface Running {
  readonly port: number | null;
  stop(): Promise<void>;
}

/** The way to Lark, without any connection yet. */
interface Line {
  readonly account: Account;
  readonly client: LarkClient;
  readonly deliverer: Deliverer;
}
type Account = Parameters<typeof openClient>[0];

async function openLine(config: LarkConfig, deps: LarkDeps): Promise<Line> {
  const { appId, appSecret, timeoutMs } = config;
  const account = { appId, appSecret, origin: new URL(config.domain).origin, ...(timeoutMs ? { timeoutMs } : {}) };
  const scrub = scrubber([config.appSecret, config.encryptKey, config.verificationToken]);
  const client = await openClient(account, deps.log, scrub);
  return { account, client, deliverer: createDeliverer(client, deps.log, deps.clock) };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

async function run(config: LarkConfig, line: Line, bot: Bot, charts: ChartPort, deps: LarkDeps): Promise<Running> {
  const { account, client, deliverer } = line;
  const self: Self = { openId: await ownOpenId(client, deps.log) };
  await registerCommands(client, deps.log);

  const talk: Talk = {
    bot,
    charts,
    deliverer,
    zoneOf: createPeople(client, deps.clock),
    log: deps.log,
    home: config.domain.includes("feishu") ? "zh" : "en",
  };
  const work = workInFlight(deps.log);
  const take = (event: unknown): Taken => {
    if (work.full()) return "busy";
    const received = receive(event, self);
    work.add(() => respond(received, talk));
    return isClick(event) ? toast(received) : {};
  };
  const dispatcher = new client.sdk.EventDispatcher({
    logger: client.logger,
    loggerLevel: client.sdk.LoggerLevel.warn,
  });
  dispatcher.register({
    "im.message.receive_v1": async (event: unknown) => takenOrThrow(take(event)),
    "card.action.trigger": async (event: unknown) => takenOrThrow(take(event)),
  });

  if (config.mode === "ws") {
    const connection = createLongConnection(client, account, dispatcher, deps.log, deps.lock);
    await connection.start();
    return {
      port: null,
      stop: async () => {
        await connection.stop();
        await work.settled();
      },
    };
  }
  const keys = {
    encryptKey: config.encryptKey ?? "",
    appId: config.appId,
    ...(config.verificationToken ? { verificationToken: config.verificationToken } : {}),
  };
  const webhook = createWebhook(
    createVerifier(keys, deps.clock),
    async (envelope) => take(flattened(envelope)),
    deps.log,
  );
  const port = await webhook.listen(config.port ?? 0);
  return {
    port,
    stop: async () => {
      await webhook.close();
      await work.settled();
    },
  };
}

/** Over the long connection a throw answers code 500, on which Lark delivers again. */
function takenOrThrow(taken: Taken): Readonly<Record<string, unknown>> {
  if (taken === "busy") throw new Error("too much in flight");
  return taken;
}

/** The form in which the SDK's dispatcher hands events over: header and event on one level. */
function flattened(envelope: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { header, event, ...rest } = envelope;
  return { ...rest, ...(header as object | undefined), ...(event as object | undefined) };
}

const isClick = (event: unknown): boolean =>
  typeof event === "object" &&
  event !== null &&
  (event as { event_type?: unknown }).event_type === "card.action.trigger";

const botSchema = z.looseObject({ bot: z.looseObject({ open_id: z.string() }) });

async function ownOpenId(client: LarkClient, log: Log): Promise<string | null> {
  try {
    const answer: unknown = await client.api.request({ method: "GET", url: "/open-apis/bot/v3/info" });
    return botSchema.parse(answer).bot.open_id;
  } catch (error) {
    const cause = error instanceof Error ? error.message : "unknown";
    log.warn({ platform: "lark", cause }, "bot info not read; every mention in a group counts as a mention of the bot");
    return null;
  }
}

/** A click is answered at once, in the words of the client's own language; the answer itself follows in the thread. */
function toast(received: Received): Readonly<Record<string, unknown>> {
  if (received.type === "ignored") return {};
  const word = received.type === "stale" ? "staleButton" : "working";
  const i18n = Object.entries(LARK_LOCALES).map(([language, locale]) => [locale, WORDS[language as Language][word]]);
  return {
    toast: {
      type: received.type === "stale" ? "warning" : "info",
      content: WORDS.en[word],
      i18n: Object.fromEntries(i18n),
    },
  };
}
