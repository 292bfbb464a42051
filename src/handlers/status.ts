import type { Pool } from "pg";
import { formatInstant } from "../chat/format.ts";
import type { ChannelRef } from "../chat/port.ts";
import type { Question } from "../kernel/question.ts";
import type { Refusal } from "../kernel/refusal.ts";
import { ok, type Result } from "../kernel/result.ts";
import type { Engine } from "../queries/engine.ts";
import { rollupLag } from "../queries/rollup/lag.ts";
import { progressOf } from "../queries/state/run-list.ts";
import { readWatermarks } from "../queries/watermarks.ts";
import { type Asking, blankDraft, type Draft } from "./asking.ts";

const MS_PER_HOUR = 3_600_000;

/** The posts of the asker's workspace, for what they are about today. */
export interface PostsOf {
  readonly pool: Pool;
  readonly where: ChannelRef;
}

/**
 * Is the data there? How far each table reaches; the headline says it of those that the asked metrics read. And how today's posts stand,
 * where there are any.
 */
export async function answerStatus(
  question: Question,
  asking: Asking,
  facts: Engine,
  posts: PostsOf,
): Promise<Result<Draft, Refusal>> {
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
  const { sent, waiting, failed } = await progressOf(posts.pool, { ...posts.where, now: asking.now, zone });
  const progress = sent + waiting + failed > 0 ? [say("status.posts", { sent, waiting, failed })] : [];
  const lag = await rollupLag(posts.pool);
  if (lag) {
    const seconds = Math.round(lag.behindSeconds ?? 0);
    lines.push(say("status.rollups", { dirty: lag.dirty, dates: lag.dates, seconds }));
  }
  return ok({
    ...blankDraft(asking, question, "answered"),
    headline: through === null ? say("status.none") : say("status.head", { at: formatInstant(through, locale, zone) }),
    body: [...progress, ...(lines.length > 0 ? [lines.join("\n")] : [])],
    dataThrough: through,
    sql: read.value.record ? [read.value.record] : [],
  });
}
