import type { ChartSpec, LinePoint, LineSeries } from "../../src/kernel/chart-spec.ts";

/** One spec a picture: every kind, and the cases that break charts. Numbers are made by a fixed generator. */
export const gallery: Readonly<Record<string, ChartSpec>> = {
  "line-one": {
    kind: "line",
    title: "Overturn rate rose to 6.8 %, up 1.2 pp on the week before",
    subtitle: "Overturn rate · 3–16 Mar 2026 · all markets, market-local days",
    unit: "percent",
    locale: "en-GB",
    note: "Dashed and hollow: not final, appeals still open. Band: 95 % interval.",
    series: [
      {
        name: "3–16 Mar",
        role: "main",
        points: days("2026-03-03", 14, wave(0.055, 0.012, 1), { band: 0.006, openFrom: 11 }),
      },
      { name: "17 Feb–2 Mar", role: "compare", points: days("2026-02-17", 14, wave(0.05, 0.008, 5)) },
    ],
    marks: [
      { x: "2026-03-07", label: "Guideline 14.2 in force" },
      { x: "2026-03-10", label: "Model v31 in VN and TH" },
    ],
  },
  "line-fan": {
    kind: "line",
    title: "Inflow: about 13,900 cases in the next 14 days",
    subtitle: "Inflow · ID · product · 3 Feb – 30 Mar 2026 · days of Asia/Jakarta",
    unit: "count",
    locale: "en-GB",
    note: "Dashed: forecast, with its 80 % and 95 % band",
    series: [{ name: "Inflow", role: "main", points: fan(days("2026-02-03", 56, wave(1_000, 180, 4)), 42) }],
    marks: [
      { x: "2026-02-17", label: "Ramadan" },
      { x: "2026-03-20", label: "Eid al-Fitr" },
    ],
  },
  "line-five-90": {
    kind: "line",
    title: "TH and VN overturn twice as often as the rest",
    subtitle: "Overturn rate · 17 Dec 2025 – 16 Mar 2026 · market-local days",
    unit: "percent",
    locale: "en-GB",
    series: ["ID", "VN", "TH", "PH", "MY"].map((name, index) => ({
      name,
      role: "main" as const,
      points: days("2025-12-17", 90, wave(0.03 + index * 0.012, 0.006, index + 1)),
    })),
  },
  "line-twelve": {
    kind: "line",
    title: "All twelve queues slowed in campaign week",
    subtitle: "TAT p95 · 1–28 Feb 2026 · Asia/Jakarta",
    unit: "hours",
    locale: "en-GB",
    series: [
      "Listing – new seller",
      "Listing – electronics",
      "Listing – beauty and personal care",
      "Livestream",
      "Short video",
      "Reviews",
      "Chat reports",
      "Appeals",
      "Counterfeit",
      "Prohibited goods",
      "Image match",
      "Escalation",
    ].map((name, index) => ({
      name,
      role: "main" as const,
      points: days("2026-02-01", 28, wave(8 + index * 2.2, 3, index + 3)),
    })),
  },
  "line-gaps": {
    kind: "line",
    title: "No decisions were logged on 8–9 March",
    subtitle: "Decisions · 3–16 Mar 2026 · SG",
    unit: "count",
    locale: "en-GB",
    note: "Gaps: no data received.",
    series: [
      {
        name: "SG",
        role: "main",
        points: days("2026-03-03", 14, wave(1_250_000, 300_000, 2)).map((point, index) =>
          index === 5 || index === 6 || index === 9 || index === 11 ? { ...point, y: null } : point,
        ),
      },
    ],
  },
  "line-single-point": {
    kind: "line",
    title: "One day is known so far",
    subtitle: "Precision · 16 Mar 2026 · ID",
    unit: "percent",
    locale: "en-GB",
    series: [{ name: "ID", role: "main", points: days("2026-03-16", 1, () => 0.914, { band: 0.02 }) }],
  },
  "line-negative": {
    kind: "line",
    title: "The backlog shrank on ten of fourteen days",
    subtitle: "Net change of the backlog · 3–16 Mar 2026",
    unit: "count",
    locale: "de-DE",
    series: [{ name: "net", role: "main", points: days("2026-03-03", 14, wave(-900, 2400, 4)) }],
  },
  "line-hours-zh": {
    kind: "line",
    title: "审核时长在 11.11 大促期间翻倍，越南与泰国尤为明显，印尼基本持平",
    subtitle: "处理时长 p95 · 2025年11月3日至16日 · 各市场当地时间",
    unit: "hours",
    locale: "zh-CN",
    note: "虚线：数据尚未定稿",
    series: ["越南 Việt Nam", "泰国 ไทย", "印尼"].map((name, index) => ({
      name,
      role: "main" as const,
      points: days("2025-11-03", 14, wave(12 + index * 7, 5, index + 7), { openFrom: 12, locale: "zh-CN" }),
    })),
    marks: [{ x: "2025-11-11", label: "11.11 大促" }],
  },
  "line-all-null": {
    kind: "line",
    title: "Recall cannot be given",
    subtitle: "Recall · 3–16 Mar 2026 · MY",
    unit: "percent",
    locale: "en-GB",
    note: "No quality sample was drawn in this period.",
    series: [
      { name: "MY", role: "main", points: days("2026-03-03", 14, () => 0).map((point) => ({ ...point, y: null })) },
    ],
  },
  "line-zero": {
    kind: "line",
    title: "No appeals in SG",
    subtitle: "Appeals · 3–9 Mar 2026",
    unit: "count",
    locale: "en-GB",
    series: [{ name: "SG", role: "main", points: days("2026-03-03", 7, () => 0) }],
  },
  "line-many-marks": {
    kind: "line",
    title: "Seven changes in one fortnight",
    subtitle: "Enforcement rate · 3–16 Mar 2026",
    unit: "percent",
    locale: "en-GB",
    series: [{ name: "All", role: "main", points: days("2026-03-03", 14, wave(0.31, 0.02, 9)) }],
    marks: [3, 4, 5, 6, 7, 8, 14].map((day) => ({
      x: `2026-03-${String(day).padStart(2, "0")}`,
      label: `Change ${day}: threshold of the counterfeit model`,
    })),
  },
  "line-hours-of-day": {
    kind: "line",
    title: "Night shifts answer slowest",
    subtitle: "TAT p50 by hour of day · 17 Feb – 16 Mar 2026 · Asia/Manila",
    unit: "hours",
    locale: "en-GB",
    series: [hourSeries("PH", "main", 3), hourSeries("28 days before", "compare", 8)],
  },
  "bar-markets": {
    kind: "bar",
    title: "Overturn rate is highest in VN, lowest in ID",
    subtitle: "Overturn rate · 3–16 Mar 2026 · market-local days",
    unit: "percent",
    locale: "en-GB",
    note: "Whiskers: 95 % interval. Pale: not final.",
    valueName: "3–16 Mar",
    compareName: "17 Feb–2 Mar",
    items: [
      { label: "VN", value: 0.09, low: 0.082, high: 0.099, compare: 0.071 },
      { label: "TH", value: 0.083, low: 0.072, high: 0.096, compare: 0.085 },
      { label: "PH", value: 0.061, low: 0.055, high: 0.067, compare: 0.066 },
      { label: "MY", value: 0.058, low: 0.044, high: 0.076, compare: 0.05, provisional: true },
      { label: "SG", value: 0.051, low: 0.031, high: 0.083, compare: 0.049 },
      { label: "ID", value: 0.044, low: 0.041, high: 0.047, compare: 0.046 },
    ],
  },
  "bar-long-names": {
    kind: "bar",
    title:
      "Counterfeit and misleading claims make up 41 % of all removals, and their share has grown for three weeks in a row now",
    subtitle: "Removals by reason · 3–16 Mar 2026 · all markets",
    unit: "count",
    locale: "id-ID",
    valueName: "Removals",
    items: [
      ["Counterfeit or unauthorised replica of a brand", 48_210],
      ["Misleading claim", 33_904],
      ["Prohibited goods: weapons, tobacco, medicines", 21_877],
      ["Wrong category", 12_030],
      ["Hàng giả, hàng nhái thương hiệu nổi tiếng", 9_120],
      ["สินค้าต้องห้าม", 8_004],
      ["色情低俗内容", 4_409],
      ["Other", 1_200],
    ].map(([label, value]) => ({ label: String(label), value: Number(value) })),
  },
  "bar-forty": {
    kind: "bar",
    title: "Six of forty categories cause half of the overturns",
    subtitle: "Overturns by category · 17 Feb – 16 Mar 2026",
    unit: "count",
    locale: "en-GB",
    valueName: "Overturns",
    compareName: "28 days before",
    items: Array.from({ length: 57 }, (_, index) => ({
      label: `Category ${index + 1}${index % 5 === 0 ? " – home, garden and pets" : ""}`,
      value: Math.round(4200 / (index + 1.3)),
      compare: Math.round((4200 / (index + 1.3)) * (0.8 + ((index * 7) % 5) / 10)),
    })),
  },
  "bar-twenty": {
    kind: "bar",
    title: "Cost per decision varies fourfold between vendors",
    subtitle: "Cost per decision · Feb 2026",
    unit: "usd",
    locale: "en-GB",
    valueName: "USD per decision",
    items: Array.from({ length: 20 }, (_, index) => ({
      label: `Vendor ${index + 1}`,
      value: 0.21 / (1 + index * 0.16),
    })),
  },
  "bar-negative": {
    kind: "bar",
    title: "VN and TH gained, MY lost",
    subtitle: "Change of precision in points · Feb → Mar 2026",
    unit: "percent",
    locale: "en-GB",
    valueName: "Change",
    items: [
      { label: "Viet Nam", value: 0.031 },
      { label: "Thailand", value: 0.012 },
      { label: "Singapore", value: null },
      { label: "Philippines", value: -0.004, low: -0.012, high: 0.004 },
      { label: "Malaysia", value: -0.027 },
    ],
  },
  "bar-negative-upright": {
    kind: "bar",
    title: "ยอดค้างลดลงในวันหยุด",
    subtitle: "การเปลี่ยนแปลงของงานค้าง · 10–16 มี.ค. 2026",
    unit: "count",
    locale: "th-TH-u-ca-gregory",
    valueName: "net",
    items: ["จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา."].map((label, index) => ({
      label,
      value: [820, 410, -90, -340, 120, -1210, -1830][index] ?? 0,
    })),
  },
  "bar-one": {
    kind: "bar",
    title: "Only one queue has a backlog",
    subtitle: "Backlog · 16 Mar 2026, 10:05 · Asia/Jakarta",
    unit: "count",
    locale: "en-GB",
    valueName: "Backlog",
    items: [{ label: "Livestream", value: 1284 }],
  },
  "bar-null": {
    kind: "bar",
    title: "No handling times were recorded",
    subtitle: "AHT · 3–16 Mar 2026",
    unit: "seconds",
    locale: "vi-VN",
    valueName: "AHT",
    items: ["ID", "VN"].map((label) => ({ label, value: null })),
  },
  "heat-week": {
    kind: "heat",
    title: "Sunday evenings wait longest",
    subtitle: "TAT p95 by hour and weekday · 17 Feb – 16 Mar 2026 · ID, Asia/Jakarta",
    unit: "hours",
    locale: "en-GB",
    note: "Hatched: fewer than 10 cases.",
    xLabels: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0")),
    yLabels: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    values: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (_, hour) =>
        day === 2 && hour < 5 ? null : 3 + day * 0.9 + 6 * Math.exp(-(((hour - 20) / 4) ** 2)) * (1 + day / 4),
      ),
    ),
  },
  "heat-counts-zh": {
    kind: "heat",
    title: "工单集中在工作日上午",
    subtitle: "工单量 · 2026年2月17日至3月16日 · 新加坡",
    unit: "count",
    locale: "zh-CN",
    xLabels: Array.from({ length: 24 }, (_, hour) => `${hour}时`),
    yLabels: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    values: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (_, hour) =>
        Math.round(12_000 * Math.exp(-(((hour - 10) / 5) ** 2)) * (day > 4 ? 0.4 : 1)),
      ),
    ),
  },
  "heat-diverging": {
    kind: "heat",
    title: "Staffing falls short on weekend evenings",
    subtitle: "Planned minus needed moderators · VN",
    unit: "number",
    locale: "vi-VN",
    xLabels: Array.from({ length: 12 }, (_, hour) => `${hour * 2}h`),
    yLabels: ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
    values: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 12 }, (_, slot) => 14 - day * 3 - slot * 1.4 + ((day * slot) % 5)),
    ),
  },
  "waterfall-rate": {
    kind: "waterfall",
    title: "Overturn rate rose 1.1 pp: livestream brings 0.8 pp of it",
    subtitle: "Overturn rate · ID · 16–27 Feb 2026 against 2–13 Feb · by queue",
    unit: "percent",
    locale: "en-GB",
    note: "Pale: by itself within noise. Inside the segments +0.9 pp, shift between them +0.2 pp.",
    from: { label: "2–13 Feb", value: 0.0512 },
    steps: [
      { label: "live", effect: 0.0083 },
      { label: "product", effect: 0.0041 },
      { label: "video", effect: 0.0006, faint: true },
      { label: "review", effect: -0.0004, faint: true },
      { label: "ip", effect: -0.0016 },
    ],
    to: { label: "16–27 Feb", value: 0.0622 },
  },
  "waterfall-volume": {
    kind: "waterfall",
    title: "ปริมาณรายงานเพิ่มขึ้น 2,310 เรื่อง ส่วนใหญ่มาจากเวียดนาม",
    subtitle: "รายงาน · 10–16 มี.ค. 2026 เทียบกับ 3–9 มี.ค. · ตามตลาด",
    unit: "count",
    locale: "th-TH-u-ca-gregory",
    note: "สีจาง: เปลี่ยนไม่เกินความคลาดเคลื่อน",
    from: { label: "3–9 มี.ค.", value: 4180 },
    steps: [
      { label: "VN – เวียดนาม ที่นี่ปริมาณสูงกว่าปกติมากจากแคมเปญน้ำดื่ม", effect: 2740 },
      { label: "TH", effect: 310 },
      { label: "PH", effect: -90, faint: true },
      { label: "ID", effect: -650 },
    ],
    to: { label: "10–16 มี.ค.", value: 6490 },
  },
  "waterfall-mix-zh": {
    kind: "waterfall",
    title: "改判率下降 10.1 pp，主要是知识产权队列的占比变化",
    subtitle: "改判率 · 2026年2月16日至27日，对比 2月2日至13日 · 按队列",
    unit: "percent",
    locale: "zh-CN",
    note: "浅色：其自身变化在误差范围内",
    from: { label: "2月2日至13日", value: 0.184 },
    steps: [
      { label: "知识产权（仿冒与品牌保护）", effect: -0.092 },
      { label: "直播", effect: -0.021 },
      { label: "短视频", effect: 0.008, faint: true },
      { label: "其他", effect: 0.004 },
    ],
    to: { label: "2月16日至27日", value: 0.083 },
  },
  "waterfall-many": {
    kind: "waterfall",
    title: "Backlog grew by 533 cases over twenty teams",
    subtitle: "Backlog · 17 Mar 2026, 10:05 against 16 Mar · by team",
    unit: "count",
    locale: "en-GB",
    from: { label: "16 Mar, 10:05", value: 300 },
    steps: Array.from({ length: 20 }, (_, index) => ({
      label: `Team ${index + 1}`,
      effect: Math.round((index % 3 === 2 ? -420 : 260) / (1 + index / 4)),
    })),
    to: {
      label: "17 Mar, 10:05",
      value:
        300 +
        Array.from({ length: 20 }, (_, i) => Math.round((i % 3 === 2 ? -420 : 260) / (1 + i / 4))).reduce(
          (a, b) => a + b,
          0,
        ),
    },
  },
  "waterfall-below-zero": {
    kind: "waterfall",
    title: "Staffing went from 40 hours spare to 25 hours short",
    subtitle: "Planned minus needed hours · VN · Mar against Feb 2026",
    unit: "hours",
    locale: "en-GB",
    from: { label: "Feb 2026", value: 40 },
    steps: [
      { label: "live", effect: -72 },
      { label: "video", effect: -8 },
      { label: "product", effect: 15 },
    ],
    to: { label: "Mar 2026", value: -25 },
  },
  "heat-effects": {
    kind: "heat",
    signed: true,
    title: "Livestream in ID carries 0.62 of 1.1 pp",
    subtitle: "Overturn rate · what each segment brings of the change · 16–27 Feb 2026 against 2–13 Feb",
    unit: "percent",
    locale: "en-GB",
    note: "The cells add up to +1.1 pp. Hatched: too few to show.",
    xLabels: ["ID", "VN", "TH", "PH", "MY", "SG"],
    yLabels: ["live", "product", "video", "short video", "ip"],
    values: [
      [0.0062, 0.0011, 0.0004, -0.0003, 0.0002, null],
      [0.0021, 0.0012, 0.0007, 0.0003, -0.0002, 0.0001],
      [0.0004, 0.0003, -0.0001, 0, null, 0.0001],
      [-0.0009, 0.0002, 0.0001, 0.0001, 0.0002, -0.0001],
      [-0.0011, -0.0004, 0.0001, 0.0002, -0.0001, null],
    ],
  },
  "heat-effects-zh": {
    kind: "heat",
    signed: true,
    title: "举报量增加 2,310，主要来自越南的直播",
    subtitle: "举报量 · 各段对变化的贡献 · 2026年3月10日至16日，对比 3月3日至9日",
    unit: "count",
    locale: "zh-CN",
    note: "各格之和为 +2,310。斜线：数量太少，不显示。",
    xLabels: ["越南", "泰国", "菲律宾", "印度尼西亚"],
    yLabels: ["直播", "商品", "短视频", "知识产权（仿冒与品牌保护）"],
    values: [
      [1810, 120, -40, -210],
      [640, 110, -30, -260],
      [230, 60, -10, -120],
      [60, 20, null, -30],
    ],
  },
  "multiples-eight": {
    kind: "multiples",
    title: "Only the vendor queues drift upwards",
    subtitle: "Overturn rate by queue · 17 Feb – 16 Mar 2026 · grey: 28 days before",
    unit: "percent",
    locale: "en-GB",
    note: "The same axis for all. Dotted: not final.",
    panels: Array.from({ length: 8 }, (_, index) => ({
      name:
        [
          "Listing",
          "Livestream",
          "Short video",
          "Reviews",
          "Vendor north",
          "Vendor south",
          "Appeals – counterfeit and brand protection",
          "Chat",
        ][index] ?? "",
      points: days("2026-02-17", 28, wave(0.03 + (index % 4) * 0.011, 0.012, index + 2), {
        openFrom: 25,
        band: index === 4 ? 0.01 : 0,
      }),
      compare: days("2026-01-20", 28, wave(0.03 + (index % 4) * 0.01, 0.008, index + 12)),
    })),
  },
  "multiples-twenty-four": {
    kind: "multiples",
    title: "Twenty-four queues at a glance",
    subtitle: "Decisions a day · 1–16 Mar 2026",
    unit: "count",
    locale: "en-GB",
    panels: Array.from({ length: 24 }, (_, index) => ({
      name: `Queue ${index + 1}`,
      points: days("2026-03-01", 16, wave(9_000 + index * 700, 4_000, index + 1)).map((point, at) =>
        index === 3 || (index === 5 && at % 4 === 0) ? { ...point, y: null } : point,
      ),
    })),
  },
  "multiples-two": {
    kind: "multiples",
    title: "Automation and overturn move apart",
    subtitle: "Automation rate by maker · 3–16 Mar 2026",
    unit: "percent",
    locale: "en-GB",
    panels: ["Model", "Human"].map((name, index) => ({
      name,
      points: days("2026-03-03", 14, wave(0.4 + index * 0.2, 0.1, index + 5)),
    })),
  },
  glyphs: {
    kind: "bar",
    title: "₫ ▲ ▼ ≈ → ● ≥ ± “quotes” 中文 ไทย Việt Nam Ưu đãi",
    subtitle: "Every sign that an answer may use · 审核申诉改判率 · อัตราการกลับคำตัดสิน · Tỷ lệ đảo quyết định · Привет",
    unit: "usd",
    locale: "en-GB",
    note: "₫ 1.200.000 ≈ 47 USD → ▲ 3 % ● 高 · สูง · cao",
    valueName: "USD",
    items: ["₫ đồng Việt Nam", "中文：举报、违规、下架", "ภาษาไทย: ที่นี่ น้ำ ปั๊ม", "日本語 テスト", "▲▼ ≈ → ●"].map(
      (label, index) => ({ label, value: 12.5 - index * 2.1 }),
    ),
  },
};

interface DayOptions {
  readonly band?: number;
  readonly openFrom?: number;
  readonly locale?: string;
}

function days(
  from: string,
  count: number,
  value: (index: number) => number,
  options: DayOptions = {},
): readonly LinePoint[] {
  const format = new Intl.DateTimeFormat(options.locale ?? "en-GB", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.parse(from) + index * 86_400_000);
    const y = value(index);
    return {
      x: day.toISOString().slice(0, 10),
      label: format.format(day),
      y,
      ...(options.band ? { low: y - options.band, high: y + options.band } : {}),
      ...(options.openFrom !== undefined && index >= options.openFrom ? { provisional: true } : {}),
    };
  });
}

function hourSeries(name: string, role: LineSeries["role"], seed: number): LineSeries {
  const value = wave(5, 3, seed);
  const points = Array.from({ length: 24 }, (_, hour) => ({
    x: String(hour),
    label: `${String(hour).padStart(2, "0")}:00`,
    y: value(hour),
  }));
  return { name, role, points };
}

/** A weekly swing with noise, the same on every run. */
function wave(level: number, swing: number, seed: number): (index: number) => number {
  return (index) =>
    level +
    swing *
      (0.6 * Math.sin((index + seed) / 1.1) +
        0.8 * (((Math.sin(index * 12.9898 + seed * 78.233) * 43758.5453) % 1) - 0));
}

/** The points from `from` on as a forecast whose bands grow. */
function fan(points: readonly LinePoint[], from: number): LinePoint[] {
  return points.map((point, index) => {
    const value = point.y ?? 0;
    if (index < from - 1) return point;
    const half = 60 * Math.sqrt(index - from + 1);
    const inner = { low: value - half, high: value + half };
    return {
      ...point,
      low: value - 1.6 * half,
      high: value + 1.6 * half,
      inner,
      ...(index >= from ? { provisional: true } : {}),
    };
  });
}
