import { dayOf, startOfDay } from "../../queries/periods.ts";

/** Local days as text, `2026-03-09`: order and distance are those of the calendar, whatever the zone. */

const DAY_MS = 86_400_000;
const midnight = (day: string): number => Date.parse(`${day}T00:00Z`);

export const shiftDay = (day: string, days: number): string =>
  new Date(midnight(day) + days * DAY_MS).toISOString().slice(0, 10);

/** Whole days from one to the other; negative backwards. */
export const daysBetween = (from: string, to: string): number => Math.round((midnight(to) - midnight(from)) / DAY_MS);

/** The local day of an instant. */
export const dayIn = dayOf;

/** The instant at which a local day begins. */
export const dayStart = startOfDay;
