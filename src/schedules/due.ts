import { Temporal } from "temporal-polyfill";
import type { When } from "./when.ts";

/** A moment at which a schedule is due. */
export interface DueSlot {
  /** Names the run: the local day, "2026-03-17", with the hour where a day has several, "2026-03-17T09". */
  readonly slot: string;
  readonly day: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The slots after `last` and not after `now` (epoch milliseconds), in order. For each local day (each local hour of hourly schedules) it is
 * the first instant at or after the wall time: where clocks are set forward over it, the first minute after the gap; where they are set
 * back, the first time it strikes; never twice a day. An hour that the gap swallows whole, and a day that the zone left out, have none.
 */
export function due(when: When, zone: string, now: number, last: number): DueSlot[] {
  // A gap can carry the day's slot into the next day.
  return slotsFrom(when, zone, dayAt(last, zone).subtract({ days: 1 }), dayAt(now, zone)).filter(
    ({ at }) => at > last && at <= now,
  );
}

/** The `count` slots after `now`; fewer only where the calendar has no more within five years. */
export function next(when: When, zone: string, now: number, count: number): DueSlot[] {
  const found: DueSlot[] = [];
  let from = dayAt(now, zone).subtract({ days: 1 });
  const end = from.add({ years: 5 });
  while (found.length < count && Temporal.PlainDate.compare(from, end) < 0) {
    const to = from.add({ days: 30 });
    found.push(...slotsFrom(when, zone, from, to).filter(({ at }) => at > now));
    from = to.add({ days: 1 });
  }
  return found.slice(0, count);
}

const dayAt = (instant: number, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();

function slotsFrom(when: When, zone: string, from: Temporal.PlainDate, to: Temporal.PlainDate): DueSlot[] {
  const found: DueSlot[] = [];
  for (let day = from; Temporal.PlainDate.compare(day, to) <= 0; day = day.add({ days: 1 })) {
    if (isOn(when, day)) found.push(...slotsOfDay(when, zone, day));
  }
  return found;
}

const EPOCH = Temporal.PlainDate.from("1970-01-01");

function isOn(when: When, day: Temporal.PlainDate): boolean {
  if (when.months && !when.months.includes(day.month)) return false;
  switch (when.days.type) {
    case "every":
      return true;
    case "step":
      return day.since(EPOCH).days % when.days.step === 0;
    case "ofMonth":
      return when.days.days.some((wanted) => Math.min(wanted, day.daysInMonth) === day.day);
    case "ofWeek":
      return when.days.days.includes(day.dayOfWeek % 7);
    default:
      return when.days satisfies never;
  }
}

function slotsOfDay(when: When, zone: string, day: Temporal.PlainDate): DueSlot[] {
  const isHourly = when.hours.length > 1;
  return when.hours.flatMap((hour) => {
    const asked = day.toPlainDateTime({ hour, minute: when.minute });
    const found = firstAtOrAfter(asked, zone);
    if (found.toPlainDate().equals(day) ? isHourly && found.hour !== hour : isHourly || isLeftOut(day, zone)) return [];
    const name = day.toString();
    return {
      slot: isHourly ? `${name}T${String(hour).padStart(2, "0")}` : name,
      day: name,
      at: found.epochMilliseconds,
    };
  });
}

/** The first instant whose wall clock in the zone shows `asked` or later, of those that belong to it. */
function firstAtOrAfter(asked: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const earlier = asked.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(asked)) return earlier;
  // "Earlier" than a gap is before it: the gap is the next change of the clocks.
  return earlier.getTimeZoneTransition("next") ?? asked.toZonedDateTime(zone, { disambiguation: "later" });
}

/** A day that a zone skipped when it moved over the date line. */
const isLeftOut = (day: Temporal.PlainDate, zone: string): boolean =>
  day.toZonedDateTime(zone).epochMilliseconds === day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
