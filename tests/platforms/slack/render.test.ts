import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/chat/answer.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import { canonical } from "../../../src/kernel/question.ts";
import { homeView } from "../../../src/platforms/slack/home.ts";
import {
  renderAnswer,
  renderNotice,
  renderSql,
  type SlackMessage,
  type Style,
} from "../../../src/platforms/slack/render.ts";
import { plainWords } from "../../../src/platforms/slack/text.ts";
import { byMarket, charts, clarify, line, overturn, refused } from "../../support/slack-answers.ts";
import { blockProblems } from "../../support/slack-block-rules.ts";
import { slackPage } from "../../support/slack-html.ts";

const render = (answer: Answer, style: Style = "native"): SlackMessage => renderAnswer(answer, charts, style);
const everything = (message: SlackMessage): string => JSON.stringify(message.blocks);
const kinds = (message: SlackMessage): string[] => message.blocks.map((block) => block.type);

describe("an answer in Slack", () => {
  it("says number, understanding, chart, table, caveats and freshness in this order, then the next steps", () => {
    const message = render(byMarket);
    expect(kinds(message)).toEqual([
      "header",
      "section",
      "context",
      "data_visualization",
      "data_table",
      "context",
      "context",
      "actions",
      "actions",
    ]);
    expect(message.text).toBe(`${byMarket.headline}\n${byMarket.echo}`);
    expect(message.pictures).toEqual([]);
    expect(blockProblems(message.blocks, "message")).toEqual([]);
  });

  it("carries every next step as a complete question", () => {
    const [buttons] = render(byMarket).blocks.filter((block) => block.type === "actions");
    const values =
      buttons?.type === "actions" ? buttons.elements.map((element) => ("value" in element ? element.value : "")) : [];
    expect(values).toEqual(byMarket.next.map((step) => canonical(step.question)));
  });

  it("puts a table into aligned columns where Slack refused the native one, says so, and sends the chart as a picture", () => {
    const message = render(byMarket, "plain");
    expect(kinds(message)).not.toContain("data_table");
    expect(message.native).toBe(false);
    expect(message.pictures).toEqual(byMarket.charts);
    expect(everything(message)).toContain("Slack refused the native chart or table");
    const table = message.blocks.find((block) => block.type === "section" && JSON.stringify(block).includes("```"));
    const lines = table?.type === "section" ? (table.text?.text.split("\n") ?? []) : [];
    expect(lines.slice(1, 3)).toEqual([
      "Market  Overturn rate      n       95 % range   Change",
      "VN              9.0 %    812       7.2–11.2 %  +1.2 pp",
    ]);
  });

  it("is understood by a renderer of Slack messages that others wrote", () => {
    const html = slackPage([
      render(byMarket),
      render(byMarket, "plain"),
      render(clarify),
      { text: "", blocks: homeView(byMarket.next, "en").blocks },
    ]);
    for (const text of [
      "Overturn rate 6.1",
      "highest VN",
      "1,904",
      "too few to show",
      "Why did VN rise?",
      "Favourites",
    ])
      expect(html).toContain(text);
    expect(html).not.toContain("```");
  });

  it("offers the choices of an ambiguous question, and the form", () => {
    const message = render(clarify);
    expect(everything(message)).toContain("Over-enforcement");
    expect(everything(message)).toContain("Build a question");
    expect(everything(render(refused))).toContain("Nearest: Thailand");
  });

  it("keeps a long table within a message and says how many rows are missing", () => {
    const view = {
      columns: byMarket.view?.columns ?? [],
      rows: Array.from({ length: 500 }, (_, i) => [`m${i}`, "1", "2", "3", "4"]),
      more: 30,
    };
    for (const style of ["native", "plain"] as const) {
      const message = render({ ...byMarket, view }, style);
      expect(blockProblems(message.blocks, "message")).toEqual([]);
      const left = Number(/(\d+) more rows not shown here/u.exec(everything(message))?.[1]);
      const shown = (everything(message).match(/m\d+/gu) ?? []).length;
      expect(shown).toBeGreaterThan(20);
      expect(shown + left).toBe(530);
    }
  });

  it("says what else it left out: columns, notes, next steps, charts, text", () => {
    const wide = {
      columns: Array.from({ length: 25 }, (_, i) => ({ label: `c${i}`, align: "left" as const })),
      rows: [Array(25).fill("1")],
      more: 0,
    };
    const huge = { ...overturn, filters: { seller: Array.from({ length: 150 }, (_, i) => `seller-number-${i}`) } };
    const message = render({
      ...byMarket,
      view: wide,
      caveats: Array.from({ length: 14 }, (_, i) => ({ code: "x", text: `note ${i}` })),
      next: [...byMarket.next, { label: "too long", question: huge }],
      charts: Array.from({ length: 9 }, () => line.charts[0]).flatMap((spec) => (spec ? [spec] : [])),
    });
    const said = everything(message);
    for (const sentence of [
      "5 more columns not shown",
      "4 more notes left out",
      "1 next step does not fit a button",
      "5 more charts are left out",
    ]) {
      expect(said).toContain(sentence);
    }
    const long = render({ ...byMarket, body: Array.from({ length: 12 }, (_, i) => `${i} ${"word ".repeat(500)}`) });
    expect(everything(long)).toContain("The text was cut to fit a Slack message.");
    expect(blockProblems(long.blocks, "message")).toEqual([]);
  });

  it("fits Slack's limits whatever the answer holds", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.constantFrom("", " ", "&".repeat(4_000), "漢".repeat(5_000), "```", "\u202E\u0000"),
    );
    const many = (max: number) => ({ maxLength: max, size: "max" as const });
    const anyAnswer = fc.record({
      headline: text,
      echo: text,
      body: fc.array(text, many(20)),
      dataLine: text,
      caveats: fc.array(fc.record({ code: text, text }), many(20)),
      next: fc.array(
        fc.record({ label: text, question: fc.constantFrom(overturn, { ...overturn, metrics: ["x".repeat(1_990)] }) }),
        many(12),
      ),
      view: fc.option(
        fc.record({
          columns: fc.array(
            fc.record({ label: text, align: fc.constantFrom("left" as const, "right" as const) }),
            many(25),
          ),
          rows: fc.array(fc.array(text, many(25)), many(60)),
          more: fc.nat(1_000),
        }),
      ),
      status: fc.constantFrom("answered" as const, "clarify" as const, "refused" as const),
      language: fc.constantFrom("en" as const, "zh" as const, "id" as const, "vi" as const, "th" as const),
    });
    fc.assert(
      fc.property(anyAnswer, fc.constantFrom("native" as const, "plain" as const), (parts, style) => {
        const message = render({ ...byMarket, ...parts }, style);
        expect(blockProblems(message.blocks, "message")).toEqual([]);
        expect(message.text.trim()).not.toBe("");
        expect(message.text.length + JSON.stringify(message.blocks).length).toBeLessThanOrEqual(13_200);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe("hostile data values", () => {
  const attacks = [
    "<!channel>", "<!here|here>", "<!everyone>", "<@U0VICTIM>", "<#C0SECRET|ops>", "<https://evil.example|Click>", "https://evil.example", "<!subteam^S1>",
    "<!date^1^{date}|x>", "*bold*", "_it_", "~no~", "`code`", "```", "&lt;!channel&gt;", "\u202Egnp.exe", "\u0000\u0007", "\u2066x\u2069", ":rotating_light:", "@channel", "mailto:a@b.c", "> quote", "</script>",
  ]; // biome-ignore format: one list, read as one
  const value = fc
    .array(fc.oneof(fc.constantFrom(...attacks), fc.string({ maxLength: 5 })), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(""));

  it("make no mention, link, broadcast or hidden direction: 10,000 values", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 20, maxLength: 20 }),
        fc.constantFrom("native" as const, "plain" as const),
        (values, style) => {
          const say = (index: number): string => values[index] ?? "";
          const answer: Answer = {
            ...byMarket,
            headline: `${say(0)} · ${say(1)}`,
            echo: say(2),
            body: [say(3), say(4)],
            caveats: [{ code: "x", text: say(5) }],
            findings: [{ code: "x", text: say(6) }],
            dataLine: say(7),
            next: [{ label: say(8), question: { ...overturn, filters: { market: [say(9)] } } }],
            view: {
              columns: [
                { label: say(10), align: "left" },
                { label: say(11), align: "right" },
              ],
              rows: [
                [say(12), say(13)],
                [say(14), say(15)],
              ],
              more: 0,
            },
          };
          const sql = renderSql(
            {
              type: "sql",
              receipt: "r-1" as Receipt,
              title: say(16),
              statements: [{ text: say(17), params: say(18) }],
            },
            "en",
          );
          for (const message of [render(answer, style), renderNotice(say(19)), ...(sql ? [sql] : [])])
            expect(dangers(message)).toEqual([]);
          expect(
            dangers({ ...render(answer), text: "x", blocks: homeView(answer.next, "en").blocks } as SlackMessage),
          ).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("of a person reach the language as words", () => {
    expect(plainWords("<@U0MODSTATS> overturn &gt; 5 <#C1|ops> <https://x.y|x.y> <!here>", "U0MODSTATS", 8_000)).toBe(
      "overturn > 5 #ops x.y",
    );
    expect(plainWords("send daily to <#C1|>", "U0MODSTATS", 8_000)).toBe("send daily to #C1");
  });
});

/** A reader of Slack's text rules, apart from the renderer: what a client would turn into a mention, a link or a direction. */
function dangers(message: SlackMessage): string[] {
  const found: string[] = [];
  const judge = (text: string, parsesLinks: boolean): void => {
    if (/<[^>]*>|[<>]/u.test(text)) found.push(`markup in ${JSON.stringify(text)}`);
    if (/&(?!amp;|lt;|gt;)/u.test(text)) found.push(`bare ampersand in ${JSON.stringify(text)}`);
    if (/[\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/u.test(text))
      found.push(`hidden character in ${JSON.stringify(text)}`);
    if (parsesLinks && /https?:|@channel|mailto:/u.test(text)) found.push(`auto-link in ${JSON.stringify(text)}`);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === "object" && node !== null) {
      const element = node as Record<string, unknown>;
      if (typeof element.text === "string" && ["mrkdwn", "plain_text", "raw_text"].includes(String(element.type))) {
        judge(element.text, element.type === "mrkdwn" && element.verbatim !== true);
        if (element.type === "plain_text" && element.emoji !== false) found.push("emoji are parsed");
        if (element.type === "mrkdwn") judgeFences(element.text, found);
      } else if (element.type === "data_table") judge(String(element.caption), false);
      for (const inner of Object.values(element)) walk(inner);
    }
  };
  walk(message.blocks);
  // chat.postMessage is called with parse "none" and link_names false, so that nothing in it is linked.
  judge(message.text, false);
  return found;
}

/** A fence must close where ours closes. */
function judgeFences(text: string, found: string[]): void {
  const fences = text.match(/```/gu)?.length ?? 0;
  if (text.startsWith("```") && fences !== 2) found.push("fence broken");
}
