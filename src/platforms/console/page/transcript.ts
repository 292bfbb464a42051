import type { Question } from "../../../kernel/question.ts";
import type { Heard, Judgement, Posted } from "../wire.ts";
import type { Failure } from "./api.ts";

/** What was said and answered, as this browser remembers it. The talk's state is the bot's; this is only what is seen. */
export interface Entry {
  readonly id: string;
  readonly channel: string;
  readonly thread: string;
  /** Opened its thread; the others stand in the thread only. */
  readonly root: boolean;
  readonly at: number;
  /** Empty for a message that came by schedule. */
  readonly said: {
    readonly text: string;
    readonly question: Question | null;
    readonly judged?: Pick<Judgement, "finding" | "verdict">;
  };
  /** What can be said of the finding that the message is. */
  readonly verdicts?: Posted["verdicts"];
  readonly outcome:
    | { readonly kind: "working" }
    | ({ readonly kind: "heard"; readonly ms: number } & Omit<Heard, "thread">)
    | { readonly kind: "trouble"; readonly failure: Failure | { readonly trouble: "handled" } };
}

export interface Transcript {
  all(): readonly Entry[];
  put(entry: Entry): void;
  remove(keep: (entry: Entry) => boolean): void;
}

const KEY = "modstats.transcript.1";
const ENTRIES_MAX = 120;

/** Reads and keeps the transcript in localStorage: newest 120 entries, fewer when the browser's room does not hold them. */
export function openTranscript(): Transcript {
  let entries = read();
  return {
    all: () => entries,
    put(entry) {
      const place = entries.findIndex(({ id }) => id === entry.id);
      entries = place < 0 ? [...entries, entry].slice(-ENTRIES_MAX) : entries.with(place, entry);
      write(entries);
    },
    remove(keep) {
      entries = entries.filter(keep);
      write(entries);
    },
  };
}

function read(): Entry[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? (stored as Entry[]).filter(({ outcome }) => outcome.kind === "heard") : [];
  } catch {
    return [];
  }
}

function write(entries: readonly Entry[]): void {
  for (let kept = [...entries]; ; kept = kept.slice(Math.ceil(kept.length / 2)))
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch {
      if (kept.length === 0) return;
    }
}

/** A small setting of this browser; a browser that keeps none only forgets. */
export const setting = {
  get(name: string): string | null {
    try {
      return localStorage.getItem(`modstats.${name}`);
    } catch {
      return null;
    }
  },
  set(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`modstats.${name}`);
      else localStorage.setItem(`modstats.${name}`, value);
    } catch {
      // Private mode: the choice lasts as long as the page.
    }
  },
};

export const rootOf = (entries: readonly Entry[], thread: string | null): Entry | undefined =>
  entries.find((entry) => entry.root && entry.thread === thread);

export const repliesIn = (entries: readonly Entry[], thread: string): number =>
  entries.filter((entry) => !entry.root && entry.thread === thread).length;

/** The first entries of the threads in which something was said last, newest first. */
export function recentThreads(entries: readonly Entry[], max: number): readonly Entry[] {
  const latest = new Set(entries.map(({ thread }) => thread).reverse());
  return [...latest].flatMap((thread) => rootOf(entries, thread) ?? []).slice(0, max);
}
