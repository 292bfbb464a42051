import { formatClock } from "../../chat/format.ts";
import type { NewSchedule } from "../../queries/state/schedules.ts";
import type { Asking } from "../asking.ts";
import { BACK_TEST_DAYS, backTest, type Firing } from "./back-test.ts";
import { dayName, segmentName, shownValue } from "./name.ts";
import type { WatchPayload } from "./payload.ts";
import { rhythmName } from "./rhythm.ts";
import type { SeenPoint, WatchSeries } from "./watch-series.ts";
import { windowLine } from "./window-words.ts";

const DAY_MS = 86_400_000;
const NAMED_DAYS_MAX = 6;

/** "It would have fired 4 times in the last 60 days: on 3, 9, 17 and 30 Oct." */
export function historyLine(
  series: WatchSeries,
  firings: readonly Firing[],
  zone: string,
  payload: WatchPayload,
  asking: Asking,
): string {
  const { say } = asking;
  const judged = [...series.segments.values()].flatMap(({ points }) =>
    points.filter(
      (point) => point.complete && point.value !== null && (point.n === null || point.n >= payload.volumeMin),
    ),
  );
  const days =
    judged.length === 0
      ? 0
      : Math.min(BACK_TEST_DAYS, Math.ceil((asking.now - Math.min(...judged.map(({ at }) => at))) / DAY_MS));
  if (judged.length === 0) return say("watch.history.none", { days: BACK_TEST_DAYS, n: payload.volumeMin });
  if (firings.length === 0)
    return say("watch.history.never", { days, extreme: extremeOf(judged, series, payload, zone, asking) });
  const named = firings.slice(-NAMED_DAYS_MAX).map((firing) => firingName(firing, series, zone, asking));
  const list = named.reduce((a, b, index) => (index === named.length - 1 ? say("and", { a, b }) : `${a}, ${b}`));
  return say(firings.length > NAMED_DAYS_MAX ? "watch.history.most" : "watch.history", {
    n: firings.length,
    days,
    list,
    last: named.length,
  });
}

function firingName({ segment, point }: Firing, series: WatchSeries, zone: string, asking: Asking): string {
  const settled = (series.metric.maturityDays ?? 0) * DAY_MS;
  const day = dayName({ ...point, at: point.at + settled }, series.step, zone, asking.locale);
  const name = segmentName(segment, asking);
  return name === "" ? day : `${day} (${name})`;
}

function extremeOf(
  points: readonly SeenPoint[],
  series: WatchSeries,
  payload: WatchPayload,
  zone: string,
  asking: Asking,
): string {
  const up = payload.op === ">" || payload.op === ">=";
  const furthest = points.reduce((a, b) => ((b.value ?? 0) > (a.value ?? 0) === up ? b : a));
  return asking.say(up ? "watch.highest" : "watch.lowest", {
    value: shownValue(furthest, series.metric, asking),
    day: dayName(furthest, series.step, zone, asking.locale),
  });
}

/** What it reads now, and that it would speak at once if that is beyond the level. */
export function nowLines(series: WatchSeries, payload: WatchPayload, zone: string, asking: Asking): string[] {
  const latest = [...series.segments].flatMap(([segment, { points }]) => {
    const point = points.filter((one) => one.complete && one.value !== null).at(-1);
    return point ? [{ segment, point }] : [];
  });
  const up = payload.op === ">" || payload.op === ">=";
  const [worst] = latest.sort((a, b) => ((b.point.value ?? 0) - (a.point.value ?? 0)) * (up ? 1 : -1));
  if (!worst) return [];
  const value = shownValue(worst.point, series.metric, asking);
  const name = segmentName(worst.segment, asking);
  const line = asking.say("watch.line.now", {
    value: name === "" ? value : `${name} ${value}`,
    day: dayName(worst.point, series.step, zone, asking.locale),
  });
  const fires = backTest(
    { ...series, segments: new Map([[worst.segment, { key: {}, points: [worst.point] }]]) },
    { ...payload, quiet: null },
    zone,
  );
  return [fires.length > 0 ? `${line} ${asking.say("watch.at_once")}` : line];
}

/** Which numbers it looks at, and how often. */
export function watchedLines(
  wanted: Pick<NewSchedule, "cron">,
  payload: WatchPayload,
  series: WatchSeries,
  asking: Asking,
): string[] {
  const { say } = asking;
  const { question, said } = payload;
  const sliding = question.grain === "total" && question.options.at === undefined;
  const window = sliding ? windowLine(question, said, asking) : say("watch.window", { unit: series.step });
  const settled = series.metric.maturityDays;
  return [
    say("schedule.line.window", { window }),
    say("watch.line.looks", { when: rhythmName(wanted, asking) }),
    ...(settled ? [say("watch.line.settled", { days: settled })] : []),
  ];
}

/** How it behaves: how often it looks, from how many cases on, cool-down, quiet hours, escalation. */
export function ruleLines(payload: WatchPayload, series: WatchSeries, asking: Asking): string[] {
  const { say } = asking;
  const clock = (minute: number): string => formatClock(minute, asking.locale);
  const isCount = [...series.segments.values()].every(({ points }) => points.every(({ n }) => n === null));
  return [
    ...(isCount ? [] : [say("watch.line.volume", { n: payload.volumeMin })]),
    say("watch.line.cool_down", { hours: Math.max(1, Math.round(payload.coolDownMinutes / 60)) }),
    ...(payload.quiet
      ? [say("watch.line.quiet", { from: clock(payload.quiet.from), to: clock(payload.quiet.to) })]
      : []),
    ...(payload.escalateTo ? [say("watch.line.escalate", { name: payload.escalateTo.name })] : []),
  ];
}
