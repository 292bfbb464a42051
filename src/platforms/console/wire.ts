import type { Reply } from "../../chat/port.ts";
import type { Verdict } from "../../chat/verdict.ts";
import type { Receipt } from "../../kernel/brand.ts";
import type { Question } from "../../kernel/question.ts";

/** What the page and its server say to each other, as JSON. Types only: both sides read this file. */

/** Everything that is said carries where, who and a fresh id; the same id again gives the same answer. */
export interface Said {
  readonly id: string;
  readonly channel: string;
  /** Null opens a new thread. */
  readonly thread: string | null;
  /** IANA zone and locale of the browser. */
  readonly zone?: string;
  readonly locale?: string;
}
export interface Ask extends Said {
  readonly text: string;
}
export interface Choice extends Said {
  readonly question: Question;
}
export interface Detail extends Said {
  readonly receipt: Receipt;
  readonly detail: "sql" | "csv";
}

/** What a person says of a finding. */
export interface Judgement extends Said {
  readonly finding: string;
  readonly verdict: Verdict;
}

/** A message that came by schedule, under its key; the page shows it as the bot's, without words before it. */
export interface Posted extends Omit<Heard, "reply"> {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reply: Extract<Reply, { type: "answer" }>;
  readonly verdicts: readonly { readonly label: string; readonly finding: string; readonly verdict: Verdict }[];
}

export interface Heard {
  /** The thread that follow-ups belong to. */
  readonly thread: string;
  readonly reply: Reply;
  /** The same answer as the other platforms would send it; null where it was not asked for or could not be drawn. */
  readonly views: { readonly slack: object | null; readonly lark: object | null };
  /** What a screen reader reads instead of each chart. */
  readonly chartTexts: readonly string[];
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  /** A conversation with the bot alone. */
  readonly direct: boolean;
}

/** One sentence instead of an answer: not understood as a request, too busy, a fault with a reference for the log. */
export interface Trouble {
  readonly trouble: "request" | "busy" | "fault" | "unknown";
  readonly reference?: string;
}
