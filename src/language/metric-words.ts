import type { Lexicon } from "../catalog/catalog.ts";
import type { Chosen } from "./meanings.ts";
import type { Sentence } from "./sentence.ts";
import { roleAfter } from "./token.ts";

export interface NamedMetrics {
  readonly metrics: readonly string[];
  readonly quantiles: readonly string[];
}

/** Metrics in order of mention; a quantile beside its family's metric makes it that quantile ("tat p50 and p95" = two metrics). */
export function readMetrics(sentence: Sentence, chosen: readonly (Chosen | null)[]): NamedMetrics {
  const { quantiles } = sentence.index.catalog.lexicon;
  const said: { id: string; place: number; quantiles: string[] }[] = [];
  const loose: { quantile: string; place: number }[] = [];
  for (let place = 0; place < sentence.length; place += 1) {
    const meaning = chosen[place];
    const quantile = roleAfter(sentence.at(place), "quantile.");
    if (meaning?.what === "metric") said.push({ ...familyOf(meaning.id, quantiles), place });
    else if (quantile !== null) loose.push({ quantile, place });
    else continue;
    sentence.take(place, place + 1, "metric");
  }
  const families = said.filter(({ id }) => quantiles.has(id));
  if (families.length === 0 && said.length > 0) return { metrics: distinct(said.map(({ id }) => id)), quantiles: [] };
  if (families.length === 0) return { metrics: [], quantiles: distinct(loose.map(({ quantile }) => quantile)) };
  for (const { quantile, place } of loose) {
    const family = [...families].reverse().find((metric) => metric.place < place) ?? families[0];
    family?.quantiles.push(quantile);
  }
  return {
    metrics: distinct(
      said.flatMap(({ id, quantiles: own }) =>
        own.length === 0 ? [id] : own.map((quantile) => quantiles.get(id)?.[quantile] ?? id),
      ),
    ),
    quantiles: [],
  };
}

/** "tat p50" may have been one term: it is its family's metric with that quantile said. */
function familyOf(id: string, families: Lexicon["quantiles"]): { id: string; quantiles: string[] } {
  for (const [plain, quantiles] of families)
    for (const [quantile, metric] of Object.entries(quantiles))
      if (metric === id) return { id: plain, quantiles: [quantile] };
  return { id, quantiles: [] };
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
