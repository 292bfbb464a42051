/**
 * Text for a `plain_text` element: whatever the data say, it stays text. Control and bidirectional characters go (they could reorder
 * or hide what is read), an address loses its power to become a link, and the length is capped in code points.
 */
export function plain(text: string, charsMax: number): string {
  return capped(unlinked(visible(text)), charsMax);
}

/** Without control, bidirectional and half characters; line breaks stay. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(UNSEEN, "")
    .replace(/\p{Cs}/gu, "\uFFFD");
}

/** As one line. */
export function oneLine(text: string, charsMax: number): string {
  return plain(visible(text).replace(/\s+/g, " ").trim(), charsMax);
}

// All controls but line break and tab; direction marks; zero-width space, joiners of words, byte order mark.
const UNSEEN = /(?![\n\t])\p{Cc}|[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/gu;

// Clients turn `scheme://…` and `www.…` into links by themselves; a zero-width space is invisible and prevents it.
const unlinked = (text: string): string =>
  text.replace(/:\/\//g, ":\u200B//").replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\u200B.`);

function capped(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const points = [...text];
  return points.length <= charsMax ? text : `${points.slice(0, charsMax - 1).join("")}…`;
}
