import { Temporal } from "temporal-polyfill";
import { dayOf, isoDay, two } from "./calendar.ts";

/** A local wall-clock time; `offset` (minutes east of UTC) where the instant behind it is known. */
export interface Wall {
  readonly day: number;
  /** Minute of the day, 0–1439. */
  readonly minute: number;
  readonly offset: number | null;
}

/** The zone's name if it is one, else UTC: a profile's broken zone must not keep its owner from an answer. */
export function knownZone(zone: string): string {
  try {
    offsetAt(zone, 0);
    return zone;
  } catch {
    return "UTC";
  }
}

/** The wall clock of an instant, to the minute. */
export function wallOf(instant: number, zone: string): Wall {
  const offset = offsetAt(zone, instant);
  const minutes = Math.floor(instant / 60_000) + offset;
  const day = Math.floor(minutes / 1440);
  return { day, minute: minutes - day * 1440, offset };
}

/** The instant of a wall time; in a gap the later, in an overlap the earlier one (Temporal's "compatible"). */
export function instantOf(wall: Wall, zone: string): number {
  const minutes = wall.day * 1440 + wall.minute;
  if (wall.offset !== null) return (minutes - wall.offset) * 60_000;
  const before = offsetAt(zone, (minutes - 1440) * 60_000);
  const after = offsetAt(zone, (minutes + 1440) * 60_000);
  const early = (minutes - before) * 60_000;
  if (before === after || offsetAt(zone, early) === before) return early;
  const late = (minutes - after) * 60_000;
  return offsetAt(zone, late) === after ? late : early;
}

/** A day when it is midnight (unless `exact`), else minutes with the zone's offset. */
export function printWall(wall: Wall, zone: string, exact = false): string {
  if (wall.minute === 0 && !exact) return isoDay(wall.day);
  const offset = wall.offset ?? offsetAt(zone, instantOf(wall, zone));
  const sign = offset < 0 ? "-" : "+";
  const size = Math.abs(offset);
  const clock = `${two(Math.floor(wall.minute / 60))}:${two(wall.minute % 60)}`;
  return `${isoDay(wall.day)}T${clock}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Reads back what `printWall` wrote: a day is midnight there, an instant is put on the zone's clock. Null when it is neither. */
export function parseWall(text: string, zone: string): Wall | null {
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (date) return { day: dayOf(Number(date[1]), Number(date[2]), Number(date[3])), minute: 0, offset: null };
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : wallOf(instant, zone);
}

const SLOT_MS = 900_000;
const CACHED_MAX = 4_000;
const cache = new Map<string, number>();

/** Minutes east of UTC. Offsets change on quarter hours only, so one look-up serves a slot of 15 minutes. */
function offsetAt(zone: string, instant: number): number {
  const key = `${zone}|${Math.floor(instant / SLOT_MS)}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= CACHED_MAX) cache.clear();
  const nanoseconds = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds;
  const offset = Math.round(nanoseconds / 60e9);
  cache.set(key, offset);
  return offset;
}
