/** What stands between the characters of a term: letters of one word, one script beside another, or neither. */
export type Script = "word" | "han" | "thai" | "other";

/** The script of a UTF-16 unit; digits and all spaced alphabets are "word". */
export function scriptOf(code: number): Script {
  if (code < 0x80)
    return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) ? "word" : "other";
  if (code >= 0x0e00 && code <= 0x0e7f) return "thai";
  if ((code >= 0x2e80 && code <= 0x9fff && code > 0x3007) || (code >= 0xf900 && code <= 0xfaff)) return "han";
  if (code >= 0xc0 && code <= 0x1fff) return "word";
  return "other";
}
/** Thai vowels and tones that belong to the letter before. */
export const isThaiMark = (code: number): boolean =>
  code === 0x0e31 ||
  code === 0x0e32 ||
  code === 0x0e33 ||
  (code >= 0x0e34 && code <= 0x0e3a) ||
  (code >= 0x0e47 && code <= 0x0e4e);

interface Node<T> {
  readonly next: Map<number, Node<T>>;
  entries: T[] | null;
}

export interface Found<T> {
  readonly end: number;
  readonly entries: readonly T[];
}

const SPACE = 32;

/** Terms → entries, with the longest match at a place of a text. A `-` or `_` in the text matches a space of a term. */
export class Trie<T> {
  private readonly root: Node<T> = { next: new Map(), entries: null };

  add(term: string, entry: T): void {
    let node = this.root;
    for (let index = 0; index < term.length; index += 1) {
      const code = term.charCodeAt(index);
      let next = node.next.get(code);
      if (!next) {
        next = { next: new Map(), entries: null };
        node.next.set(code, next);
      }
      node = next;
    }
    node.entries ??= [];
    node.entries.push(entry);
  }

  /** Entries of exactly this term. */
  get(term: string): readonly T[] {
    let node: Node<T> | undefined = this.root;
    for (let index = 0; node && index < term.length; index += 1) node = node.next.get(term.charCodeAt(index));
    return node?.entries ?? [];
  }

  /** The longest term that starts at `start` and ends at the end of a word, of those that `fits` accepts. */
  longest(text: string, start: number, fits?: (entry: T, end: number) => boolean): Found<T> | null {
    let node: Node<T> | undefined = this.root;
    let found: Found<T> | null = null;
    let previous: Script = "other";
    for (let index = start; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      const separator = code === SPACE || code === 45 || code === 95;
      const script: Script = separator ? "other" : scriptOf(code);
      const scriptChanges = index > start && !separator && script !== previous && previous !== "other";
      const direct: Node<T> | undefined = node.next.get(separator ? SPACE : code);
      node = direct ?? (scriptChanges ? node.next.get(SPACE)?.next.get(code) : undefined);
      if (!node) break;
      previous = script;
      if (node.entries && endsHere(text, index + 1)) {
        const entries: readonly T[] = fits ? node.entries.filter((entry) => fits(entry, index + 1)) : node.entries;
        if (entries.length > 0) found = { end: index + 1, entries };
      }
    }
    return found;
  }
}

/** Whether a word may end before `index`: not inside a word of letters, not before a mark of the last letter. */
function endsHere(text: string, index: number): boolean {
  if (index >= text.length) return true;
  const next = text.charCodeAt(index);
  if (isThaiMark(next) && scriptOf(text.charCodeAt(index - 1)) === "thai") return false;
  return !(scriptOf(next) === "word" && scriptOf(text.charCodeAt(index - 1)) === "word");
}
