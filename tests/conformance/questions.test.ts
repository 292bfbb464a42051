import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "../../src/catalog/load.ts";
import { canonical, type Question } from "../../src/kernel/question.ts";
import { createLineReader } from "../../src/language/lines.ts";
import { createReader } from "../../src/language/reader.ts";

const FILE = "../shared/acceptance/questions.public.jsonl";
const SHARE_MIN = 0.98;

interface Case {
  readonly id: string;
  readonly text: string;
  readonly expect: Question;
  readonly why: string;
}

describe.skipIf(!existsSync(FILE))("the public questions", () => {
  const cases = existsSync(FILE)
    ? readFileSync(FILE, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Case)
    : [];
  const catalog = loadCatalog({ dirs: ["catalog"] });
  if (!catalog.ok) throw new Error(JSON.stringify(catalog.error));
  const readLine = createLineReader(createReader(catalog.value));
  const read = cases.map((line) => ({ line, question: readLine(line).question }));

  it(`are understood as the rules say, at least ${SHARE_MIN * 100} % of them`, () => {
    const wrong = read.filter(({ line, question }) => canonical(question) !== canonical(line.expect));
    const told = wrong.map(({ line, question }) => `${line.id} ${line.text}: ${canonical(question)} (${line.why})`);
    expect(read.length).toBeGreaterThan(0);
    expect(1 - wrong.length / read.length, told.join("\n")).toBeGreaterThanOrEqual(SHARE_MIN);
  });

  it("are never answered confidently where the asker has to choose", () => {
    const unclear = read.filter(({ line }) => line.expect.kind === "clarify");
    expect(unclear.length).toBeGreaterThan(0);
    expect(unclear.filter(({ question }) => question.kind !== "clarify")).toEqual([]);
  });
});
