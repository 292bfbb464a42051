import { formatInstant } from "../../chat/format.ts";
import type { ChannelRef } from "../../chat/port.ts";
import { limits } from "../../kernel/limits.ts";
import type { Question } from "../../kernel/question.ts";
import { noClauses } from "../../language/managing.ts";
import type { Reading } from "../../language/reader.ts";
import { zoneOf } from "../../language/times.ts";
import { findDraft, keepDraft } from "../../queries/state/drafts.ts";
import type { NewSchedule } from "../../queries/state/schedules.ts";
import { type Asking, blankDraft, type Draft } from "../asking.ts";
import { metricName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { refusalSentence } from "../refuse.ts";
import { BACK_TEST_DAYS, backTest, otherLevels } from "./back-test.ts";
import { button } from "./buttons.ts";
import { levelName, nameOf } from "./name.ts";
import { payloadOf, type WatchPayload } from "./payload.ts";
import { placeOf } from "./place.ts";
import { placeLines, refused, standingQuestion } from "./propose-schedule.ts";
import { watchChart } from "./watch-chart.ts";
import { levelOf } from "./watch-level.ts";
import { type WatchSeries, watchSeries } from "./watch-series.ts";
import { historyLine, nowLines, ruleLines, watchedLines } from "./watch-words.ts";

const DAY_MS = 86_400_000;
const VOLUME_MIN = 30;
const COOL_DOWN_MINUTES = { hour: 240, day: 1_200, week: 1_200, month: 1_200 };
const NIGHT = { from: 22 * 60, to: 7 * 60 };
/** Hourly numbers just after the hour; the others often enough that a late table is caught the same day. */
const CRON = { hour: "5 * * * *", day: "20 */3 * * *", week: "20 */3 * * *", month: "20 */3 * * *" };

/** "alert me if backlog > 6h": tried on the last 60 days before it is saved, with the picture and other levels beside it. */
export async function proposeWatch(
  parts: BotParts,
  question: Question,
  reading: Reading | null,
  asking: Asking,
  where: ChannelRef,
): Promise<Draft> {
  const { when } = question.options;
  const found = when && levelOf(question, when, asking);
  if (!when || !found) return refused(question, asking.say("watch.no_metric"), asking);
  if (!found.ok) return refused(question, wrongUnit(found.metric.id, asking), asking);
  const clauses = reading?.clauses ?? noClauses;
  const place = await placeOf(parts, where, question.options.to ?? null, asking);
  if (!place.ok) return refused(question, place.sentence, asking);
  const escalation = clauses.escalateTo === null ? null : await placeOf(parts, where, clauses.escalateTo, asking);
  if (escalation && !escalation.ok) return refused(question, escalation.sentence, asking);
  const { body, said } = standingQuestion(found.question, reading, asking);
  const watched = { question: withoutCycle({ ...body, compare: null }), said };
  const zone = zoneOf(watched.question.filters, said.zone, asking.zone, asking.catalog);
  const series = await watchSeries(watched, asking.now - BACK_TEST_DAYS * DAY_MS, { ...asking, zone });
  if (!series.ok) return refused(question, refusalSentence(series.error, asking), asking);
  const payload: WatchPayload = {
    type: "watch",
    ...watched,
    op: when.op,
    level: found.level,
    volumeMin: Math.max(limits.cellMin, clauses.volumeMin ?? VOLUME_MIN),
    coolDownMinutes: clauses.coolDownMinutes ?? COOL_DOWN_MINUTES[series.value.step],
    quiet: clauses.quiet === "never" ? null : (clauses.quiet ?? NIGHT),
    escalateTo: escalation?.ok ? { channel: escalation.place.channel, name: escalation.place.name ?? "" } : null,
  };
  const wanted: NewSchedule = {
    payload: { ...payload },
    cron: CRON[series.value.step],
    zone,
    platform: where.platform,
    tenant: where.tenant,
    channel: place.place.channel,
    channelName: place.place.name,
    language: asking.language,
    locale: asking.locale,
    owner: asking.asker?.person ?? "",
    catchUp: "latest",
  };
  return card(parts, wanted, payload, series.value, question, asking, found.swapped);
}

/** The same watch at another level, tried anew. */
export async function changeLevel(
  parts: BotParts,
  id: string,
  level: number,
  question: Question,
  asking: Asking,
): Promise<Draft> {
  const draft = await findDraft(parts.writer, id);
  const before = draft && payloadOf(draft as Parameters<typeof payloadOf>[0]);
  if (!draft || before?.type !== "watch" || !Number.isFinite(level))
    return refused(question, asking.say("manage.expired"), asking);
  const payload: WatchPayload = { ...before, level };
  const series = await watchSeries(payload, asking.now - BACK_TEST_DAYS * DAY_MS, { ...asking, zone: draft.zone });
  if (!series.ok) return refused(question, refusalSentence(series.error, asking), asking);
  return card(parts, { ...draft, payload: { ...payload } }, payload, series.value, question, asking, false);
}

async function card(
  parts: BotParts,
  wanted: NewSchedule,
  payload: WatchPayload,
  series: WatchSeries,
  question: Question,
  asking: Asking,
  swapped: boolean,
): Promise<Draft> {
  const { say } = asking;
  const firings = backTest(series, payload, wanted.zone);
  const id = await keepDraft(parts.writer, wanted);
  const unit = series.metric.unit;
  return {
    ...blankDraft(asking, { ...question, kind: "watch" }, "answered"),
    headline: say("watch.head", { name: nameOf(wanted as Parameters<typeof nameOf>[0], asking) }),
    body: [
      [
        ...(swapped
          ? [say("watch.swapped", { metric: metricName(asking.catalog, series.metric.id, asking.language) })]
          : []),
        historyLine(series, firings, wanted.zone, payload, asking),
      ].join(" "),
      [
        ...nowLines(series, payload, wanted.zone, asking),
        ...watchedLines(wanted, payload, series, asking),
        ...placeLines(wanted, asking),
        ...ruleLines(payload, series, asking),
      ].join("\n"),
    ],
    charts: watchChart(series, payload, firings, wanted.zone, asking),
    next: [
      button("button.save", { verb: "save", id }, asking),
      ...otherLevels(series, payload, wanted.zone).map(({ level, firings: times }) =>
        button("button.level", { verb: "level", id, value: level }, asking, {
          level: levelName(level, unit, asking),
          times,
        }),
      ),
      button("button.discard", { verb: "discard", id }, asking),
    ],
    dataThrough: series.dataThrough,
    dataLine: series.dataThrough
      ? say("data", { at: formatInstant(series.dataThrough, asking.locale, wanted.zone), zone: wanted.zone })
      : "",
  };
}

function wrongUnit(metric: string, asking: Asking): string {
  const unit = asking.catalog.metrics.get(metric)?.unit ?? "number";
  const example = unit === "share" ? "8 %" : unit === "hours" ? "6h" : unit === "seconds" ? "90s" : "500";
  return asking.say("watch.wrong_unit", {
    metric: metricName(asking.catalog, metric, asking.language),
    example: `> ${example}`,
  });
}

/** Hours of the day and days of the week are no series that a watch could follow. */
const withoutCycle = (question: Question): Question =>
  question.grain === "hour_of_day" || question.grain === "day_of_week" ? { ...question, grain: "total" } : question;
