import type { Language } from "../../chat/answer.ts";
import { formatSlot } from "../../chat/format.ts";
import { sayIn } from "../../chat/messages.ts";
import type { Note } from "../../chat/post.ts";
import { armed, look, type WatchState } from "../../insights/watch/watch-machine.ts";
import { resolveAnew } from "../../language/said.ts";
import type { Schedule } from "../../queries/state/schedules.ts";
import { findReaction, lastFiring, lookBefore, saveLook } from "../../queries/state/watches.ts";
import type { Asking } from "../asking.ts";
import type { BotParts } from "../parts.ts";
import { refusalSentence } from "../refuse.ts";
import { alertNote, brokenNote, overNote, plainNote, type SeenSegment } from "./alert-notes.ts";
import { isQuiet, observed, ruleOfWatch } from "./back-test.ts";
import { manageQuestion } from "./buttons.ts";
import { memoryOf, type WatchMemory } from "./memory.ts";
import { nameOf } from "./name.ts";
import type { WatchPayload } from "./payload.ts";
import { type WatchSeries, watchSeries } from "./watch-series.ts";

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
  if (looked.fired.length > 0) return alertNote(parts, schedule, payload, series.value, looked.fired, asking);
  return looked.over.length > 0 && !hushed ? overNote(schedule, payload, series.value, looked.over, asking) : null;
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
  readonly fired: readonly SeenSegment[];
  /** What had fired and is back behind the level; with the state in which it had. */
  readonly over: readonly SeenSegment[];
}

/** Every segment judged by its newest complete number; the older ones that were missed only say since when. */
function lookAtAll(series: WatchSeries, before: WatchMemory, payload: WatchPayload, hushed: boolean): Looked {
  const rule = ruleOfWatch(payload);
  const segments: Record<string, WatchState> = { ...before.segments };
  const fired: SeenSegment[] = [];
  const over: SeenSegment[] = [];
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
    const last = complete.at(-1);
    if (known?.phase === "fired" && state.phase === "armed" && last) over.push({ segment, point: last, state: known });
  }
  return { memory: { segments, broken: null }, fired, over };
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
