import { formatInstant } from "../chat/format.ts";
import type { Question } from "../kernel/question.ts";
import type { Watermark } from "../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";

const MS_PER_HOUR = 3_600_000;

/** Is the data there? How far each table reaches, those that the asked metrics read first and in the headline. */
export function answerStatus(question: Question, watermarks: readonly Watermark[], asking: Asking): Draft {
  const { say, locale, zone } = asking;
  const wanted = new Set(question.metrics.flatMap((id) => asking.catalog.metrics.get(id)?.reads ?? []));
  const concerned = wanted.size > 0 ? watermarks.filter((mark) => wanted.has(mark.source)) : watermarks;
  const through = concerned.map((mark) => mark.completeThrough).sort()[0] ?? null;
  const lines = [...watermarks]
    .sort((a, b) => (a.completeThrough < b.completeThrough ? -1 : 1))
    .map((mark) =>
      say("status.line", {
        source: mark.source,
        at: formatInstant(mark.completeThrough, locale, zone),
        hours: Math.max(0, Math.floor((asking.now - Date.parse(mark.completeThrough)) / MS_PER_HOUR)),
      }),
    );
  return {
    ...blankDraft(asking, question, "answered"),
    headline: through === null ? say("status.none") : say("status.head", { at: formatInstant(through, locale, zone) }),
    body: lines.length > 0 ? [lines.join("\n")] : [],
    dataThrough: through,
  };
}
