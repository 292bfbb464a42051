import type { NextStep } from "../../../chat/answer.ts";
import type { Receipt } from "../../../kernel/brand.ts";
import type { Heard } from "../wire.ts";
import type { Got } from "./api.ts";
import type { Entry } from "./transcript.ts";
import type { Words } from "./words.ts";

/** What a card can ask of the page. */
export interface CardActions {
  readonly words: Words;
  readonly locale: string;
  choose(entry: Entry, step: NextStep): void;
  judge(entry: Entry, said: NonNullable<Entry["verdicts"]>[number]): void;
  detail(entry: Entry, receipt: Receipt, detail: "sql" | "csv"): Promise<Got<Heard>>;
  again(entry: Entry): void;
  openThread(entry: Entry): void;
  /** Replies that the entry's thread has; null where threads are not offered (inside a thread). */
  replies(entry: Entry): number | null;
}
