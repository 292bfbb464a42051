import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeProblem, loadCatalog } from "../../src/catalog/load.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "catalog-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const METRIC = `metrics:
  mine:
    type: simple
    label: {en: Mine}
    group: volume
    unit: count
    good: neither
    owner: me
    version: 1
    description: {en: Mine.}
    formula: count
    measure: {kind: count, fact: decisions, on: decided_at}
`;

function problemsOf(text: string): string[] {
  writeFileSync(join(dir, "mine.yaml"), text);
  const loaded = loadCatalog({ dirs: ["catalog", dir] });
  return loaded.ok ? [] : loaded.error.map((problem) => describeProblem(problem).replace(/^.*mine\.yaml/, "mine.yaml"));
}

test("the built-in catalog has every metric of the dictionary, each said in five languages", () => {
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(loaded.error.map(describeProblem).join("\n"));
  const { metrics, dimensions, zoned } = loaded.value;
  expect(metrics.size).toBe(43);
  expect(dimensions.size).toBe(15);
  expect(zoned?.zones.get("US")).toBe("America/Los_Angeles");
  expect(metrics.get("tat")?.shows).toEqual(["tat_p50", "tat_p95"]);
  for (const metric of metrics.values()) {
    for (const language of ["en", "zh", "id", "vi", "th"] as const) {
      expect(metric.label[language]?.[0], `${metric.id} ${language}`).toBeTruthy();
      expect(metric.description[language]?.[0], `${metric.id} ${language}`).toBeTruthy();
    }
    expect(metric.watchOut, metric.id).not.toBe("");
  }
  for (const [name, words] of loaded.value.lexicon.metrics) {
    expect(metrics.has(name), `words for ${name}`).toBe(true);
    expect(Object.keys(words).length).toBeGreaterThan(0);
  }
});

test("a later directory adds an entry, or replaces one of the same id", () => {
  expect(problemsOf(METRIC)).toEqual([]);
  writeFileSync(join(dir, "mine.yaml"), METRIC.replace("mine:", "decisions:"));
  const loaded = loadCatalog({ dirs: ["catalog", dir] });
  expect(loaded.ok && loaded.value.metrics.get("decisions")?.label.en).toEqual(["Mine"]);
  expect(loaded.ok && loaded.value.metrics.size).toBe(43);
});

test.each([
  [
    "a value that is none of a set",
    METRIC.replace("unit: count", "unit: percent"),
    /^mine\.yaml:6:5 metrics\.mine\.unit: .* → write one of share, count/,
  ],
  [
    "a slip of the pen in a key",
    METRIC.replace("formula:", "formulla:"),
    /^mine\.yaml:11:5 metrics\.mine\.formulla: unknown key "formulla" → write "formula"$/,
  ],
  [
    "a key that is missing",
    METRIC.replace("    owner: me\n", ""),
    /^mine\.yaml:2:3 metrics\.mine\.owner: .* → write a value of type string$/,
  ],
  [
    "a fact that does not exist",
    METRIC.replace("fact: decisions", "fact: decision"),
    /^mine\.yaml:12:28 metrics\.mine\.measure\.fact: there is no fact "decision" → write decisions or /,
  ],
  [
    "a time that the fact does not have",
    METRIC.replace("on: decided_at", "on: created_at"),
    /metrics\.mine\.measure\.on: there is no time of decisions "created_at" → write decided_at/,
  ],
  [
    "a kind of measure that does not exist",
    METRIC.replace("kind: count", "kind: counts"),
    /^mine\.yaml:12:\d+ metrics\.mine\.measure\.kind: /,
  ],
  [
    "a second statement in an expression",
    METRIC.replace("on: decided_at", 'on: decided_at, where: "true; drop table x"'),
    /metrics\.mine\.measure\.where: write one SQL expression without ;/,
  ],
  [
    "a table name that is none",
    'facts: {f: {table: "a b", alias: x, times: {}, dimensions: {}}}',
    /^mine\.yaml:1:13 facts\.f\.table: write a table or column name/,
  ],
  [
    "a zone that does not exist",
    "dimensions: {d: {label: {en: D}, values: {A: {zone: Mars/Base}}}}",
    /dimensions\.d\.values\.A\.zone: write an IANA time zone/,
  ],
  [
    "a dimension that the fact does not have",
    METRIC.replace("    measure", "    dimensions: [marked]\n    measure"),
    /metrics\.mine\.dimensions\.0: .* → write /,
  ],
  ["broken YAML", "metrics: {mine: [}", /^mine\.yaml:1:\d+ /],
])("%s is named with file and line and what to write instead", (_, text, said) => {
  const problems = problemsOf(text);
  expect(
    problems.some((problem) => said.test(problem)),
    problems.join("\n"),
  ).toBe(true);
});
