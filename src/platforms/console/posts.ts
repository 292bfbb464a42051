import type { Answer, NextStep } from "../../chat/answer.ts";
import type { ChartPort } from "../../chat/port.ts";
import type { Note, PostContent, Poster } from "../../chat/post.ts";
import { blank } from "../../kernel/question.ts";
import type { Posted } from "./wire.ts";

/** A message of a schedule as the bot's state keeps it. */
export interface KeptPost {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly content: PostContent;
}
/** The other platforms' renderings of it, as the JSON that they would send. */
export type PostViews = (content: PostContent) => Posted["views"];

/**
 * Scheduled posts to the page. Nothing is sent anywhere: a message whose run is confirmed is there, for every page that asks, also after a
 * restart. So there is nothing to look for, and a second attempt is harmless.
 */
export const pagePoster: Poster = {
  look: async () => ({ type: "absent" }),
  deliver: async (_to, key) => ({ type: "posted", message: key }),
};

/** As the page shows it: an answer as any other, a note in the shape of one. */
export function postedOf({ key, at, content }: KeptPost, charts: ChartPort, views: PostViews): Posted {
  const answer = content.type === "answer" ? prefaced(content) : answerOf(content.note);
  return {
    key,
    at,
    thread: key,
    reply: { type: "answer", answer },
    views: views(content),
    chartTexts: answer.charts.map((spec) => charts.text(spec)),
    verdicts: content.type === "note" ? verdictsOf(content.note) : [],
  };
}

const prefaced = ({ answer, preface }: Extract<PostContent, { type: "answer" }>): Answer =>
  preface === null ? answer : { ...answer, body: [preface, ...answer.body] };

function answerOf(note: Note): Answer {
  return {
    question: note.about ?? blank("help"),
    status: "answered",
    language: note.language,
    locale: note.locale,
    headline: note.title,
    echo: "",
    body: note.lines,
    values: [],
    table: { columns: [], rows: [] },
    view: null,
    charts: note.chart ? [note.chart] : [],
    findings: [],
    caveats: [],
    next: note.buttons.flatMap(({ label, act }): NextStep[] =>
      act.type === "choice" ? [{ label, question: act.question }] : [],
    ),
    sql: [],
    receipt: null,
    dataThrough: null,
    dataLine: note.small.join(" · "),
    timing: { parse: 0, query: 0, insight: 0, chart: 0, total: 0 },
  };
}

const verdictsOf = (note: Note): Posted["verdicts"] =>
  note.buttons.flatMap(({ label, act }) =>
    act.type === "verdict" ? [{ label, finding: act.finding, verdict: act.verdict }] : [],
  );
