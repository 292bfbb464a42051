import type { Catalog, LexiconLanguage } from "../catalog/catalog.ts";
import { limits } from "../kernel/limits.ts";
import { blank, canonical, type Question } from "../kernel/question.ts";
import { variantsOf } from "./ambiguity.ts";
import type { Comparison } from "./comparison.ts";
import { compose } from "./compose.ts";
import { type EventWords, readEvent } from "./event-words.ts";
import { lex } from "./lex.ts";
import { createIndex, type Index } from "./lexicon.ts";
import {
  type CardAnswer,
  type Clauses,
  createManagingReader,
  type Managing,
  type ManagingReader,
  noClauses,
} from "./managing.ts";
import { findUnknown, type Unknown } from "./nearest.ts";
import { type Normal, normalise } from "./normalise.ts";
import { isGlue, languageOf, readable, Sentence, settleLanguage } from "./sentence.ts";
import { readSlots, type Slots } from "./slots.ts";
import { beforeLast, emptyThread, lastAnswered, type ThreadState } from "./thread.ts";
import type { Token } from "./token.ts";
import { mendTypos } from "./typos.ts";
import type { Window } from "./window.ts";
import { knownZone } from "./zone.ts";

/** Who asks, when and where. */
export interface ReadContext {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The asker's IANA zone. */
  readonly zone: string;
  /** The asker's own market, for "my". */
  readonly home?: string;
  readonly thread?: ThreadState;
  /** The asker's language, where the words do not tell. */
  readonly language?: LexiconLanguage;
}

export interface Reading {
  readonly question: Question;
  /** What was understood, in order: the words as typed and what they were taken for. */
  readonly understood: readonly { readonly text: string; readonly as: string }[];
  readonly language: LexiconLanguage;
  /** A word in the place of a metric, dimension or value that is in no table, with the nearest ids. */
  readonly unknown?: Unknown;
  /** The period and comparison as said, for schedules that resolve them anew; null = none was said. */
  readonly window: Window | null;
  readonly comparison: Comparison | null;
  /** The IANA zone named. */
  readonly zone: string | null;
  /** The Question is the one before the last: `advance(state, question, { undone: true })`. */
  readonly undone: boolean;
  /** Help was asked for in so many words; false when a `help` only says that nothing was understood. */
  readonly askedForHelp: boolean;
  /** What is wanted with schedules and watches that are there; the Question then counts only for what it names. */
  readonly managing: Managing | null;
  /** How a new schedule or watch is to behave. */
  readonly clauses: Clauses;
}

export interface Reader {
  /** Words → a complete canonical Question. Never throws; without anything to measure `kind` is `help`. */
  read(text: string, context: ReadContext): Reading;
}

/** Builds a reader for a catalog (tens of milliseconds); it keeps no state between messages. */
export function createReader(catalog: Catalog): Reader {
  const index = createIndex(catalog);
  const managing = createManagingReader(catalog.lexicon);
  return { read: (text, context) => readWhole(text, context, index, managing) };
}

/** The clauses of a schedule or watch are no part of its question; beside any other question they are words like all others. */
function readWhole(text: string, context: ReadContext, index: Index, managing: ManagingReader): Reading {
  const waiting = answered(managing.answer(text), context.thread);
  const { rest, clauses } = managing.clauses(text);
  if (clauses !== noClauses) {
    const reading = read(rest, context, index);
    if (isStanding(reading.question)) return { ...reading, clauses };
  }
  const reading = read(text, context, index);
  if (waiting) return { ...reading, question: waiting };
  if (isStanding(reading.question)) return reading;
  return {
    ...reading,
    managing: managing.managing(text, reading.question.metrics.length > 0),
  };
}
/** The choice of a waiting card that the words take; null where none waits. */
function answered(said: CardAnswer | null, thread: ThreadState | undefined): Question | null {
  if (said === null) return null;
  const choices = thread?.clarify?.options.choices ?? [];
  const of = (verb: string) => choices.find(({ options }) => options.manage?.verb === verb);
  const added = choices.find(({ options }) => options.event?.confirmed);
  if (said.verb === "save" && added) return added;
  const save = of("save");
  if (said.verb !== "level") return of(said.verb) ?? null;
  const id = save?.options.manage?.id;
  const value = said.unit === "%" ? said.value / 100 : said.value;
  return save && id !== undefined ? { ...save, options: { manage: { verb: "level", id, value } } } : null;
}
const isStanding = ({ kind }: Question): boolean => kind === "schedule" || kind === "watch";

function read(text: string, context: ReadContext, index: Index): Reading {
  const state = context.thread ?? emptyThread;
  const { normal, tokens } = understand(text, index);
  const language = languageOf(normal, tokens) ?? context.language ?? "en";
  const settled = settleLanguage(tokens, language);
  const plain: Reading = {
    question: blank("help"),
    understood: [],
    language,
    window: null,
    comparison: null,
    zone: null,
    undone: false,
    askedForHelp: false,
    managing: null,
    clauses: noClauses,
  };
  const choice = chosen(settled, state);
  if (choice) return { ...plain, question: choice };
  const sentence = new Sentence(settled, index, language);
  const event = readEvent(sentence, normal);
  if (event) return { ...plain, question: eventQuestion(event, context, index) };
  const { readings, asks } = variantsOf(sentence, normal, homeOf(context, index));
  const read = readings.map((reading) => readOne(new Sentence(reading, index, language), state, context, index));
  const [main] = read;
  if (!main) return plain;
  if (main.slots.undo && !otherwiseNamed(main)) return undo(plain, state);
  const understood = understoodIn(main.sentence, normal);
  const { window, comparison, zone } = main.slots;
  const unknown = findUnknown(sentence, main.sentence, normal, main.question !== null);
  return {
    ...plain,
    question: settle(
      read.flatMap(({ question }) => question ?? []),
      asks,
    ),
    understood,
    window,
    comparison,
    zone,
    askedForHelp: main.slots.kind === "help",
    ...(unknown ? { unknown } : {}),
  };
}

/** An entry for the ledger as a Question: its times and places are those of "what changed" with the same words. */
function eventQuestion({ kind, title, rest }: EventWords, context: ReadContext, index: Index): Question {
  const { question, window } = read(`what changed ${rest}`, { ...context, thread: emptyThread }, index);
  const options = { event: { title: title.slice(0, limits.titleCharsMax), ...(kind === null ? {} : { kind }) } };
  const plain = { ...blank("changes"), options };
  return question.kind === "changes"
    ? { ...plain, filters: question.filters, period: window === null ? null : question.period }
    : plain;
}

function understand(text: string, index: Index): { normal: Normal; tokens: Token[] } {
  const normal = normalise(text);
  const tokens = lex(normal, index);
  const mended = mendTypos(normal, tokens, index);
  return mended ? { normal: mended, tokens: readable(lex(mended, index)) } : { normal, tokens: readable(tokens) };
}

interface ReadOne {
  readonly sentence: Sentence;
  readonly slots: Slots;
  readonly question: Question | null;
}
function readOne(sentence: Sentence, state: ThreadState, context: ReadContext, index: Index): ReadOne {
  const thread = lastAnswered(state);
  const { catalog } = index;
  const threadAged = thread?.metrics.some((id) => catalog.metrics.get(id)?.aged) ?? false;
  const slots = readSlots(sentence, { threadKind: thread?.kind ?? null, threadAged });
  const question = compose(slots, thread, { catalog, now: context.now, zone: knownZone(context.zone) });
  return { sentence, slots, question };
}

const homeOf = ({ home }: ReadContext, { catalog }: Index): string | null => {
  if (home === undefined || !catalog.zoned) return null;
  return [...catalog.zoned.zones.keys()].find((value) => value.toLowerCase() === home.toLowerCase()) ?? null;
};

/** One reading is the answer, several are a choice. */
function settle(questions: readonly Question[], asks: boolean): Question {
  const known = new Set<string>();
  const choices = questions.filter((question) => {
    const key = canonical(question);
    return !known.has(key) && known.add(key);
  });
  const [only] = choices;
  if (only === undefined) return blank("help");
  if (only.kind === "help" || only.kind === "metrics") return only;
  return choices.length > 1 || asks ? { ...blank("clarify"), options: { choices } } : only;
}

/** "1", "option 2" after a clarify: a number beside which nothing is said. */
function chosen(tokens: readonly Token[], state: ThreadState): Question | null {
  const choices = state.clarify?.options.choices ?? [];
  const said = tokens.filter((token) => token.mark === undefined);
  const numbers = said.flatMap(({ number }) => number ?? []);
  const isAlone = said.every((token) => token.number !== undefined || token.senses.length === 0 || isGlue(token));
  const number = numbers.length === 1 && isAlone ? numbers[0] : undefined;
  return number === undefined ? null : (choices[number - 1] ?? null);
}

const otherwiseNamed = ({ slots }: ReadOne): boolean =>
  slots.kind !== null ||
  slots.metrics.length > 0 ||
  slots.filters.named ||
  slots.splits.by.length > 0 ||
  slots.window !== null;

function undo(plain: Reading, state: ThreadState): Reading {
  const before = beforeLast(state);
  return before ? { ...plain, question: before, undone: true } : plain;
}

function understoodIn(sentence: Sentence, { raw, at }: Normal): { text: string; as: string }[] {
  return sentence.tokens.flatMap((token, place) => {
    const as = sentence.takenAs(place);
    if (as === null || token.mark !== undefined) return [];
    const start = at[token.start] ?? 0;
    return [{ text: raw.slice(start, (at[token.end - 1] ?? start) + 1), as }];
  });
}
