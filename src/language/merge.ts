import type { Catalog } from "../catalog/catalog.ts";
import type { Question, QuestionKind } from "../kernel/question.ts";
import type { Slots } from "./slots.ts";

/** Metrics named, joined with or in place of the thread's; a quantile turns the thread's family metric into that quantile. */
export function mergedMetrics(slots: Slots, base: Question | null, kind: QuestionKind, catalog: Catalog): string[] {
  const inherited = base?.metrics ?? [];
  if (slots.metrics.length > 0) return slots.joins ? distinct([...inherited, ...slots.metrics]) : [...slots.metrics];
  const quantiles = familyQuantiles(slots.quantiles, inherited, catalog);
  if (quantiles.length > 0) return slots.joins ? distinct([...inherited, ...quantiles]) : quantiles;
  if (inherited.length > 0 || kind === "define") return [...inherited];
  const named = [...slots.filters.included, ...slots.filters.excluded].map(({ dimension }) => dimension);
  const alone = named.map((dimension) => catalog.lexicon.dimensions.get(dimension)?.alone).find((metric) => metric);
  return alone && catalog.metrics.has(alone) ? [alone] : [];
}

function familyQuantiles(said: readonly string[], metrics: readonly string[], catalog: Catalog): string[] {
  for (const [plain, quantiles] of catalog.lexicon.quantiles) {
    const isFamily = metrics.some((id) => id === plain || Object.values(quantiles).includes(id));
    if (isFamily) return said.flatMap((quantile) => quantiles[quantile] ?? []);
  }
  return [];
}

export type FilterMap = Readonly<Record<string, readonly string[]>>;

/** A value replaces its dimension's filter (joins it after "add" or "vs"), exclusions join, "all markets" drops. */
export function mergedFilters(slots: Slots, base: Question | null): FilterMap {
  const filters: Record<string, readonly string[]> = { ...(base?.filters ?? {}) };
  const { included, excluded, cleared } = slots.filters;
  for (const dimension of cleared) drop(filters, dimension);
  for (const dimension of distinct(included.map((entry) => entry.dimension))) {
    const entries = included.filter((entry) => entry.dimension === dimension);
    const kept = joinsFilter(slots, dimension) ? (filters[dimension] ?? []) : [];
    drop(filters, dimension);
    filters[dimension] = sorted([...kept, ...entries.flatMap(({ values }) => values)]);
  }
  for (const { dimension, values } of excluded) {
    const key = `!${dimension}`;
    filters[key] = sorted([...(filters[key] ?? []), ...values]);
    const still = filters[dimension]?.filter((value) => !filters[key]?.includes(value));
    if (still?.length === 0) delete filters[dimension];
  }
  return filters;
}

function drop(filters: Record<string, unknown>, dimension: string): void {
  delete filters[dimension];
  delete filters[`!${dimension}`];
}

/** "add TH", "vs TH": the first value named joins; "ID vs TH" names a list of its own. */
const joinsFilter = (slots: Slots, dimension: string): boolean =>
  slots.joins || slots.filters.included.find((entry) => entry.dimension === dimension)?.versus === true;

/** Splits named, in order of mention, with the dimensions of several named values at the first value's place. */
export function mergedSplits(slots: Slots, base: Question | null, filters: FilterMap): string[] {
  const inherited = slots.resets ? [] : (base?.by ?? []);
  const several = severalNamed(slots, filters);
  const named = [...slots.splits.by, ...several.filter(({ joins }) => !joins)]
    .sort((a, b) => a.place - b.place)
    .map(({ dimension }) => dimension);
  const kept = named.length === 0 || slots.joins ? [...inherited, ...named] : named;
  const last = several.filter(({ joins }) => joins).map(({ dimension }) => dimension);
  return distinct([...kept, ...last]).filter((dimension) => filters[dimension]?.length !== 1);
}

function severalNamed(slots: Slots, filters: FilterMap): { dimension: string; place: number; joins: boolean }[] {
  const { included } = slots.filters;
  return distinct(included.map(({ dimension }) => dimension)).flatMap((dimension) => {
    const entries = included.filter((entry) => entry.dimension === dimension && entry.single);
    const joins = joinsFilter(slots, dimension);
    const own = new Set(entries.flatMap(({ values }) => values)).size;
    const count = joins && entries.length > 0 ? (filters[dimension]?.length ?? 0) : own;
    return count > 1 ? [{ dimension, place: entries[0]?.place ?? 0, joins: joins && own < 2 }] : [];
  });
}

const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];
const sorted = (list: readonly string[]): string[] => distinct(list).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
