import type { LexiconLanguage } from "../catalog/catalog.ts";
import type { Meaning, Sense } from "./lexicon.ts";
import type { Window } from "./window.ts";

/** A piece of the text. Offsets are places in the normalised text. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Nothing stands between this and the token before. */
  readonly glued: boolean;
  /** What it can mean, the likeliest first; empty = nothing known. */
  readonly senses: readonly Sense[];
  readonly number?: number;
  /** A date, month or the like, written in digits. */
  readonly date?: Window;
  /** Minute of the day. */
  readonly clock?: number;
  readonly channel?: string;
  readonly receipt?: string;
  readonly experiment?: string;
  readonly assign?: Assignment;
  /** Punctuation. */
  readonly mark?: string;
  /** A word of letters, digits, `-`, `_` that is in no table. */
  readonly word?: boolean;
}
/** `dimension=value`, resolved: `unknown` = values that the dimension lacks. */
export interface Assignment {
  readonly dimension: string;
  readonly values: readonly string[];
  readonly unknown: readonly string[];
  readonly negated: boolean;
}

export const meanings = (token: Token | undefined): readonly Meaning[] =>
  token?.senses.map((sense) => sense.meaning) ?? [];

export const hasRole = (token: Token | undefined, ...roles: readonly string[]): boolean =>
  token?.senses.some(({ meaning }) => meaning.what === "role" && roles.includes(meaning.role)) ?? false;

/** The rest of the first role that starts with `prefix`: `roleAfter(token, "month.")` = "3". */
export function roleAfter(token: Token | undefined, prefix: string): string | null {
  for (const sense of token?.senses ?? [])
    if (sense.meaning.what === "role" && sense.meaning.role.startsWith(prefix))
      return sense.meaning.role.slice(prefix.length);
  return null;
}

export type MeaningOf<W extends Meaning["what"]> = Extract<Meaning, { what: W }>;
export function first<W extends Meaning["what"]>(token: Token | undefined, what: W): MeaningOf<W> | null {
  for (const sense of token?.senses ?? []) if (sense.meaning.what === what) return sense.meaning as MeaningOf<W>;
  return null;
}

export const onlyLanguage = (token: Token): LexiconLanguage | null => {
  const language = token.senses[0]?.language;
  return language !== undefined && token.senses.every((sense) => sense.language === language) ? language : null;
};
