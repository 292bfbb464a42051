import type { Answer } from "../../../src/chat/answer.ts";
import type { FormModel } from "../../../src/chat/port.ts";
import type { Receipt } from "../../../src/kernel/brand.ts";
import type { LinePoint } from "../../../src/kernel/chart-spec.ts";
import { blank, type Question } from "../../../src/kernel/question.ts";

/** Finished answers as the core gives them, one for every way in which the page shows something. */

export const overturn: Question = {
  ...blank("metric"),
  metrics: ["overturn"],
  by: ["market"],
  period: { from: "2026-03-03", to: "2026-03-17" },
};

const markets = [
  ["VN", 0.09, 0.072, 0.112, 0.078, "73 of 812"],
  ["PH", 0.074, 0.056, 0.097, 0.071, "47 of 640"],
  ["TH", 0.066, 0.05, 0.087, 0.07, "46 of 701"],
  ["MY", 0.058, 0.041, 0.081, 0.057, "31 of 533"],
  ["SG", 0.051, 0.034, 0.076, 0.049, "27 of 528"],
  ["ID", 0.044, 0.036, 0.054, 0.046, "88 of 1,904"],
] as const;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const points = (share: number): string => `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)} pp`;

export const byMarket: Answer = {
  question: overturn,
  status: "answered",
  language: "en",
  locale: "en-GB",
  headline: "Overturn rate 6.1 % (312 of 5,118) · highest VN 9.0 %, lowest ID 4.4 %, up 0.4 pp vs 17 Feb–2 Mar",
  echo: "Understood: overturn rate by market, 3–16 Mar 2026, each market's own days, compared with 17 Feb–2 Mar 2026",
  body: [],
  values: [],
  table: {
    columns: [
      { id: "market", unit: null },
      { id: "overturn", unit: "share" },
    ],
    rows: markets.map(([market, value]) => [market, value]),
  },
  view: {
    columns: [
      { label: "Market", align: "left" },
      { label: "Overturn rate", align: "right" },
      { label: "Of", align: "right" },
      { label: "95 % range", align: "right" },
      { label: "Before", align: "right" },
      { label: "Change", align: "right" },
    ],
    rows: markets.map(([market, value, low, high, before, of]) => [
      market,
      percent(value),
      of,
      `${(low * 100).toFixed(1)}–${percent(high)}`,
      percent(before),
      points(value - before),
    ]),
    more: 0,
  },
  charts: [
    {
      kind: "bar",
      title: "Overturn rate is highest in VN",
      subtitle: "Overturn rate · 3–16 Mar 2026 · market-local days",
      unit: "percent",
      locale: "en-GB",
      valueName: "3–16 Mar",
      compareName: "17 Feb–2 Mar",
      note: "whiskers = 95 % range · pale = not final",
      items: markets.map(([label, value, low, high, compare], place) => ({
        label,
        value,
        low,
        high,
        compare,
        provisional: place === 0,
      })),
    },
  ],
  findings: [],
  caveats: [
    { code: "immature", text: "VN is not final: appeals of the last 7 days may still be resolved." },
    { code: "noise", text: "The change is within noise: 0.4 pp with a 95 % range of −0.5 to +1.3 pp." },
  ],
  next: [
    { label: "By reason", question: { ...overturn, by: ["reason"] } },
    { label: "Daily trend", question: { ...overturn, by: [], grain: "day" } },
    { label: "Why did VN rise?", question: { ...overturn, kind: "why", by: [], filters: { market: ["VN"] } } },
    { label: "vs a week earlier", question: { ...overturn, compare: { from: "2026-02-24", to: "2026-03-10" } } },
  ],
  sql: [{ text: "select 1", params: [], ms: 12, source: "events" }],
  receipt: "r-7f3a9c" as Receipt,
  dataThrough: "2026-03-17T01:40:00Z",
  dataLine: "Data through 17 Mar 2026, 09:40 (appeals 6 h late)",
  timing: { parse: 0.4, query: 12, insight: 1, chart: 0, total: 14 },
};

/** A daily series with a weekly rhythm; the last `late` days are provisional. */
function days(count: number, level: number, late: number, phase = 0): LinePoint[] {
  return Array.from({ length: count }, (_, day) => {
    const date = new Date(Date.UTC(2026, 1, 15 + day));
    const rhythm = 1 + 0.16 * Math.sin((2 * Math.PI * (day + phase)) / 7) + 0.05 * Math.sin(day * 1.7 + phase);
    const y = day === 11 ? null : level * rhythm * (1 + day / 120);
    return {
      x: date.toISOString().slice(0, 10),
      label: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(date),
      y,
      provisional: day >= count - late,
    };
  });
}

export const trend: Answer = {
  ...byMarket,
  question: { ...overturn, metrics: ["inflow"], by: [], grain: "day" },
  headline: "Inflow 91,482 · 3,049 a day, from 2,711 on 15 Feb to 3,402 on 16 Mar, up 8 % vs 16 Jan–14 Feb",
  echo: "Understood: inflow by day, 15 Feb–16 Mar 2026, days of Asia/Singapore",
  view: {
    columns: [
      { label: "Day", align: "left" },
      { label: "Inflow", align: "right" },
    ],
    rows: days(30, 3_000, 2).map(({ label, y }) => [
      label,
      y === null ? "–" : new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 }).format(y),
    ]),
    more: 4,
  },
  charts: [
    {
      kind: "line",
      title: "Inflow rose by 8 % over four weeks",
      subtitle: "Inflow · 15 Feb–16 Mar 2026 · days of Asia/Singapore",
      unit: "count",
      locale: "en-GB",
      note: "dashed = not complete · grey = 16 Jan–14 Feb",
      series: [
        { name: "Inflow", role: "main", points: days(30, 3_000, 2) },
        { name: "16 Jan–14 Feb", role: "compare", points: days(30, 2_700, 0, 2) },
      ],
      marks: [{ x: "2026-03-03", label: "3.3 campaign" }],
    },
  ],
  caveats: [],
  receipt: "r-51bd20" as Receipt,
};

export const lines: Answer = {
  ...trend,
  headline: "Overturn rate in ID 4.4 %, VN 9.0 %, TH 6.6 %",
  view: null,
  charts: [
    {
      kind: "line",
      title: "VN stays above ID and TH",
      subtitle: "Overturn rate · 15 Feb–16 Mar 2026 · market-local days",
      unit: "percent",
      locale: "en-GB",
      series: [
        { name: "VN", role: "main", points: days(30, 0.09, 7) },
        { name: "TH", role: "main", points: days(30, 0.066, 7, 2) },
        { name: "ID", role: "main", points: days(30, 0.044, 7, 4) },
      ],
    },
    {
      kind: "line",
      title: "All markets, with the 95 % range",
      subtitle: "Overturn rate · 15 Feb–16 Mar 2026",
      unit: "percent",
      locale: "en-GB",
      series: [
        {
          name: "Overturn rate",
          role: "main",
          points: days(30, 0.061, 3).map((point) => ({
            ...point,
            low: point.y === null ? null : point.y * 0.86,
            high: point.y === null ? null : point.y * 1.15,
          })),
        },
      ],
    },
  ],
  receipt: "r-0c11e5" as Receipt,
};

export const heat: Answer = {
  ...trend,
  headline: "Inflow peaks on Friday at 20:00 with 412 cases an hour",
  view: null,
  charts: [
    {
      kind: "heat",
      title: "Evenings and Fridays carry the load",
      subtitle: "Inflow · hour of day × weekday · 15 Feb–16 Mar 2026",
      unit: "count",
      locale: "en-GB",
      xLabels: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0")),
      yLabels: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
      values: Array.from({ length: 7 }, (_, day) =>
        Array.from({ length: 24 }, (_, hour) =>
          day === 2 && hour < 3
            ? null
            : Math.round(210 + 130 * Math.sin(((hour - 13) / 24) * 2 * Math.PI) + (day === 4 ? 60 : day * 5)),
        ),
      ),
    },
  ],
  receipt: "r-aa0102" as Receipt,
};

export const multiples: Answer = {
  ...trend,
  headline: "Inflow by queue: product 48,100, video 21,300, live 9,900, seller 7,200, ip 3,100, appeals 1,882",
  view: null,
  charts: [
    {
      kind: "multiples",
      title: "Product carries half of the inflow",
      subtitle: "Inflow by queue · 15 Feb–16 Mar 2026",
      unit: "count",
      locale: "en-GB",
      panels: ["product", "video", "live", "seller", "ip", "appeals"].map((name, place) => ({
        name,
        points: days(30, 1_600 / (place + 1), 2, place),
        compare: days(30, 1_500 / (place + 1), 0, place + 1),
      })),
    },
  ],
  receipt: "r-bb0102" as Receipt,
};

export const why: Answer = {
  ...trend,
  headline: "Overturn rate rose 1.1 pp (5.1 % → 6.2 %) vs 2–13 Feb 2026",
  view: null,
  charts: [
    {
      kind: "waterfall",
      title: "Overturn rate rose 1.1 pp: +0.8 pp from queue live",
      subtitle: "Overturn rate by queue · 16–27 Feb 2026",
      unit: "percent",
      locale: "en-GB",
      from: { label: "2–13 Feb 2026", value: 0.0512 },
      steps: [
        { label: "live", effect: 0.0083 },
        { label: "product", effect: 0.0041 },
        { label: "video", effect: 0.0002, faint: true },
        { label: "ip", effect: -0.0016 },
      ],
      to: { label: "16–27 Feb 2026", value: 0.0622 },
    },
    {
      kind: "heat",
      signed: true,
      title: "Overturn rate: live · ID brings +0.6 pp of +1.1 pp",
      subtitle: "Overturn rate by queue and market · 16–27 Feb 2026",
      unit: "percent",
      locale: "en-GB",
      xLabels: ["ID", "VN", "TH"],
      yLabels: ["live", "product"],
      values: [
        [0.0062, 0.0011, null],
        [0.0021, -0.0012, 0.0007],
      ],
    },
  ],
  receipt: "r-cc0102" as Receipt,
};

export const inIndonesia: Answer = {
  ...byMarket,
  question: { ...overturn, by: [], filters: { market: ["ID"] } },
  headline: "Overturn rate 4.4 % (88 of 1,904) · down 0.2 pp vs 17 Feb–2 Mar",
  echo: "Understood: overturn rate, market ID, 3–16 Mar 2026, days of Asia/Jakarta, compared with 17 Feb–2 Mar 2026",
  view: null,
  charts: [],
  caveats: [],
  receipt: "r-1d4410" as Receipt,
};

const nothing = {
  view: null,
  table: { columns: [], rows: [] },
  charts: [],
  caveats: [],
  echo: "",
  sql: [],
  receipt: null,
  dataThrough: null,
  dataLine: "",
} as const;

export const clarify: Answer = {
  ...byMarket,
  ...nothing,
  question: blank("clarify"),
  status: "clarify",
  headline: "Which “FP rate” do you mean?",
  body: ["Two metrics go by that name."],
  next: [
    {
      label: "Over-enforcement: wrong removals among removals",
      question: { ...overturn, by: [], metrics: ["over_enforcement"] },
    },
    {
      label: "False positive rate: wrong removals among all that was fine",
      question: { ...overturn, by: [], metrics: ["fp_rate"] },
    },
  ],
};

export const refused: Answer = {
  ...byMarket,
  ...nothing,
  status: "refused",
  headline: "I know no market “Atlantis”.",
  body: ["The nearest that I know are these."],
  next: ["TH", "PH", "ID"].map((market) => ({
    label: `Overturn rate in ${market}`,
    question: { ...overturn, by: [], filters: { market: [market] } },
  })),
};

export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
export const hostile: Answer = {
  ...byMarket,
  headline: `Overturn rate 6.1 % (${HOSTILE}) · ${"x".repeat(300)}`,
  echo: HOSTILE,
  body: [HOSTILE, "[a](javascript:alert(1)) <https://evil.example|click> &lt;b&gt;"],
  view: {
    columns: [
      { label: HOSTILE, align: "left" },
      { label: "n", align: "right" },
    ],
    rows: [
      [HOSTILE, "1"],
      ["team‮evil", "2"],
      ["y".repeat(400), "3"],
    ],
    more: 0,
  },
  charts: [
    {
      kind: "bar",
      title: HOSTILE,
      subtitle: HOSTILE,
      unit: "count",
      locale: "en-GB",
      valueName: HOSTILE,
      items: [{ label: HOSTILE, value: 3 }],
    },
    {
      kind: "heat",
      title: HOSTILE,
      subtitle: HOSTILE,
      unit: "count",
      locale: "en-GB",
      xLabels: [HOSTILE],
      yLabels: [HOSTILE],
      values: [[1]],
    },
  ],
  caveats: [{ code: "x", text: HOSTILE }],
  next: [{ label: HOSTILE, question: overturn }],
  receipt: "r-666" as Receipt,
};

export const form: FormModel = {
  metrics: [
    { id: "inflow", label: "Inflow", group: "volume" },
    { id: "overturn", label: "Overturn rate", group: "quality" },
    { id: "accuracy", label: "QA accuracy", group: "quality" },
    { id: "tat", label: "Turnaround time", group: "efficiency" },
    { id: "cost_per_decision", label: "Cost per decision", group: "cost" },
  ],
  dimensions: [
    { id: "market", label: "Market", values: ["ID", "VN", "TH", "MY", "PH", "SG"].map((id) => ({ id, label: id })) },
    {
      id: "queue",
      label: "Queue",
      values: ["product", "video", "live", "seller", "ip", "appeals"].map((id) => ({ id, label: id })),
    },
    { id: "reason", label: "Reason", values: ["counterfeit", "weapons", "adult"].map((id) => ({ id, label: id })) },
    { id: "team", label: "Team", values: [] },
  ],
  periods: [
    { words: "last 7 days", label: "Last 7 days" },
    { words: "last 14 days", label: "Last 14 days" },
    { words: "last week", label: "Last week" },
    { words: "last month", label: "Last month" },
  ],
};
