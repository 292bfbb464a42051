import type { CatalogSql, ScopedMeasure } from "../../catalog/definition.ts";

/**
 * When a row's numbers no longer depend on how far the watermark is. A measure that never names the watermark gives `[]`. Otherwise every
 * comparison with it is `instant <= :through`, and the conditions say that each such instant has been reached or is unknown: from then on the
 * comparison stays as it is. Lifetimes need an end as well (event or censor). Null: the watermark is compared in another way.
 */
export function thresholdsOf(measure: ScopedMeasure): readonly CatalogSql[] | null {
  const compared = new Set<string>();
  for (const text of Object.values(measure)) {
    if (typeof text !== "string" || !THROUGH.test(text)) continue;
    const rest = text.replaceAll(COMPARISON, (_, instant: string) => {
      compared.add(instant);
      return "";
    });
    if (THROUGH.test(rest)) return null;
  }
  const reached = [...compared].map((instant) => isReached(instant));
  if (measure.kind !== "lifetimes") return reached;
  const { from, event, censor } = measure;
  const ends = [event, ...(censor === null ? [] : [censor])];
  return [
    `coalesce(${ends.join(", ")}) is not null` as CatalogSql,
    ...[from, ...ends].map(isReached),
    ...reached.filter((condition) => ![from, ...ends].map(isReached).includes(condition)),
  ];
}

const THROUGH = /(?<!:):through\b/;
const COMPARISON = /\b([a-z_]\w*\.[a-z_]\w*)\s*<=\s*:through\b/g;
const isReached = (instant: string): CatalogSql => `coalesce(${instant} <= :through, true)` as CatalogSql;
