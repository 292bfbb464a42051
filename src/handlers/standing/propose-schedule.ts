import type { ChannelRef } from "../../chat/port.ts";
import type { Question } from "../../kernel/question.ts";
import type { Reading } from "../../language/reader.ts";
import { inferSaid, resolveAnew, type Said, saidAfter } from "../../language/said.ts";
import { zoneOf } from "../../language/times.ts";
import { keepDraft } from "../../queries/state/drafts.ts";
import type { NewSchedule, OffDayRule } from "../../queries/state/schedules.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { answerRefusal } from "../refuse.ts";
import { button } from "./buttons.ts";
import { questionName } from "./name.ts";
import { placeName, placeOf } from "./place.ts";
import { nextRuns, type Rhythm, rhythmName } from "./rhythm.ts";
import { windowLine } from "./window-words.ts";

/** "send this every mon 9am to #ops-th": what, when, where and whose, to be saved with one press. Nothing is sent before that. */
export async function proposeSchedule(
  parts: BotParts,
  question: Question,
  reading: Reading | null,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const { body, said } = standingQuestion(question, reading, asking);
  if (body.options.form === "csv") return refused(question, asking.say("schedule.no_csv"), asking);
  const sent = {
    payload: { type: "question" as const, question: body, said },
    about: body,
    zone: said.zone,
    name: questionName(body, asking),
    window: windowLine(body, said, asking),
  };
  return scheduleCard(parts, question, sent, reading, asking, where);
}

/** What a schedule sends, and how a person calls it. */
export interface Sent {
  readonly payload: NewSchedule["payload"];
  /** Whose market decides zone and holidays. */
  readonly about: Question;
  /** The zone that the words name. */
  readonly zone: string | null;
  readonly name: string;
  /** The sentence that says over which days; "" where there is nothing to say. */
  readonly window: string;
}

/** The card of a new schedule: what, when, next runs, days left out or marked, where and whose. Its Save makes the schedule. */
export async function scheduleCard(
  parts: BotParts,
  question: Question,
  { payload, about, zone: named, name, window }: Sent,
  reading: Reading | null,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const place = await placeOf(parts, where, question.options.to ?? null, asking);
  if (!place.ok) return refused(question, place.sentence, asking);
  const zone = zoneOf(about.filters, named, asking.zone, asking.catalog);
  const wanted: NewSchedule = {
    payload,
    cron: question.options.cron ?? "0 9 * * *",
    zone,
    platform: where.platform,
    tenant: where.tenant,
    channel: place.place.channel,
    channelName: place.place.name,
    language: asking.language,
    locale: asking.locale,
    owner: asking.asker?.person ?? "",
    weekends: reading?.clauses.weekends ?? "post",
    holidays: reading?.clauses.holidays ?? "post",
    country: countryOf(about, zone, asking),
  };
  if (parts.upcoming(rhythmOf(wanted), asking.now, 1).length === 0)
    return refused(question, asking.say("schedule.never"), asking);
  const id = await keepDraft(parts.writer, wanted);
  return {
    ...blankDraft(asking, question, "answered"),
    headline: asking.say("schedule.head", {
      what: name,
      when: rhythmName(wanted, asking),
      where: placeName(place.place, asking),
    }),
    body: [cardLines(parts, wanted, name, window, asking).join("\n")],
    next: [
      button("button.save", { verb: "save", id }, asking),
      button("button.discard", { verb: "discard", id }, asking),
    ],
  };
}

/** What, over which window, the next three runs with their zone, where and whose. */
function cardLines(parts: BotParts, wanted: NewSchedule, name: string, window: string, asking: Asking): string[] {
  const { say } = asking;
  const rhythm = rhythmOf(wanted);
  const [skipped, marked] = [offDaysUnder("skip", rhythm, asking), offDaysUnder("mask", rhythm, asking)];
  return [
    say("schedule.line.what", { what: name }),
    ...(window === "" ? [] : [say("schedule.line.window", { window })]),
    say("schedule.line.next", { runs: nextRuns(parts, rhythm, asking) }),
    ...(skipped === "" ? [] : [say("schedule.line.skips", { days: skipped })]),
    ...(marked === "" ? [] : [say("schedule.line.marks", { days: marked })]),
    ...placeLines(wanted, asking),
  ];
}

/** "weekends, public holidays of ID". */
const offDaysUnder = (rule: OffDayRule, { weekends, holidays, country }: Rhythm, { say }: Asking): string =>
  [
    ...(weekends === rule ? [say("schedule.skips.weekends")] : []),
    ...(holidays === rule ? [say("schedule.skips.holidays", { country: country ?? "none" })] : []),
  ].join(", ");

/** Where it goes, and whose it is. */
export const placeLines = (wanted: NewSchedule, asking: Asking): string[] => [
  asking.say("schedule.line.where", { where: placeName({ name: wanted.channelName ?? null }, asking) }),
  asking.say("schedule.line.owner", { owner: asking.say("schedule.you") }),
  ...(wanted.platform === "terminal" ? [asking.say("schedule.line.local")] : []),
];

export const rhythmOf = (wanted: NewSchedule) => ({
  cron: wanted.cron,
  zone: wanted.zone,
  weekends: wanted.weekends ?? "post",
  holidays: wanted.holidays ?? "post",
  country: wanted.country ?? null,
});

/** The Question that is asked on every run: the thread's own kind, what the words changed of it, and its time as it was said. */
export function standingQuestion(
  question: Question,
  reading: Reading | null,
  asking: Asking,
): { readonly body: Question; readonly said: Said } {
  const last = asking.asker?.last ?? null;
  const { cron: _cron, to: _to, when: _when, ...options } = question.options;
  const goesOn = last !== null && question.metrics.every((id) => last.question.metrics.includes(id));
  const kind = question.kind === "schedule" && goesOn ? last.question.kind : "metric";
  const body: Question = { ...question, kind, options };
  const named = reading && { window: reading.window, comparison: reading.comparison, zone: reading.zone };
  const said = saidAfter(body, named, last) ?? inferSaid(body, asking.now, asking.zone);
  return { body: resolveAnew(body, said, { ...asking, zone: asking.zone }), said };
}

/** Whose holidays count: the market's that is asked for, else the one whose zone it is. */
function countryOf(question: Question, zone: string, { catalog }: Asking): string | null {
  const asked = catalog.zoned ? question.filters[catalog.zoned.dimension] : undefined;
  const home = [...(catalog.zoned?.zones ?? [])].find(([, own]) => own === zone)?.[0];
  const country = asked?.length === 1 ? asked[0] : home;
  return country !== undefined && /^[A-Z]{2}$/.test(country) ? country : null;
}

export const refused = (question: Question, sentence: string, asking: Asking): Draft => ({
  ...answerRefusal(question, { code: "not_available", params: { kind: question.kind } }, asking),
  code: "not_possible",
  headline: sentence,
});
