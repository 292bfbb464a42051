import { due } from "../../src/schedules/due.ts";
import { parseWhen, type When } from "../../src/schedules/when.ts";
import { type Minute, strikes, transitions, wallClock } from "./oracle.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Half hours of the day: "00:00" … "23:30". */
const TIMES = Array.from({ length: 48 }, (_, n) => `${String(n >> 1).padStart(2, "0")}:${n % 2 ? "30" : "00"}`);

/**
 * Compares `due` with the oracle around every change of a zone's clocks in the years from … to (exclusive), and around one ordinary day, for
 * each half hour. What differs comes back as sentences.
 */
export function compareZone(zone: string, fromYear: number, toYear: number): { checked: number; wrong: string[] } {
  const wall = wallClock(zone);
  const moments = [Date.UTC(fromYear, 0, 15), ...transitions(zone, Date.UTC(fromYear, 0, 1), Date.UTC(toYear, 0, 1))];
  let checked = 0;
  const wrong: string[] = [];
  for (const moment of moments) {
    // A day more before, so that the first day is whole; what is compared is the day on each side.
    const shown = minutes(moment - 2 * DAY, moment + DAY + MINUTE).map((at) => minuteOf(at, wall(at)));
    const [from, to] = [moment - DAY, moment + DAY];
    for (const time of TIMES) {
      const want = strikes(shown, time).filter(({ at }) => at > from && at <= to);
      const got = due(whenOf(time), zone, to, from);
      checked += want.length;
      const [a, b] = [want, got].map((list) =>
        list.map(({ day, at }) => `${day} ${new Date(at).toISOString()}`).join(),
      );
      if (a !== b) wrong.push(`${zone} ${time} around ${new Date(moment).toISOString()}: want ${a}, got ${b}`);
    }
  }
  return { checked, wrong };
}

const minuteOf = (at: number, shown: string): Minute => ({ at, day: shown.slice(0, 10), clock: shown.slice(11) });
const minutes = (from: number, to: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / MINUTE) }, (_, n) => Math.floor(from / MINUTE) * MINUTE + n * MINUTE);

function whenOf(time: string): When {
  const [hour, minute] = time.split(":").map(Number);
  return parseWhen(`${minute} ${hour} * * *`) as When;
}
