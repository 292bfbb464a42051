import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Question } from "../../src/kernel/question.ts";
import { advance, emptyThread, type ThreadState } from "../../src/language/thread.ts";
import { NOW, reader } from "./catalog.ts";

/**
 * Readings checked by hand against the reading rules, clause by clause. A line is a message (`> ` = a follow-up in the thread of the line
 * before), the indented lines under it are its Question in short; `@@ now zone home` changes who asks and when, `##` is a heading.
 */
const DIR = "tests/language/fixtures";

describe.each(readdirSync(DIR))("%s", (file) => {
  const cases = parse(readFileSync(join(DIR, file), "utf8"));
  it("is read as written down", () => {
    expect(cases.length).toBeGreaterThan(5);
    let state: ThreadState = emptyThread;
    const read = cases.map(({ text, follows, now, zone, home }) => {
      if (!follows) state = emptyThread;
      const reading = reader.read(text, { now, zone, thread: state, ...(home ? { home } : {}) });
      state = advance(state, reading.question, { undone: reading.undone });
      const offered = reading.unknown ? `   ?${reading.unknown.role}:${reading.unknown.text}` : "";
      return `${text}\n${short(reading.question)}${offered}`;
    });
    expect(read).toEqual(cases.map(({ text, expected }) => `${text}\n${expected}`));
  });
});

interface Case {
  readonly text: string;
  readonly follows: boolean;
  readonly now: number;
  readonly zone: string;
  readonly home: string | undefined;
  readonly expected: string;
}

function parse(content: string): Case[] {
  const cases: Case[] = [];
  let who: Pick<Case, "now" | "zone" | "home"> = { now: NOW, zone: "Asia/Singapore", home: undefined };
  for (const line of content.split("\n")) {
    if (line === "" || line.startsWith("## ")) continue;
    const last = cases.at(-1);
    if (line.startsWith("@@")) {
      const [now = "", zone = "", home] = line.slice(2).split(" ");
      who = { now: Date.parse(now), zone, home };
    } else if (line.startsWith("      ") && last) {
      const more = line.slice(6);
      cases[cases.length - 1] = { ...last, expected: last.expected === "" ? more : `${last.expected}\n${more}` };
    } else {
      const follows = line.startsWith("> ");
      cases.push({ ...who, text: follows ? line.slice(2) : line, follows, expected: "" });
    }
  }
  return cases;
}

function short(question: Question): string {
  const { kind, metrics, by, filters, period, grain, compare } = question;
  const { choices, ...options } = question.options;
  const parts = [
    kind === "metric" ? "" : kind.toUpperCase(),
    metrics.join(","),
    by.length > 0 ? `by=${by.join(",")}` : "",
    Object.entries(filters)
      .map(([dimension, values]) => `${dimension}=${values.join("+")}`)
      .join(" "),
    period ? `${period.from}..${period.to}` : "",
    grain === "total" ? "" : `g=${grain}`,
    compare ? `cmp=${"at" in compare ? compare.at : `${compare.from}..${compare.to}`}` : "",
    Object.keys(options).length > 0 ? JSON.stringify(options) : "",
    (choices ?? []).map((choice) => `\n- ${short(choice)}`).join(""),
  ];
  return parts.filter((part) => part !== "").join(" ; ");
}
