import type { Chosen } from "./meanings.ts";
import type { Sentence } from "./sentence.ts";
import { first, hasRole } from "./token.ts";

/** The zone that a message names: "UTC", "WIB", "Jakarta time", "giờ VN", 北京时间. Its words do not filter. */
export function readZone(sentence: Sentence, chosen: readonly (Chosen | null)[]): string | null {
  const zoned = sentence.index.catalog.zoned;
  for (let place = 0; place < sentence.length; place += 1) {
    const token = sentence.at(place);
    const zone = first(token, "zone")?.zone;
    if (zone !== undefined) {
      sentence.take(place, place + 1, "zone");
      return shifted(sentence, place) ?? zone;
    }
    const value = chosen[place];
    const market =
      value?.what === "value" && value.dimension === zoned?.dimension ? zoned.zones.get(value.id) : undefined;
    const own = first(token, "place")?.zone ?? market;
    if (own === undefined) continue;
    const after = hasRole(sentence.at(place + 1), "zone.after");
    const before = hasRole(sentence.at(place - 1), "zone.before") && sentence.at(place - 2)?.number === undefined;
    if (!after && !before) continue;
    sentence.take(before ? place - 1 : place, after ? place + 2 : place + 1, "zone");
    return own;
  }
  return null;
}

/** "UTC+8", "GMT-3" */
function shifted(sentence: Sentence, place: number): string | null {
  const sign = sentence.mark(place + 1, "+") ? "+" : sentence.mark(place + 1, "-") ? "-" : null;
  const hours = sentence.number(place + 2);
  const next = sentence.at(place + 2);
  if (sign === null || hours === null || !next?.glued || !Number.isInteger(hours) || hours > 14) return null;
  sentence.take(place + 1, place + 3, "zone");
  return `${sign}${String(hours).padStart(2, "0")}:00`;
}
