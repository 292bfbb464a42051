import type { Answer } from "../../../src/chat/answer.ts";
import type { Bot, ChartPort, Inbound, Reply, ThreadRef } from "../../../src/chat/port.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import type { ChartSpec } from "../../../src/kernel/chart-spec.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";

export const overturnByMarket: Question = {
  ...blank("metric"),
  metrics: ["overturn"],
  by: ["market"],
  period: { from: "2026-03-03", to: "2026-03-17" },
};

const bars: ChartSpec = {
  kind: "bar",
  title: "Overturn rate is highest in VN",
  subtitle: "Overturn rate · 3–16 Mar 2026 · market-local days",
  unit: "percent",
  locale: "en-GB",
  valueName: "Overturn rate",
  items: [
    { label: "VN", value: 0.09 },
    { label: "TH", value: 0.067 },
    { label: "ID", value: 0.044 },
  ],
};

/** An answer of the usual size. */
export function sampleAnswer(over: Partial<Answer> = {}): Answer {
  return {
    question: overturnByMarket,
    status: "answered",
    language: "en",
    locale: "en-GB",
    headline: "Overturn rate 6.1 % (312 of 5,118) · ID 4.4 % … VN 9.0 %, up 1.2 pp vs 17 Feb–2 Mar",
    echo: "Overturn rate by market · 3–16 Mar 2026 · market-local days",
    body: [],
    values: [],
    table: { columns: [], rows: [] },
    view: {
      columns: [
        { label: "Market", align: "left" },
        { label: "Overturn rate", align: "right" },
        { label: "95 % interval", align: "right" },
        { label: "n", align: "right" },
      ],
      rows: [
        ["VN", "9.0 %", "7.6–10.6 %", "1,402"],
        ["TH", "6.7 %", "5.5–8.2 %", "1,266"],
        ["ID", "4.4 %", "3.7–5.3 %", "2,450"],
      ],
      more: 0,
    },
    charts: [bars],
    findings: [],
    caveats: [{ code: "immature", text: "14–16 Mar is not final: appeals still arrive for 7 days." }],
    next: [
      {
        label: "Why did VN rise?",
        question: { ...overturnByMarket, kind: "why", filters: { market: ["VN"] }, by: [] },
      },
      { label: "By policy", question: { ...overturnByMarket, by: ["policy"] } },
      { label: "By day", question: { ...overturnByMarket, by: [], grain: "day" } },
    ],
    sql: [],
    receipt: "r-7k2m9" as Receipt,
    dataThrough: "2026-03-17T02:40:00Z",
    dataLine: "Data through 17 Mar 09:40 (appeals 6 h late)",
    timing: { parse: 0, query: 0, insight: 0, chart: 0, total: 0 },
    ...over,
  };
}

/** A chart port with a plain VChart bar and a 1-pixel PNG. */
export const plainCharts: ChartPort = {
  png: async () =>
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
      "base64",
    ),
  slack: () => null,
  vchart: (spec) => ({
    type: "bar",
    title: { visible: true, text: spec.title },
    data: [
      { id: "main", values: spec.kind === "bar" ? spec.items.map((item) => ({ x: item.label, y: item.value })) : [] },
    ],
    xField: "x",
    yField: "y",
  }),
  text: (spec) => spec.title,
};

/** The smallest bot that keeps the port's promises: one effect a delivery, bound threads known. */
export interface ScriptedBot extends Bot {
  /** What was acted on; duplicates are not here. */
  readonly acted: readonly Inbound[];
  readonly bound: ReadonlyMap<string, string>;
}
export function scriptedBot(reply: (inbound: Inbound) => Reply | Promise<Reply>): ScriptedBot {
  const seen = new Set<string>();
  const bound = new Map<string, string>();
  const acted: Inbound[] = [];
  const keyOf = (thread: ThreadRef): string => `${thread.tenant}/${thread.channel}/${thread.thread}`;
  return {
    acted,
    bound,
    async respond(inbound) {
      const again = inbound.deliveries.some((delivery) => seen.has(delivery));
      for (const delivery of inbound.deliveries) seen.add(delivery);
      if (again) return { type: "nothing" };
      acted.push(inbound);
      return reply(inbound);
    },
    bind: async (thread, receipt) => {
      bound.set(keyOf(thread), receipt);
    },
    knows: async (thread) => bound.has(keyOf(thread)),
    form: async () => ({ metrics: [], dimensions: [], periods: [] }),
    favourites: async () => [],
  };
}

export const answering = (answer: Answer = sampleAnswer()): ScriptedBot =>
  scriptedBot(() => ({ type: "answer", answer }));
