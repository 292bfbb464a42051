import type { Catalog } from "../../catalog/catalog.ts";
import type { Grain, Period } from "../../kernel/question.ts";
import type { Scope } from "../compile-scope.ts";
import { startOfDay } from "./calendar.ts";
import type { StreamState, Unit } from "./state.ts";
import type { Reading, Stream } from "./streams.ts";

const HOUR_MS = 3_600_000;

/** A measure in the days that are asked for, and what is known about the cells of its stream. */
export interface Asked {
  readonly stream: Stream;
  readonly known: StreamState;
  readonly reading: Reading;
  readonly scope: Scope;
  readonly period: Period;
  readonly grain: Grain;
  readonly zoned: Catalog["zoned"];
  /** What was written up to this instant has been looked at, milliseconds since the epoch; ∞ = everything up to now. */
  readonly seenUntil: number;
}

/** Up to which instant a date's cells say what its events say: the first change, or the last look, for nobody knows what came after it. */
function holdsUntil(unit: Unit | undefined, { reading, scope, seenUntil }: Asked): number {
  if (unit === undefined || (reading.dependsOnWatermark && unit.settledThrough > scope.through))
    return Number.NEGATIVE_INFINITY;
  const seen = Math.max(unit.builtAt, seenUntil);
  return unit.dirtySince === null ? seen : Math.min(seen, unit.dirtyFrom ?? Number.NEGATIVE_INFINITY);
}

/** Whether a zone's date can be told by its cells: it is over, and nothing changed before its end since; or it goes on. */
export function tellsDay(day: number, zone: string, asked: Asked): boolean {
  const unit = asked.known.units.get(day);
  const until = holdsUntil(unit, asked);
  const end = startOfDay(day + 1, zone);
  return end <= asked.scope.now ? until >= end : until === Number.POSITIVE_INFINITY && isUpToNow(unit, asked);
}

/** Whether an hour of UTC, counted since the epoch, can be told by its cells. */
export function tellsHour(hour: number, asked: Asked): boolean {
  const unit = asked.known.units.get(Math.floor(hour / 24));
  return unit?.hasHours === true && holdsUntil(unit, asked) >= (hour + 1) * HOUR_MS;
}

/** The end of the hours up to an instant: of whole ones, and of the one that goes on where its cells tell it up to now. */
export function lastHour(until: number, asked: Asked): number {
  const whole = Math.floor(until / HOUR_MS);
  return until === asked.scope.now && isUpToNow(asked.known.units.get(Math.floor(whole / 24)), asked)
    ? Math.ceil(until / HOUR_MS)
    : whole;
}

/** A date that goes on is told by its cells as long as all changes up to now are seen, and none of its rows is yet to come. */
const isUpToNow = (unit: Unit | undefined, { scope, seenUntil }: Asked): boolean =>
  seenUntil === Number.POSITIVE_INFINITY && unit !== undefined && unit.latest !== null && unit.latest <= scope.now;

/** Whose days count: every zone that rows can be of. */
export const zonesOfDays = ({ zoning }: Scope): string[] =>
  zoning.kind === "own" ? [...new Set([zoning.zone, ...zoning.zones.values()])] : [zoning.zone];
