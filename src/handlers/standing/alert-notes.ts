import { formatInstant, formatPeriod, formatSlot, formatValue } from "../../chat/format.ts";
import type { Note } from "../../chat/post.ts";
import type { WatchState } from "../../insights/watch/watch-machine.ts";
import type { Question } from "../../kernel/question.ts";
import { resolveAnew } from "../../language/said.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import type { Asking } from "../asking.ts";
import { metricName } from "../names.ts";
import type { BotParts } from "../parts.ts";
import { suspects } from "../why/suspects.ts";
import { manageQuestion } from "./buttons.ts";
import { conditionName, dayName, nameOf, segmentName, shownValue } from "./name.ts";
import type { WatchPayload } from "./payload.ts";
import { watchChart } from "./watch-chart.ts";
import type { SeenPoint, WatchSeries } from "./watch-series.ts";

const DAY_MS = 86_400_000;

/** A segment at the number that was judged, and its state with it. */
export interface SeenSegment {
  readonly segment: string;
  readonly point: SeenPoint;
  readonly state: WatchState;
}

/** What a watch says when it fires: the worst segment first, with its interval, since when, the ledger, the picture. */
export async function alertNote(
  parts: BotParts,
  schedule: Schedule,
  payload: WatchPayload,
  series: WatchSeries,
  fired: readonly SeenSegment[],
  asking: Asking,
): Promise<Note> {
  const { say, locale } = asking;
  const up = payload.op === ">" || payload.op === ">=";
  const ranked = [...fired].sort((a, b) => ((b.point.value ?? 0) - (a.point.value ?? 0)) * (up ? 1 : -1));
  const [worst] = ranked as [SeenSegment];
  const value = (point: SeenPoint): string => shownValue(point, series.metric, asking);
  const about = alertQuestion(payload, worst, asking);
  return {
    ...plainNote(asking),
    title: say("alert.title", {
      what: whatOf(payload, series, worst.segment, asking),
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
      watchChart({ ...series, segments: onlyShown(series, worst.segment) }, payload, fired, schedule.zone, asking)[0] ??
      null,
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

/** The same watch, once, when what it told is over. */
export function overNote(
  schedule: Schedule,
  payload: WatchPayload,
  series: WatchSeries,
  over: readonly SeenSegment[],
  asking: Asking,
): Note {
  const [first, ...others] = over as [SeenSegment, ...SeenSegment[]];
  const value = (point: SeenPoint): string => shownValue(point, series.metric, asking);
  return {
    ...plainNote(asking),
    title: asking.say("alert.over", {
      what: whatOf(payload, series, first.segment, asking),
      value: value(first.point),
      condition: conditionName(payload, asking),
    }),
    lines: [
      asking.say("alert.over_since", { since: sinceName(first, series, schedule.zone, asking) }),
      ...others.slice(0, 4).map(({ segment, point }) => `${segmentName(segment, asking)}: ${value(point)}`),
    ],
    small: [asking.say("alert.small", { name: nameOf(schedule, asking), id: schedule.id })],
    about: alertQuestion(payload, first, asking),
  };
}

/** "Inflow · TH · live". */
const whatOf = (payload: WatchPayload, series: WatchSeries, segment: string, asking: Asking): string =>
  [
    metricName(asking.catalog, series.metric.id, asking.language),
    nameOfFilters(payload, asking),
    segmentName(segment, asking),
  ]
    .filter(Boolean)
    .join(" · ");

export const plainNote = (
  asking: Asking,
): Pick<Note, "language" | "locale" | "small" | "chart" | "buttons" | "about"> => ({
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
function sinceName({ state, point }: SeenSegment, series: WatchSeries, zone: string, asking: Asking): string {
  const at = state.since ?? point.at;
  return series.step === "hour"
    ? formatSlot(at, asking.locale, zone)
    : dayName({ ...point, at }, series.step, zone, asking.locale);
}

/** The number that was judged, as a Question of its own: its window, its segment. */
function alertQuestion(payload: WatchPayload, { segment, point }: SeenSegment, asking: Asking): Question {
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
export function brokenNote(schedule: Schedule, sentence: string, asking: Asking): Note {
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
