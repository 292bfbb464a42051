import type { Answer } from "../../src/chat/answer.ts";
import type { Bot, ChartPort, Inbound, Reply, ThreadRef } from "../../src/chat/port.ts";
import type { Receipt } from "../../src/kernel/brand.ts";
import type { ChartSpec } from "../../src/kernel/chart-spec.ts";
import { blank, type Question } from "../../src/kernel/question.ts";

/** Finished answers, as the core would give them. */
export const overturn: Question = {
  ...blank("metric"),
  metrics: ["overturn"],
  by: ["market"],
  period: { from: "2026-03-03", to: "2026-03-17" },
};

const MARKETS: readonly (readonly [string, string, string, string, string])[] = [
  ["VN", "9.0 %", "812", "7.2–11.2 %", "+1.2 pp"],
  ["PH", "7.4 %", "640", "5.6–9.7 %", "+0.3 pp"],
  ["TH", "6.6 %", "701", "5.0–8.7 %", "−0.4 pp"],
  ["MY", "5.8 %", "533", "4.1–8.1 %", "+0.1 pp"],
  ["ID", "4.4 %", "1,904", "3.6–5.4 %", "−0.2 pp"],
  ["SG", "–", "8", "too few to show", "–"],
];

export const byMarket: Answer = {
  question: overturn,
  status: "answered",
  language: "en",
  locale: "en-GB",
  headline: "Overturn rate 6.1 % (312 of 5,118) · highest VN 9.0 %, lowest ID 4.4 %, up 1.2 pp vs 17 Feb–2 Mar",
  echo: "Understood: overturn rate by market, 3–16 Mar 2026, each market's own days, compared with 17 Feb–2 Mar 2026",
  body: [],
  values: [],
  table: {
    columns: [
      { id: "market", unit: null },
      { id: "overturn", unit: "share" },
    ],
    rows: [
      ["VN", 0.09],
      ["ID", 0.044],
    ],
  },
  view: {
    columns: [
      { label: "Market", align: "left" },
      { label: "Overturn rate", align: "right" },
      { label: "n", align: "right" },
      { label: "95 % range", align: "right" },
      { label: "Change", align: "right" },
    ],
    rows: MARKETS,
    more: 0,
  },
  charts: [
    {
      kind: "bar",
      title: "Overturn rate is highest in VN",
      subtitle: "Overturn rate · 3–16 Mar 2026 · market-local days",
      unit: "percent",
      locale: "en-GB",
      valueName: "Overturn rate",
      items: MARKETS.slice(0, 5).map(([label], index) => ({ label, value: 0.09 - index * 0.011 })),
    },
  ],
  findings: [],
  caveats: [
    { code: "immature", text: "Appeals of the last 7 days may still come in: VN and PH are not final." },
    { code: "suppressed", text: "SG has fewer than 10 appeals and is not shown." },
  ],
  next: [
    { label: "By reason", question: { ...overturn, by: ["reason"] } },
    { label: "Daily trend", question: { ...overturn, by: [], grain: "day" } },
    { label: "Why did VN rise?", question: { ...overturn, kind: "why", by: [], filters: { market: ["VN"] } } },
    { label: "vs a week earlier", question: { ...overturn, compare: { from: "2026-02-24", to: "2026-03-10" } } },
  ],
  sql: [
    {
      text: "select market, sum(overturned) as x, count(*) as n\nfrom appeals\nwhere decided_at < $1\ngroup by market",
      params: ["2026-03-17"],
      ms: 12,
      source: "events",
    },
  ],
  receipt: "r-7f3a9c" as Receipt,
  dataThrough: "2026-03-17T01:40:00Z",
  dataLine: "Data through 17 Mar 2026, 09:40 (appeals 6 h late)",
  timing: { parse: 1, query: 12, insight: 1, chart: 0, total: 14 },
};

export const clarify: Answer = {
  ...byMarket,
  question: blank("clarify"),
  status: "clarify",
  headline: "Which “FP rate” do you mean?",
  echo: "",
  body: ["Two metrics go by that name: wrong removals among removals, and wrong removals among harmless items."],
  view: null,
  table: { columns: [], rows: [] },
  charts: [],
  caveats: [],
  next: [
    { label: "Over-enforcement", question: { ...overturn, metrics: ["over_enforcement"] } },
    { label: "False positive rate", question: { ...overturn, metrics: ["fp_rate"] } },
  ],
  sql: [],
  receipt: null,
  dataThrough: null,
  dataLine: "",
};

export const refused: Answer = {
  ...clarify,
  status: "refused",
  headline: "I do not know a market called “Atlantis”.",
  body: ["Nearest: Thailand, Philippines, Indonesia."],
  next: ["TH", "PH", "ID"].map((market) => ({
    label: market,
    question: { ...overturn, by: [], filters: { market: [market] } },
  })),
};

export const line: Answer = {
  ...byMarket,
  headline: "Inflow 41,300 from 3,120 on 10 Mar to 2,804 on 23 Mar",
  view: null,
  charts: [
    {
      kind: "line",
      title: "Inflow fell by 10 % over two weeks",
      subtitle: "Inflow · 10–23 Mar 2026",
      unit: "count",
      locale: "en-GB",
      series: [
        {
          name: "Inflow",
          role: "main",
          points: Array.from({ length: 40 }, (_, day) => ({ x: `d${day}`, label: `${day}`, y: 3_000 - day })),
        },
      ],
    },
  ],
};

/** A Slack-native drawing of bars; all else is a picture. */
export const charts: ChartPort = {
  png: async () => Buffer.from("89504e470d0a1a0a", "hex"),
  slack: (spec: ChartSpec) =>
    spec.kind === "bar"
      ? {
          type: "data_visualization",
          title: spec.title.slice(0, 50),
          chart: {
            type: "bar",
            series: [
              {
                name: spec.valueName.slice(0, 20),
                data: spec.items.map(({ label, value }) => ({ label, value: (value ?? 0) * 100 })),
              },
            ],
            axis_config: { categories: spec.items.map(({ label }) => label), y_label: "%" },
          },
        }
      : null,
  vchart: () => ({}),
  text: (spec) => `${spec.kind} chart: ${spec.subtitle}`,
};

/** A core that answers as told, handles a delivery once, and remembers its threads. */
export interface TinyBot extends Bot {
  readonly heard: Inbound[];
  readonly bound: { thread: ThreadRef; receipt: Receipt }[];
}
export function tinyBot(answerTo: (inbound: Inbound) => Reply | Promise<Reply>): TinyBot {
  const heard: Inbound[] = [];
  const bound: TinyBot["bound"] = [];
  const seen = new Set<string>();
  return {
    heard,
    bound,
    async respond(inbound) {
      if (inbound.deliveries.some((name) => seen.has(name))) return { type: "nothing" };
      for (const name of inbound.deliveries) seen.add(name);
      heard.push(inbound);
      return answerTo(inbound);
    },
    async bind(thread, receipt) {
      bound.push({ thread, receipt });
    },
    async knows(thread) {
      return bound.some((entry) => entry.thread.thread === thread.thread && entry.thread.channel === thread.channel);
    },
    async form(language) {
      return {
        metrics: [
          { id: "overturn", label: language === "zh" ? "推翻率" : "Overturn rate", group: "Quality" },
          { id: "inflow", label: "Inflow", group: "Volume" },
        ],
        dimensions: [
          {
            id: "market",
            label: "Market",
            values: [
              { id: "ID", label: "Indonesia" },
              { id: "VN", label: "Vietnam" },
            ],
          },
          { id: "team", label: "Team", values: [] },
        ],
        periods: [{ words: "last 14 days", label: "Last 14 days" }],
      };
    },
    async favourites() {
      return byMarket.next;
    },
  };
}
export const always = (answer: Answer): Reply => ({ type: "answer", answer });
