import type { Options } from "../kernel/question.ts";
import type { Chosen } from "./meanings.ts";
import { unitAt } from "./period-words.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole } from "./token.ts";

const TOP_DEFAULT = 10;
const TOP_MAX = 1_000;
/** How far a dimension may stand from its "top N". */
const NEAR = 4;

export interface Limit {
  readonly options: Pick<Options, "limit" | "order">;
  /** The dimension that is ranked, where the message names one. */
  readonly dimension: { readonly dimension: string; readonly place: number } | null;
}

/** "top 5 reasons", "bottom 3 queues", "which market has the highest …" */
export function readLimit(sentence: Sentence, chosen: readonly (Chosen | null)[]): Limit {
  const none: Limit = { options: {}, dimension: null };
  const top = rankWord(sentence, "top", "bottom");
  const superlative = sentence.find("most", "least");
  const place = top >= 0 ? top : superlative;
  if (place < 0) return none;
  const ascending = [place, superlative].some((at) => at >= 0 && hasRole(sentence.at(at), "bottom", "least"));
  const dimension = rankedDimension(sentence, chosen, place, top >= 0);
  const count = countBeside(sentence, place) ?? (dimension && countOf(sentence, dimension.place));
  sentence.take(place, place + 1, "limit");
  if (count) sentence.take(count.place, count.place + 1, "limit");
  const limit = count?.value ?? (top >= 0 ? TOP_DEFAULT : 1);
  return { options: ascending ? { limit, order: "asc" } : { limit }, dimension };
}

/** 前 ranks only before a number that counts no days. */
function rankWord(sentence: Sentence, ...roles: string[]): number {
  for (let place = 0; place < sentence.length; place += 1) {
    if (!sentence.is(place, ...roles)) continue;
    if (!hasRole(sentence.at(place), "ago")) return place;
    const next = sentence.number(place + 1);
    if (next !== null && unitAt(sentence, place + 2) === null) return place;
  }
  return -1;
}

function countBeside(sentence: Sentence, place: number): { value: number; place: number } | null {
  const dash = sentence.mark(place + 1, "-") ? 1 : 0;
  const places = [place + 1 + dash, place - 1, place - 2];
  for (const at of places) {
    const value = sentence.number(at);
    if (value === null || !Number.isInteger(value) || value < 1 || value > TOP_MAX) continue;
    if (hasRole(sentence.at(at + 1), "percent", "ordinal.glued") || unitAt(sentence, at + 1) !== null) continue;
    if (at === place - 2 && sentence.at(place - 1)?.mark) continue;
    return { value, place: at };
  }
  return null;
}

/** "5 alasan … terbanyak", 最多的5个原因: the number right before what is ranked. */
function countOf(sentence: Sentence, dimension: number): { value: number; place: number } | null {
  const place = hasRole(sentence.at(dimension - 1), "counter") ? dimension - 2 : dimension - 1;
  const value = sentence.number(place);
  return value !== null && Number.isInteger(value) && value >= 1 && value <= TOP_MAX ? { value, place } : null;
}

function rankedDimension(
  sentence: Sentence,
  chosen: readonly (Chosen | null)[],
  place: number,
  mustBeNear: boolean,
): Limit["dimension"] {
  const places = chosen.flatMap((meaning, at) =>
    meaning?.what === "dimension" && sentence.isFree(at) && !namesValue(chosen, at)
      ? [{ dimension: meaning.id, place: at }]
      : [],
  );
  const behind = places.find((entry) => entry.place > place && entry.place - place <= NEAR);
  const before = [...places].reverse().find((entry) => entry.place < place && place - entry.place <= NEAR);
  return behind ?? before ?? (mustBeNear ? null : (places[0] ?? null));
}

/** "live queue": the dimension's word beside its own value says nothing more. */
const namesValue = (chosen: readonly (Chosen | null)[], at: number): boolean => {
  const here = chosen[at];
  return [chosen[at - 1], chosen[at + 1]].some(
    (other) => here?.what === "dimension" && other?.what === "value" && other.dimension === here.id,
  );
};

/** "95% ci", "ci": the confidence level. */
export function readLevel(sentence: Sentence): number | null {
  const place = sentence.find("level");
  if (place < 0) return null;
  sentence.take(place, place + 1, "level");
  for (const at of [place - 2, place - 1, place + 1]) {
    const value = sentence.number(at);
    if (value === null || value < 50 || value >= 100) continue;
    const isPercent = hasRole(sentence.at(at + 1), "percent");
    if (at === place - 2 && !isPercent) continue;
    sentence.take(at, isPercent ? at + 2 : at + 1, "level");
    return Number(`${value}e-2`);
  }
  return 0.95;
}

export function readForm(sentence: Sentence): "table" | "csv" | null {
  const table = sentence.find("form.table");
  const csv = sentence.find("form.csv");
  for (const place of [table, csv]) if (place >= 0) sentence.take(place, place + 1, "form");
  return csv >= 0 ? "csv" : table >= 0 ? "table" : null;
}

/** "next 2 weeks", 未来7天, "14 ngày tới": how far ahead a forecast looks. */
export function readHorizon(sentence: Sentence): { count: number; unit: "hour" | "day" | "week" | "month" } | null {
  for (let place = 0; place < sentence.length; place += 1) {
    const before = sentence.is(place, "next");
    const at = before ? place + 1 : place;
    const count = sentence.number(at);
    const unitPlace = count === null ? at : hasRole(sentence.at(at + 1), "counter") ? at + 2 : at + 1;
    const unit = unitAt(sentence, unitPlace);
    if (unit !== "hour" && unit !== "day" && unit !== "week" && unit !== "month") continue;
    const after = sentence.is(unitPlace + 1, "next.after");
    if (!before && !after) continue;
    const steps = count ?? 1;
    if (!Number.isInteger(steps) || steps < 1 || steps > TOP_MAX) continue;
    sentence.take(place, after ? unitPlace + 2 : unitPlace + 1, "horizon");
    return { count: steps, unit };
  }
  return null;
}
