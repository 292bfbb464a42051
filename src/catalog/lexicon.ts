import type { Lexicon, Words } from "./catalog.ts";

/** A catalog without words: metrics are then asked by their ids and labels only. */
export const emptyLexicon: Lexicon = {
  roles: new Map(),
  metrics: new Map(),
  dimensions: new Map(),
  quantiles: new Map(),
  ambiguous: [],
  onlyAmbiguous: [],
  zones: new Map(),
  places: new Map(),
  managing: new Map(),
  ordinary: {},
};

/** Words of a later directory add to, and for a dimension or a quantile family replace, those of an earlier one. */
export function joinLexicons(a: Lexicon, b: Lexicon): Lexicon {
  return {
    roles: joinMaps(a.roles, b.roles),
    metrics: joinMaps(a.metrics, b.metrics),
    dimensions: new Map([...a.dimensions, ...b.dimensions]),
    quantiles: new Map([...a.quantiles, ...b.quantiles]),
    ambiguous: [...a.ambiguous, ...b.ambiguous],
    onlyAmbiguous: [...a.onlyAmbiguous, ...b.onlyAmbiguous],
    zones: joinMaps(a.zones, b.zones),
    places: joinMaps(a.places, b.places),
    managing: joinMaps(a.managing, b.managing),
    ordinary: joinWords(a.ordinary, b.ordinary),
  };
}

function joinMaps(a: ReadonlyMap<string, Words>, b: ReadonlyMap<string, Words>): Map<string, Words> {
  const joined = new Map(a);
  for (const [key, words] of b) joined.set(key, joinWords(joined.get(key) ?? {}, words));
  return joined;
}

function joinWords(a: Words, b: Words): Words {
  const joined: Record<string, readonly string[]> = { ...a };
  for (const [language, list] of Object.entries(b)) joined[language] = [...(joined[language] ?? []), ...list];
  return joined;
}
