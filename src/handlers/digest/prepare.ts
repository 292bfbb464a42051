import type { ChannelRef } from "../../chat/port.ts";
import type { Note } from "../../chat/post.ts";
import type { Question } from "../../kernel/question.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { keepFinding } from "../../queries/state/findings.ts";
import { keepPosted } from "../../queries/state/posted-numbers.ts";
import type { Asking } from "../asking.ts";
import { shiftDay } from "../scan/days.ts";
import { composeDigest, type Digest, type DigestParts } from "./digest.ts";
import { digestNotes } from "./notes.ts";
import { restatedNumbers, toldNumbers } from "./numbers.ts";

export interface PreparedDigest {
  readonly digest: Digest;
  /** Names of the kept findings, in their order. */
  readonly ids: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * The digest that is posted: composed, its findings and numbers kept, put into messages. Preparing it again for the same day keeps the same
 * rows, so several channels and a retry tell the same.
 */
export async function prepareDigest(
  filters: Question["filters"],
  channel: ChannelRef,
  asking: Asking,
  parts: DigestParts,
): Promise<Result<PreparedDigest, Refusal>> {
  const composed = await composeDigest({ filters, metrics: [], period: null, channel }, asking, parts);
  if (!composed.ok) return composed;
  const digest = composed.value;
  const day = shiftDay(digest.day, 1);
  const ids: string[] = [];
  for (const { deviation, question } of [...digest.findings, ...digest.open]) {
    ids.push((await keepFinding(parts.writer, { deviation, question, day })).finding);
  }
  const told = await toldNumbers(
    asking,
    digest.findings.map(({ deviation }) => deviation),
    day,
  );
  await keepPosted(parts.writer, filters, [...digest.numbers, ...told, ...restatedNumbers(digest.restated, day)]);
  return ok({ digest, ids: ids.slice(0, digest.findings.length), notes: digestNotes(digest, ids, asking) });
}
