import type { Language } from "../../chat/answer.ts";
import { formatInstant, formatPeriod, formatSlot, formatValue } from "../../chat/format.ts";
import { sayIn } from "../../chat/messages.ts";
import type { Note } from "../../chat/post.ts";
import { armed, look, type WatchState } from "../../insights/watch/watch-machine.ts";
import type { Question } from "../../kernel/question.ts";
import { resolveAnew } from "../../language/said.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import { findReaction, lastFiring, lookBefore, saveLook } from "../../queries/state/watches.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { refusalSentence } from "../refuse.ts";
import { suspects } from "../why/suspects.ts";
import { isQuiet, observed, ruleOfWatch } from "./back-test.ts";
import { manageQuestion } from "./buttons.ts";
import { memoryOf, type WatchMemory } from "./memory.ts";
import { conditionName, dayName, nameOf, segmentName, shownValue } from "./name.ts";
import type { WatchPayload } from "./payload.ts";
import { watchChart } from "./watch-chart.ts";
import { type SeenPoint, type WatchSeries, watchSeries } from "./watch-series.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What an alert's picture shows, and at least what is looked at again after a stop of the bot. */
const SHOWN_MS = { hour: 3 * DAY_MS, day: 30 * DAY_MS, week: 120 * DAY_MS, month: 400 * DAY_MS };
const ESCALATED_AFTER_MS = 2 * HOUR_MS;
/** Refusals that pass by themselves: the run is tried again instead. */
const PASSING: ReadonlySet<string> = new Set(["database_down", "busy"]);

/** One look of a watch at its slot; null = nothing to say. Throws when the data cannot be read just now. */
export async function lookNow(
  parts: BotParts,
  schedule: Schedule,
  payload: WatchPayload,
  at: number,
): Promise<Note | null> {
  const asking = askingOf(parts, schedule, at);
  if (payload.escalates !== undefined) return escalate(parts, payload, payload.escalates, asking);
  const before = memoryOf((await lookBefore(parts.writer, schedule.id, at))?.memory);
  const series = await watchSeries(payload, at - shownMs(payload, parts), asking);
  if (!series.ok) {
    if (PASSING.has(series.error.code)) throw series.error.cause ?? new Error(series.error.code);
    await saveLook(parts.writer, schedule.id, {
      slotAt: at,
      memory: { ...before, broken: series.error.code },
      fired: false,
    });
    return before.broken === series.error.code
      ? null
      : brokenNote(schedule, refusalSentence(series.error, asking), asking);
  }
  const muted = ((await findReaction(parts.writer, schedule.id))?.mutedUntil ?? 0) > at;
  const hushed = muted || isQuiet(at, payload.quiet, schedule.zone);
  const looked = lookAtAll(series.value, before, payload, hushed);
  await saveLook(parts.writer, schedule.id, { slotAt: at, memory: looked.memory, fired: looked.fired.length > 0 });
  return looked.fired.length > 0 ? alertNote(parts, schedule, payload, series.value, looked, asking) : null;
}

export function askingOf(parts: BotParts, schedule: Schedule, now: number): Asking {
  const language = schedule.language as Language;
  const { locale, zone } = schedule;
  return { catalog: parts.catalog, measure: parts.measure, say: sayIn(language, locale), language, locale, zone, now };
}

function shownMs({ question }: WatchPayload, { catalog }: BotParts): number {
  const metric = catalog.metrics.get(question.metrics[0] ?? "");
  const { grain } = question;
  const shown = metric?.moment && question.options.at !== undefined ? "hour" : grain;
  const settled = (metric?.maturityDays ?? 0) * DAY_MS;
  return (shown === "hour" || shown === "week" || shown === "month" ? SHOWN_MS[shown] : SHOWN_MS.day) + settled;
}

interface Looked {
  readonly memory: WatchMemory;
  readonly fired: readonly { readonly segment: string; readonly point: SeenPoint; readonly state: WatchState }[];
}

/** Every segment judged by its newest complete number; the older ones that were missed only say since when. */
function lookAtAll(series: WatchSeries, before: WatchMemory, payload: WatchPayload, hushed: boolean): Looked {
  const rule = ruleOfWatch(payload);
  const segments: Record<string, WatchState> = { ...before.segments };
  const fired: Looked["fired"][number][] = [];
  for (const [segment, { points }] of series.segments) {
    const complete = points.filter((point) => point.complete);
    const known = before.segments[segment];
    let state = known ?? armed;
    for (const [index, point] of complete.entries()) {
      const last = index === complete.length - 1;
      if (!last && known === undefined) continue;
      const looked = look(state, observed(point, hushed || !last), rule);
      state = looked.state;
      if (looked.fires) fired.push({ segment, point, state });
    }
    segments[segment] = state;
  }
  return { memory: { segments, broken: null }, fired };
}

async function alertNote(
  parts: BotParts,
  schedule: Schedule,
  payload: WatchPayload,
  series: WatchSeries,
  looked: Looked,
  asking: Asking,
): Promise<Note> {
  const { say, locale } = asking;
  const up = payload.op === ">" || payload.op === ">=";
  const ranked = [...looked.fired].sort((a, b) => ((b.point.value ?? 0) - (a.point.value ?? 0)) * (up ? 1 : -1));
  const [worst] = ranked as [Looked["fired"][number]];
  const value = (point: SeenPoint): string => shownValue(point, series.metric, asking);
  const what = [
    metricName(asking.catalog, series.metric.id, asking.language),
    nameOfFilters(payload, asking),
    segmentName(worst.segment, asking),
  ];
  const about = alertQuestion(payload, worst, asking);
  return {
    ...plainNote(asking),
    title: say("alert.title", {
      what: what.filter(Boolean).join(" · "),
      value: value(worst.point),
      condition: conditionName(payload, asking),
    }),
    lines: [
      ...intervalLine(worst.point, series, asking),
      ...windowLine(worst.point, series, asking),
      say("alert.since", { since: sinceName(worst, series, schedule.zone, asking) }),
      ...ranked.slice(1, 5).map(({ segment, point }) => `${segmentName(segment, asking)}: ${value(point)}`),
      ...(await ledgerLines(parts, about, worst.point, asking)),
    ],
    small: [
      ...(series.dataThrough
        ? [say("data", { at: formatInstant(series.dataThrough, locale, schedule.zone), zone: schedule.zone })]
        : []),
      say("alert.small", { name: nameOf(schedule, asking), id: schedule.id }),
    ],
    chart:
      watchChart(
        { ...series, segments: onlyShown(series, worst.segment) },
        payload,
        looked.fired,
        schedule.zone,
        asking,
      )[0] ?? null,
    buttons: [
      { label: say("next.why"), act: { type: "choice", question: whyQuestion(about) } },
      {
        label: say("button.mine"),
        act: { type: "choice", question: manageQuestion({ verb: "mine", id: schedule.id }) },
      },
      {
        label: say("button.mute_day"),
        act: { type: "choice", question: manageQuestion({ verb: "mute", id: schedule.id, value: 24 * 60 }) },
      },
      {
        label: say("button.mute_week"),
        act: { type: "choice", question: manageQuestion({ verb: "mute", id: schedule.id, value: 7 * 24 * 60 }) },
      },
    ],
    about,
  };
}

const plainNote = (asking: Asking): Pick<Note, "language" | "locale" | "small" | "chart" | "buttons" | "about"> => ({
  language: asking.language,
  locale: asking.locale,
  small: [],
  chart: null,
  buttons: [],
  about: null,
});

const onlyShown = (series: WatchSeries, segment: string): WatchSeries["segments"] => {
  const shown = series.segments.get(segment);
  return new Map(shown ? [[segment, shown]] : []);
};

const nameOfFilters = ({ question }: WatchPayload, asking: Asking): string =>
  Object.entries(question.filters)
    .map(([key, values]) =>
      key.startsWith("!") ? asking.say("not", { values: values.join(", ") }) : values.join(", "),
    )
    .join(" · ");

function intervalLine(point: SeenPoint, series: WatchSeries, asking: Asking): string[] {
  const { low, high, n } = point;
  if (low === null || high === null) return [];
  const unit = series.metric.unit;
  return [
    asking.say("alert.interval", {
      low: formatValue(low, unit, asking.locale),
      high: formatValue(high, unit, asking.locale),
      n: n ?? 0,
    }),
  ];
}

/** The days that were judged; a moment needs none. */
const windowLine = ({ period }: SeenPoint, series: WatchSeries, asking: Asking): string[] =>
  series.metric.moment
    ? []
    : [asking.say("schedule.line.window", { window: formatPeriod(period, asking.locale, asking.zone) })];

/** The hour, or the day whose number was the first beyond the level. */
function sinceName(
  { state, point }: Looked["fired"][number],
  series: WatchSeries,
  zone: string,
  asking: Asking,
): string {
  const at = state.since ?? point.at;
  return series.step === "hour"
    ? formatSlot(at, asking.locale, zone)
    : dayName({ ...point, at }, series.step, zone, asking.locale);
}

/** The number that was judged, as a Question of its own: its window, its segment. */
function alertQuestion(payload: WatchPayload, { segment, point }: Looked["fired"][number], asking: Asking): Question {
  const key = JSON.parse(segment) as Record<string, string>;
  const filters = {
    ...payload.question.filters,
    ...Object.fromEntries(Object.entries(key).map(([id, value]) => [id, [value]])),
  };
  const body: Question = { ...payload.question, by: [], filters, compare: null };
  if (body.options.at !== undefined) return resolveAnew(body, payload.said, { ...asking, now: point.at });
  return { ...body, grain: "total", period: point.period };
}

function whyQuestion(about: Question): Question {
  const { period, options } = about;
  const week = (end: string): string => {
    if (!end.includes("T")) return new Date(Date.parse(`${end}T00:00Z`) - 7 * DAY_MS).toISOString().slice(0, 10);
    return `${new Date(Date.parse(end) - 7 * DAY_MS).toISOString().slice(0, 16)}+00:00`;
  };
  const compare =
    options.at !== undefined ? { at: week(options.at) } : period && { from: week(period.from), to: week(period.to) };
  return { ...about, kind: "why", grain: "total", by: [], compare };
}

/** Entries of the change ledger that began in the window, or on the day before a moment: suspects by their timing. */
async function ledgerLines(parts: BotParts, about: Question, point: SeenPoint, asking: Asking): Promise<string[]> {
  const iso = (at: number): string => new Date(at).toISOString();
  const period = about.period ?? { from: iso(point.at - DAY_MS), to: iso(point.at) };
  const { findings } = await suspects({ ...about, period, compare: null }, asking, asking.zone, parts.facts);
  return findings.map(({ text }) => text);
}

/** A watch that cannot be judged any more says so once. */
function brokenNote(schedule: Schedule, sentence: string, asking: Asking): Note {
  return {
    ...plainNote(asking),
    title: asking.say("alert.broken", { name: nameOf(schedule, asking) }),
    lines: [sentence, asking.say("alert.broken_how")],
    small: [schedule.id],
    buttons: [
      {
        label: asking.say("button.stop"),
        act: { type: "choice", question: manageQuestion({ verb: "stop", id: schedule.id }) },
      },
    ],
  };
}

/** Told once for each firing that nobody took notice of for two hours and that is not over yet. */
async function escalate(parts: BotParts, payload: WatchPayload, watch: string, asking: Asking): Promise<Note | null> {
  const id = `${watch}-e`;
  const at = asking.now;
  const firing = await lastFiring(parts.writer, watch, at);
  const told = (await lookBefore(parts.writer, id, at))?.memory as { told?: number } | undefined;
  const latest = memoryOf((await lookBefore(parts.writer, watch, at + 1))?.memory);
  const isOver = Object.values(latest.segments).every(({ phase }) => phase === "armed");
  const reaction = await findReaction(parts.writer, watch);
  const noticed = firing !== null && reaction !== null && reaction.reactedAt >= firing.slotAt;
  const isDue = firing !== null && at - firing.slotAt >= ESCALATED_AFTER_MS && told?.told !== firing.slotAt;
  const speaks = isDue && !isOver && !noticed;
  await saveLook(parts.writer, id, { slotAt: at, memory: { told: speaks ? firing.slotAt : told?.told }, fired: false });
  if (!speaks) return null;
  const name = nameOf({ payload: { ...payload } }, asking);
  return {
    ...plainNote(asking),
    title: asking.say("alert.escalated", { name }),
    lines: [asking.say("alert.escalated_since", { at: formatSlot(firing.slotAt, asking.locale, asking.zone) })],
    small: [watch],
    buttons: [
      {
        label: asking.say("button.mine"),
        act: { type: "choice", question: manageQuestion({ verb: "mine", id: watch }) },
      },
      {
        label: asking.say("button.mute_day"),
        act: { type: "choice", question: manageQuestion({ verb: "mute", id: watch, value: 24 * 60 }) },
      },
    ],
    about: resolveAnew(payload.question, payload.said, asking),
  };
}
