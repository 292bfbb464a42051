/**
 * An oracle for `due` that shares nothing with it: it walks through real time minute by minute and asks Intl what the wall clock shows. No
 * arithmetic on zones, no Temporal.
 */

const MINUTE = 60_000;

/** Every IANA zone that this ICU knows. */
export const ZONES: readonly string[] = Intl.supportedValuesOf("timeZone");

/** "2026-03-29 02:30" as the zone's wall clock shows it. */
export function wallClock(zone: string): (instant: number) => string {
  // Sweden writes ISO dates: "2026-03-29 02:30".
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (instant) => format.format(instant);
}

/** UTC offset in minutes, read off the wall clock. */
const offsetAt = (wall: (instant: number) => string, instant: number): number =>
  (Date.parse(`${wall(instant).replace(" ", "T")}Z`) - Math.floor(instant / MINUTE) * MINUTE) / MINUTE;

/** The minutes at which a zone's offset changes between two moments: looked for day by day, then halved. */
export function transitions(zone: string, from: number, to: number): number[] {
  const wall = wallClock(zone);
  const found: number[] = [];
  const step = 24 * 60 * MINUTE;
  for (let at = from; at < to; at += step) {
    let [low, high] = [at, at + step];
    if (offsetAt(wall, low) === offsetAt(wall, high)) continue;
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offsetAt(wall, middle) === offsetAt(wall, low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

export interface Strike {
  readonly day: string;
  readonly at: number;
}

/** A minute of real time with what the wall clock shows: "2026-03-29", "02:30". */
export interface Minute {
  readonly at: number;
  readonly day: string;
  readonly clock: string;
}

/**
 * When a daily schedule at "HH:MM" strikes between two moments, by walking: the first minute of each local day (in the order of real time)
 * whose wall clock is at or past HH:MM; where the day's end was jumped over, the first minute after the jump.
 */
export function strikes(shown: readonly Minute[], time: string): Strike[] {
  const found: Strike[] = [];
  const struck = new Set<string>();
  let before: string | null = null;
  for (const { at, day, clock } of shown) {
    // The day before ended before its time had come.
    if (before !== null && before !== day && before < day && !struck.has(before)) {
      struck.add(before);
      found.push({ day: before, at });
    }
    if (!struck.has(day) && clock >= time) {
      struck.add(day);
      found.push({ day, at });
    }
    before = day;
  }
  return found;
}
