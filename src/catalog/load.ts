import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { distance } from "fastest-levenshtein";
import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { err, ok, type Result } from "../kernel/result.ts";
import { assemble } from "./assemble.ts";
import type { Catalog, Lexicon } from "./catalog.ts";
import { emptyLexicon, joinLexicons } from "./lexicon.ts";
import type { CatalogProblem, Path, ReadFile } from "./problem.ts";
import { DEFAULT_KEYS, fileSchema } from "./schema.ts";
import { loadWords } from "./words.ts";

/**
 * Reads every `*.yaml` below each directory (folders named `words` are the language's). A later directory adds entries or replaces
 * those of the same id. All problems are returned at once, so that one run shows everything there is to mend.
 */
export function loadCatalog(options: { readonly dirs: readonly string[] }): Result<Catalog, CatalogProblem[]> {
  const problems: CatalogProblem[] = [];
  const files: ReadFile[] = [];
  let lexicon = emptyLexicon;
  for (const dir of options.dirs) {
    const words = readWords(dir);
    if (words.ok) lexicon = joinLexicons(lexicon, words.value);
    else problems.push(...words.error);
    for (const path of yamlFiles(dir)) {
      const file = readCatalogFile(path, relative(process.cwd(), path));
      if (file.ok) files.push(file.value);
      else problems.push(...file.error);
    }
  }
  if (problems.length > 0) return err(problems);
  return assemble(files, lexicon);
}

/** One line of a problem: `catalog/metrics/mine.yaml:12:5 metrics.mine.unit: … → write one of …`. */
export function describeProblem(problem: CatalogProblem): string {
  const { file, line, column, path, message, instead } = problem;
  return `${file}:${line}:${column} ${path}: ${message}${instead === "" ? "" : ` → ${instead}`}`;
}

function readWords(dir: string): Result<Lexicon, CatalogProblem[]> {
  const folder = join(dir, "words");
  if (!existsSync(folder)) return ok(emptyLexicon);
  const words = loadWords(folder);
  if (words.ok) return words;
  const home = relative(process.cwd(), folder);
  return err(
    words.error.map(({ file, line, message }) => {
      return { file: join(home, file), line, column: 1, path: "", message, instead: "mend the words at this place" };
    }),
  );
}

function yamlFiles(dir: string): string[] {
  const entries: Dirent[] = readdirSync(dir, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return entry.name === "words" ? [] : yamlFiles(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    });
}

function readCatalogFile(path: string, name: string): Result<ReadFile, CatalogProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines, uniqueKeys: true, merge: true });
  const locate = (at: Path) => ({ file: name, ...placeOf(document, lines, at) });
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        const message = error.message.split("\n", 1)[0] ?? error.message;
        return { file: name, line, column: col, path: "", message, instead: "mend the YAML at this place" };
      }),
    );
  }
  const parsed = fileSchema.safeParse(withDefaults(document.toJS() ?? {}));
  if (parsed.success) return ok({ content: parsed.data, locate });
  return err(parsed.error.issues.flatMap((issue) => problemsOf(issue, [], locate)));
}

/** The `defaults` of a file go into its metrics, where those do not say otherwise. */
function withDefaults(content: unknown): unknown {
  if (!isRecord(content) || !isRecord(content.defaults) || !isRecord(content.metrics)) return content;
  const { defaults, ...rest } = content;
  const unknown = Object.keys(defaults as object).filter((key) => !(DEFAULT_KEYS as readonly string[]).includes(key));
  if (unknown.length > 0) return content;
  const metrics = Object.entries(content.metrics).map(([id, metric]) => [
    id,
    isRecord(metric) ? { ...(defaults as object), ...metric } : metric,
  ]);
  return { ...rest, metrics: Object.fromEntries(metrics) };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, above: Path, locate: ReadFile["locate"]): CatalogProblem[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return closestBranch(issue.errors).flatMap((inner) => problemsOf(inner, path, locate));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => problem(locate, [...path, key], `unknown key "${key}"`, nearestKey(key, path)));
  }
  return [problem(locate, path, issue.message, adviceFor(issue))];
}

const closestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] =>
  [...branches].sort((a, b) => deepest(b) - deepest(a) || a.length - b.length)[0] ?? [];
const deepest = (issues: readonly Issue[]): number => Math.max(...issues.map((issue) => issue.path.length));

const problem = (locate: ReadFile["locate"], path: Path, message: string, instead: string): CatalogProblem => ({
  ...locate(path),
  path: path.join("."),
  message,
  instead,
});

function adviceFor(issue: Issue): string {
  if (issue.code === "invalid_value") return `write one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "invalid_type") return `write a value of type ${issue.expected}`;
  if (issue.code === "invalid_union")
    return "write a kind: count, sum, ratio, proportion, mean, weighted, lifetimes, open, pairs, joined_ratio or parts";
  return "";
}

const KNOWN_KEYS = [
  "facts",
  "dimensions",
  "metrics",
  "watermarks",
  "defaults",
  "table",
  "alias",
  "joins",
  "where",
  "times",
  "grain",
  "select",
  "on",
  "optional",
  "label",
  "words",
  "values",
  "groups",
  "private",
  "people",
  "type",
  "group",
  "unit",
  "good",
  "owner",
  "version",
  "description",
  "formula",
  "watch_out",
  "also_called",
  "default_grain",
  "grains",
  "maturity_days",
  "labels_needed",
  "interval",
  "shows",
  "quantile",
  "cost_sheet",
  "scan",
  "min_effect",
  "min_volume",
  "by",
  "role",
  "follows",
  "heartbeat",
  "measure",
  "kind",
  "fact",
  "expr",
  "hit",
  "hits",
  "rows",
  "weight",
  "labelled",
  "among",
  "from",
  "event",
  "censor",
];

function nearestKey(key: string, path: Path): string {
  const [nearest] = [...KNOWN_KEYS].sort((a, b) => distance(key, a) - distance(key, b));
  return nearest !== undefined && distance(key, nearest) <= 3
    ? `write "${nearest}"`
    : `remove it: ${path.length === 0 ? "a file" : path.join(".")} has no such key`;
}

/** Where the deepest existing part of a path stands, 1-based. */
function placeOf(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step))
      : undefined;
    const next = pair ? pair.value : isCollectionItem(node, step);
    const start = pair && isScalar(pair.key) ? pair.key.range?.[0] : rangeStart(next);
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

const isCollectionItem = (node: unknown, step: string | number): unknown =>
  isRecord(node) && Array.isArray(node.items) && typeof step === "number" ? node.items[step] : undefined;
const rangeStart = (node: unknown): number | undefined =>
  isRecord(node) && Array.isArray(node.range) ? (node.range[0] as number) : undefined;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
