import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../../src/chat/answer.ts";
import { canonical } from "../../../src/kernel/question.ts";
import { wireBytes } from "../../../src/platforms/lark/card.ts";
import { answerPost, contentOf } from "../../../src/platforms/lark/post.ts";
import { type CardChart, chartsThatFit, renderAnswer } from "../../../src/platforms/lark/render.ts";
import { cardComplaint } from "../../support/lark-card-rules.ts";
import { buttonsOf } from "../../support/lark-stub.ts";
import { overturnByMarket, plainCharts, sampleAnswer } from "./fixture.ts";

const BYTES_MAX = 30 * 1024;
const chart: CardChart = { form: "spec", spec: { type: "bar", data: [{ values: [{ x: "VN", y: 0.09 }] }] } };
const bigChart: CardChart = {
  form: "spec",
  spec: { type: "bar", data: [{ values: Array.from({ length: 150 }, (_, x) => ({ x: `label ${x}`, y: x })) }] },
};
const wide = (rows: number) => ({
  columns: Array.from({ length: 8 }, (_, index) => ({ label: `Column ${index}`, align: "right" as const })),
  rows: Array.from({ length: rows }, (_, row) => Array.from({ length: 8 }, (_, cell) => `cell ${row}/${cell}`)),
  more: 3,
});
const textOf = (card: unknown): string => JSON.stringify(card);

describe("an answer as a Lark card", () => {
  it("is taken by Lark's rules, with the key number in the title", () => {
    const card = renderAnswer(sampleAnswer(), [chart], "om_root");
    expect(cardComplaint(card)).toBeNull();
    expect(card.header.title.content).toBe("Overturn rate 6.1 % (312 of 5,118)");
    expect(card.header.subtitle?.content).toContain("3–16 Mar 2026");
    expect(textOf(card)).toContain("ID 4.4 % … VN 9.0 %");
    expect(card.body.elements.map((element) => element.tag)).toEqual([
      "div",
      "chart",
      "table",
      "div",
      "div",
      "hr",
      "column_set",
      "column_set",
    ]);
  });

  it("has next steps as complete Questions and the details of its receipt, in the thread it stands in", () => {
    const buttons = buttonsOf(renderAnswer(sampleAnswer(), [], "om_root"));
    expect(buttons.map((button) => button.label)).toEqual([
      "Why did VN rise?",
      "By policy",
      "By day",
      "Show SQL",
      "CSV",
    ]);
    expect(buttons[1]?.value).toEqual({ q: canonical({ ...overturnByMarket, by: ["policy"] }), t: "om_root" });
    expect(buttons[4]?.value).toEqual({ r: "r-7k2m9", d: "csv", t: "om_root" });
  });

  it.each(LANGUAGES)("speaks %s on its own buttons", (language) => {
    const labels = buttonsOf(renderAnswer(sampleAnswer({ language }), [], null)).map((button) => button.label);
    expect(labels.at(-1)).toBe("CSV");
    expect(labels.at(-2)).toContain("SQL");
  });

  it("says which of the many charts and rows it leaves out, and stays under 30 KB", () => {
    const answer = sampleAnswer({ view: wide(400), language: "en" });
    const card = renderAnswer(
      answer,
      Array.from({ length: 8 }, () => chart),
      "om_root",
    );
    expect(cardComplaint(card)).toBeNull();
    expect(wireBytes(card)).toBeLessThan(BYTES_MAX);
    const table = card.body.elements.find((element) => element.tag === "table");
    const shown = table?.tag === "table" ? table.rows.length : 0;
    expect(shown).toBeGreaterThan(10);
    expect(textOf(card)).toContain(`charts 3, rows ${400 - shown + 3}. The CSV has every row.`);
  });

  it("gives up pictures before words", () => {
    const body = Array.from({ length: 12 }, (_, index) => `${index} ${"word ".repeat(300)}`);
    const card = renderAnswer(sampleAnswer({ body }), [bigChart, bigChart], null);
    expect(cardComplaint(card)).toBeNull();
    expect(wireBytes(card)).toBeLessThan(BYTES_MAX);
    expect(textOf(card)).toContain("Left out for size: charts ");
    expect(textOf(card)).toContain("11 word");
  });

  it("sends a chart as a spec only while all of them together leave room for the words", () => {
    expect(chartsThatFit([{ a: "x".repeat(100) }, { a: "x".repeat(20_000) }, { a: "y".repeat(8_000) }])).toEqual([
      true,
      false,
      true,
    ]);
    expect(chartsThatFit([{ a: "x".repeat(9_500) }, { a: "x".repeat(9_500) }])).toEqual([true, false]);
  });

  it("shows an uploaded picture with what a screen reader reads, and counts the missing one", () => {
    const card = renderAnswer(
      sampleAnswer(),
      [{ form: "picture", key: "img_v3_1", alt: "VN leads" }, { form: "missing" }],
      null,
    );
    expect(cardComplaint(card)).toBeNull();
    expect(textOf(card)).toContain('"alt":{"tag":"plain_text","content":"VN leads"}');
    expect(textOf(card)).toContain("Left out for size: charts 1.");
  });

  it("fits, is valid and stays text for any answer with hostile values in every place", () => {
    const hostile = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ maxLength: 60, unit: "binary" }),
      fc.string({ minLength: 200, maxLength: 4_000 }),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 40 }), fc.nat(5), (values, charts) => {
        const answer = hostileAnswer(values);
        const card = renderAnswer(
          answer,
          Array.from({ length: charts }, () => chart),
          "om_root",
        );
        expect(cardComplaint(card)).toBeNull();
        expect(wireBytes(card)).toBeLessThan(BYTES_MAX);
        expectOnlyText(card);
        const post = contentOf(answerPost(answer), answer.language);
        expect(wireBytes(post)).toBeLessThan(BYTES_MAX);
        expectOnlyText(post);
      }),
      { numRuns: 600 },
    );
  });

  it("does not even take a button that is too large to travel", () => {
    const huge = {
      ...overturnByMarket,
      filters: { team: Array.from({ length: 200 }, (_, index) => `team-${index}-${"x".repeat(30)}`) },
    };
    const card = renderAnswer(sampleAnswer({ next: [{ label: "huge", question: huge }] }), [], null);
    expect(textOf(card)).toContain("buttons 1");
    expect(buttonsOf(card).map((button) => button.label)).toEqual(["Show SQL", "CSV"]);
  });

  it("is still a card for an answer that says nothing", () => {
    const empty = sampleAnswer({
      headline: "?",
      echo: "",
      view: null,
      charts: [],
      caveats: [],
      next: [],
      receipt: null,
      dataLine: "",
    });
    expect(cardComplaint(renderAnswer(empty, [], null))).toBeNull();
  });
});

describe("the charts of the fixture", () => {
  it("are VChart specs without functions", () => {
    const spec = plainCharts.vchart(sampleAnswer().charts[0] as never);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });
});

const HOSTILE = [
  '<at id="all"></at>',
  '<at user_id="ou_x">boss</at>',
  "<at id=all></at>",
  "**bold** [click](https://evil.example/x)",
  "https://evil.example/?q=1",
  "HTTP://EVIL.example",
  "www.evil.example",
  "<font color='red'>x</font>",
  "<script>alert(1)</script>",
  "![x](img_v3_1)",
  "\u202Egnp.exe",
  "\u2066a\u2069\u200Fb",
  "{{template}} %s $x",
  "line\u2028two\u0000\u0007\u007F[31m",
  "\ud800 half",
  "=cmd|' /C calc'!A0",
  "’; drop table fact_cases; --",
];

function hostileAnswer(values: readonly string[]) {
  const at = (index: number): string => values[index % values.length] ?? "";
  return sampleAnswer({
    headline: `${at(0)} · ${at(1)}`,
    echo: at(2),
    body: values.slice(0, 20),
    view: {
      columns: [
        { label: at(3), align: "left" },
        { label: at(4), align: "right" },
      ],
      rows: values.map((value, index) => [value, at(index + 5)]),
      more: values.length,
    },
    findings: values.map((text) => ({ code: "x", text })),
    caveats: values.map((text) => ({ code: "x", text })),
    next: values
      .slice(0, 5)
      .map((label) => ({ label, question: { ...overturnByMarket, filters: { market: [label] } } })),
    dataLine: at(6),
  });
}

/** An independent reader of what Lark would interpret: only elements of plain text, no tag, link or mention node, no live address. */
function expectOnlyText(value: unknown, path: readonly string[] = []): void {
  if (typeof value === "string") {
    if (path.at(-1) === "q") return;
    expect(value).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200E\u200F]/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the point
    expect(value).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F]/);
    expect(value).not.toMatch(/\w:\/\/\w|\bwww\.\w/i);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const tag = (value as { tag?: unknown }).tag;
  if (tag !== undefined) {
    expect(["plain_text", "div", "chart", "table", "hr", "column_set", "column", "button", "img", "text"]).toContain(
      tag,
    );
  }
  const kind = (value as { data_type?: unknown }).data_type;
  if (kind !== undefined) expect(kind).toBe("text");
  for (const [key, inner] of Object.entries(value)) expectOnlyText(inner, [...path, key]);
}
