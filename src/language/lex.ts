import type { Catalog } from "../catalog/catalog.ts";
import { dayOf, isDate } from "./calendar.ts";
import type { Index, Sense } from "./lexicon.ts";
import { bare, type Normal } from "./normalise.ts";
import type { Assignment, Token } from "./token.ts";
import { type Found, scriptOf } from "./trie.ts";
import type { Window } from "./window.ts";

/** No question has more words; what is beyond is not read. */
const TOKENS_MAX = 120;

/** Cuts a text into tokens: the longest term of the tables at each place, left to right; numbers, dates, ids and marks by their form. */
export function lex(normal: Normal, index: Index): Token[] {
  const lexer = new Lexer(normal, index);
  return lexer.run();
}

/** The longest term at a place, with and without Vietnamese marks. */
export function longestTerm(text: string, plain: string, start: number, index: Index): Found<Sense> | null {
  const exact = index.exact.longest(text, start);
  if (scriptOf(text.charCodeAt(start)) !== "word") return exact;
  const stripped = index.bare.longest(plain, start, (sense, end) => writtenAs(sense.term, text.slice(start, end)));
  if (!stripped || (exact && exact.end > stripped.end)) return exact;
  if (!exact || stripped.end > exact.end) return stripped;
  const extra = stripped.entries.filter((sense) => !exact.entries.includes(sense));
  return { end: exact.end, entries: [...exact.entries, ...extra] };
}

/** Whether a text is the term with some or all marks left out. */
function writtenAs(term: string, text: string): boolean {
  if (text.length !== term.length) return false;
  const plain = bare(term);
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char !== term[index] && char !== plain[index] && !(term[index] === " " && (char === "-" || char === "_")))
      return false;
  }
  return true;
}

const CHUNK = /[a-z0-9]+(?:[-_][a-z0-9]+)*/y;
const CHANNEL = /#[\p{L}\p{M}\p{N}_-]{1,80}/uy;
const VERSION = /[a-z]{1,12}\d+(?:\.\d+)*[a-z]?(?![a-z0-9])/y;
const EXPERIMENT = /exp[-_ ]?(\d{1,12})(?![a-z0-9_-])/y;
const NAMED_EXPERIMENT = /^exp_[a-z0-9_]+$/;
const LETTERS = /[\p{Script=Latin}\p{M}]+(?:-[\p{Script=Latin}\p{M}]+)*/uy;
const ISO_DATE = /(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?![\d])/y;
const ISO_MONTH = /(\d{4})-(\d{2})(?![-\d])/y;
const SLASH_DATE = /(\d{1,2})\/(\d{1,2})(?:\/(\d{4}|\d{2}))?(?![\d/])/y;
const SLASH_MONTH = /(\d{1,2})\/(\d{4})(?![\d/])/y;
const CLOCK = /(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)/y;
const NUMBER = /\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,15}(?:\.\d{1,15})?|\.\d{1,15}/y;

class Lexer {
  private readonly text: string;
  private readonly plain: string;
  private readonly normal: Normal;
  private readonly index: Index;
  private readonly tokens: Token[] = [];
  private place = 0;

  constructor(normal: Normal, index: Index) {
    this.normal = normal;
    this.index = index;
    this.text = normal.text;
    this.plain = bare(normal.text);
  }

  run(): Token[] {
    while (this.place < this.text.length && this.tokens.length < TOKENS_MAX) {
      if (this.text[this.place] === " ") this.place += 1;
      else this.next();
    }
    return this.tokens;
  }

  private next(): void {
    const char = this.text[this.place] ?? "";
    if (char === "#" && this.byForm(CHANNEL, (match) => ({ channel: this.original(match) }))) return;
    const script = scriptOf(char.charCodeAt(0));
    const follows = script === "word" && this.insideWord();
    if (script === "word" && !follows && this.identifier()) return;
    if ((isDigit(char) || (char === "." && isDigit(this.text[this.place + 1]))) && this.numeral()) return;
    if (this.term()) return;
    if (script === "word" && this.glued()) return;
    if (script === "word" && this.byForm(VERSION, () => ({ word: true }))) return;
    if (script === "word" && this.byForm(LETTERS, () => ({ word: true }))) return;
    if (script !== "other") this.unknownLetter();
    else this.push(this.place + 1, { mark: char });
  }

  /** Whether the place is right behind digits of the same word ("24|h"). */
  private insideWord(): boolean {
    const { place, text } = this;
    return place > 0 && scriptOf(text.charCodeAt(place)) === "word" && scriptOf(text.charCodeAt(place - 1)) === "word";
  }

  private push(end: number, what: Partial<Token>): true {
    const { place: start, text } = this;
    const last = this.tokens[this.tokens.length - 1];
    this.tokens.push({
      start,
      end,
      text: text.slice(start, end),
      glued: last !== undefined && last.end === start,
      senses: [],
      ...what,
    });
    this.place = end;
    return true;
  }

  /** A letter of a script without spaces that begins no term; a run of them is one word. */
  private unknownLetter(): void {
    const last = this.tokens.at(-1);
    const continues = last?.word && last.end === this.place && scriptOf(last.text.charCodeAt(0)) !== "word";
    if (!continues) return void this.push(this.place + 1, { word: true });
    this.place += 1;
    this.tokens[this.tokens.length - 1] = { ...last, end: this.place, text: this.text.slice(last.start, this.place) };
  }

  private byForm(form: RegExp, what: (match: RegExpExecArray) => Partial<Token> | null): boolean {
    form.lastIndex = this.place;
    const match = form.exec(this.text);
    const made = match && what(match);
    return made ? this.push(this.place + match[0].length, made) : false;
  }

  /** Ids with `_`, receipts, experiments, values of open dimensions known by their form. */
  private identifier(): boolean {
    if (this.byForm(EXPERIMENT, (match) => ({ experiment: `exp_${match[1]}` }))) return true;
    return this.byForm(CHUNK, ([chunk]) => {
      if (NAMED_EXPERIMENT.test(chunk)) return { experiment: chunk };
      if (/^r-[a-z0-9]{2,40}$/.test(chunk) && this.startsWithRole(chunk, "receipt.glued")) return { receipt: chunk };
      if (chunk.includes("_")) {
        const meaning = this.index.ids.get(chunk);
        if (meaning?.what === "dimension" && /^ ?!?[=:]/.test(this.text.slice(this.place + chunk.length))) return null;
        return meaning ? { senses: [{ meaning, language: "en", term: chunk }] } : { word: true };
      }
      const form = this.index.forms.find((open) => open.form.test(chunk));
      if (!form || this.index.exact.get(chunk.split("-")[0] ?? "").length > 0) return null;
      return {
        senses: [{ meaning: { what: "value", dimension: form.dimension, id: chunk }, language: "en", term: chunk }],
      };
    });
  }
  private startsWithRole(chunk: string, role: string): boolean {
    return this.index.exact
      .get(chunk.split("-")[0] ?? "")
      .some(({ meaning }) => meaning.what === "role" && meaning.role === role);
  }

  private numeral(): boolean {
    const number = (match: RegExpExecArray, group: number): number => Number(match[group]);
    const made =
      this.byForm(ISO_DATE, (m) => dated(number(m, 1), number(m, 2), number(m, 3))) ||
      this.byForm(ISO_MONTH, (m) => monthly(number(m, 1), number(m, 2))) ||
      this.byForm(SLASH_MONTH, (m) => monthly(number(m, 2), number(m, 1))) ||
      this.byForm(SLASH_DATE, (m) => dated(m[3] === undefined ? null : number(m, 3), number(m, 2), number(m, 1))) ||
      this.byForm(CLOCK, (m) =>
        number(m, 1) <= 24 && number(m, 2) < 60 ? { clock: number(m, 1) * 60 + number(m, 2) } : null,
      );
    if (made) return true;
    NUMBER.lastIndex = this.place;
    const match = NUMBER.exec(this.text);
    if (!match) return false;
    const end = this.place + match[0].length;
    if (!this.unitFollows(end)) return this.byForm(/[a-z0-9]+(?:[-_][a-z0-9]+)*/y, () => ({ word: true }));
    return this.push(end, { number: Number(match[0].replaceAll(",", "")) });
  }
  /** Digits that run into letters are a number only when the letters are a unit: 24h, 9th, 5k, 6pm. */
  private unitFollows(end: number): boolean {
    if (scriptOf(this.text.charCodeAt(end)) !== "word") return true;
    const found = longestTerm(this.text, this.plain, end, this.index);
    return (
      found?.entries.some(
        ({ meaning }) =>
          meaning.what === "role" &&
          /^(unit\.|times\.|ordinal\.|points|am$|pm$|month\.|percent|level)/.test(meaning.role),
      ) ?? false
    );
  }

  private term(): boolean {
    const found = this.pastBehindUnit() ?? longestTerm(this.text, this.plain, this.place, this.index);
    if (!found) return false;
    const behindDigits = this.insideWord();
    // Behind digits a letter is a unit ("9th", "30d"), never a market or a metric; elsewhere it never is an ordinal.
    const glueRole = /^(unit\.|times\.|ordinal\.|points|am$|pm$|month\.|percent|level)/;
    const senses = found.entries.filter(({ meaning }) =>
      behindDigits
        ? meaning.what === "role" && glueRole.test(meaning.role)
        : !(meaning.what === "role" && meaning.role.endsWith(".glued")),
    );
    if (senses.length === 0 && !behindDigits) return false;
    const dimension = senses.find(({ meaning }) => meaning.what === "dimension")?.meaning;
    const assigned = dimension?.what === "dimension" ? this.assignment(dimension.id, found.end) : null;
    if (assigned) return this.push(assigned.end, { assign: assigned.assign });
    const number = senses.find(({ meaning }) => meaning.what === "role" && meaning.role.startsWith("number."))?.meaning;
    if (number?.what === "role") return this.push(found.end, { senses, number: Number(number.role.slice(7)) });
    return this.push(found.end, { senses });
  }

  /** "9 ngày qua sla": behind a counted unit "qua" ends the period, though "qua sla" without marks is a term as well. */
  private pastBehindUnit(): Found<Sense> | null {
    const unit = this.tokens[this.tokens.length - 1];
    if (this.tokens[this.tokens.length - 2]?.number === undefined || !hasRoleOf(unit, "unit.")) return null;
    const found = this.index.exact.longest(this.text, this.place);
    return found?.entries.some(({ meaning }) => meaning.what === "role" && meaning.role === "last.after")
      ? found
      : null;
  }

  /** q1, w10, l7d: a letter that means something before digits. */
  private glued(): boolean {
    return this.byForm(/[a-z]+(?=\d)/y, ([letters]) => {
      const senses = this.index.exact
        .get(letters)
        .filter(({ meaning }) => meaning.what === "role" && /^(last|week|quarter)\.glued$/.test(meaning.role));
      return senses.length > 0 ? { senses } : null;
    });
  }

  /** `dimension=value`, `dimension:value`; the value may be quoted, several are joined by commas. */
  private assignment(dimension: string, from: number): { end: number; assign: Assignment } | null {
    const sign = /^ ?(!?)(=|:)( ?)/.exec(this.text.slice(from, from + 4));
    if (!sign) return null;
    const strict = sign[2] === "=" || sign[3] === "";
    let place = from + sign[0].length;
    const values: string[] = [];
    const unknown: string[] = [];
    for (let more = true; more; ) {
      const item = this.item(dimension, place);
      if (item.end === place || (item.value === null && !strict)) break;
      if (item.value === null) unknown.push(item.text);
      else values.push(item.value);
      place = item.end;
      more = this.text[place] === "," && strict && (this.text[place + 1] ?? " ") !== " ";
      if (more) place += 1;
    }
    if (values.length + unknown.length === 0) return null;
    return { end: place, assign: { dimension, values, unknown, negated: sign[1] === "!" } };
  }
  private item(dimension: string, place: number): { end: number; text: string; value: string | null } {
    const open = isOpen(this.index.catalog, dimension);
    if (this.text[place] === '"') {
      const close = this.text.indexOf('"', place + 1);
      const end = close < 0 ? this.text.length : close;
      const text = this.text.slice(place + 1, end).trim();
      return { end: Math.min(end + 1, this.text.length), text, value: open ? text : this.valueOf(dimension, text) };
    }
    const found = longestTerm(this.text, this.plain, place, this.index);
    const value = found && valueIn(found.entries, dimension);
    if (found && value !== null && value !== undefined)
      return { end: found.end, text: this.text.slice(place, found.end), value };
    const chunk = /^[^\s,;()"]+/.exec(this.text.slice(place, place + 120))?.[0] ?? "";
    return {
      end: place + chunk.length,
      text: chunk,
      value: open && chunk !== "" ? chunk : this.valueOf(dimension, chunk),
    };
  }
  private valueOf(dimension: string, text: string): string | null {
    const known = this.index.catalog.dimensions.get(dimension)?.values ?? [];
    const said = this.index.catalog.lexicon.dimensions.get(dimension)?.values;
    const ids = known.length > 0 ? known.map(({ id }) => id) : [...(said?.keys() ?? [])];
    const typed = text.replace(/[- ]/g, "_");
    const id = ids.find((candidate) => candidate.toLowerCase() === text || candidate.toLowerCase() === typed);
    return id ?? valueIn(this.index.exact.get(text.replace(/[-_]/g, " ")), dimension);
  }

  private original(match: RegExpExecArray): string {
    const start = this.normal.at[match.index] ?? 0;
    return this.normal.raw.slice(start, start + match[0].length);
  }
}

/** Whether a dimension takes values as typed: no closed set, or a set whose members are known by their form. */
export const isOpen = ({ dimensions, lexicon }: Catalog, id: string): boolean => {
  const said = lexicon.dimensions.get(id);
  return (
    (said?.form ?? null) !== null || ((dimensions.get(id)?.values.length ?? 0) === 0 && (said?.values.size ?? 0) === 0)
  );
};

function valueIn(senses: readonly Sense[], dimension: string): string | null {
  for (const { meaning } of senses) if (meaning.what === "value" && meaning.dimension === dimension) return meaning.id;
  return null;
}

const hasRoleOf = (token: Token | undefined, prefix: string): boolean =>
  token?.senses.some(({ meaning }) => meaning.what === "role" && meaning.role.startsWith(prefix)) ?? false;

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= "0" && char <= "9";

/** Buddhist years are 543 ahead. */
export const westernYear = (year: number): number => (year >= 2400 ? year - 543 : year);

function dated(year: number | null, month: number, day: number): { date: Window } | null {
  const full = year === null ? null : year < 100 ? 2000 + year : westernYear(year);
  if (month < 1 || month > 12 || day < 1 || !isDate(full ?? 2024, month, day)) return null;
  if (full !== null && dayOf(full, month, day) < 0) return null;
  return { date: { kind: "date", year: full, month, day } };
}
function monthly(year: number, month: number): { date: Window } | null {
  if (month < 1 || month > 12 || year < 1970 || year > 2800) return null;
  return { date: { kind: "month", year: westernYear(year), month } };
}
