import type { Catalog, Metric, Words } from "../catalog/catalog.ts";
import type { AnswerValue, Language } from "../chat/answer.ts";
import { formatInstant, formatPeriod } from "../chat/format.ts";
import { OTHER, type RowKey } from "../kernel/measurement.ts";
import type { Moment, Period, Question } from "../kernel/question.ts";
import type { Asking } from "./asking.ts";

/** What things are called in the asker's language. */

export const metricName = (catalog: Catalog, id: string, language: Language): string =>
  firstWord(catalog.metrics.get(id)?.label, language) ?? id;

export const dimensionName = (catalog: Catalog, id: string, language: Language): string =>
  firstWord(catalog.dimensions.get(id)?.label, language) ?? id.replaceAll("_", " ");

/** The same within a sentence: small letters where the language begins nouns with them. */
export function dimensionWord(catalog: Catalog, id: string, language: Language): string {
  const name = dimensionName(catalog, id, language);
  return name.slice(1) === name.slice(1).toLowerCase() ? name.toLowerCase() : name;
}

/** A value as people write it: ids keep their form, underscores become spaces; NULL and the folded rest have names. */
export function valueName(value: string | number | null | undefined, asking: Asking): string {
  if (value === null || value === undefined) return asking.say("none");
  if (value === OTHER) return asking.say("other");
  return String(value).replaceAll("_", " ");
}

/** The split part of a row's key: "VN", "VN · live". */
export const rowName = (key: RowKey, by: readonly string[], asking: Asking): string =>
  by.map((dimension) => valueName(key[dimension], asking)).join(" · ");

/** "ID, VN · live · not: auto"; "" without filters. */
export function filtersName(question: Question, asking: Asking): string {
  return Object.entries(question.filters)
    .map(([key, values]) => {
      const names = values.map((value) => valueName(value, asking)).join(", ");
      return key.startsWith("!") ? asking.say("not", { values: names }) : names;
    })
    .join(" · ");
}

export function windowName(window: Period | Moment, asking: Asking, zone: string | null): string {
  const shown = zone ?? asking.zone;
  return "at" in window ? formatInstant(window.at, asking.locale, shown) : formatPeriod(window, asking.locale, shown);
}

/** Ids of the metrics whose numbers a question shows: `tat` shows its p50 and p95. */
export function shownMetrics(question: Question, catalog: Catalog): Metric[] {
  return question.metrics.flatMap((id) => {
    const metric = catalog.metrics.get(id);
    if (!metric) return [];
    if (metric.shows.length === 0) return [metric];
    return metric.shows.flatMap((shown) => catalog.metrics.get(shown) ?? []);
  });
}

/** Words of the asker's language first, then English, then any. */
export function firstWord(words: Words | undefined, language: Language): string | undefined {
  return words?.[language]?.[0] ?? words?.en?.[0] ?? Object.values(words ?? {})[0]?.[0];
}

/** Rows that may be called highest or lowest: those on few cases only where there are no others. */
export function nameable(rows: readonly AnswerValue[]): readonly AnswerValue[] {
  const known = rows.filter((row) => row.value !== null);
  const solid = known.filter((row) => !row.flags.includes("few"));
  return solid.length >= 2 ? solid : known;
}
