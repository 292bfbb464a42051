import Holidays from "date-holidays";

/** Days that are not like others, half-open, as local days `2026-03-20`. */
export interface Occasion {
  /** The same every year, so that one year teaches the next. */
  readonly name: string;
  readonly kind: "holiday" | "campaign";
  readonly from: string;
  readonly to: string;
  /** Somebody planned it, rather than the calendar. */
  readonly planned: boolean;
}

const DAY_MS = 86_400_000;
/** Countries that keep Ramadan's hours. */
const RAMADAN = new Set(["ID", "MY"]);
const calendars = new Map<string, Holidays>();

/**
 * Public holidays of a country (ISO code; null or unknown = none), Ramadan where the country keeps it, and the sale days that marketplaces keep
 * everywhere: double days (11.11), 6.18, Black Friday. Between two local days, half-open, by date.
 * Sources: date-holidays; the lunar calendars of ICU (`islamic-umalqura`).
 */
export function occasionsOf(country: string | null, from: string, to: string): Occasion[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const found = [...publicHolidays(country, from, to), ...saleDays(start, end)];
  if (country !== null && RAMADAN.has(country)) found.push(...ramadan(start, end));
  return joined(found.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)));
}

/** Days of one name that follow one another are one occasion. */
function joined(sorted: readonly Occasion[]): Occasion[] {
  const made: Occasion[] = [];
  for (const occasion of sorted) {
    const before = made.findIndex(({ name, to }) => name === occasion.name && to >= occasion.from);
    const known = made[before];
    if (known) made[before] = { ...known, to: latest(occasion.to, known.to) };
    else made.push(occasion);
  }
  return made;
}

const latest = (a: string, b: string): string => [a, b].sort()[1] ?? a;

function publicHolidays(country: string | null, from: string, to: string): Occasion[] {
  if (country === null || !/^[A-Z]{2}$/.test(country)) return [];
  let calendar = calendars.get(country);
  if (!calendar) {
    calendar = new Holidays(country, { languages: ["en"], types: ["public"] });
    calendars.set(country, calendar);
  }
  const found: Occasion[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++) {
    for (const { date, name, start, end } of calendar.getHolidays(year) ?? []) {
      const day = date.slice(0, 10);
      const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
      if (day < to && dayAfter(day, days) > from)
        found.push({ name, kind: "holiday", from: day, to: dayAfter(day, days), planned: false });
    }
  }
  return found;
}

function saleDays(start: number, end: number): Occasion[] {
  const found: Occasion[] = [];
  for (let at = start; at < end; at += DAY_MS) {
    const date = new Date(at);
    const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
    const isBlackFriday = month === 11 && date.getUTCDay() === 5 && day >= 23 && day <= 29;
    const name =
      month === day ? `${month}.${day}` : month === 6 && day === 18 ? "6.18" : isBlackFriday ? "Black Friday" : null;
    if (name)
      found.push({
        name,
        kind: "campaign",
        from: iso(at),
        to: iso(at + (isBlackFriday ? 4 : 1) * DAY_MS),
        planned: false,
      });
  }
  return found;
}

const ISLAMIC = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura", { timeZone: "UTC", month: "numeric" });
const isRamadan = (at: number): boolean =>
  ISLAMIC.formatToParts(at).some(({ type, value }) => type === "month" && value === "9");

function ramadan(start: number, end: number): Occasion[] {
  const found: Occasion[] = [];
  for (let at = start; at < end; at += DAY_MS) {
    if (!isRamadan(at)) continue;
    let first = at;
    while (isRamadan(first - DAY_MS)) first -= DAY_MS;
    let last = at;
    while (isRamadan(last + DAY_MS)) last += DAY_MS;
    found.push({ name: "Ramadan", kind: "holiday", from: iso(first), to: iso(last + DAY_MS), planned: false });
    at = last;
  }
  return found;
}

const iso = (at: number): string => new Date(at).toISOString().slice(0, 10);
const dayAfter = (day: string, days: number): string => iso(Date.parse(day) + days * DAY_MS);
