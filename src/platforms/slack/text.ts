import type { Brand } from "../../kernel/brand.ts";

/** Text that Slack shows as it stands: no mention, link, broadcast or hidden direction can come out of it. */
export type SafeText = Brand<string, "SafeText">;

/** Any text → safe text of at most `max` characters (counted after escaping), cut with "…". */
export function safe(text: string, max: number): SafeText {
  const plain = strip(text);
  const whole = escaped(plain);
  if (whole.length <= max) return whole as SafeText;
  return `${escapedPrefix(plain, max - 1)}…` as SafeText;
}

/** The same on one line. */
export const safeLine = (text: string, max: number): SafeText => safe(text.replace(/\s+/gu, " ").trim(), max);

/** False when nothing would be seen of it. */
export const visible = (text: string): boolean => /\S/u.test(strip(text));

/**
 * Text of a person as Slack sends it → the words: our own mention dropped, channel and link markup replaced by what was seen,
 * entities decoded. `<#C1|ops>` → `#ops`, `<http://x|x>` → `x`, `<!here>` → "".
 */
export function plainWords(text: string, botUserId: string, max: number): string {
  return text
    .slice(0, max)
    .replaceAll(`<@${botUserId}>`, " ")
    .replace(/<([#@!]?)([^<>|]{0,500})(?:\|([^<>]{0,500}))?>/gu, (_, sigil: string, target: string, label?: string) => {
      if (sigil === "#") return `#${label || target}`;
      if (sigil === "@" || sigil === "!") return " ";
      return label || target;
    })
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();
}

/** Channels (name → id) and people that the markup of a message names, the bot left out; `{}` where it names none. */
export function mentionsIn(
  text: string,
  botUserId: string,
): { readonly channels?: Readonly<Record<string, string>>; readonly people?: readonly string[] } {
  const channels = [...text.matchAll(/<#([A-Z0-9]{2,40})(?:\|([^<>]{0,200}))?>/gu)];
  const people = [...text.matchAll(/<@([A-Z0-9]{2,40})(?:\|[^<>]{0,200})?>/gu)]
    .flatMap(([, id]) => id ?? [])
    .filter((id) => id !== botUserId);
  return {
    ...(channels.length > 0
      ? { channels: Object.fromEntries(channels.map(([, id = "", name]) => [name || id, id])) }
      : {}),
    ...(people.length > 0 ? { people: [...new Set(people)] } : {}),
  };
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Control characters other than tab and newline, bidirectional overrides and isolates, zero-width and tag characters, lone surrogates. */
function strip(text: string): string {
  return text
    .replace(/\p{Cs}/gu, "\uFFFD")
    .replace(/\r\n?/gu, "\n")
    .replace(/[\p{Cc}]/gu, (character) => (character === "\n" || character === "\t" ? character : ""))
    .replace(/[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu, "");
}

function escapedPrefix(plain: string, max: number): string {
  let out = "";
  for (const character of plain) {
    const next = escaped(character);
    if (out.length + next.length > max) break;
    out += next;
  }
  return out;
}
