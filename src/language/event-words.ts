import type { Normal } from "./normalise.ts";
import { readPeriod } from "./period-words.ts";
import type { Sentence } from "./sentence.ts";
import { hasRole, roleAfter } from "./token.ts";

/** "event add campaign 3.3 sale 3 mar in ID": what is to be written into the change ledger, as typed. */
export interface EventWords {
  /** Null where none of the ledger's kinds is named. */
  readonly kind: string | null;
  /** "" where none is said. */
  readonly title: string;
  /** The words about when and where. */
  readonly rest: string;
}

/** How many words may stand before "event add". */
const LEAD_MAX = 2;

/**
 * Kind, then title (up to the first date, or in quotes), then when and where; null unless the message begins with words for adding an event.
 */
export function readEvent(sentence: Sentence, { raw, at }: Normal): EventWords | null {
  const verb = sentence.tokens.findIndex((token) => hasRole(token, "event.add"));
  if (verb < 0 || verb > LEAD_MAX) return null;
  const kindAt = sentence.tokens.findIndex((token, place) => place > verb && roleAfter(token, "event.kind.") !== null);
  const kind = kindAt < 0 ? null : roleAfter(sentence.at(kindAt), "event.kind.");
  const start = offsetAfter(sentence, kindAt < 0 ? verb : kindAt, at);
  const quoted = /^\s*["“”„«「『'‘]([^"“”»」』'’]{1,200})["“”»」』'’]/u.exec(raw.slice(start));
  if (quoted) return { kind, title: (quoted[1] ?? "").trim(), rest: raw.slice(start + quoted[0].length).trim() };
  const first = (kindAt < 0 ? verb : kindAt) + 1;
  const when = dateAfter(sentence, first);
  const end = at[sentence.at(when)?.start ?? -1] ?? raw.length;
  return { kind, title: trimmed(raw.slice(start, end)), rest: raw.slice(end).trim() };
}

const offsetAfter = (sentence: Sentence, place: number, at: readonly number[]): number =>
  (at[(sentence.at(place)?.end ?? 1) - 1] ?? -1) + 1;

/** The place of the first period after a word of the title at least; the end without one. */
function dateAfter(sentence: Sentence, from: number): number {
  for (let place = from + 1; place < sentence.length; place += 1) if (readPeriod(sentence, place)) return place;
  return sentence.length;
}

/** Without the words that lead to the date: "on", "from", 从. */
const trimmed = (text: string): string =>
  text
    .replace(/[\s,，:：\-–—]+$/u, "")
    .replace(/\s+(?:on|from|starting|since|mulai|dari|tanggal|tgl|từ|ngày|ตั้งแต่|วันที่)$/iu, "")
    .trim();
