import type { Meaning } from "./lexicon.ts";
import { dimensionAt, isJoin, names, type Sentence } from "./sentence.ts";
import { first, hasRole, type MeaningOf, meanings } from "./token.ts";

/** How far words like "only" and "except" reach: the next value and those joined to it. */
export interface Scopes {
  readonly only: ReadonlySet<number>;
  readonly not: ReadonlySet<number>;
}
const LOOSE_MAX = 4;

export function findScopes(sentence: Sentence): Scopes {
  const only = new Set<number>();
  const not = new Set<number>();
  for (let place = 0; place < sentence.length; place += 1) {
    if (hasRole(sentence.at(place), "not", "not.near")) {
      const found = valueAfter(sentence, place + 1, hasRole(sentence.at(place), "not") ? LOOSE_MAX : 0);
      if (found >= 0) joinedValues(sentence, found, not);
      else if (isValue(sentence, place - 1)) not.add(place - 1);
    } else if (hasRole(sentence.at(place), "only")) {
      const found = valueAfter(sentence, place + 1, 0);
      if (found >= 0) joinedValues(sentence, found, only);
      else if (hasRole(sentence.at(place), "only.after") && isValue(sentence, place - 1)) only.add(place - 1);
    }
  }
  return { only, not };
}

export const isValue = (sentence: Sentence, place: number): boolean =>
  names(sentence.at(place), "value", "group") || sentence.at(place)?.assign !== undefined;

/** The place of the value that a word refers to: behind articles, the dimension's own word and a few words that mean nothing. */
function valueAfter(sentence: Sentence, from: number, looseMax: number): number {
  let loose = 0;
  for (let place = sentence.skip(from); place < sentence.length; place = sentence.skip(place + 1)) {
    if (isValue(sentence, place)) return place;
    if (names(sentence.at(place), "dimension") || hasRole(sentence.at(place), "only", "all")) continue;
    const token = sentence.at(place);
    if (token?.mark === "-" && token.glued) continue;
    if (!token?.word || loose >= looseMax) return -1;
    loose += 1;
  }
  return -1;
}

function joinedValues(sentence: Sentence, from: number, into: Set<number>): void {
  into.add(from);
  let place = from + 1;
  for (;;) {
    if (names(sentence.at(place), "dimension") && !isValue(sentence, place)) place += 1;
    if (!isJoin(sentence, place)) return;
    let next = place + 1;
    while (isJoin(sentence, next)) next += 1;
    next = sentence.skip(next);
    if (names(sentence.at(next), "dimension") && !isValue(sentence, next)) next = sentence.skip(next + 1);
    if (!isValue(sentence, next)) return;
    into.add(next);
    place = next + 1;
  }
}

export type Chosen = MeaningOf<"metric"> | MeaningOf<"dimension"> | MeaningOf<"value"> | MeaningOf<"group">;

/**
 * Settles what each token names: a word that is a metric and a value (appeals, reports) is the metric only when no other metric is named and
 * no "only" or "not" precedes; one that is a metric and a dimension (antrian) is the dimension beside a splitting word or another metric.
 */
export function chooseMeanings(sentence: Sentence, scopes: Scopes): (Chosen | null)[] {
  const plain = sentence.tokens.some(
    (token, place) => isPlainMetric(meanings(token)) || isQueueAsMetric(sentence, place),
  );
  const chosen: (Chosen | null)[] = [];
  let firstDouble = -1;
  for (let place = 0; place < sentence.length; place += 1) {
    const token = sentence.at(place);
    const metric = first(token, "metric");
    const value = countsUnits(sentence, place) ? null : valueHere(sentence, place);
    const dimension = first(token, "dimension");
    if (metric && (value || first(token, "value"))) {
      const asValue = value ?? first(token, "value");
      const isMetric =
        !value?.beside && !plain && !scopes.only.has(place) && !scopes.not.has(place) &&
        (firstDouble < 0 || joinedTo(sentence, firstDouble, place)); // biome-ignore format: one condition
      if (isMetric) firstDouble = place;
      chosen.push(isMetric ? metric : asValue ? strip(asValue) : metric);
    } else if (metric && dimension) chosen.push(actsAsDimension(sentence, place, dimension.id) ? dimension : metric);
    else
      chosen.push(
        metric ?? (value ? strip(value) : null) ?? first(token, "group") ?? dimension ?? listedValue(sentence, place),
      );
  }
  return chosen;
}

const strip = (value: MeaningOf<"value"> & { beside?: boolean }): MeaningOf<"value"> => ({
  what: "value",
  dimension: value.dimension,
  id: value.id,
});

const isPlainMetric = (all: readonly Meaning[]): boolean =>
  all.some(({ what }) => what === "metric" || what === "ambiguous") &&
  !all.some(({ what }) => what === "value" || what === "dimension");

/** "may tieng" (mấy tiếng, how many hours), not "máy" (machine). */
const countsUnits = (sentence: Sentence, place: number): boolean =>
  hasRole(sentence.at(place), "count") &&
  hasRole(sentence.at(place + 1), "unit.hour", "unit.day", "unit.minute", "unit.week");

/** "antrian banding": a word that is a metric and a dimension names the metric where it does not act as the dimension. */
function isQueueAsMetric(sentence: Sentence, place: number): boolean {
  const token = sentence.at(place);
  const dimension = dimensionAt(sentence, place);
  return dimension !== null && names(token, "metric") && !actsAsDimension(sentence, place, dimension);
}

/** The value a token names: of the dimension whose word stands beside it, else the first of its homes; of a word that is a metric too, the first that fits. */
function valueHere(sentence: Sentence, place: number): (MeaningOf<"value"> & { beside?: boolean }) | null {
  const values = meanings(sentence.at(place)).filter((meaning) => meaning.what === "value");
  for (const beside of [place - 1, place + 1]) {
    const token = sentence.at(beside);
    const dimension = dimensionAt(sentence, beside);
    if (dimension === null || names(token, "metric")) continue;
    const isSplit = hasRole(sentence.at(sentence.back(beside - 1)), "split");
    if (isSplit && names(sentence.at(place), "metric")) continue;
    const value = values.find((candidate) => candidate.dimension === dimension);
    if (value) return { ...value, beside: true };
  }
  const isDouble = names(sentence.at(place), "metric");
  const fitting = isDouble ? values.find(({ dimension }) => fitsNamed(sentence, dimension)) : undefined;
  return fitting ?? values[0] ?? null;
}

/** Whether every metric that is named beyond doubt can be filtered by the dimension: "freshness of appeals" is the table, not the queue. */
function fitsNamed(sentence: Sentence, dimension: string): boolean {
  const named = sentence.tokens.flatMap((token) => {
    const all = meanings(token);
    return isPlainMetric(all) ? all.flatMap((each) => (each.what === "metric" ? [each.id] : [])) : [];
  });
  const { metrics } = sentence.index.catalog;
  return named.length > 0 && named.every((id) => metrics.get(id)?.dimensions.includes(dimension) ?? false);
}

/** "low and medium severity": a value that needs its dimension's word shares it with those it is listed with. */
function listedValue(sentence: Sentence, place: number): MeaningOf<"value"> | null {
  const loose = first(sentence.at(place), "loose");
  if (!loose) return null;
  const belongs = (at: number): boolean => {
    if (dimensionAt(sentence, at) === loose.dimension) return true;
    if (!isJoin(sentence, at)) return false;
    const next = sentence.at(at + 1);
    const other = first(next, "loose") ?? first(next, "value");
    const ends = other?.dimension === loose.dimension && names(next, "value");
    return ends || (other?.dimension === loose.dimension && belongs(at + 2));
  };
  const isIt = belongs(place + 1) || dimensionAt(sentence, place - 1) === loose.dimension;
  return isIt ? { what: "value", dimension: loose.dimension, id: loose.id } : null;
}

/** Two words of double meaning are both metrics when they are listed: "reports and appeals". */
const joinedTo = (sentence: Sentence, from: number, to: number): boolean => {
  for (let place = from + 1; place < to; place += 1)
    if (!isJoin(sentence, place) && !hasRole(sentence.at(place), "vs", "glue")) return false;
  return to > from + 1;
};

/** "per antrian", "antrian mana", "top 5 antrian"; and beside a queue's name when a metric was named before: "akurasi antrian video". */
function actsAsDimension(sentence: Sentence, place: number, dimension: string): boolean {
  if (hasRole(sentence.at(sentence.back(place - 1)), "split")) return true;
  if (hasRole(sentence.at(place + 1), "split.after", "top")) return true;
  const counted = sentence.at(place - 1)?.number !== undefined;
  const ranked = counted ? place - 2 : place - 1;
  if (hasRole(sentence.at(ranked), "top", "bottom") && (counted || !names(sentence.at(ranked - 1), "dimension")))
    return true;
  const beside = [place - 1, place + 1].some((at) =>
    meanings(sentence.at(at)).some((meaning) => meaning.what === "value" && meaning.dimension === dimension),
  );
  return beside && sentence.tokens.slice(0, place).some((token) => isPlainMetric(meanings(token)));
}
