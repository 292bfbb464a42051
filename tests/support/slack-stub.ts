import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parse as parseForm, stringify as toForm } from "node:querystring";
import { blockProblems } from "./slack-block-rules.ts";
import { acceptSocket, type Socket } from "./slack-socket.ts";

/**
 * A Slack that runs here: the part of its Web API that the bot uses, with its limits, block rules and faults; Socket Mode; response
 * URLs; external upload; and a person who types, mentions and presses buttons.
 */
export interface SlackStub {
  /** For `SlackConfig.apiUrl`, `botToken`, `appToken`, `signingSecret`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly team: string;
  readonly botUser: string;
  /** The channel where the bot is a member. Further ones: `join`. */
  readonly channel: string;
  join(channel: string): void;
  leave(channel: string): void;
  /** Channels by name, as the workspace lists them (two a page); whether the bot is a member is another matter. */
  name(channel: string, name: string): void;
  /** From now on acts go over HTTP to this port (else: over the open socket). */
  reachOverHttp(port: number): void;
  setPerson(id: string, profile: { tz?: string; locale?: string; deleted?: boolean }): void;

  readonly posts: readonly Post[];
  readonly uploads: readonly Upload[];
  /** What was said through response URLs, to one person. */
  readonly whispers: readonly Whisper[];
  readonly views: readonly View[];
  readonly prompts: readonly Record<string, unknown>[];
  readonly statuses: readonly Record<string, unknown>[];
  /** Every call with its time, also those that were refused. */
  readonly calls: readonly Call[];
  /** The next `times` calls of the method go wrong. */
  fault(method: string, fault: Fault, times?: number): void;
  /** Resolves as soon as the condition holds (looked at after every call and ack, and every 5 ms). */
  until(condition: () => boolean, timeoutMs?: number): Promise<void>;

  sendCommand(text: string, at?: At): Promise<Ack>;
  sendMention(
    text: string,
    at?: At & { eventId?: string; ts?: string; headers?: Record<string, string> },
  ): Promise<Ack & { ts: string }>;
  /** A message in a thread of a channel, or (without `thread`) beside all threads. */
  sendThreadMessage(text: string, at?: At & { eventId?: string; ts?: string }): Promise<Ack & { ts: string }>;
  sendDirectMessage(text: string, at?: At): Promise<Ack & { ts: string }>;
  /** Presses the button with this label (or action id) of a post, of a whisper, or of a view. */
  clickButton(on: Post | Whisper | View, label: string, at?: At & { value?: string; triggerId?: string }): Promise<Ack>;
  /** Sends the modal with these choices: `{ metric: "overturn", only: ["market=ID"] }`. */
  submitForm(view: View, choices: Readonly<Record<string, string | readonly string[]>>, at?: At): Promise<Ack>;
  openHome(tab: "home" | "messages", user?: string): Promise<Ack>;
  sendEvent(event: Record<string, unknown>, envelope?: Record<string, unknown>): Promise<Ack>;
  /** Any payload by the way in use; over HTTP it is signed. */
  deliver(kind: Kind, payload: unknown, headers?: Record<string, string>): Promise<Ack>;
  /** Any frame on the open socket. */
  sendFrame(text: string): void;
  /** Cuts every open socket. */
  dropSockets(): void;
  readonly sockets: number;
  close(): Promise<void>;
}

interface At {
  readonly channel?: string;
  readonly thread?: string;
  readonly user?: string;
}
export interface Post {
  readonly type: "post";
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | null;
  readonly text: string;
  readonly blocks: readonly Record<string, unknown>[];
  readonly metadata: { event_payload?: Record<string, unknown> } | undefined;
}
export interface Whisper {
  readonly type: "whisper";
  readonly url: string;
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly Record<string, unknown>[];
}
export interface View {
  readonly type: "view";
  readonly id: string;
  readonly kind: "modal" | "home";
  readonly user: string | null;
  readonly view: Record<string, unknown>;
}
interface Upload {
  readonly name: string;
  readonly title: string;
  readonly comment: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly bytes: Buffer;
  /** How many posts there were when it became visible. */
  readonly afterPosts: number;
}
interface Call {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
}
interface Ack {
  /** HTTP status; 200 for an acked envelope. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}
type Kind = "command" | "event" | "interactive";
export type Fault =
  /** Slack says no. */
  | { readonly error: string; readonly messages?: readonly string[] }
  | { readonly limited: number }
  | { readonly status: number; readonly done?: true }
  /** Nothing is done, the line is cut. */
  | "reset"
  /** It is done, and the line is cut before the answer. */
  | "lost"
  /** Done and answered after so many milliseconds. */
  | { readonly slow: number };

export interface StubOptions {
  readonly signingSecret?: string;
  /** Milliseconds since the epoch, for signatures. */
  readonly now?: () => number;
  /** Asked at every call: what goes wrong with it, if anything. */
  readonly chaos?: (method: string) => Fault | undefined;
  /** Told after every call that was carried out; false = its answer is lost. */
  readonly after?: () => boolean;
}

const TEAM = "T0TEAM";
const BOT = "U0MODSTATS";
const CHANNEL = "C0OPS";
const PERSON = "U0ASKER";
/** Whatever is asked for: a page may hold fewer. */
const channelsAPage = 2;

export async function startSlackStub(options: StubOptions = {}): Promise<SlackStub> {
  const signingSecret = options.signingSecret ?? "stub-signing-secret";
  const now = options.now ?? Date.now;
  const members = new Set([CHANNEL]);
  const people = new Map<string, { tz?: string; locale?: string; deleted?: boolean }>();
  const names = new Map<string, string>();
  const posts: Post[] = [];
  const uploads: Upload[] = [];
  const whispers: Whisper[] = [];
  const views: View[] = [];
  const prompts: Record<string, unknown>[] = [];
  const statuses: Record<string, unknown>[] = [];
  const calls: Call[] = [];
  const faults: { method: string; fault: Fault }[] = [];
  const files = new Map<string, { name: string; bytes: Buffer }>();
  const responseUses = new Map<string, number>();
  const triggers = new Set<string>();
  const sockets = new Set<Socket>();
  const acks = new Map<string, (payload: unknown) => void>();
  const watchers = new Set<() => void>();
  let httpPort: number | undefined;
  let counter = 0;
  let base = "";

  const changed = (): void => {
    for (const look of watchers) look();
  };
  const unique = (prefix: string): string => {
    counter += 1;
    return `${prefix}${String(counter).padStart(6, "0")}`;
  };
  const nextTs = (): string => `${Math.floor(now() / 1000)}.${unique("")}`;
  const newTrigger = (): string => {
    const trigger = unique("trigger.");
    triggers.add(trigger);
    return trigger;
  };
  const isDirect = (channel: string): boolean => channel.startsWith("D");

  const methods: Readonly<Record<string, (args: Record<string, unknown>) => Record<string, unknown>>> = {
    "auth.test": () => ({ ok: true, user_id: BOT, bot_id: "B0MODSTATS", team_id: TEAM }),
    "apps.connections.open": () => ({ ok: true, url: `${base.replace("http", "ws")}/link/?ticket=${unique("t")}` }),
    "users.info": ({ user }) => ({ ok: true, user: { id: user, name: user, ...people.get(String(user)) } }),
    "conversations.list": ({ limit, cursor }) => {
      const from = Number(cursor ?? 0);
      const to = from + Math.min(Number(limit), channelsAPage);
      return {
        ok: true,
        channels: [...names].slice(from, to).map(([id, name]) => ({ id, name, is_member: members.has(id) })),
        response_metadata: { next_cursor: to < names.size ? String(to) : "" },
      };
    },
    "conversations.info": ({ channel }) => {
      const id = String(channel);
      const known = names.has(id) || members.has(id);
      if (!known) return { ok: false, error: "channel_not_found" };
      return { ok: true, channel: { id, name: names.get(id) ?? id.toLowerCase(), is_member: members.has(id) } };
    },
    "conversations.open": ({ users }) => ({ ok: true, channel: { id: `D${String(users).slice(1)}` } }),
    "chat.postMessage": (args) => {
      const channel = String(args.channel);
      if (!isDirect(channel) && !members.has(channel))
        return { ok: false, error: channel.startsWith("C") ? "not_in_channel" : "channel_not_found" };
      const text = String(args.text ?? "");
      const blocks = (args.blocks ?? []) as Record<string, unknown>[];
      if (text === "" && blocks.length === 0) return { ok: false, error: "no_text" };
      const problems = blockProblems(blocks, "message");
      if (problems.length > 0) return { ok: false, error: "invalid_blocks", response_metadata: { messages: problems } };
      const post: Post = {
        type: "post",
        channel,
        ts: nextTs(),
        thread: args.thread_ts ? String(args.thread_ts) : null,
        text,
        blocks,
        metadata: args.metadata as Post["metadata"],
      };
      posts.push(post);
      return { ok: true, channel, ts: post.ts, message: { text, ts: post.ts } };
    },
    "conversations.history": ({ channel, oldest, limit, cursor }) => {
      if (!isDirect(String(channel)) && !members.has(String(channel))) return { ok: false, error: "not_in_channel" };
      // A cursor stands on a message: what is posted meanwhile does not move the page.
      const all = found(channel, (post) => post.thread === null && Number(post.ts) >= Number(oldest ?? 0)).reverse();
      const from = cursor ? all.findIndex((message) => message.ts === cursor) : 0;
      const page = all.slice(from, from + Number(limit ?? 100));
      const more = all[from + page.length];
      return { ok: true, messages: page, response_metadata: { next_cursor: more ? more.ts : "" } };
    },
    "conversations.replies": ({ channel, ts }) => ({
      ok: true,
      messages: found(channel, (post) => post.thread === ts || post.ts === ts),
    }),
    "files.getUploadURLExternal": ({ filename, length }) => {
      if (!(Number(length) > 0)) return { ok: false, error: "invalid_arguments" };
      const id = unique("F");
      files.set(id, { name: String(filename), bytes: Buffer.alloc(0) });
      return { ok: true, upload_url: `${base}/upload/${id}`, file_id: id };
    },
    "files.completeUploadExternal": (args) => {
      const [file] = args.files as { id: string; title?: string; alt_text?: string }[];
      const known = file && files.get(file.id);
      const channel = String(args.channel_id);
      if (!file || !known || known.bytes.length === 0) return { ok: false, error: "file_not_found" };
      if (file.alt_text) return { ok: false, error: "invalid_arguments" };
      if (!isDirect(channel) && !members.has(channel)) return { ok: false, error: "not_in_channel" };
      uploads.push({
        name: known.name,
        title: file.title ?? known.name,
        comment: String(args.initial_comment ?? ""),
        channel,
        thread: args.thread_ts ? String(args.thread_ts) : null,
        bytes: known.bytes,
        afterPosts: posts.length,
      });
      return { ok: true, files: [{ id: file.id }] };
    },
    "views.open": ({ trigger_id: trigger, view }) => {
      if (!triggers.delete(String(trigger))) return { ok: false, error: "expired_trigger_id" };
      const problems = blockProblems((view as Record<string, unknown>).blocks, "modal");
      if (problems.length > 0)
        return { ok: false, error: "invalid_arguments", response_metadata: { messages: problems } };
      views.push({ type: "view", id: unique("V"), kind: "modal", user: null, view: view as Record<string, unknown> });
      return { ok: true, view: {} };
    },
    "views.publish": ({ user_id: user, view }) => {
      const problems = blockProblems((view as Record<string, unknown>).blocks, "home");
      if (problems.length > 0)
        return { ok: false, error: "invalid_arguments", response_metadata: { messages: problems } };
      views.push({
        type: "view",
        id: unique("V"),
        kind: "home",
        user: String(user),
        view: view as Record<string, unknown>,
      });
      return { ok: true, view: {} };
    },
    "assistant.threads.setSuggestedPrompts": (args) => {
      prompts.push(args);
      return { ok: true };
    },
    "assistant.threads.setStatus": (args) => {
      statuses.push(args);
      return { ok: true };
    },
  };

  const found = (channel: unknown, which: (post: Post) => boolean): Record<string, unknown>[] =>
    posts
      .filter((post) => post.channel === channel && which(post))
      .map((post) => ({ ts: post.ts, text: post.text, metadata: post.metadata }));

  const server = createServer((request, response) => {
    void serve(request, response).finally(changed);
  });
  server.on("upgrade", (request, stream) => {
    const socket = acceptSocket(request, stream);
    sockets.add(socket);
    socket.onClose(() => {
      sockets.delete(socket);
      changed();
    });
    socket.onText((text) => {
      const ack = JSON.parse(text) as { envelope_id: string; payload?: unknown };
      acks.get(ack.envelope_id)?.(ack.payload);
      changed();
    });
    socket.send(JSON.stringify({ type: "hello", num_connections: sockets.size }));
    changed();
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await bodyOf(request);
    const path = request.url?.split("?")[0] ?? "";
    if (path.startsWith("/api/")) return api(path.slice(5), argumentsOf(request, bytes), request, response);
    const takenFault = takeFault(path.split("/")[1] ?? "");
    if (takenFault) return misbehave(takenFault, response, () => "ok");
    if (path.startsWith("/upload/")) {
      const file = files.get(path.slice(8));
      if (file) files.set(path.slice(8), { ...file, bytes });
      return reply(response, file ? 200 : 404, "OK");
    }
    if (path.startsWith("/respond/")) {
      const uses = (responseUses.get(path) ?? 0) + 1;
      responseUses.set(path, uses);
      const message = JSON.parse(bytes.toString()) as { text?: string; blocks?: Record<string, unknown>[] };
      const problems = blockProblems(message.blocks ?? [], "message");
      if (uses > 5) return reply(response, 404, JSON.stringify({ ok: false, error: "used_url" }));
      if (problems.length > 0) return reply(response, 500, "invalid_blocks");
      whispers.push({
        type: "whisper",
        url: path,
        channel: path.split("/")[2] ?? "",
        text: message.text ?? "",
        blocks: message.blocks ?? [],
      });
      return reply(response, 200, "ok");
    }
    return reply(response, 404, "");
  };

  const api = async (
    method: string,
    args: Record<string, unknown>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    calls.push({ method, args, at: performance.now() });
    const bearer = String(request.headers.authorization ?? `Bearer ${args.token}`);
    const wanted = method === "apps.connections.open" ? "xapp-stub" : "xoxb-stub";
    const run = (): string => JSON.stringify(methods[method]?.(args) ?? { ok: false, error: "unknown_method" });
    if (!bearer.endsWith(wanted)) return reply(response, 200, JSON.stringify({ ok: false, error: "invalid_auth" }));
    const fault = takeFault(method) ?? options.chaos?.(method);
    if (fault) return misbehave(fault, response, run);
    const answer = run();
    if (options.after?.() === false) return misbehave("reset", response, run);
    return reply(response, 200, answer);
  };

  const takeFault = (method: string): Fault | undefined => {
    const index = faults.findIndex((entry) => entry.method === method);
    return index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
  };

  const misbehave = async (fault: Fault, response: ServerResponse, run: () => string): Promise<void> => {
    if (fault === "lost" || (typeof fault === "object" && "done" in fault)) run();
    if (fault === "reset" || fault === "lost") {
      response.socket?.destroy();
      return;
    }
    if ("error" in fault)
      return reply(
        response,
        200,
        JSON.stringify({ ok: false, error: fault.error, response_metadata: { messages: fault.messages ?? [] } }),
      );
    if ("status" in fault) return reply(response, fault.status, "");
    if ("limited" in fault) {
      response.setHeader("retry-after", String(fault.limited));
      return reply(response, 429, JSON.stringify({ ok: false, error: "ratelimited" }));
    }
    await new Promise((resolve) => setTimeout(resolve, fault.slow));
    return reply(response, 200, run());
  };

  const deliver = async (kind: Kind, payload: unknown, headers: Record<string, string> = {}): Promise<Ack> => {
    const started = performance.now();
    const ack =
      httpPort === undefined ? await overSocket(kind, payload) : await overHttp(kind, payload, headers, httpPort);
    changed();
    return { ...ack, ms: performance.now() - started };
  };

  const overHttp = async (
    kind: Kind,
    payload: unknown,
    headers: Record<string, string>,
    port: number,
  ): Promise<Omit<Ack, "ms">> => {
    const json = kind === "event";
    const body = json
      ? JSON.stringify(payload)
      : kind === "command"
        ? toForm(payload as Record<string, string>)
        : toForm({ payload: JSON.stringify(payload) });
    const timestamp = String(Math.floor(now() / 1000));
    const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: "POST",
      body,
      headers: {
        "content-type": json ? "application/json" : "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": slackSignature(signingSecret, timestamp, body),
        ...headers,
      },
    });
    return { status: response.status, body: await response.text() };
  };

  const overSocket = (kind: Kind, payload: unknown): Promise<Omit<Ack, "ms">> => {
    const [socket] = sockets;
    if (!socket) throw new Error("the bot has no open socket");
    const envelopeId = unique("envelope-");
    const type = { command: "slash_commands", event: "events_api", interactive: "interactive" }[kind];
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("not acked in 3 s")), 3_000);
      acks.set(envelopeId, (body) => {
        clearTimeout(late);
        resolve({ status: 200, body: JSON.stringify(body ?? {}) });
      });
      socket.send(
        JSON.stringify({ envelope_id: envelopeId, type, payload, accepts_response_payload: kind !== "event" }),
      );
    });
  };

  const sendEvent = (
    event: Record<string, unknown>,
    envelope: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Ack> =>
    deliver(
      "event",
      {
        token: "legacy",
        team_id: TEAM,
        api_app_id: "A0APP",
        event,
        type: "event_callback",
        event_id: unique("Ev"),
        event_time: Math.floor(now() / 1000),
        authorizations: [
          { enterprise_id: null, team_id: TEAM, user_id: BOT, is_bot: true, is_enterprise_install: false },
        ],
        ...envelope,
      },
      headers,
    );

  const say = async (
    type: "message" | "app_mention",
    channelType: string,
    text: string,
    at: At & { eventId?: string; ts?: string; headers?: Record<string, string> },
  ): Promise<Ack & { ts: string }> => {
    const ts = at.ts ?? nextTs();
    const event = {
      type,
      channel: at.channel ?? CHANNEL,
      user: at.user ?? PERSON,
      text,
      ts,
      event_ts: ts,
      ...(type === "message" ? { channel_type: channelType } : {}),
      ...(at.thread ? { thread_ts: at.thread } : {}),
    };
    return { ...(await sendEvent(event, at.eventId ? { event_id: at.eventId } : {}, at.headers)), ts };
  };

  const listening = new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await listening;
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${base}/api/`,
    botToken: "xoxb-stub",
    appToken: "xapp-stub",
    signingSecret,
    team: TEAM,
    botUser: BOT,
    channel: CHANNEL,
    join: (channel) => void members.add(channel),
    leave: (channel) => void members.delete(channel),
    name: (channel, name) => void names.set(channel, name),
    reachOverHttp: (port) => {
      httpPort = port;
    },
    setPerson: (id, profile) => void people.set(id, profile),
    posts,
    uploads,
    whispers,
    views,
    prompts,
    statuses,
    calls,
    fault: (method, fault, times = 1) => {
      for (let i = 0; i < times; i += 1) faults.push({ method, fault });
    },
    until: (condition, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const finish = (act: () => void): void => {
          watchers.delete(look);
          clearInterval(glance);
          clearTimeout(late);
          act();
        };
        const look = (): void => {
          if (condition()) finish(resolve);
        };
        const late = setTimeout(
          () => finish(() => reject(new Error(`it did not come about: ${condition.toString()}`))),
          timeoutMs,
        );
        // The condition may also look at what is no business of Slack's.
        const glance = setInterval(look, 5);
        watchers.add(look);
        look();
      }),
    sendCommand: (text, at = {}) => {
      const channel = at.channel ?? CHANNEL;
      return deliver("command", {
        token: "legacy",
        team_id: TEAM,
        team_domain: "stub",
        channel_id: channel,
        channel_name: isDirect(channel) ? "directmessage" : "ops",
        user_id: at.user ?? PERSON,
        user_name: "asker",
        command: "/modstats",
        text,
        api_app_id: "A0APP",
        is_enterprise_install: "false",
        response_url: `${base}/respond/${channel}/${unique("r")}`,
        trigger_id: newTrigger(),
      });
    },
    sendMention: (text, at = {}) => say("app_mention", "channel", `<@${BOT}> ${text}`, at),
    sendThreadMessage: (text, at = {}) => say("message", "channel", text, at),
    sendDirectMessage: (text, at = {}) =>
      say("message", "im", text, { channel: `D${(at.user ?? PERSON).slice(1)}`, ...at }),
    clickButton: (on, label, at = {}) => {
      const pressed = buttonsOf(on).find((button) => button.label === label || button.action_id === label);
      if (!pressed)
        throw new Error(
          `no button ${label}, there are: ${buttonsOf(on)
            .map((button) => button.label)
            .join(", ")}`,
        );
      const user = at.user ?? PERSON;
      const trigger = at.triggerId ?? newTrigger();
      const action = {
        type: "button",
        action_id: pressed.action_id,
        block_id: "b",
        value: at.value ?? pressed.value,
        action_ts: nextTs(),
      };
      const common = {
        type: "block_actions",
        user: { id: user, team_id: TEAM },
        team: { id: TEAM },
        api_app_id: "A0APP",
        trigger_id: trigger,
        actions: [action],
      };
      if (on.type === "view")
        return deliver("interactive", { ...common, container: { type: "view", view_id: on.id }, view: on.view });
      const place = {
        channel: { id: on.channel, name: "ops" },
        response_url: `${base}/respond/${on.channel}/${unique("r")}`,
      };
      if (on.type === "whisper")
        return deliver("interactive", {
          ...common,
          ...place,
          container: { type: "message", message_ts: nextTs(), channel_id: on.channel, is_ephemeral: true },
        });
      const thread = on.thread ? { thread_ts: on.thread } : {};
      return deliver("interactive", {
        ...common,
        ...place,
        container: { type: "message", message_ts: on.ts, channel_id: on.channel, is_ephemeral: false, ...thread },
        message: { ts: on.ts, text: on.text, user: BOT, ...thread },
      });
    },
    submitForm: (view, choices, at = {}) =>
      deliver("interactive", {
        type: "view_submission",
        user: { id: at.user ?? PERSON, team_id: TEAM },
        team: { id: TEAM },
        api_app_id: "A0APP",
        trigger_id: newTrigger(),
        view: { ...view.view, id: view.id, state: { values: stateOf(view.view, choices) } },
      }),
    openHome: (tab, user = PERSON) =>
      sendEvent({ type: "app_home_opened", user, tab, channel: `D${user.slice(1)}`, event_ts: nextTs() }),
    sendEvent: (event, envelope) => sendEvent(event, envelope),
    deliver,
    sendFrame: (text) => {
      for (const socket of sockets) socket.send(text);
    },
    dropSockets: () => {
      for (const socket of sockets) socket.drop();
    },
    get sockets() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.drop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Slack's v0 signature, written from its documentation. */
export const slackSignature = (secret: string, timestamp: string, body: string): string =>
  `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;

export interface Pressable {
  readonly label: string;
  readonly action_id: string;
  readonly value: string | undefined;
}
/** Every button that a person sees on it. */
export function buttonsOf(on: Post | Whisper | View): Pressable[] {
  const blocks = (on.type === "view" ? on.view.blocks : on.blocks) as {
    type: string;
    elements?: { text: { text: string }; action_id: string; value?: string }[];
  }[];
  return blocks
    .filter((block) => block.type === "actions")
    .flatMap((block) => block.elements ?? [])
    .map(({ text, action_id, value }) => ({ label: text.text, action_id, value }));
}

/** Every text that a person sees on it, top to bottom. */
export function visibleText(on: Post | Whisper): string {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === "text" && typeof inner === "string") texts.push(inner);
        else walk(inner);
      }
    }
  };
  walk(on.blocks.filter((block) => block.type !== "actions"));
  return (texts.length > 0 ? texts : [on.text]).join("\n");
}

function stateOf(
  view: Record<string, unknown>,
  choices: Readonly<Record<string, string | readonly string[]>>,
): Record<string, unknown> {
  const inputs = (
    view.blocks as { type: string; block_id: string; element: { action_id: string; type: string } }[]
  ).filter((block) => block.type === "input");
  return Object.fromEntries(
    inputs.map(({ block_id: blockId, element }) => {
      const choice = choices[blockId];
      const picked =
        element.type === "multi_static_select"
          ? { selected_options: ((choice ?? []) as readonly string[]).map((value) => ({ value })) }
          : { selected_option: choice === undefined ? null : { value: choice } };
      return [blockId, { [element.action_id]: { type: element.type, ...picked } }];
    }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Slack takes forms whose structured values are JSON. */
function argumentsOf(request: IncomingMessage, bytes: Buffer): Record<string, unknown> {
  const text = bytes.toString();
  if (request.headers["content-type"]?.startsWith("application/json"))
    return JSON.parse(text) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(parseForm(text)).map(([key, value]) => [
      key,
      typeof value === "string" && STRUCTURED.has(key) ? JSON.parse(value) : value,
    ]),
  );
}

/** Arguments that are JSON in a form; all others are text, whatever they begin with. */
const STRUCTURED: ReadonlySet<string> = new Set([
  "blocks",
  "attachments",
  "metadata",
  "view",
  "files",
  "prompts",
  "unfurls",
  "user_auth_blocks",
]);

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": body.startsWith("{") ? "application/json" : "text/plain" });
  response.end(body);
}
