import type { Catalog } from "../../catalog/catalog.ts";
import { VERDICTS, type Verdict } from "../../chat/verdict.ts";

/** What words in a finding's thread say of it. */
export interface HeardVerdict {
  /** Null = only a reason. */
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  /** Of a mute: for so many days; null = as long as usual. */
  readonly days: number | null;
}

const REASON_CHARS_MAX = 300;
const DAYS_MAX = 90;

/**
 * "expected because of the 3.3 campaign", "mute 3 days", "because they moved house". Null where the words are something else: a verdict stands
 * at the beginning, and nothing but its reason or its days follows.
 */
export function readVerdict(text: string, { lexicon }: Pick<Catalog, "lexicon">): HeardVerdict | null {
  const said = text
    .normalize("NFKC")
    .replace(/<@[^>]+>|@\S+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const words = (role: string): string[] => Object.values(lexicon.managing.get(role) ?? {}).flat();
  const found = firstOf(
    said,
    VERDICTS.flatMap((verdict) => words(`verdict.${verdict}`).map((word) => ({ verdict, word }))),
  );
  const rest = found ? said.slice(found.word.length).replace(/^[\s,:;.—-]+/u, "") : said;
  const because = firstOf(
    rest,
    words("verdict.because").map((word) => ({ word })),
  );
  const reason = because ? rest.slice(because.word.length).trim().slice(0, REASON_CHARS_MAX) || null : null;
  if (!found) return reason === null ? null : { verdict: null, reason, days: null };
  const days = found.verdict === "mute" ? daysOf(rest, words("verdict.day"), words("verdict.week")) : null;
  if (rest !== "" && reason === null && days === null) return null;
  return { verdict: found.verdict, reason, days };
}

/** The longest phrase with which the text begins, not in the middle of a word. */
function firstOf<T extends { readonly word: string }>(text: string, phrases: readonly T[]): T | undefined {
  const plain = text.toLowerCase();
  return [...phrases]
    .sort((a, b) => b.word.length - a.word.length)
    .find(({ word }) => plain.startsWith(word) && !/^[\p{Script=Latin}\d]/u.test(plain.slice(word.length)));
}

/** "3 days", "2 周". */
function daysOf(rest: string, day: readonly string[], week: readonly string[]): number | null {
  const [, count, unit = ""] = /(\d{1,2})\s*([\p{L}\p{M}]+)$/u.exec(rest.toLowerCase()) ?? [];
  const each = day.includes(unit) ? 1 : week.includes(unit) ? 7 : 0;
  return count === undefined || each === 0 ? null : Math.min(DAYS_MAX, Number(count) * each);
}
