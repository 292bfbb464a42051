import { formatInstant } from "../chat/format.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { Engine } from "../queries/engine.ts";
import { readWatermarks } from "../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";

const MS_PER_HOUR = 3_600_000;

/** Is the data there? How far each table reaches; the headline says it of those that the asked metrics read. */
export async function answerStatus(question: Question, asking: Asking, facts: Engine): Promise<Result<Draft, Refusal>> {
  const { say, locale, zone } = asking;
  const read = await readWatermarks(facts, asking.catalog.watermarks);
  if (!read.ok) return read;
  const watermarks = [...read.value.watermarks].map(([source, ms]) => ({
    source,
    completeThrough: new Date(ms).toISOString(),
  }));
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
  return ok({
    ...blankDraft(asking, question, "answered"),
    headline: through === null ? say("status.none") : say("status.head", { at: formatInstant(through, locale, zone) }),
    body: lines.length > 0 ? [lines.join("\n")] : [],
    dataThrough: through,
    sql: read.value.record ? [read.value.record] : [],
  });
}
