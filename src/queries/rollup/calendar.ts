import { instantOf, type Span } from "../periods.ts";

const DAY_MS = 86_400_000;

/**
 * Whose days a roll-up's cells are of: `own` = each row's own by its market, `hour` = hours of UTC, else the days of that zone. A unit of
 * refreshing is a date: all cells of that date in every calendar (for hours: the date in UTC).
 */
export type Calendar = string;
export const OWN: Calendar = "own";
export const HOUR: Calendar = "hour";

/** Days since 1970-01-01 of a date, and back. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00Z`) / DAY_MS;
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Local midnight of a day, remembered: a question asks for the same few over and over. */
export function startOfDay(day: number, zone: string): number {
  let starts = startsByZone.get(zone);
  if (!starts) {
    starts = new Map();
    startsByZone.set(zone, starts);
  }
  const known = starts.get(day);
  if (known !== undefined) return known;
  if (starts.size > STARTS_MAX) starts.clear();
  const start = instantOf(dateOf(day), zone);
  starts.set(day, start);
  return start;
}
const startsByZone = new Map<string, Map<number, number>>();
const STARTS_MAX = 10_000;

/** The widest span that dates from `first` up to, not including, `end` take in any of the zones. */
export const spanOfDays = (first: number, end: number, zones: readonly string[]): Span => ({
  from: Math.min(...zones.map((zone) => startOfDay(first, zone))),
  to: Math.max(...zones.map((zone) => startOfDay(end, zone))),
});

/** Whether all days of dates (half-open) begin with an hour of UTC: those of zones of half and quarter hours do not. */
export function hasWholeHours(zone: string, first: number, end: number): boolean {
  for (let day = first - 1; day <= end + 1; day += 1) if (startOfDay(day, zone) % HOUR_MS !== 0) return false;
  return true;
}
const HOUR_MS = 3_600_000;

/** The local day number of a second in a zone. Rows come roughly in order of time, so the day found last is tried first. */
export class DayOfSecond {
  readonly #zone: string;
  #day = 0;
  #from = 1;
  #to = 0;

  constructor(zone: string) {
    this.#zone = zone;
  }

  of(second: number): number {
    if (second >= this.#from && second < this.#to) return this.#day;
    let day = Math.floor(second / 86_400);
    while (startOfDay(day, this.#zone) > second * 1_000) day -= 1;
    while (startOfDay(day + 1, this.#zone) <= second * 1_000) day += 1;
    this.#day = day;
    this.#from = startOfDay(day, this.#zone) / 1_000;
    this.#to = startOfDay(day + 1, this.#zone) / 1_000;
    return day;
  }
}
