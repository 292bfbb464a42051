import { addUnits, type CalendarUnit, startOf } from "./calendar.ts";
import { isMoment, resolveWindow, type Span, spanMinutes, type Window } from "./window.ts";
import { instantOf, type Wall, wallOf } from "./zone.ts";

/** Comparison: what a period is compared with, as it was said. Plain JSON, like Window. */
export type Comparison =
  /** Both ends one unit back on the calendar. */
  | { readonly kind: "shift"; readonly unit: "day" | "week" | "month" | "year" }
  /** The equal window just before. */
  | { readonly kind: "previous" }
  /** Exactly that period. */
  | { readonly kind: "window"; readonly window: Window };

/** The compared span of a span. `now` is epoch milliseconds. */
export function comparedSpan(comparison: Comparison, span: Span, now: number, zone: string): Span {
  if (comparison.kind === "shift")
    return { from: shift(span.from, comparison.unit), to: shift(span.to, comparison.unit) };
  if (comparison.kind === "window") return resolveWindow(comparison.window, now, zone);
  if (span.from.minute === 0 && span.to.minute === 0)
    return { from: { ...span.from, day: span.from.day * 2 - span.to.day }, to: span.from };
  const length = instantOf(span.to, zone) - instantOf(span.from, zone);
  return { from: wallOf(instantOf(span.from, zone) - length, zone), to: span.from };
}

/** The compared moment of a moment: the clock stays, the day's offset is that day's. */
export function comparedMoment(comparison: Comparison, at: Wall, now: number, zone: string): Wall {
  if (comparison.kind === "shift") return shift(at, comparison.unit);
  if (comparison.kind === "previous") return shift(at, "week");
  const span = resolveWindow(comparison.window, now, zone);
  if (isMoment(comparison.window)) return span.from;
  const oneDay = spanMinutes(span, zone) <= 1440;
  return oneDay ? { day: span.from.day, minute: at.minute, offset: null } : span.to;
}

/** What "why" and "what changed" compare with when nobody says: see READING-RULES §6. */
export function defaultBaseline(span: Span, zone: string): (span: Span) => Span {
  if (spanMinutes(span, zone) <= 7 * 1440) return (it) => comparedSpan({ kind: "shift", unit: "week" }, it, 0, zone);
  const unit = (["month", "quarter", "year"] as const).find((candidate) => isWhole(span, candidate));
  if (unit === undefined) return (it) => comparedSpan({ kind: "previous" }, it, 0, zone);
  return ({ from }) => ({ from: { ...from, day: addUnits(unit, from.day, -1) }, to: from });
}

const isWhole = ({ from, to }: Span, unit: CalendarUnit): boolean =>
  from.minute === 0 &&
  to.minute === 0 &&
  startOf(unit, from.day) === from.day &&
  addUnits(unit, from.day, 1) === to.day;

const shift = (wall: Wall, unit: "day" | "week" | "month" | "year"): Wall => ({
  day: addUnits(unit, wall.day, -1),
  minute: wall.minute,
  offset: null,
});
