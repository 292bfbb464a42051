import type { Catalog } from "../catalog/catalog.ts";
import type { Answer, Language } from "../chat/answer.ts";
import type { Say } from "../chat/messages.ts";
import type { Question } from "../kernel/question.ts";
import type { Said } from "../language/said.ts";
import type { Measure } from "../queries/measure.ts";

/** Under which circumstances a question is answered: whose zone and language, at what time, with what means. */
export interface Asking {
  readonly catalog: Catalog;
  readonly measure: Measure;
  readonly say: Say;
  readonly language: Language;
  readonly locale: string;
  /** The asker's IANA zone. */
  readonly zone: string;
  /** Milliseconds since the epoch; the database's clock or the one passed in. */
  readonly now: number;
  /** Who asks, and from where the thread goes on; absent = the clock. */
  readonly asker?: Asker;
}
export interface Asker {
  readonly person: string;
  /** The thread's last answered Question and how its time was said. */
  readonly last: { readonly question: Question; readonly said: Said | null } | null;
  /** Channel name → id, and ids of people, that the words mention. */
  readonly channels: Readonly<Record<string, string>>;
  readonly people: readonly string[];
  /** The words as typed; "" for a click. */
  readonly words: string;
}

/** An Answer before it has a receipt and its total time. */
export type Draft = Omit<Answer, "receipt" | "timing"> & {
  readonly timing: Pick<Answer["timing"], "query" | "insight">;
};

/** A draft in which nothing is said yet. */
export function blankDraft(asking: Asking, question: Answer["question"], status: Answer["status"]): Draft {
  return {
    question,
    status,
    language: asking.language,
    locale: asking.locale,
    headline: "",
    echo: "",
    body: [],
    values: [],
    table: { columns: [], rows: [] },
    view: null,
    charts: [],
    findings: [],
    caveats: [],
    next: [],
    sql: [],
    dataThrough: null,
    dataLine: "",
    timing: { query: 0, insight: 0 },
  };
}
