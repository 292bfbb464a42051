import { createCipheriv, createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { cardComplaint } from "./lark-card-rules.ts";
import { acceptWebSocket, decodeFrame, encodeFrame, type ServerSocket } from "./lark-frames.ts";

/** A Lark of our own: token, messages, uploads, slash commands, bot and user info, long connection; with limits and faults. */
export interface LarkStub {
  /** Base URL for `LarkConfig.domain`. */
  readonly domain: string;
  readonly account: {
    readonly appId: string;
    readonly appSecret: string;
    readonly encryptKey: string;
    readonly verificationToken: string;
  };
  /** Everything that the bot posted, in order; a second post under the same uuid is not there again. */
  readonly posts: readonly StubPost[];
  readonly files: ReadonlyMap<string, { readonly name: string; readonly bytes: Buffer }>;
  readonly images: ReadonlyMap<string, Buffer>;
  readonly commands: StubCommand[];
  readonly calls: readonly StubCall[];
  /** Faults are used up in order by the calls that they match. */
  readonly faults: StubFault[];
  readonly chatsWithoutBot: Set<string>;
  readonly zones: Map<string, string>;
  /** Groups by name; those that the bot is in are listed, two a page. */
  readonly chats: Map<string, string>;
  readonly resigned: Set<string>;
  /** In http mode: where events go. Without it they go over the long connection. */
  eventsTo(url: string | null): void;
  sendMessage(message: SentMessage): Promise<Delivery>;
  sendThreadReply(root: string, message: SentMessage): Promise<Delivery>;
  /** Clicks the button with this label on a posted card. */
  clickButton(post: StubPost, label: string, by?: { readonly person?: string }): Promise<Delivery>;
  /** Delivers any envelope, as Lark would. */
  deliver(envelope: Readonly<Record<string, unknown>>): Promise<Delivery>;
  /** Resolves once there are at least this many posts. */
  waitForPosts(count: number): Promise<readonly StubPost[]>;
  waitForConnection(): Promise<void>;
  dropConnections(): void;
  /** Forgets what was posted and asked, as if it were another day: a long run measures its own memory, not the server's. */
  forget(): void;
  close(): Promise<void>;
}

export interface SentMessage {
  readonly text?: string;
  /** Rich text instead of plain. */
  readonly post?: unknown;
  readonly chat?: string;
  readonly chatType?: "p2p" | "group";
  readonly person?: string;
  readonly senderType?: string;
  /** Puts a mention of the bot before the text. Default: true in groups. */
  readonly mention?: boolean;
  readonly messageId?: string;
  readonly eventId?: string;
  readonly messageType?: string;
}
/** What the bot answered to a delivery. */
export interface Delivery {
  readonly messageId: string;
  readonly eventId: string;
  /** HTTP status, or the code in the answering frame. */
  readonly status: number;
  readonly answer: unknown;
  readonly tookMs: number;
}
export interface StubPost {
  readonly messageId: string;
  readonly chat: string;
  /** Root of the thread that it stands in; null = not in a thread. */
  readonly root: string | null;
  readonly replyTo: string | null;
  readonly inThread: boolean;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly uuid: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}
export interface StubCommand {
  readonly command_id: string;
  readonly command: string;
  readonly description: unknown;
}
export interface StubCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}
export interface StubFault {
  readonly path: RegExp;
  readonly method?: string;
  readonly times?: number;
  readonly answer:
    | "reset"
    /** Does the work, then loses the answer. */
    | "lost_ack"
    /** Never answers. */
    | "silent"
    | {
        readonly status?: number;
        readonly body?: unknown;
        readonly headers?: Readonly<Record<string, string>>;
        /** Answered after so many milliseconds, with the work done then. */
        readonly slow?: number;
      };
}

const BOT_OPEN_ID = "ou_bot_modstats";
const TENANT = "tenant_acme";

/** How long Lark remembers a uuid. */
const UUID_KEPT_MS = 3_600_000;

/** `now`: epoch milliseconds of Lark's clock. */
export async function startLarkStub({
  now = Date.now,
  chaos = () => undefined,
  after = () => true,
}: {
  readonly now?: () => number;
  /** Asked at every call: what goes wrong with it, if anything. */
  readonly chaos?: (method: string, path: string) => StubFault["answer"] | undefined;
  /** Told after every call that was carried out; false = its answer is lost. */
  readonly after?: () => boolean;
} = {}): Promise<LarkStub> {
  const account = {
    appId: "cli_a1b2c3d4e5f60718",
    appSecret: "S3cretCanaryOfTheLarkApp0000000000",
    encryptKey: "EncryptCanary-key-0123456789",
    verificationToken: "VerificationCanary-0123456789",
  };
  const token = "t-g104fakeTenantTokenCanary0000000001";
  const state = {
    posts: [] as StubPost[],
    files: new Map<string, { name: string; bytes: Buffer }>(),
    images: new Map<string, Buffer>(),
    commands: [] as StubCommand[],
    calls: [] as StubCall[],
    faults: [] as (StubFault & { times?: number })[],
    chatsWithoutBot: new Set<string>(),
    zones: new Map<string, string>(),
    chats: new Map<string, string>(),
    resigned: new Set<string>(),
    byUuid: new Map<string, StubPost>(),
    messages: new Map<string, { chat: string; root: string | null }>(),
    sockets: new Set<ServerSocket>(),
    waiting: [] as (() => void)[],
    answers: new Map<string, (frame: { status: number; answer: unknown }) => void>(),
    eventsUrl: null as string | null,
  };
  const changed = (): void => {
    for (const check of state.waiting.splice(0)) check();
  };
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (done()) resolve();
        else state.waiting.push(check);
      };
      check();
    });

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const call: StubCall = {
      method: request.method ?? "",
      path: (request.url ?? "").split("?")[0] ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    state.calls.push(call);
    const at = state.faults.findIndex(
      (fault) => fault.path.test(call.path) && (!fault.method || fault.method === call.method),
    );
    const unplanned = at < 0 ? chaos(call.method, call.path) : undefined;
    const fault = at >= 0 ? state.faults[at] : unplanned && { path: /^/, answer: unplanned };
    if (fault) {
      const times = (fault.times ?? 1) - 1;
      if (at >= 0 && times <= 0) state.faults.splice(at, 1);
      else if (at >= 0) state.faults[at] = { ...fault, times };
      if (fault.answer === "silent") return;
      if (fault.answer === "lost_ack") handle(call, request);
      if (fault.answer === "reset" || fault.answer === "lost_ack") {
        request.socket.destroy();
        return;
      }
      const { slow } = fault.answer;
      if (slow !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, slow));
        const [status, body] = handle(call, request);
        return json(response, status, body);
      }
      json(response, fault.answer.status ?? 200, fault.answer.body ?? {}, fault.answer.headers);
      return;
    }
    const [status, body] = handle(call, request);
    if (after()) json(response, status, body);
    else request.socket.destroy();
  });

  function handle(call: StubCall, request: IncomingMessage): readonly [number, unknown] {
    const { method, path, body } = call;
    if (path === "/open-apis/auth/v3/tenant_access_token/internal") {
      const asked = JSON.parse(body.toString()) as { app_id?: string; app_secret?: string };
      return asked.app_id === account.appId && asked.app_secret === account.appSecret
        ? [200, { code: 0, msg: "ok", tenant_access_token: token, expire: 7200 }]
        : [200, { code: 10014, msg: `app secret invalid: ${asked.app_secret}` }];
    }
    if (path === "/callback/ws/endpoint") {
      const asked = JSON.parse(body.toString()) as { AppID?: string; AppSecret?: string };
      if (asked.AppID !== account.appId || asked.AppSecret !== account.appSecret) {
        return [200, { code: 514, msg: `auth failed for ${asked.AppSecret}` }];
      }
      const { port } = server.address() as AddressInfo;
      return [
        200,
        {
          code: 0,
          msg: "",
          data: {
            URL: `ws://127.0.0.1:${port}/ws/v2?fpid=493&device_id=7&access_key=k&service_id=33554678&ticket=tick`,
            ClientConfig: { PingInterval: 120, ReconnectCount: -1, ReconnectInterval: 0.05, ReconnectNonce: 0.05 },
          },
        },
      ];
    }
    if (request.headers.authorization !== `Bearer ${token}`) {
      return [400, { code: 99991663, msg: "Invalid access token for authorization" }];
    }
    if (path === "/open-apis/bot/v3/info") {
      return [200, { code: 0, msg: "ok", bot: { activate_status: 2, app_name: "modstats", open_id: BOT_OPEN_ID } }];
    }
    if (path === "/open-apis/im/v1/chats") {
      const from = Number(new URL(request.url ?? "", "http://lark").searchParams.get("page_token") ?? 0);
      const listed = [...state.chats].filter(([chat]) => !state.chatsWithoutBot.has(chat));
      const items = listed.slice(from, from + 2).map(([chat_id, name]) => ({ chat_id, name }));
      const more = from + 2 < listed.length;
      return [
        200,
        { code: 0, msg: "success", data: { items, has_more: more, page_token: more ? String(from + 2) : "" } },
      ];
    }
    if (path.startsWith("/open-apis/contact/v3/users/")) {
      const person = decodeURIComponent(path.slice("/open-apis/contact/v3/users/".length));
      const zone = state.zones.get(person);
      const status = { is_resigned: state.resigned.has(person) };
      return zone
        ? [200, { code: 0, msg: "success", data: { user: { name: "someone", time_zone: zone, status } } }]
        : [400, { code: 41050, msg: "no user authority error" }];
    }
    if (path.startsWith("/open-apis/application/v7/app_slash_commands")) return slashCommands(method, path, body);
    if (path === "/open-apis/im/v1/images" || path === "/open-apis/im/v1/files") return upload(path, call);
    if (path === "/open-apis/im/v1/messages" && method === "POST") {
      const query = new URL(request.url ?? "", "http://lark").searchParams;
      const sent = JSON.parse(body.toString()) as Record<string, unknown>;
      const kind = query.get("receive_id_type");
      if (kind !== "chat_id" && kind !== "open_id") return [400, { code: 230001, msg: "invalid receive_id_type" }];
      return post(String(sent.receive_id), null, sent, body.length);
    }
    if (path === "/open-apis/im/v1/messages" && method === "GET") {
      return list(new URL(request.url ?? "", "http://lark").searchParams);
    }
    const reply = /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reply$/.exec(path);
    if (reply && method === "POST") {
      const target = decodeURIComponent(reply[1] ?? "");
      const known = state.messages.get(target);
      if (!known) return [400, { code: 230011, msg: "The message was withdrawn." }];
      return post(known.chat, target, JSON.parse(body.toString()) as Record<string, unknown>, body.length);
    }
    return [404, { code: 404, msg: `the stub does not know ${method} ${path}` }];
  }

  function post(
    chat: string,
    target: string | null,
    sent: Record<string, unknown>,
    bytes: number,
  ): readonly [number, unknown] {
    const type = String(sent.msg_type);
    const uuid = typeof sent.uuid === "string" ? sent.uuid : "";
    if (state.chatsWithoutBot.has(chat)) return [400, { code: 230002, msg: "The bot can not be outside the group." }];
    if (uuid.length > 50) return [400, { code: 99992402, msg: "field validation failed: uuid" }];
    const earlier = state.byUuid.get(`${chat}:${uuid}`);
    if (uuid && earlier && now() - earlier.createdAt < UUID_KEPT_MS)
      return [200, { code: 0, msg: "success", data: { message_id: earlier.messageId, chat_id: chat } }];
    if (typeof sent.content !== "string") return [400, { code: 230001, msg: "content is not a string" }];
    const content = parsed(sent.content);
    if (content === null) return [400, { code: 230001, msg: "content is not a string in json format" }];
    if ((type === "interactive" || type === "post") && bytes > 30 * 1024) {
      return [400, { code: 230025, msg: "The length of the message content reaches its limit." }];
    }
    const complaint = complaintAbout(type, content, state.files);
    if (complaint) return [400, { code: type === "interactive" ? 230099 : 230001, msg: complaint }];
    const inThread = sent.reply_in_thread === true;
    const messageId = `om_bot_${state.posts.length + 1}_${randomBytes(4).toString("hex")}`;
    const root = target === null ? null : (state.messages.get(target)?.root ?? target);
    const made: StubPost = { messageId, chat, root, replyTo: target, inThread, type, content, uuid, createdAt: now() };
    state.posts.push(made);
    if (uuid) state.byUuid.set(`${chat}:${uuid}`, made);
    state.messages.set(messageId, { chat, root });
    setImmediate(changed);
    return [
      200,
      {
        code: 0,
        msg: "success",
        data: { message_id: messageId, chat_id: chat, root_id: root ?? "", parent_id: target ?? "" },
      },
    ];
  }

  /** A chat's messages since a moment, oldest first, a page at a time; as in Lark, without their uuids. */
  function list(query: URLSearchParams): readonly [number, unknown] {
    const chat = query.get("container_id") ?? "";
    if (state.chatsWithoutBot.has(chat)) return [400, { code: 230002, msg: "The bot can not be outside the group." }];
    const since = Number(query.get("start_time") ?? 0) * 1_000;
    const all = state.posts.filter((made) => made.chat === chat && made.createdAt >= since);
    const from = Number(query.get("page_token") ?? 0);
    const size = Math.min(50, Number(query.get("page_size") ?? 20));
    const items = all.slice(from, from + size).map((made) => ({
      message_id: made.messageId,
      msg_type: made.type,
      create_time: String(made.createdAt),
      sender: { id: account.appId, id_type: "app_id", sender_type: "app" },
      body: { content: JSON.stringify(made.content) },
    }));
    const has_more = from + size < all.length;
    return [
      200,
      { code: 0, msg: "success", data: { has_more, page_token: has_more ? String(from + size) : "", items } },
    ];
  }

  function slashCommands(method: string, path: string, body: Buffer): readonly [number, unknown] {
    if (method === "GET") return [200, { code: 0, msg: "success", data: { items: state.commands } }];
    const given = JSON.parse(body.toString()) as { command?: string; description?: { default_value?: string } };
    if (!given.description?.default_value)
      return [400, { code: 99992402, msg: "field validation failed: description" }];
    if (method === "POST") {
      if (!given.command || given.command.startsWith("/"))
        return [400, { code: 99992402, msg: "field validation failed: command" }];
      if (state.commands.some((command) => command.command === given.command)) {
        return [400, { code: 210602, msg: "command exists" }];
      }
      const made = {
        command_id: `cmd_${state.commands.length + 1}`,
        command: given.command,
        description: given.description,
      };
      state.commands.push(made);
      return [200, { code: 0, msg: "success", data: made }];
    }
    const id = path.split("/").at(-1);
    const index = state.commands.findIndex((command) => command.command_id === id);
    const old = state.commands[index];
    if (method !== "PATCH" || !old) return [404, { code: 210601, msg: "no such command" }];
    state.commands[index] = { ...old, description: given.description };
    return [200, { code: 0, msg: "success", data: {} }];
  }

  function upload(path: string, call: StubCall): readonly [number, unknown] {
    const parts = multipart(call);
    const image = path.endsWith("images");
    const bytes = parts.get(image ? "image" : "file");
    if (!bytes || bytes.length === 0) return [400, { code: 234006, msg: "The file is empty" }];
    if (image) {
      if (parts.get("image_type")?.toString() !== "message") return [400, { code: 234001, msg: "Invalid image_type" }];
      if (bytes.subarray(1, 4).toString() !== "PNG")
        return [400, { code: 234011, msg: "Can't recognize the image format." }];
      const key = `img_v3_${state.images.size + 1}`;
      state.images.set(key, bytes);
      return [200, { code: 0, msg: "success", data: { image_key: key } }];
    }
    if (parts.get("file_type")?.toString() !== "stream") return [400, { code: 234001, msg: "Invalid file_type" }];
    const key = `file_v3_${state.files.size + 1}`;
    state.files.set(key, { name: parts.get("file_name")?.toString() ?? "", bytes });
    return [200, { code: 0, msg: "success", data: { file_key: key } }];
  }

  server.on("upgrade", (request, socket) => {
    const accepted = acceptWebSocket(request, socket, {
      message: (bytes) => {
        const frame = decodeFrame(bytes);
        if (frame.method === 0 && frame.headers.type === "ping") {
          // Ready with the first ping, which the SDK sends once it listens; what comes earlier would be lost, as with Lark itself.
          state.sockets.add(accepted);
          changed();
          const config = { PingInterval: 120, ReconnectCount: -1, ReconnectInterval: 0.05, ReconnectNonce: 0.05 };
          accepted.send(
            encodeFrame({ ...frame, headers: { type: "pong" }, payload: Buffer.from(JSON.stringify(config)) }),
          );
        }
        if (frame.method !== 1) return;
        const said = JSON.parse(frame.payload.toString()) as { code: number; data?: string };
        const answer = said.data ? (JSON.parse(Buffer.from(said.data, "base64").toString()) as unknown) : {};
        state.answers.get(frame.headers.message_id ?? "")?.({ status: said.code, answer });
      },
      close: () => {
        state.sockets.delete(accepted);
        changed();
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const domain = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function overLongConnection(envelope: unknown): Promise<{ status: number; answer: unknown }> {
    await until(() => state.sockets.size > 0);
    const sockets = [...state.sockets];
    const socket = sockets[Math.floor(Math.random() * sockets.length)];
    if (!socket) throw new Error("no long connection");
    const message_id = randomUUID();
    const payload = Buffer.from(JSON.stringify(envelope));
    const half = Math.max(1, payload.length >> 1);
    const answered = new Promise<{ status: number; answer: unknown } | null>((resolve) => {
      state.answers.set(message_id, resolve);
      void until(() => !state.sockets.has(socket)).then(() => resolve(null));
    });
    // Large events arrive in pieces; every event does here.
    for (const [seq, piece] of [payload.subarray(0, half), payload.subarray(half)].entries()) {
      const headers = { type: "event", message_id, sum: "2", seq: String(seq), trace_id: "trace" };
      socket.send(encodeFrame({ seqId: 1, logId: 2, service: 33554678, method: 1, headers, payload: piece }));
    }
    const answer = await answered;
    state.answers.delete(message_id);
    // An event whose connection died unanswered is delivered again, as Lark does (after 15 s there).
    return answer ?? overLongConnection(envelope);
  }

  async function deliver(envelope: Readonly<Record<string, unknown>>): Promise<Delivery> {
    const started = performance.now();
    const { status, answer } = state.eventsUrl
      ? await postSigned(state.eventsUrl, signedRequest(account.encryptKey, envelope))
      : await overLongConnection(envelope);
    const header = (envelope.header ?? {}) as { event_id?: string };
    return { messageId: "", eventId: header.event_id ?? "", status, answer, tookMs: performance.now() - started };
  }

  const enveloped = (type: string, eventId: string, event: unknown): Readonly<Record<string, unknown>> => ({
    schema: "2.0",
    header: {
      event_id: eventId,
      token: account.verificationToken,
      create_time: String(Date.now()),
      event_type: type,
      tenant_key: TENANT,
      app_id: account.appId,
    },
    event,
  });

  async function send(message: SentMessage, root: string | null): Promise<Delivery> {
    const chat = message.chat ?? "oc_ops";
    const chatType = message.chatType ?? "group";
    const messageId = message.messageId ?? `om_user_${randomBytes(8).toString("hex")}`;
    const eventId = message.eventId ?? randomBytes(16).toString("hex");
    const mention = message.mention ?? chatType === "group";
    state.messages.set(messageId, { chat, root });
    const mentions = mention
      ? [{ key: "@_user_1", id: { open_id: BOT_OPEN_ID, union_id: "on_bot" }, name: "modstats", tenant_key: TENANT }]
      : [];
    const content = message.post ?? { text: `${mention ? "@_user_1 " : ""}${message.text ?? ""}` };
    const envelope = enveloped("im.message.receive_v1", eventId, {
      sender: {
        sender_id: { open_id: message.person ?? "ou_ana", union_id: "on_ana", user_id: "ana" },
        sender_type: message.senderType ?? "user",
        tenant_key: TENANT,
      },
      message: {
        message_id: messageId,
        ...(root ? { root_id: root, parent_id: root, thread_id: `omt_${root.slice(-8)}` } : {}),
        create_time: String(Date.now()),
        chat_id: chat,
        chat_type: chatType,
        message_type: message.messageType ?? (message.post ? "post" : "text"),
        content: JSON.stringify(content),
        ...(mentions.length > 0 ? { mentions } : {}),
      },
    });
    return { ...(await deliver(envelope)), messageId };
  }

  return {
    domain,
    account,
    ...state,
    eventsTo: (url) => {
      state.eventsUrl = url;
    },
    sendMessage: (message) => send(message, null),
    sendThreadReply: (root, message) => send(message, root),
    clickButton: async (onPost, label, by = {}) => {
      const value = buttonsOf(onPost.content).find((button) => button.label === label)?.value;
      if (value === undefined) throw new Error(`no button "${label}" on ${JSON.stringify(buttonsOf(onPost.content))}`);
      return deliver(
        enveloped("card.action.trigger", randomBytes(16).toString("hex"), {
          operator: { tenant_key: TENANT, user_id: "ana", open_id: by.person ?? "ou_ana", union_id: "on_ana" },
          token: `c-${randomBytes(16).toString("hex")}`,
          action: { value, tag: "button" },
          host: "im_message",
          context: { url: "", preview_token: "", open_message_id: onPost.messageId, open_chat_id: onPost.chat },
        }),
      );
    },
    deliver,
    waitForPosts: async (count) => {
      await until(() => state.posts.length >= count);
      return state.posts;
    },
    waitForConnection: () => until(() => state.sockets.size > 0),
    forget: () => {
      state.posts.length = 0;
      state.calls.length = 0;
      state.byUuid.clear();
      state.messages.clear();
    },
    dropConnections: () => {
      for (const socket of state.sockets) socket.close();
      state.sockets.clear();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of state.sockets) socket.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Every button of a card, with its label and callback value. */
export function buttonsOf(value: unknown): readonly { readonly label: string; readonly value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(buttonsOf);
  if (typeof value !== "object" || value === null) return [];
  const element = value as { tag?: unknown; text?: { content?: string }; behaviors?: { value?: unknown }[] };
  if (element.tag === "button") return [{ label: element.text?.content ?? "", value: element.behaviors?.[0]?.value }];
  return Object.values(value).flatMap(buttonsOf);
}

/** A request as Lark makes it: encrypted under the key, signed over the bytes of the body. */
export function signedRequest(
  encryptKey: string,
  envelope: unknown,
  at: { readonly nowMs?: number; readonly nonce?: string } = {},
): { body: Buffer; headers: Record<string, string> } {
  const key = createHash("sha256").update(encryptKey).digest();
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([iv, cipher.update(JSON.stringify(envelope), "utf8"), cipher.final()]);
  const body = Buffer.from(JSON.stringify({ encrypt: encrypted.toString("base64") }));
  const timestamp = String(Math.floor((at.nowMs ?? Date.now()) / 1000));
  const nonce = at.nonce ?? String(randomBytes(4).readUInt32BE());
  const signature = createHash("sha256")
    .update(Buffer.concat([Buffer.from(timestamp + nonce + encryptKey), body]))
    .digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-lark-request-timestamp": timestamp,
      "x-lark-request-nonce": nonce,
      "x-lark-signature": signature,
    },
  };
}

/** POSTs a body, optionally cut into chunks that arrive separately. */
export function postSigned(
  url: string,
  request: { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> },
  cuts: readonly number[] = [],
): Promise<{ status: number; answer: unknown }> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(target.port), target.hostname);
    socket.setNoDelay(true);
    let received = "";
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
    });
    socket.on("close", () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
      const body = Buffer.from(received.slice(received.indexOf("\r\n\r\n") + 4), "latin1").toString("utf8");
      resolve({ status, answer: parsed(body) });
    });
    const head = Object.entries({ ...request.headers, host: target.host, connection: "close" });
    socket.write(`POST ${target.pathname} HTTP/1.1\r\n${head.map(([k, v]) => `${k}: ${v}\r\n`).join("")}`);
    socket.write(`content-length: ${request.body.length}\r\n\r\n`);
    const edges = [0, ...cuts, request.body.length];
    const next = (index: number): void => {
      const [from, to] = [edges[index], edges[index + 1]];
      if (from === undefined || to === undefined) return;
      socket.write(request.body.subarray(from, to), () => setImmediate(() => next(index + 1)));
    };
    next(0);
  });
}

function complaintAbout(
  type: string,
  content: Record<string, unknown>,
  files: ReadonlyMap<string, unknown>,
): string | null {
  if (type === "interactive") {
    const complaint = cardComplaint(content);
    return complaint && `Failed to create card content, ext=${complaint}`;
  }
  if (type === "file") return files.has(String(content.file_key)) ? null : "no such file";
  if (type === "post") {
    const post = (content.zh_cn ?? content.en_us) as { content?: { tag?: string }[][] } | undefined;
    const tags = post?.content?.flat().map((node) => node.tag) ?? [];
    const known = new Set(["text", "a", "at", "img", "media", "emotion", "hr", "code_block", "md"]);
    return post?.content && tags.every((tag) => known.has(tag ?? "")) ? null : "invalid post";
  }
  return type === "text" ? null : `unknown msg_type ${type}`;
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function multipart(call: StubCall): ReadonlyMap<string, Buffer> {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(String(call.headers["content-type"]));
  const mark = `--${boundary?.[1] ?? boundary?.[2]}`;
  const parts = new Map<string, Buffer>();
  for (const piece of call.body.toString("latin1").split(mark)) {
    const at = piece.indexOf("\r\n\r\n");
    const name = /name="([^"]+)"/.exec(piece.slice(0, at))?.[1];
    if (at > 0 && name) parts.set(name, Buffer.from(piece.slice(at + 4, -2), "latin1"));
  }
  return parts;
}
