import { z } from "zod";
import type { Act, Inbound } from "../../chat/port.ts";
import { VERDICTS } from "../../chat/verdict.ts";
import type { Receipt } from "../../kernel/brand.ts";
import { questionSchema } from "../../kernel/question.ts";
import { ACTIONS } from "./actions.ts";
import { type FormOrigin, formOriginSchema } from "./form.ts";
import { slackLimits } from "./limits.ts";
import { mentionsIn, plainWords } from "./text.ts";

/** Slack's payloads → what a person did and where the reply goes. Pure; a payload of another shape is `ignored`, never a throw. */
export type Received =
  | { readonly type: "act"; readonly inbound: Inbound; readonly to: ReplyTo }
  /** A press of "Build a question". */
  | { readonly type: "form"; readonly triggerId: string; readonly to: ReplyTo }
  /** The modal was sent; its words still have to be composed. */
  | { readonly type: "submitted"; readonly values: unknown; readonly delivery: string; readonly to: ReplyTo }
  | { readonly type: "home"; readonly tenant: string; readonly personId: string }
  | {
      readonly type: "prompts";
      readonly tenant: string;
      readonly personId: string;
      readonly channel: string;
      readonly thread: string | null;
    }
  /** One of our buttons whose value cannot be read any more. */
  | { readonly type: "stale"; readonly to: ReplyTo }
  | { readonly type: "ignored"; readonly reason: string };

export interface ReplyTo {
  readonly tenant: string;
  readonly personId: string;
  /** Null = the person's direct messages (App Home has no channel). */
  readonly channel: string | null;
  /** The thread to reply in; null = a new root message. */
  readonly thread: string | null;
  /** A one-way door that works where the bot is no member: 5 uses in 30 minutes, no files. */
  readonly responseUrl: string | null;
  /** The message that was clicked was visible to one person only: so is the reply. */
  readonly ephemeral: boolean;
}
export interface Self {
  readonly botUserId: string;
  readonly botId: string;
}

const id = z.string().min(1).max(64);
/** An app installed for a whole organisation gets `team: null`; the person still has a team. */
const personSchema = z.object({ id, team_id: id.optional() });
const ts = z.string().regex(/^\d{1,12}\.\d{1,8}$/);
const commandSchema = z.object({
  team_id: id,
  channel_id: id,
  user_id: id,
  trigger_id: z.string().min(1).max(255),
  text: z.string().default(""),
  response_url: z.string().max(2_000).optional(),
});

/** `/modstats …`: opens a new thread. Slash commands do not exist inside threads. */
export function receiveCommand(body: unknown, self: Self): Received {
  const parsed = commandSchema.safeParse(body);
  if (!parsed.success) return { type: "ignored", reason: "not a command" };
  const command = parsed.data;
  const to: ReplyTo = {
    tenant: command.team_id,
    personId: command.user_id,
    channel: command.channel_id,
    thread: null,
    responseUrl: command.response_url ?? null,
    ephemeral: false,
  };
  const words = plainWords(command.text, self.botUserId, slackLimits.words_characters_max);
  if (/^form$/iu.test(words)) return { type: "form", triggerId: command.trigger_id, to };
  return act(to, null, [`slack:command:${command.team_id}:${command.trigger_id}`], {
    type: "words",
    text: words,
    spokenTo: true,
    ...mentionsIn(command.text, self.botUserId),
  });
}

const envelopeSchema = z.object({
  team_id: id,
  event_id: z.string().min(1).max(255),
  event: z.looseObject({ type: z.string() }),
});
const messageSchema = z.object({
  channel: id,
  user: id,
  ts,
  thread_ts: ts.optional(),
  text: z.string().default(""),
  subtype: z.string().optional(),
  bot_id: z.string().optional(),
  channel_type: z.string().optional(),
});
const homeSchema = z.object({ user: id, tab: z.string(), channel: id.optional() });
const assistantSchema = z.object({ assistant_thread: z.object({ user_id: id, channel_id: id, thread_ts: ts }) });

/** Mentions, messages, App Home, the agent's messages tab. */
export function receiveEvent(body: unknown, self: Self): Received {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return { type: "ignored", reason: "not an event" };
  const { event, event_id: eventId, team_id: tenant } = envelope.data;
  switch (event.type) {
    case "app_mention":
    case "message":
      return receiveMessage(event, tenant, eventId, self);
    case "app_home_opened":
      return receiveHome(event, tenant);
    case "assistant_thread_started": {
      const started = assistantSchema.safeParse(event);
      if (!started.success) return { type: "ignored", reason: "not an assistant thread" };
      const thread = started.data.assistant_thread;
      return {
        type: "prompts",
        tenant,
        personId: thread.user_id,
        channel: thread.channel_id,
        thread: thread.thread_ts,
      };
    }
    default:
      return { type: "ignored", reason: "another event" };
  }
}

/** Subtypes that are still a person talking. */
const SPOKEN = new Set(["thread_broadcast", "file_share"]);

function receiveMessage(event: { type: string }, tenant: string, eventId: string, self: Self): Received {
  const parsed = messageSchema.safeParse(event);
  if (!parsed.success) return { type: "ignored", reason: "not a person's message" };
  const message = parsed.data;
  if (message.bot_id !== undefined || message.user === self.botUserId) return { type: "ignored", reason: "a bot" };
  if (message.subtype !== undefined && !SPOKEN.has(message.subtype))
    return { type: "ignored", reason: "an edit or notice" };
  const direct = message.channel_type === "im";
  const mentioned = message.text.includes(`<@${self.botUserId}>`);
  const thread = message.thread_ts ?? null;
  if (event.type === "message" && !direct) {
    if (mentioned) return { type: "ignored", reason: "comes as app_mention too" };
    if (thread === null) return { type: "ignored", reason: "not in a thread" };
  }
  const to: ReplyTo = {
    tenant,
    personId: message.user,
    channel: message.channel,
    thread: thread ?? message.ts,
    responseUrl: null,
    ephemeral: false,
  };
  const deliveries = [`slack:event:${tenant}:${eventId}`, `slack:message:${tenant}:${message.channel}:${message.ts}`];
  return act(to, thread, deliveries, {
    type: "words",
    text: plainWords(message.text, self.botUserId, slackLimits.words_characters_max),
    spokenTo: direct || event.type === "app_mention",
    ...mentionsIn(message.text, self.botUserId),
  });
}

function receiveHome(event: unknown, tenant: string): Received {
  const opened = homeSchema.safeParse(event);
  if (!opened.success) return { type: "ignored", reason: "not an opened home" };
  const { user: personId, tab, channel } = opened.data;
  if (tab === "home") return { type: "home", tenant, personId };
  if (tab === "messages" && channel) return { type: "prompts", tenant, personId, channel, thread: null };
  return { type: "ignored", reason: "another tab" };
}

const actionsSchema = z.object({
  type: z.literal("block_actions"),
  user: personSchema,
  team: z.object({ id }).nullish(),
  trigger_id: z.string().min(1).max(255),
  response_url: z.string().max(2_000).optional(),
  channel: z.object({ id }).optional(),
  container: z.object({ type: z.string(), is_ephemeral: z.boolean().optional() }).optional(),
  message: z.object({ ts, thread_ts: ts.optional() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string().max(255),
        action_ts: z.string().max(64),
        value: z.string().max(2_000).optional(),
      }),
    )
    .min(1),
});

/** A press of a button. */
export function receiveAction(body: unknown): Received {
  const parsed = actionsSchema.safeParse(body);
  const action = parsed.data?.actions[0];
  const tenant = parsed.data?.team?.id ?? parsed.data?.user.team_id;
  if (!parsed.success || !action || !tenant) return { type: "ignored", reason: "not a button" };
  const { user, channel, message, container, trigger_id: triggerId } = parsed.data;
  const ephemeral = container?.is_ephemeral === true;
  const thread = ephemeral || !message ? null : (message.thread_ts ?? message.ts);
  const to: ReplyTo = {
    tenant,
    personId: user.id,
    channel: channel?.id ?? null,
    thread,
    responseUrl: parsed.data.response_url ?? null,
    ephemeral,
  };
  const [name] = action.action_id.split(":");
  if (name === ACTIONS.form) return { type: "form", triggerId, to };
  const meant = readAction(name, action.value);
  if (meant === "unknown") return { type: "ignored", reason: "not our button" };
  if (meant === "stale") return { type: "stale", to };
  const place = `${tenant}:${channel?.id ?? user.id}`;
  return act(to, thread, [`slack:action:${place}:${action.action_ts}:${triggerId}`], meant);
}

function readAction(name: string | undefined, value: string | undefined): Act | "stale" | "unknown" {
  switch (name) {
    case ACTIONS.ask: {
      const question = questionSchema.safeParse(readJson(value));
      return question.success ? { type: "choice", question: question.data } : "stale";
    }
    case ACTIONS.sql:
    case ACTIONS.csv:
      if (!value || !/^r-[a-z0-9]{1,64}$/iu.test(value)) return "stale";
      return { type: "detail", receipt: value as Receipt, detail: name === ACTIONS.sql ? "sql" : "csv" };
    case ACTIONS.verdict: {
      const said = verdictSchema.safeParse(readJson(value));
      return said.success ? { type: "verdict", finding: said.data.f, verdict: said.data.v } : "stale";
    }
    default:
      return "unknown";
  }
}
const verdictSchema = z.strictObject({ f: z.string().min(1).max(200), v: z.enum(VERDICTS) });

const submissionSchema = z.object({
  type: z.literal("view_submission"),
  user: personSchema,
  team: z.object({ id }).nullish(),
  view: z.object({
    id: z.string().min(1).max(255),
    private_metadata: z.string().max(slackLimits.private_metadata_characters_max),
    state: z.object({ values: z.unknown() }),
  }),
});

/** The modal was sent: the answer goes where it was opened. */
export function receiveSubmission(body: unknown): Received {
  const parsed = submissionSchema.safeParse(body);
  const tenant = parsed.data?.team?.id ?? parsed.data?.user.team_id;
  if (!parsed.success || !tenant) return { type: "ignored", reason: "not our form" };
  const { user, view } = parsed.data;
  const origin = formOriginSchema.safeParse(readJson(view.private_metadata));
  if (!origin.success) return { type: "ignored", reason: "not our form" };
  const to: ReplyTo = { tenant, personId: user.id, thread: null, ...(origin.data satisfies FormOrigin) };
  return { type: "submitted", values: view.state.values, delivery: `slack:view:${tenant}:${view.id}`, to };
}

const shortcutSchema = z.object({
  type: z.literal("shortcut"),
  user: personSchema,
  team: z.object({ id }).nullish(),
  trigger_id: z.string().min(1).max(255),
});

/** The global shortcut "Ask modstats": opens the form, answers in direct messages. */
export function receiveShortcut(body: unknown): Received {
  const parsed = shortcutSchema.safeParse(body);
  const tenant = parsed.data?.team?.id ?? parsed.data?.user.team_id;
  if (!parsed.success || !tenant) return { type: "ignored", reason: "not our shortcut" };
  const { user, trigger_id: triggerId } = parsed.data;
  const to: ReplyTo = {
    tenant,
    personId: user.id,
    channel: null,
    thread: null,
    responseUrl: null,
    ephemeral: false,
  };
  return { type: "form", triggerId, to };
}

/** An act where `to` says it happened. A direct message is filled in later as the place where `to.channel` is null. */
export function act(to: ReplyTo, thread: string | null, deliveries: readonly string[], what: Act): Received {
  const where = { platform: "slack", tenant: to.tenant, channel: to.channel ?? to.personId } as const;
  return { type: "act", to, inbound: { where, thread, person: { id: to.personId }, deliveries, act: what } };
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
