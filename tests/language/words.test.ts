import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadWords } from "../../src/catalog/words.ts";
import { catalog, here, reader } from "./catalog.ts";

describe("the catalog's words", () => {
  it("name roles that the language knows", () => {
    const code = readdirSync("src/language").map((file) => readFileSync(join("src/language", file), "utf8"));
    const source = code.join("\n");
    const prefixes = [
      "period.",
      "todate.",
      "month.",
      "weekday.",
      "number.",
      "nth.",
      "times.",
      "quantile.",
      "holiday.",
      "grain.",
      "unit.",
      "compare.",
      "change.",
      "event.kind.",
      "kind.",
    ];
    const unknown = [...catalog.lexicon.roles.keys()].filter(
      (role) => !source.includes(`"${role}"`) && !prefixes.some((prefix) => role.startsWith(prefix)),
    );
    expect(unknown).toEqual([]);
  });

  it("mean what they stand under: every metric by each of its words that means nothing else", () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const [id, words] of catalog.lexicon.metrics)
      for (const term of Object.values(words).flat()) {
        tried += 1;
        const { metrics } = reader.read(term, here).question;
        if (metrics.join() !== id) wrong.push(`${term} → ${metrics.join()}, not ${id}`);
      }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(200);
  });

  it("mean what they stand under: every value beside a metric", () => {
    const wrong: string[] = [];
    for (const [dimension, { values }] of catalog.lexicon.dimensions)
      for (const [value, { words }] of values)
        for (const term of Object.values(words).flat()) {
          const { filters } = reader.read(`${metricWith(dimension)} ${term}`, here).question;
          if (JSON.stringify(filters) !== JSON.stringify({ [dimension]: [value] }))
            wrong.push(`${term} → ${JSON.stringify(filters)}`);
        }
    expect(wrong).toEqual([]);
  });

  const metricWith = (dimension: string): string =>
    ["tat", "data_freshness"].find((id) => catalog.metrics.get(id)?.dimensions.includes(dimension)) ?? "tat";

  it("are refused with file and line when a file is wrong", () => {
    const dir = mkdtempSync(join(tmpdir(), "words-"));
    writeFileSync(join(dir, "a.yaml"), "roles:\n  only:\n    en: [only]\n    xx: [nur]\n");
    const read = loadWords(dir);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.error).toMatchObject([{ file: "a.yaml", line: 3 }]);
  });

  it("are refused when there are none", () => {
    const read = loadWords(mkdtempSync(join(tmpdir(), "words-")));
    expect(read.ok).toBe(false);
  });
});
