import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blank, type Question } from "../../src/kernel/question.ts";
import { createLineReader } from "../../src/language/lines.ts";
import { reader } from "./catalog.ts";

/**
 * Expectations worked out from the reading rules alone, before the reader was run on them. A line names its clause; of the Question only
 * what is not blank. Lines with the same `thread` are one talk.
 */
interface Row {
  readonly clause: string;
  readonly text: string;
  readonly thread?: string;
  readonly now?: string;
  readonly tz?: string;
  readonly home?: string;
  readonly expect: Partial<Question>;
}

const rows = readFileSync("tests/language/rules.jsonl", "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Row);
const sections = [...new Set(rows.map(sectionOf))].sort();

describe.each(sections)("reading rules, %s", (section) => {
  it("gives the Question that the rules say", () => {
    const read = createLineReader(reader);
    const own = rows.filter((row) => sectionOf(row) === section);
    const told = own.map((row, id) => {
      const { clause, text, thread, now = "2026-03-17T10:05+08:00", tz = "Asia/Singapore", home } = row;
      return { clause, text, question: read({ id, text, thread, now, tz, home }).question };
    });
    expect(told).toEqual(own.map(({ clause, text, expect: wanted }) => ({ clause, text, question: whole(wanted) })));
  });
});

function sectionOf({ clause }: Row): string {
  return /^§\d/.exec(clause)?.[0] ?? clause;
}

function whole(wanted: Partial<Question>): Question {
  const { choices } = wanted.options ?? {};
  const question = { ...blank(wanted.kind ?? "metric"), ...wanted };
  return choices ? { ...question, options: { choices: choices.map((choice) => whole(choice)) } } : question;
}
