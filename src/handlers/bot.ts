import { randomUUID } from "node:crypto";
import type { Answer, Language, NextStep } from "../chat/answer.ts";
import { localeFor } from "../chat/format.ts";
import { sayIn } from "../chat/messages.ts";
import type { Bot, ChannelRef, Inbound, Reply, ThreadRef } from "../chat/port.ts";
import { limits } from "../kernel/limits.ts";
import { blank, type Question } from "../kernel/question.ts";
import type { Reading } from "../language/reader.ts";
import type { Said } from "../language/said.ts";
import { advance, emptyThread, lastAnswered, lastSaid, type ThreadState } from "../language/thread.ts";
import { claimDelivery, finishDelivery } from "../queries/state/deliveries.ts";
import { favouriteWords, findReceipt, newReceipt, saveReceipt } from "../queries/state/receipts.ts";
import { loadThread, saveThread } from "../queries/state/threads.ts";
import { type Answerer, answererOf, type Heard } from "./answer.ts";
import type { Asker, Asking, Draft } from "./asking.ts";
import { detailReply } from "./detail.ts";
import { exampleSteps } from "./examples.ts";
import { hearVerdict, judgeFinding } from "./findings/judge.ts";
import { formModel } from "./form.ts";
import type { BotParts } from "./parts.ts";
import { refusalSentence } from "./refuse.ts";

/** The core behind the port: words, clicks and follow-ups in; finished replies out; threads, receipts and deliveries kept. */
export function createBot(parts: BotParts): Bot {
  const answerer = answererOf(parts);
  return {
    respond: (inbound) => respond(parts, answerer, inbound),
    bind: (thread, receipt) => bind(parts, thread, receipt),
    knows: async (thread) => (await loadThread(parts.writer, thread)) !== null,
    form: async (language) =>
      formModel({ catalog: parts.catalog, language, say: sayIn(language, localeFor(language)) }),
    favourites: (where, language) => favourites(parts, where, language),
  };
}

async function respond(parts: BotParts, answerer: Answerer, inbound: Inbound): Promise<Reply> {
  const language = personLanguage(inbound, parts.defaultLanguage);
  try {
    if (!(await claimDelivery(parts.writer, inbound.deliveries))) return { type: "nothing" };
    const reply = await replyTo(parts, answerer, inbound);
    await finishDelivery(parts.writer, inbound.deliveries);
    return reply;
  } catch (cause) {
    return faultReply(parts, cause, language);
  }
}

/** The last door: whatever broke becomes one sentence with a reference; the log has the cause. */
function faultReply(parts: BotParts, cause: unknown, language: Language): Reply {
  const reference = randomUUID().slice(0, 8);
  parts.log.error({ err: cause, reference }, "a question could not be answered");
  const asking = { catalog: parts.catalog, language, say: sayIn(language, localeFor(language)) } as Asking;
  const code = isConnectionFailure(cause) ? "database_down" : "fault";
  return { type: "notice", language, text: refusalSentence({ code, params: { reference } }, asking) };
}

async function replyTo(parts: BotParts, answerer: Answerer, inbound: Inbound): Promise<Reply> {
  const started = performance.now();
  const { act } = inbound;
  if (act.type === "detail")
    return detailReply(parts, act, personLanguage(inbound, parts.defaultLanguage), { reader: inbound });
  const known =
    inbound.thread === null ? null : await loadThread(parts.writer, { ...inbound.where, thread: inbound.thread });
  const state = (known?.state as ThreadState | undefined) ?? emptyThread;
  const zone = inbound.person.zone ?? parts.defaultZone;
  const now = parts.clock.now();
  const usual = (known?.language as Language | undefined) ?? personLanguage(inbound, parts.defaultLanguage);
  const read = (words: string): Reading =>
    parts.reader.read(words.slice(0, limits.textCharsMax), { now, zone, thread: state, language: usual });
  const reading = act.type === "words" ? read(act.text) : null;
  const heardIn = (made: Reading): Heard => ({
    reading: made,
    readInstead: (word, instead) => read(withWord(act.type === "words" ? act.text : "", word, instead)),
  });
  const question = reading?.question ?? (act.type === "choice" ? act.question : blank("help"));
  const language = reading?.language ?? usual;
  const locale = localeFor(language, inbound.person.locale);
  const asking: Asking = {
    catalog: parts.catalog,
    measure: parts.measure,
    say: sayIn(language, locale),
    language,
    locale,
    zone,
    now,
    asker: askerOf(inbound, state),
  };
  const said = await verdictSaid(parts, inbound, asking);
  if (said !== null) return { type: "notice", language, text: said };
  if (reading && act.type === "words" && !act.spokenTo && meansNothing(reading)) return { type: "nothing" };
  const parsed = performance.now();
  const draft = await answerer(question, reading && heardIn(reading), asking, inbound.where);
  const answer = await keep(parts, inbound, draft, stateAfter(state, draft, reading), zone, now, {
    parse: parsed - started,
    started,
  });
  return question.options.form === "csv" && answer.receipt !== null && answer.status === "answered"
    ? detailReply(parts, { receipt: answer.receipt, detail: "csv" }, language, { reader: inbound, fresh: answer })
    : { type: "answer", answer };
}

/** A verdict on a finding, by button or in words of its thread, in one sentence; null = the act is something else. */
async function verdictSaid(parts: BotParts, inbound: Inbound, asking: Asking): Promise<string | null> {
  const { act, where, thread, person } = inbound;
  const judge = { where, thread, person: person.id };
  if (act.type === "verdict") return judgeFinding({ ...act, reason: null, until: null }, judge, asking, parts);
  return act.type === "words" ? hearVerdict(act.text, judge, asking, parts) : null;
}

function askerOf({ person, act }: Inbound, state: ThreadState): Asker {
  const last = lastAnswered(state);
  const words = act.type === "words" ? act : null;
  return {
    person: person.id,
    last: last && { question: last, said: lastSaid(state) },
    channels: words?.channels ?? {},
    people: words?.people ?? [],
    words: words?.text ?? "",
  };
}

/** The thread goes on; what waits for a word ("save", "1") is kept as its choices. */
function stateAfter(state: ThreadState, draft: Draft, reading: Reading | null): ThreadState {
  const said = reading && { window: reading.window, comparison: reading.comparison, zone: reading.zone };
  const next = advance(state, draft.question, { undone: reading?.undone ?? false, said });
  const waiting = draft.next.map((step) => step.question).filter(({ options }) => options.manage !== undefined);
  return waiting.length > 0 ? { ...next, clarify: { ...blank("clarify"), options: { choices: waiting } } } : next;
}

/** Names the answer, writes the audit, and moves the thread on. */
async function keep(
  parts: BotParts,
  inbound: Inbound,
  draft: Draft,
  state: ThreadState,
  zone: string,
  now: number,
  times: { readonly parse: number; readonly started: number },
): Promise<Answer> {
  const receipt = newReceipt();
  await saveReceipt(parts.writer, {
    ...inbound.where,
    receipt,
    thread: inbound.thread,
    person: inbound.person.id,
    words: inbound.act.type === "words" ? inbound.act.text.slice(0, limits.textCharsMax) : null,
    question: draft.question,
    status: draft.status,
    nowAt: new Date(now).toISOString(),
    zone,
    language: draft.language,
    sql: draft.sql,
    rowCount: draft.values.length,
    dataThrough: draft.dataThrough,
    state,
  });
  if (inbound.thread !== null) {
    await saveThread(parts.writer, { ...inbound.where, thread: inbound.thread }, { language: draft.language, state });
  }
  const timing = { parse: times.parse, ...draft.timing, chart: 0, total: performance.now() - times.started };
  return { ...draft, receipt, timing };
}

/**
 * What the clock asks: the same answer as a person would get, kept under a receipt, so that its buttons and its thread go on from it.
 * Throws what the database throws: the run is tried again.
 */
export async function answerForClock(parts: BotParts, question: Question, clock: ClockAsks): Promise<Answer> {
  const started = performance.now();
  const { language, locale, zone, now, where } = clock;
  const asking: Asking = {
    catalog: parts.catalog,
    measure: parts.measure,
    say: sayIn(language, locale),
    language,
    locale,
    zone,
    now,
  };
  const draft = await answererOf(parts)(question, null, asking, where);
  const inbound: Inbound = {
    where,
    thread: null,
    person: { id: clock.owner, zone, locale },
    deliveries: [],
    act: { type: "choice", question },
  };
  const state = advance(emptyThread, draft.question, { said: clock.said });
  return keep(parts, inbound, draft, state, zone, now, { parse: 0, started });
}
export interface ClockAsks {
  readonly where: ChannelRef;
  readonly owner: string;
  readonly language: Language;
  readonly locale: string;
  readonly zone: string;
  /** Epoch milliseconds: the slot. */
  readonly now: number;
  readonly said: Said | null;
}

async function bind(parts: BotParts, thread: ThreadRef, receipt: string): Promise<void> {
  const kept = await findReceipt(parts.writer, receipt);
  if (kept) await saveThread(parts.writer, thread, { language: kept.language, state: kept.state });
}

async function favourites(parts: BotParts, where: ChannelRef, language: Language): Promise<readonly NextStep[]> {
  try {
    const words = await favouriteWords(parts.writer, where, 4);
    return exampleSteps(parts, words, language);
  } catch (cause) {
    parts.log.warn({ err: cause }, "favourites could not be read");
    return exampleSteps(parts, [], language);
  }
}

/** The words with one of them replaced, whatever its case; at the end where the reader had mended its spelling. */
function withWord(words: string, word: string, instead: string): string {
  const at = words.toLowerCase().indexOf(word.toLowerCase());
  return at < 0 ? `${words} ${instead}` : `${words.slice(0, at)}${instead}${words.slice(at + word.length)}`;
}

const meansNothing = ({ question, managing }: Reading): boolean => question.kind === "help" && managing === null;

function personLanguage(inbound: Inbound, fallback: Language): Language {
  const code = inbound.person.locale?.slice(0, 2).toLowerCase();
  return code === "zh" || code === "id" || code === "vi" || code === "th" || code === "en" ? code : fallback;
}

function isConnectionFailure(cause: unknown): boolean {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return (
    /^(ECONN|ENOTFOUND|EPIPE|57P|08)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(String(cause))
  );
}
