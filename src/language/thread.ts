import { canonical, type Question, type QuestionKind } from "../kernel/question.ts";
import { type Said, saidAfter } from "./said.ts";

/** What a thread remembers: plain JSON, kept in the database between messages. */
export interface ThreadState {
  /** Answered Questions, the last one on top. */
  readonly answered: readonly Question[];
  /** How the time of each of them was said, so that a schedule can go on with it; null or absent = by a click that did not tell. */
  readonly said?: readonly (Said | null)[];
  /** The choices that were offered last and wait for "1" or "2". */
  readonly clarify: Question | null;
}

export const emptyThread: ThreadState = { answered: [], clarify: null };

const ANSWERED: ReadonlySet<QuestionKind> = new Set([
  "metric", "why", "forecast", "anomalies", "changes", "experiment", "power", "impact", "tradeoff",
]); // biome-ignore format: one list
const REMEMBERED_MAX = 20;

/**
 * The state after a Question was answered. Only kinds that answer push; a clarify waits until something else is answered; help leaves all
 * as it was. `undone` = the Question came from "undo": it takes the place of what it undid.
 */
export function advance(state: ThreadState, question: Question, how: Advance = {}): ThreadState {
  if (question.kind === "clarify") return { ...state, clarify: question };
  if (question.kind === "help" || question.kind === "metrics") return state;
  if (!ANSWERED.has(question.kind)) return { ...state, clarify: null };
  const told = state.answered.map((_, index) => state.said?.[index] ?? null);
  if (how.undone) return { answered: state.answered.slice(0, -1), said: told.slice(0, -1), clarify: null };
  const last = state.answered.at(-1);
  if (last && canonical(last) === canonical(question)) return { ...state, clarify: null };
  const said = saidAfter(question, how.said ?? null, last ? { question: last, said: told.at(-1) ?? null } : null);
  return {
    answered: [...state.answered, question].slice(-REMEMBERED_MAX),
    said: [...told, said].slice(-REMEMBERED_MAX),
    clarify: null,
  };
}

interface Advance {
  readonly undone?: boolean;
  /** What the words said of the time; absent = a click. */
  readonly said?: Said | null;
}

/** The answered Question that follow-ups build on. */
export const lastAnswered = (state: ThreadState): Question | null => state.answered.at(-1) ?? null;
/** How that Question's time was said; null = not known. */
export const lastSaid = (state: ThreadState): Said | null => state.said?.[state.answered.length - 1] ?? null;
/** What "undo" goes back to. */
export const beforeLast = (state: ThreadState): Question | null => state.answered.at(-2) ?? null;
