import Holidays from "date-holidays";
import type { OffDay } from "../queries/state/runs.ts";

/** What tells whether a local day is one to work on. */
export interface Calendar {
  /** ISO 3166 country; null = Saturday and Sunday, no public holidays. */
  readonly country: string | null;
  /** Holidays of the change ledger, half-open local days; they count whatever the country. */
  readonly ledger: readonly { readonly title: string; readonly from: string; readonly to: string }[];
}

/** The country's weekend days or holiday that `day` ("2026-03-20") is; null on a working day. A holiday's name comes before the weekend's. */
export function offDayOf(day: string, { country, ledger }: Calendar, language: string): OffDay | null {
  const entry = ledger.find(({ from, to }) => from <= day && day < to);
  if (entry) return { kind: "holiday", name: entry.title };
  const name = country === null ? null : publicHoliday(day, country, language);
  if (name !== null) return { kind: "holiday", name };
  const date = new Date(`${day}T00:00Z`);
  if (!weekendOf(country).includes(date.getUTCDay())) return null;
  return {
    kind: "weekend",
    name: new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(date),
  };
}

/** Whether there is a table of this country's holidays. */
export const knowsCountry = (country: string): boolean => Object.hasOwn(new Holidays().getCountries(), country);

function publicHoliday(day: string, country: string, language: string): string | null {
  const found = holidaysOf(country, Number(day.slice(0, 4)), language).find(({ from, to }) => from <= day && day < to);
  return found?.name ?? null;
}

interface NamedDays {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}
const years = new Map<string, readonly NamedDays[]>();
const YEARS_REMEMBERED_MAX = 500;

/** Public holidays of a year. The table of a year takes tens of milliseconds, so it is kept. */
function holidaysOf(country: string, year: number, language: string): readonly NamedDays[] {
  const key = `${country} ${year} ${language}`;
  const known = years.get(key);
  if (known) return known;
  if (years.size >= YEARS_REMEMBERED_MAX) years.clear();
  const table = new Holidays(country, { languages: [language, "en"] }).getHolidays(year) ?? [];
  const found = table
    .filter(({ type }) => type === "public")
    .map(({ name, date, start, end }) => ({ name, from: date.slice(0, 10), to: daysLater(date, start, end) }));
  years.set(key, found);
  return found;
}

/** The day after the last; one that begins on the evening before (Islamic days) still ends with its own day. */
function daysLater(date: string, start: Date, end: Date): string {
  const days = Math.max(1, Math.floor((end.getTime() - start.getTime()) / 86_400_000));
  return new Date(Date.parse(`${date.slice(0, 10)}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Sunday 0 … Saturday 6, from the CLDR by way of Intl. */
function weekendOf(country: string | null): readonly number[] {
  if (country === null) return [0, 6];
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    // A getter on Node 20, a method since; not yet in TypeScript's library.
    readonly weekInfo?: { readonly weekend: readonly number[] };
    getWeekInfo?(): { readonly weekend: readonly number[] };
  };
  return ((locale.getWeekInfo?.() ?? locale.weekInfo)?.weekend ?? [6, 7]).map((day) => day % 7);
}
