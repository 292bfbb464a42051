import type { Catalog, LexiconLanguage, Words } from "../catalog/catalog.ts";
import { bare, normaliseTerm } from "./normalise.ts";
import { scriptOf, Trie } from "./trie.ts";

/** What a term can mean. */
export type Meaning =
  | { readonly what: "metric"; readonly id: string }
  | { readonly what: "ambiguous"; readonly metrics: readonly string[] }
  | { readonly what: "dimension"; readonly id: string }
  | { readonly what: "value"; readonly dimension: string; readonly id: string }
  | { readonly what: "group"; readonly dimension: string; readonly values: readonly string[] }
  /** A value only together with its dimension's word: "low" of severity. */
  | { readonly what: "loose"; readonly dimension: string; readonly id: string }
  | { readonly what: "role"; readonly role: string }
  /** One part of a phrase with a gap: "what does * mean". */
  | { readonly what: "piece"; readonly phrase: number; readonly index: number }
  | { readonly what: "zone"; readonly zone: string }
  | { readonly what: "place"; readonly zone: string }
  | { readonly what: "ordinary" };

export interface Sense {
  readonly meaning: Meaning;
  readonly language: LexiconLanguage;
  /** The term as it stands in the tables, normalised. */
  readonly term: string;
}
export interface Phrase {
  readonly role: string;
  readonly pieces: number;
}

export interface TableWord {
  readonly word: string;
  readonly english: boolean;
  /** Place in the tables: on a tie English goes first, then what stands first. */
  readonly rank: number;
}

/** All vocabulary of a catalog, ready to be matched. Built once. */
export interface Index {
  readonly exact: Trie<Sense>;
  /** Vietnamese terms without their marks. */
  readonly bare: Trie<Sense>;
  /** Ids with `_` (and all others): what each is. */
  readonly ids: ReadonlyMap<string, Meaning>;
  readonly phrases: readonly Phrase[];
  /** Words of the tables that a slip of the pen may have meant, by length. */
  readonly vocabulary: ReadonlyMap<number, readonly TableWord[]>;
  readonly ordinary: ReadonlySet<string>;
  /** Open dimensions whose values are known by their form. */
  readonly forms: readonly { readonly dimension: string; readonly form: RegExp }[];
  readonly catalog: Catalog;
}

const LANGUAGES = ["en", "zh", "id", "vi", "th"] as const;

/** Builds the index of a catalog; takes some tens of milliseconds. */
export function createIndex(catalog: Catalog): Index {
  const builder = new Builder();
  const { lexicon } = catalog;
  for (const id of catalog.metrics.keys()) builder.id(id, { what: "metric", id });
  for (const entry of lexicon.ambiguous) builder.words(entry.words, { what: "ambiguous", metrics: entry.metrics });
  for (const [id, metric] of catalog.metrics) {
    builder.words(metric.words, { what: "metric", id });
    builder.words(lexicon.metrics.get(id), { what: "metric", id });
    builder.spaced(id, { what: "metric", id });
  }
  for (const id of dimensionIds(catalog)) addDimension(builder, catalog, id);
  for (const [role, words] of lexicon.roles) builder.words(words, { what: "role", role });
  for (const [zone, words] of lexicon.zones) builder.words(words, { what: "zone", zone });
  for (const [zone, words] of lexicon.places) builder.words(words, { what: "place", zone });
  builder.ordinaryWords(lexicon.ordinary);
  return builder.finish(catalog);
}

/** Dimensions in the order of the words (a word with several homes belongs to the first), then those without words. */
const dimensionIds = (catalog: Catalog): string[] => [
  ...[...catalog.lexicon.dimensions.keys()].filter((id) => catalog.dimensions.has(id)),
  ...[...catalog.dimensions.keys()].filter((id) => !catalog.lexicon.dimensions.has(id)),
];

function addDimension(builder: Builder, catalog: Catalog, dimension: string): void {
  const said = catalog.lexicon.dimensions.get(dimension);
  const known = catalog.dimensions.get(dimension);
  const meaning: Meaning = { what: "dimension", id: dimension };
  builder.id(dimension, meaning);
  builder.words(said?.words, meaning);
  builder.words(known?.words, meaning);
  builder.spaced(dimension, meaning);
  const inherited = new Map((known?.values ?? []).map((value) => [value.id, value.words]));
  for (const id of new Set([...inherited.keys(), ...(said?.values.keys() ?? [])])) {
    const value: Meaning = { what: "value", dimension, id };
    const extra = said?.values.get(id);
    if (id.includes("_")) builder.id(id, value);
    builder.spaced(id, extra?.bare === false ? { what: "loose", dimension, id } : value);
    builder.words(extra?.words, value);
    builder.words(inherited.get(id), value);
  }
  for (const group of [...(said?.groups ?? []), ...(known?.groups ?? [])])
    builder.words(group.words, { what: "group", dimension, values: group.values });
}

class Builder {
  private readonly exact = new Trie<Sense>();
  private readonly bare = new Trie<Sense>();
  private readonly ids = new Map<string, Meaning>();
  private readonly phrases: Phrase[] = [];
  private readonly english = new Set<string>();
  private readonly foreign = new Set<string>();
  private readonly ordinary = new Set<string>();

  id(id: string, meaning: Meaning): void {
    if (!this.ids.has(id)) this.ids.set(id, meaning);
  }
  /** An id typed as words. */
  spaced(id: string, meaning: Meaning): void {
    this.term(normaliseTerm(id), meaning, "en");
  }
  words(words: Words | undefined, meaning: Meaning): void {
    for (const language of LANGUAGES)
      for (const term of words?.[language] ?? []) {
        if (term.includes("*")) this.phrase(term, meaning, language);
        else this.term(normaliseTerm(term), meaning, language);
      }
  }
  ordinaryWords(words: Words): void {
    for (const language of LANGUAGES)
      for (const term of words[language] ?? []) {
        const form = normaliseTerm(term);
        if (isOneWord(form)) this.ordinary.add(form);
        else this.insert(form, { meaning: { what: "ordinary" }, language, term: form });
      }
  }
  finish(catalog: Catalog): Index {
    const vocabulary = new Map<number, TableWord[]>();
    let rank = 0;
    for (const word of new Set([...this.english, ...this.foreign])) {
      rank += 1;
      const entry = { word, english: this.english.has(word), rank };
      vocabulary.set(word.length, [...(vocabulary.get(word.length) ?? []), entry]);
    }
    const forms = [...catalog.lexicon.dimensions].flatMap(([dimension, { form }]) =>
      form !== null && catalog.dimensions.has(dimension) ? [{ dimension, form: new RegExp(`^(?:${form})$`) }] : [],
    );
    const { exact, bare: stripped, ids, phrases, ordinary } = this;
    return { exact, bare: stripped, ids, phrases, vocabulary, ordinary, forms, catalog };
  }

  private phrase(term: string, meaning: Meaning, language: LexiconLanguage): void {
    const pieces = term.split("*").map((piece) => normaliseTerm(piece));
    const phrase = this.phrases.length;
    this.phrases.push({ role: meaning.what === "role" ? meaning.role : "", pieces: pieces.length });
    for (const [index, piece] of pieces.entries())
      this.insert(piece, { meaning: { what: "piece", phrase, index }, language, term: piece });
  }
  private term(term: string, meaning: Meaning, language: LexiconLanguage): void {
    if (term === "") return;
    const known = language === "en" ? this.english : this.foreign;
    for (const form of language === "en" && meaning.what !== "role" ? variants(term) : [term]) {
      this.insert(form, { meaning, language, term: form });
      for (const word of form.split(/[^\p{L}]+/u)) if (isCorrectable(word)) known.add(word);
    }
  }
  private insert(form: string, sense: Sense): void {
    if (this.exact.get(form).some((known) => sameMeaning(known.meaning, sense.meaning))) return;
    this.exact.add(form, sense);
    if (sense.language === "vi") this.bare.add(bare(form), sense);
  }
}

const isOneWord = (term: string): boolean => /^[\p{Script=Latin}\p{M}'"]+$/u.test(term);

/** Long enough to be told from its neighbours, and written in letters that one mistypes one at a time. */
export const isCorrectable = (word: string): boolean =>
  word.length >= 5 && scriptOf(word.charCodeAt(0)) === "word" && /^\p{Script=Latin}+$/u.test(word);

const sameMeaning = (a: Meaning, b: Meaning): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Plural = singular, word by word, for words long enough that an s more or less makes no other word. */
function variants(term: string): string[] {
  let forms = [""];
  for (const word of term.split(" ")) {
    const options = wordForms(word);
    forms = forms.flatMap((form) => options.map((option) => (form === "" ? option : `${form} ${option}`)));
    if (forms.length > 32) return [term];
  }
  return [term, ...forms.filter((form) => form !== term)];
}
function wordForms(word: string): string[] {
  if (word.length < 4 || !/^[a-z]+$/.test(word) || /(ss|us|is)$/.test(word)) return [word];
  if (word.endsWith("ies")) return [word, `${word.slice(0, -3)}y`];
  if (word.endsWith("s")) return [word, word.slice(0, -1)];
  if (/[^aeiou]y$/.test(word)) return [word, `${word.slice(0, -1)}ies`];
  return [word, `${word}s`];
}
