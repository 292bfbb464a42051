import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { LANGUAGES } from "../../chat/answer.ts";
import type { Act, Bot, ChartPort, Inbound } from "../../chat/port.ts";
import type { Log } from "../../kernel/log.ts";
import type { Asset } from "./bundle.ts";
import type { Conversation } from "./conversation.ts";
import { guard } from "./guard.ts";
import { consoleLimits } from "./limits.ts";
import {
  askAct,
  askSchema,
  choiceAct,
  choiceSchema,
  detailAct,
  detailSchema,
  inbound,
  verdictAct,
  verdictSchema,
} from "./receive.ts";
import type { Channel, Posted, Trouble } from "./wire.ts";

export interface Parts {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly bot: Bot;
  readonly charts: ChartPort;
  readonly conversation: Conversation;
  readonly channels: readonly Channel[];
  /** The newest scheduled messages of a channel, oldest first. */
  readonly posts: (channel: string) => Promise<readonly Posted[]>;
  readonly log: Log;
  /** The port that is really listened on. */
  readonly port: () => number;
  readonly now: () => number;
}

/** The page's server: its files, and a JSON API of which every answer is the bot's. */
export function createRoutes(parts: Parts): Hono {
  const app = new Hono();
  app.use(guard(parts.port));
  app.use(
    "/api/*",
    bodyLimit({ maxSize: consoleLimits.body_bytes_max, onError: (context) => context.json(NOT_READ, 413) }),
  );
  app.onError((error, context) => {
    const reference = `c-${parts.now().toString(36)}`;
    parts.log.error({ err: error, reference, path: context.req.path }, "the local page could not answer");
    return context.json({ trouble: "fault", reference } satisfies Trouble, 500);
  });
  app.notFound((context) => context.json({ trouble: "unknown" } satisfies Trouble, 404));

  speaking(app, parts);
  reading(app, parts);
  app.get("*", (context, next) => {
    const asset = parts.assets.get(context.req.path);
    return asset ? Promise.resolve(context.body(asset.content, 200, { "content-type": asset.type })) : next();
  });
  return app;
}

const NOT_READ: Trouble = { trouble: "request" };
const BUSY: Trouble = { trouble: "busy" };

function speaking(app: Hono, parts: Parts): void {
  route("/api/ask", askSchema, askAct);
  route("/api/choice", choiceSchema, choiceAct);
  route("/api/detail", detailSchema, detailAct);
  route("/api/verdict", verdictSchema, verdictAct);

  function route<Request extends Parameters<typeof inbound>[0]>(
    path: string,
    schema: z.ZodType<Request>,
    act: (request: Request) => Act,
  ): void {
    app.post(path, async (context) => {
      const request = schema.safeParse(await context.req.json().catch(() => null));
      if (!request.success || !isJson(context.req.header("content-type")) || !known(request.data.channel))
        return context.json(NOT_READ, 400);
      const said: Inbound = inbound(request.data, act(request.data));
      const heard = await parts.conversation.hear(request.data.id, said);
      return heard === "busy" ? context.json(BUSY, 429) : context.json(heard);
    });
  }

  function known(channel: string): boolean {
    return parts.channels.some(({ id }) => id === channel);
  }
}

/** A form of a foreign page can post text, never this type, without the browser asking first. */
const isJson = (type: string | undefined): boolean => type?.split(";")[0]?.trim() === "application/json";

function reading(app: Hono, parts: Parts): void {
  const language = z.enum(LANGUAGES).catch("en");
  const channelOf = (id: string | undefined): Channel | undefined =>
    parts.channels.find((channel) => channel.id === id);

  app.get("/api/channels", (context) => context.json(parts.channels));
  app.get("/api/form", async (context) =>
    context.json(await parts.bot.form(language.parse(context.req.query("language")))),
  );
  app.get("/api/favourites", async (context) => {
    const channel = channelOf(context.req.query("channel"));
    if (!channel) return context.notFound();
    const where = { platform: "console", tenant: "local", channel: channel.id } as const;
    return context.json(await parts.bot.favourites(where, language.parse(context.req.query("language"))));
  });
  app.get("/api/posts", async (context) => {
    const channel = channelOf(context.req.query("channel"));
    return channel ? context.json(await parts.posts(channel.id)) : context.notFound();
  });
  app.get("/api/thread/:key", async (context) => {
    const channel = channelOf(context.req.query("channel"));
    if (!channel) return context.notFound();
    const where = { platform: "console", tenant: "local", channel: channel.id } as const;
    return context.json({ known: await parts.bot.knows({ ...where, thread: context.req.param("key") }) });
  });
  app.get("/api/chart.png", async (context) => {
    const spec = parts.conversation.charts(context.req.query("receipt") ?? "")[Number(context.req.query("n") ?? 0)];
    if (!spec) return context.notFound();
    const png = new Uint8Array(await parts.charts.png(spec));
    return context.body(png, 200, {
      "content-type": "image/png",
      "content-disposition": 'inline; filename="chart.png"',
    });
  });
}
