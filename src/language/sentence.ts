import type { LexiconLanguage } from "../catalog/catalog.ts";
import type { Index, Meaning } from "./lexicon.ts";
import type { Normal } from "./normalise.ts";
import { first, hasRole, meanings, roleAfter, type Token } from "./token.ts";

/**
 * A message while it is read: its tokens, what each was taken for, and where one is. Readers take tokens in turn; what nobody takes means
 * nothing.
 */
export class Sentence {
  readonly tokens: readonly Token[];
  readonly index: Index;
  readonly language: LexiconLanguage;
  private readonly taken: (string | null)[];

  constructor(tokens: readonly Token[], index: Index, language: LexiconLanguage) {
    this.tokens = tokens;
    this.index = index;
    this.language = language;
    this.taken = tokens.map(() => null);
  }

  get length(): number {
    return this.tokens.length;
  }
  at(place: number): Token | undefined {
    return this.tokens[place];
  }
  isFree(place: number): boolean {
    return place >= 0 && place < this.tokens.length && this.taken[place] === null;
  }
  take(from: number, to: number, as: string): void {
    for (let place = from; place < to; place += 1) this.taken[place] ??= as;
  }
  takenAs(place: number): string | null {
    return this.taken[place] ?? null;
  }
  /** Whether the free token here has one of the roles. */
  is(place: number, ...roles: readonly string[]): boolean {
    return this.isFree(place) && hasRole(this.tokens[place], ...roles);
  }
  has(role: string): boolean {
    return this.tokens.some((token) => hasRole(token, role));
  }
  find(...roles: readonly string[]): number {
    return this.tokens.findIndex((token, place) => this.taken[place] === null && hasRole(token, ...roles));
  }
  mark(place: number, ...marks: readonly string[]): boolean {
    const mark = this.tokens[place]?.mark;
    return mark !== undefined && marks.includes(mark);
  }
  number(place: number): number | null {
    return this.isFree(place) ? (this.tokens[place]?.number ?? null) : null;
  }
  /** The next place at or after `place` that is no article, preposition or the like. */
  skip(place: number): number {
    let next = place;
    while (next < this.tokens.length && isGlue(this.tokens[next])) next += 1;
    return next;
  }
  /** The nearest place at or before `place` that is no article, preposition or the like. */
  back(place: number): number {
    let next = place;
    while (next >= 0 && isGlue(this.tokens[next])) next -= 1;
    return next;
  }
}

/** Articles and prepositions: they may stand between words that belong together. */
export const isGlue = (token: Token | undefined): boolean =>
  token !== undefined &&
  !token.mark &&
  (hasRole(token, "glue") ||
    (token.senses.length > 0 && token.senses.every(({ meaning }) => meaning.what === "ordinary")));

export const isJoin = (sentence: Sentence, place: number): boolean =>
  sentence.mark(place, ",", "、", "&", "+", "/", ";") || hasRole(sentence.at(place), "and");

/** Quotes and brackets say nothing. */
export const readable = (tokens: readonly Token[]): Token[] =>
  tokens.filter(({ mark }) => mark === undefined || !/["()[\]{}|\\<>]/.test(mark) || mark === "<" || mark === ">");

/** "csv" and "p95" are said in every language. */
const SPOKEN_BY_ALL = ["form.csv", "quantile."];

/**
 * The language of a message: by its script, else by the words that only one language has. Function words weigh, for the field's terms
 * (tat, sla, live) are said in all of them. Null = nothing tells.
 */
export function languageOf(normal: Normal, tokens: readonly Token[]): LexiconLanguage | null {
  const { text } = normal;
  if (/[\u0e00-\u0e7f]/.test(text)) return "th";
  if (/[\u3400-\u9fff]/.test(text)) return "zh";
  if (/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/.test(text)) return "vi";
  const weight: Record<"en" | "id" | "vi", number> = { en: 0, id: 0, vi: 0 };
  for (const token of tokens) {
    if (SPOKEN_BY_ALL.some((prefix) => roleAfter(token, prefix) !== null)) continue;
    const languages = new Set(token.senses.map((sense) => sense.language));
    const [language] = languages;
    if (languages.size !== 1 || language === undefined || !(language in weight)) continue;
    const isField = language === "en" && token.senses.some(({ meaning }) => meaning.what !== "role");
    if (!isField) weight[language as "en" | "id" | "vi"] += token.end - token.start > 2 ? 2 : 1;
  }
  if (weight.vi > 0 && weight.vi >= weight.id && weight.vi >= weight.en) return "vi";
  if (weight.id > weight.en) return "id";
  return weight.en > 0 || isEnglishText(tokens) ? "en" : null;
}

/** Field terms alone ("overturn rate last week") are English when they are many letters of it. */
const isEnglishText = (tokens: readonly Token[]): boolean =>
  tokens.some((token) => token.text.length > 4 && token.senses.some((sense) => sense.language === "en"));

/** Where a word is Vietnamese without its marks *and* a word of another language, the message's language decides. */
export function settleLanguage(tokens: readonly Token[], language: LexiconLanguage): Token[] {
  return tokens.map((token) => {
    const stripped = token.senses.filter((sense) => sense.language === "vi" && sense.term !== token.text);
    if (stripped.length === 0 || stripped.length === token.senses.length) return token;
    const keep =
      language === "vi"
        ? token.senses.filter((sense) => sense.language === "vi")
        : token.senses.filter((sense) => !stripped.includes(sense));
    const number = keep.some(({ meaning }) => meaning.what === "role" && meaning.role.startsWith("number."));
    const { number: _, ...rest } = token;
    return { ...(number ? token : rest), senses: keep };
  });
}

/** What a token names of the catalog, if it names anything. */
export const names = (token: Token | undefined, ...whats: readonly Meaning["what"][]): boolean =>
  meanings(token).some(({ what }) => whats.includes(what));

export const dimensionAt = (sentence: Sentence, place: number): string | null =>
  first(sentence.at(place), "dimension")?.id ?? null;
