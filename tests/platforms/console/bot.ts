import type { Answer } from "../../../src/chat/answer.ts";
import type { Bot, ChartPort, Inbound, Reply, ThreadRef } from "../../../src/chat/port.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import * as answers from "./answers.ts";

/** A bot of few words: fixed answers to fixed questions, and a record of what it was told. */
export interface ListeningBot extends Bot {
  readonly heard: Inbound[];
  readonly bound: { readonly thread: ThreadRef; readonly receipt: Receipt }[];
  /** Lets the questions that said "slow" be answered. */
  release(): void;
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  "overturn rate by market last 14d": answers.byMarket,
  "inflow last 30 days vs previous period": answers.trend,
  "overturn ID VN TH daily": answers.lines,
  "inflow by hour of day and weekday": answers.heat,
  "why overturn": answers.why,
  "inflow by queue daily": answers.multiples,
  "and in ID?": answers.inIndonesia,
  "fp rate": answers.clarify,
  "overturn rate in Atlantis": answers.refused,
  hostile: answers.hostile,
};

export function listeningBot(): ListeningBot {
  const heard: Inbound[] = [];
  const bound: ListeningBot["bound"] = [];
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    heard,
    bound,
    release: () => open(),
    async respond(inbound) {
      heard.push(inbound);
      const { act } = inbound;
      if (act.type === "detail") return detail(act.receipt, act.detail);
      if (act.type === "choice") return { type: "answer", answer: { ...answers.inIndonesia, question: act.question } };
      if (act.type === "verdict") return { type: "nothing" };
      const text = act.text.replace(/^\/modstats\s+/, "");
      if (text === "slow") await gate;
      if (text === "break") throw new Error("the bot broke: secret-token");
      if (text === "again") return { type: "nothing" };
      if (text === "down")
        return { type: "notice", language: "en", text: "The database does not answer. Ask again in a minute." };
      return { type: "answer", answer: ANSWERS[text] ?? answers.inIndonesia };
    },
    async bind(thread, receipt) {
      bound.push({ thread, receipt });
    },
    async knows(thread) {
      return bound.some((one) => one.thread.thread === thread.thread);
    },
    async form() {
      return answers.form;
    },
    async favourites() {
      return [
        { label: "Overturn rate by market, last 14 days", question: answers.overturn },
        {
          label: "Turnaround time by queue, last week",
          question: { ...answers.overturn, metrics: ["tat"], by: ["queue"] },
        },
        { label: "Backlog now", question: { ...answers.overturn, metrics: ["backlog"], by: [] } },
        {
          label: "Inflow daily, last 30 days",
          question: { ...answers.overturn, metrics: ["inflow"], by: [], grain: "day" },
        },
      ];
    },
  };
}

function detail(receipt: Receipt, kind: "sql" | "csv"): Reply {
  if (kind === "csv")
    return {
      type: "csv",
      receipt,
      title: "Overturn rate by market",
      fileName: "overturn-by-market.csv",
      content: "market,overturn\nVN,0.09\nID,0.044\n",
    };
  return {
    type: "sql",
    receipt,
    title: "SQL",
    statements: [
      {
        text: "select c.market,\n  count(*) filter (where a.outcome in ('overturned', 'partial')) as numerator,\n  count(*) as denominator\nfrom appeals a join cases c using (case_id)\nwhere a.resolved_at >= $1 and a.resolved_at < $2 and a.outcome <> 'withdrawn'\ngroup by c.market",
        params: '["2026-03-03", "2026-03-17"]',
      },
    ],
  };
}

/** One red pixel for every picture. */
export const plainCharts: ChartPort = {
  png: async () =>
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
      "base64",
    ),
  slack: () => null,
  vchart: () => ({}),
  text: (spec) => `${spec.kind} chart: ${spec.title}`,
};
