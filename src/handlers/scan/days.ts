/** Local days as text, `2026-03-09`: order and distance are those of the calendar, whatever the zone. */

const DAY_MS = 86_400_000;
const midnight = (day: string): number => Date.parse(`${day}T00:00Z`);

export const shiftDay = (day: string, days: number): string =>
  new Date(midnight(day) + days * DAY_MS).toISOString().slice(0, 10);

/** Whole days from one to the other; negative backwards. */
export const daysBetween = (from: string, to: string): number => Math.round((midnight(to) - midnight(from)) / DAY_MS);

/** The local day of an instant. */
export const dayIn = (instant: number, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    instant,
  );

/** The instant at which a local day begins. */
export function dayStart(day: string, zone: string): number {
  let instant = midnight(day);
  // Twice: the offset at the first guess may be that of the other side of a clock change.
  for (let pass = 0; pass < 2; pass += 1) instant += midnight(day) - wallClock(instant, zone);
  return instant;
}

function wallClock(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}
