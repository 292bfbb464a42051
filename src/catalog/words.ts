import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Lexicon, Words } from "./catalog.ts";

/** What is wrong with a file of words, said so that its author can mend it. */
export interface WordsProblem {
  readonly file: string;
  /** 1-based; 0 when the file itself could not be read. */
  readonly line: number;
  readonly message: string;
}
export type WordsResult =
  | { readonly ok: true; readonly value: Lexicon }
  | { readonly ok: false; readonly error: readonly WordsProblem[] };

/**
 * Reads every `*.yaml` of a folder (in order of name) into one Lexicon. Later files add to earlier ones. Problems are values: each names
 * its file and line.
 */
export function loadWords(dir: string): WordsResult {
  const problems: WordsProblem[] = [];
  const files: WordsFile[] = [];
  for (const name of readdirSync(dir)
    .filter((entry) => entry.endsWith(".yaml"))
    .sort()) {
    const read = readWordsFile(join(dir, name), name);
    if (read.ok) files.push(read.value);
    else problems.push(...read.error);
  }
  if (problems.length === 0 && files.length === 0)
    problems.push({ file: dir, line: 0, message: "no *.yaml file with words in this folder" });
  return problems.length > 0 ? { ok: false, error: problems } : { ok: true, value: merge(files) };
}

const phrase = z.string().trim().min(1).max(80);
const phrases = z.union([z.array(phrase), z.string().transform((line) => line.trim().split(/\s+/))]);
const words = z.strictObject({
  en: z.array(phrase).optional(),
  zh: z.array(phrase).optional(),
  id: z.array(phrase).optional(),
  vi: z.array(phrase).optional(),
  th: z.array(phrase).optional(),
});
const value = words.extend({ bare: z.boolean().default(true) });
const dimension = z.strictObject({
  words: words.default({}),
  alone: z.string().optional(),
  form: z.string().optional(),
  values: z.record(z.string(), value).default({}),
  groups: z.array(z.strictObject({ values: z.array(z.string()).min(1), words })).default([]),
});
const oneValue = z.record(z.string(), z.string());
const wordsFile = z.strictObject({
  metrics: z.record(z.string(), words).default({}),
  dimensions: z.record(z.string(), dimension).default({}),
  roles: z.record(z.string(), words).default({}),
  quantiles: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  ambiguous: z.array(z.strictObject({ metrics: z.array(z.string()).min(2), words })).default([]),
  only_ambiguous: z.array(z.strictObject({ of: oneValue, or: oneValue })).default([]),
  zones: z.record(z.string(), words).default({}),
  places: z.record(z.string(), words).default({}),
  managing: z.record(z.string(), words).default({}),
  ordinary: z
    .strictObject({
      en: phrases.optional(),
      zh: phrases.optional(),
      id: phrases.optional(),
      vi: phrases.optional(),
      th: phrases.optional(),
    })
    .default({}),
});
type WordsFile = z.infer<typeof wordsFile>;

function readWordsFile(
  path: string,
  file: string,
): { ok: true; value: WordsFile } | { ok: false; error: WordsProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines });
  if (document.errors.length > 0)
    return {
      ok: false,
      error: document.errors.map(({ pos, message }) => ({ file, line: lines.linePos(pos[0]).line, message })),
    };
  const parsed = wordsFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const lineOf = (where: readonly PropertyKey[]): number => {
    for (let depth = where.length; depth > 0; depth -= 1) {
      const node = document.getIn(where.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  return {
    ok: false,
    error: parsed.error.issues.map(({ path: where, message }) => ({
      file,
      line: lineOf(where),
      message: `${where.map(String).join(".")}: ${message}`,
    })),
  };
}

function merge(files: readonly WordsFile[]): Lexicon {
  return {
    roles: byKey(files.map((file) => file.roles)),
    metrics: byKey(files.map((file) => file.metrics)),
    dimensions: new Map(
      files
        .flatMap((file) => Object.entries(file.dimensions))
        .map(([id, entry]) => [
          id,
          {
            words: compact(entry.words),
            alone: entry.alone ?? null,
            form: entry.form ?? null,
            values: new Map(
              Object.entries(entry.values).map(([value, { bare, ...rest }]) => [value, { bare, words: compact(rest) }]),
            ),
            groups: entry.groups.map((group) => ({ values: group.values, words: compact(group.words) })),
          },
        ]),
    ),
    quantiles: new Map(files.flatMap((file) => Object.entries(file.quantiles)).map(([id, map]) => [id, map])),
    ambiguous: files.flatMap((file) =>
      file.ambiguous.map((entry) => ({ metrics: entry.metrics, words: compact(entry.words) })),
    ),
    onlyAmbiguous: files.flatMap((file) =>
      file.only_ambiguous.map((entry) => ({ of: single(entry.of), or: single(entry.or) })),
    ),
    zones: byKey(files.map((file) => file.zones)),
    places: byKey(files.map((file) => file.places)),
    managing: byKey(files.map((file) => file.managing)),
    ordinary: files.reduce<Words>((all, file) => joined(all, compact(file.ordinary)), {}),
  };
}

const single = (record: Record<string, string>): { dimension: string; value: string } => {
  const [dimension, value] = Object.entries(record)[0] ?? ["", ""];
  return { dimension, value };
};

function byKey(records: readonly Record<string, Partial<Record<string, string[] | undefined>>>[]): Map<string, Words> {
  const all = new Map<string, Words>();
  for (const record of records)
    for (const [key, entry] of Object.entries(record)) all.set(key, joined(all.get(key) ?? {}, compact(entry)));
  return all;
}

const compact = (entry: Partial<Record<string, string[] | undefined>>): Words =>
  Object.fromEntries(Object.entries(entry).filter(([, list]) => list !== undefined)) as Words;

function joined(a: Words, b: Words): Words {
  const out: Record<string, readonly string[]> = { ...a };
  for (const [language, list] of Object.entries(b)) out[language] = [...(out[language] ?? []), ...list];
  return out as Words;
}
