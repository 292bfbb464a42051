import { limits } from "../kernel/limits.ts";

/** Text as it is read: NFKC, lower case, without decoration. `at[i]` is the place in `raw` of character i of `text`. */
export interface Normal {
  readonly text: string;
  readonly at: readonly number[];
  readonly raw: string;
}

/** Dropped whole: the bot's own name, other people's mentions, :shortcodes:. */
const DECORATION =
  /^\s*\/modstats(?![\w-])|@modstats(?![\w-])|<@[^<>\s]{1,80}>|(?<![\p{L}\p{N}]):[+-]?[a-z0-9_+-]{0,40}[a-z_][a-z0-9_+-]{0,40}:(?!\p{N})|:[+-]1:/giu;
/** Slack's form of a channel: `<#C012AB3CD|ops-id>`. */
const CHANNEL = /<#[A-Z0-9]{1,40}\|([^<>|]{1,80})>/gu;
const ENTITY: Readonly<Record<string, string>> = { "&gt;": ">", "&lt;": "<", "&amp;": "&" };

/** Normalises at most `limits.textCharsMax` characters; what is beyond is not read. */
export function normalise(input: string): Normal {
  const raw = input
    .slice(0, 2 * limits.textCharsMax)
    .normalize("NFKC")
    .slice(0, limits.textCharsMax)
    .replace(/&(?:gt|lt|amp);/g, (entity) => ENTITY[entity] ?? entity)
    .replace(CHANNEL, "#$1")
    .replace(/(?<=\d)\.\.(?=\d)/g, "–");
  const dropped = decorated(raw);
  const out = new Output();
  for (let index = 0; index < raw.length; ) {
    const char = String.fromCodePoint(raw.codePointAt(index) ?? 32);
    const length = char.length;
    if (dropped(index)) out.space(index);
    else index = emit(out, raw, char, index);
    index += length;
  }
  return { text: tones(out.finish()), at: out.at, raw };
}

/** A term of the tables in the same form; `-` and `_` inside are spaces. */
export const normaliseTerm = (term: string): string =>
  normalise(term)
    .text.replace(/(?<=[^\s])[-_](?=[^\s])/g, " ")
    .trim();

/** Letters without Vietnamese marks; the same length as the text. */
export function bare(text: string): string {
  if (!/[^ -~]/.test(text)) return text;
  let out = "";
  for (const char of text) out += char.length > 1 ? char : bareChar(char);
  return out;
}

/** Emits one character; returns the index of the last code unit it used beyond its own (for two-character signs). */
function emit(out: Output, raw: string, char: string, index: number): number {
  const next = raw[index + char.length] ?? "";
  if (/\s/u.test(char)) out.space(index);
  else if (/\p{Cf}|\p{Cc}|\ufe0f/u.test(char)) {
    // Invisible: nothing stands between its neighbours.
  } else if (/['’‘ʼ]/u.test(char)) {
    if (!(isLetter(raw[index - 1]) && isLetter(next))) out.put('"', index);
  } else if (/["“”„«»「」『』]/u.test(char)) out.put('"', index);
  else if (/[–—−‒―‐‑]/u.test(char)) out.put(next === ">" ? "→" : "-", index);
  else if (char === "~" || char === "〜") out.put(/[\d ]/.test(next) ? "-" : " ", index);
  else if (/[➡⇒➔➜]/u.test(char)) out.put("→", index);
  else if ((char === "-" || char === "=") && next === ">") {
    out.put("→", index);
    return index + 1;
  } else if (char === ">" && next === "=") {
    out.put("≥", index);
    return index + 1;
  } else if (char === "<" && next === "=") {
    out.put("≤", index);
    return index + 1;
  } else if (/[*`]|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Co}|\p{Cs}/u.test(char)) out.space(index);
  else if (/[๐-๙]/u.test(char)) out.put(String(char.charCodeAt(0) - 0x0e50), index);
  else out.put(lower(char), index);
  return index;
}

class Output {
  readonly at: number[] = [];
  private text = "";

  put(chars: string, index: number): void {
    this.text += chars;
    for (let unit = 0; unit < chars.length; unit += 1) this.at.push(index);
  }
  space(index: number): void {
    if (this.text === "" || this.text.endsWith(" ")) return;
    this.text += " ";
    this.at.push(index);
  }
  finish(): string {
    return this.text;
  }
}

const lower = (char: string): string => {
  const folded = char.toLowerCase();
  return folded.length === char.length ? folded : char;
};
const isLetter = (char: string | undefined): boolean => char !== undefined && /\p{L}/u.test(char);

function decorated(raw: string): (index: number) => boolean {
  const spans = [...raw.matchAll(DECORATION)].map((match) => [match.index, match.index + match[0].length] as const);
  if (spans.length === 0) return () => false;
  let current = 0;
  return (index) => {
    while (current < spans.length && index >= (spans[current]?.[1] ?? 0)) current += 1;
    return index >= (spans[current]?.[0] ?? Number.POSITIVE_INFINITY);
  };
}

/** Old and new placing of the tone mark in oa, oe, uy are one ("hoà", "hòa"). */
const TONES: Readonly<Record<string, string>> = {
  oà: "òa", oá: "óa", oả: "ỏa", oã: "õa", oạ: "ọa", oè: "òe", oé: "óe", oẻ: "ỏe", oẽ: "õe", oẹ: "ọe",
  uỳ: "ùy", uý: "úy", uỷ: "ủy", uỹ: "ũy", uỵ: "ụy",
}; // biome-ignore format: one table, read as one
const tones = (text: string): string =>
  /[àáảãạèéẻẽẹỳýỷỹỵ]/.test(text) ? text.replace(/o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]/g, (pair) => TONES[pair] ?? pair) : text;

const bareCache = new Map<string, string>();
function bareChar(char: string): string {
  const known = bareCache.get(char);
  if (known !== undefined) return known;
  const plain = char === "đ" ? "d" : (char.normalize("NFD")[0] ?? char);
  const result = /[a-z]/.test(plain) ? plain : char;
  if (bareCache.size < 1_000) bareCache.set(char, result);
  return result;
}
