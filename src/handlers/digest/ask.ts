import type { ChannelRef } from "../../chat/port.ts";
import { blank, type Question } from "../../kernel/question.ts";
import { zoneOf } from "../../language/times.ts";
import { keepDraft } from "../../queries/state/drafts.ts";
import type { NewSchedule } from "../../queries/state/schedules.ts";
import { answerAnomalies } from "../anomalies.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import { filtersName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { answerRefusal } from "../refuse.ts";
import { button } from "../standing/buttons.ts";
import { placeName, placeOf } from "../standing/place.ts";
import { placeLines, refused, rhythmOf } from "../standing/propose-schedule.ts";
import { nextRuns, rhythmName } from "../standing/rhythm.ts";

/** The reading of the words with another in place of one. */
export type ReadInstead = (word: string, instead: string) => Question;

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
  const read = readInstead(named, stand.id);
  if (read.kind === "schedule") return proposeDigest(read, asking, where, parts);
  const question: Question = { ...blank("anomalies"), filters: read.filters, grain: "day" };
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
async function proposeDigest(question: Question, asking: Asking, where: ChannelRef, parts: BotParts): Promise<Draft> {
  const place = await placeOf(parts, where, question.options.to ?? null, asking);
  if (!place.ok) return refused(question, place.sentence, asking);
  const { filters } = question;
  const wanted: NewSchedule = {
    payload: { type: "digest", filters },
    cron: question.options.cron ?? "0 9 * * *",
    zone: zoneOf(filters, null, asking.zone, asking.catalog),
    platform: where.platform,
    tenant: where.tenant,
    channel: place.place.channel,
    channelName: place.place.name,
    language: asking.language,
    locale: asking.locale,
    owner: asking.asker?.person ?? "",
  };
  const rhythm = rhythmOf(wanted);
  if (parts.upcoming(rhythm, asking.now, 1).length === 0)
    return refused(question, asking.say("schedule.never"), asking);
  const id = await keepDraft(parts.writer, wanted);
  const named = filtersName(question, asking);
  const what = named === "" ? asking.say("name.digest") : `${asking.say("name.digest")} (${named})`;
  const body = [
    asking.say("schedule.line.what", { what }),
    asking.say("schedule.line.next", { runs: nextRuns(parts, rhythm, asking) }),
    ...placeLines(wanted, asking),
  ];
  return {
    ...blankDraft(asking, { ...question, metrics: [] }, "answered"),
    headline: asking.say("schedule.head", {
      what,
      when: rhythmName(wanted, asking),
      where: placeName(place.place, asking),
    }),
    body: [body.join("\n")],
    next: [
      button("button.save", { verb: "save", id }, asking),
      button("button.discard", { verb: "discard", id }, asking),
    ],
  };
}
