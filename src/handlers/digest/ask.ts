import type { ChannelRef } from "../../chat/port.ts";
import { blank, type Question } from "../../kernel/question.ts";
import type { Reading } from "../../language/reader.ts";
import { answerAnomalies } from "../anomalies.ts";
import type { Asking, Draft } from "../asking.ts";
import { filtersName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { answerRefusal } from "../refuse.ts";
import { scheduleCard } from "../standing/propose-schedule.ts";

/** The words read with another in place of one of them. */
export type ReadInstead = (word: string, instead: string) => Reading;

/**
 * "digest ID", "send the digest every weekday 8:30 to #ops": words that name no metric but the digest. Null where they do not. What else is
 * said (filters, rhythm, channel) is read as it would be of any scanned metric.
 */
export async function answerDigestWords(
  readInstead: ReadInstead,
  asking: Asking,
  where: ChannelRef,
  parts: BotParts,
): Promise<Draft | null> {
  const words = asking.asker?.words ?? "";
  const named = digestWord(words, asking);
  const [stand] = [...asking.catalog.metrics.values()].filter(({ scan }) => scan !== null);
  if (named === null || !stand) return null;
  const reading = readInstead(named, stand.id);
  if (reading.question.kind === "schedule") return proposeDigest(reading, asking, where, parts);
  const question: Question = { ...blank("anomalies"), filters: reading.question.filters, grain: "day" };
  const answered = await answerAnomalies(question, asking, parts);
  return answered.ok ? answered.value : answerRefusal(question, answered.error, asking);
}

export const namesDigest = (asking: Asking): boolean => digestWord(asking.asker?.words ?? "", asking) !== null;

/** The longest word for the digest in the text, as it stands there. */
function digestWord(text: string, { catalog }: Asking): string | null {
  const plain = text.normalize("NFKC").toLowerCase();
  const words = Object.values(catalog.lexicon.managing.get("noun.digest") ?? {}).flat();
  return [...words].sort((a, b) => b.length - a.length).find((word) => plain.includes(word)) ?? null;
}

/** The digest as a schedule, to be saved with one press. */
function proposeDigest(reading: Reading, asking: Asking, where: ChannelRef, parts: BotParts): Promise<Draft> {
  const { filters } = reading.question;
  const question: Question = { ...reading.question, metrics: [] };
  const segment = filtersName(question, asking);
  const name = asking.say("name.digest");
  const sent = {
    payload: { type: "digest" as const, filters },
    about: question,
    zone: reading.zone,
    name: segment === "" ? name : `${name} (${segment})`,
    window: "",
  };
  return scheduleCard(parts, question, sent, reading, asking, where);
}
