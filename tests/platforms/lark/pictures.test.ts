import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createChartPort } from "../../../src/charts/port.ts";
import type { Answer } from "../../../src/chat/answer.ts";
import { blank } from "../../../src/kernel/question.ts";
import { type CardChart, chartsThatFit, renderAnswer } from "../../../src/platforms/lark/render.ts";
import { gallery } from "../../gallery/specs.ts";
import { cardPage } from "../../support/lark-card-html.ts";
import { overturnByMarket, sampleAnswer } from "./fixture.ts";

const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));
const charts = createChartPort();
const OUT = new URL("../../gallery/out/", import.meta.url);

/** Cards to look at: `tests/gallery/out/lark-*.png` after a run. */
const cards: Readonly<Record<string, Answer>> = {
  answer: sampleAnswer({ charts: [gallery["bar-markets"] as never] }),
  "two-charts": sampleAnswer({
    charts: [gallery["line-one"] as never, gallery["line-twelve"] as never],
    findings: [{ code: "shift", text: "The rise since 9 Mar is larger than chance explains (p = 0.003)." }],
    view: { ...(sampleAnswer().view as never as object), more: 12 } as never,
  }),
  chinese: sampleAnswer({
    language: "zh",
    locale: "zh-CN",
    headline: "推翻率 6.1%（5,118 件中 312 件） · 印尼 4.4% … 越南 9.0%，较 2月17日–3月2日 上升 1.2 个百分点",
    echo: "各市场推翻率 · 2026年3月3日–16日 · 各市场当地日期",
    charts: [gallery["bar-markets"] as never],
    caveats: [{ code: "immature", text: "3月14–16日尚未定稿：申诉还会在 7 天内到达。" }],
    next: [
      { label: "越南为何上升？", question: overturnByMarket },
      { label: "按政策", question: overturnByMarket },
      { label: "按天", question: overturnByMarket },
    ],
    dataLine: "数据截至 3月17日 09:40（申诉晚 6 小时）",
  }),
  clarify: sampleAnswer({
    status: "clarify",
    question: blank("clarify"),
    headline: "Which accuracy do you mean?",
    echo: "",
    body: ["“Accuracy” names two metrics here. I took the first; tap the other if you meant it."],
    view: null,
    charts: [],
    caveats: [],
    receipt: null,
    dataLine: "",
    next: [
      { label: "QA accuracy of human decisions", question: overturnByMarket },
      { label: "Model precision", question: overturnByMarket },
    ],
  }),
  refused: sampleAnswer({
    status: "refused",
    headline: "There is no market “Atlantis”. The nearest are:",
    echo: "",
    view: null,
    charts: [],
    caveats: [],
    receipt: null,
    dataLine: "",
  }),
  large: sampleAnswer({
    charts: Object.values(gallery).slice(0, 7),
    view: {
      columns: Array.from({ length: 9 }, (_, index) => ({
        label: `Metric ${index + 1}`,
        align: index ? "right" : "left",
      })),
      rows: Array.from({ length: 120 }, (_, row) =>
        Array.from({ length: 9 }, (_, cell) => (cell ? `${row * cell}.5 %` : `Team ${row}`)),
      ),
      more: 31,
    },
  }),
};

describe.skipIf(CHROMIUM === undefined)("Lark cards in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox", "--disable-gpu"] });
    mkdirSync(OUT, { recursive: true });
  });
  afterAll(() => browser?.close());

  it.each(Object.keys(cards))("draws %s without an error, every chart with ink", async (name) => {
    const answer = cards[name] as Answer;
    const pictures = new Map<string, Uint8Array>();
    const specs = answer.charts.map((chart) => charts.vchart(chart));
    const fits = chartsThatFit(specs);
    const drawn = await Promise.all(
      answer.charts.map(async (chart, index): Promise<CardChart> => {
        if (fits[index] && (chart.kind === "line" || chart.kind === "bar"))
          return { form: "spec", spec: specs[index] ?? {} };
        pictures.set(`img_${index}`, await charts.png(chart));
        return { form: "picture", key: `img_${index}`, alt: charts.text(chart) };
      }),
    );
    const page = await browser.newPage({ viewport: { width: 660, height: 400 }, deviceScaleFactor: 1.5 });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.setContent(cardPage(renderAnswer(answer, drawn, "om_root"), pictures));
    await page.evaluate("window.drawn");
    writeFileSync(new URL(`lark-${name}.png`, OUT), await page.screenshot({ fullPage: true }));
    const inked = await page.evaluate(
      "[...document.querySelectorAll('.chart canvas')].map(c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++; return n; })",
    );
    expect(errors).toEqual([]);
    for (const ink of inked as number[]) expect(ink).toBeGreaterThan(1_000);
    await page.close();
  });
});
