import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../../demo/generate.ts";
import type { Truths } from "../../../demo/truths.ts";
import { LANGUAGES, type Language } from "../../../src/chat/answer.ts";
import { localeFor } from "../../../src/chat/format.ts";
import { sayIn } from "../../../src/chat/messages.ts";
import { readCatalog } from "../../../src/cli/read-catalog.ts";
import type { Asking } from "../../../src/handlers/asking.ts";
import { answerChanges } from "../../../src/handlers/changes.ts";
import { driverLine } from "../../../src/handlers/why/driver-line.ts";
import { answerWhy } from "../../../src/handlers/why/why.ts";
import { blank, type Period, type Question } from "../../../src/kernel/question.ts";
import { createMeasure } from "../../../src/queries/create-measure.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../../support/database.ts";

let database: TestDatabase;
let truths: Truths;
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });

beforeAll(async () => {
  database = await testDatabase();
  ({ truths } = await fillMart({ url: database.url, now: DEMO_NOW }));
}, 120_000);
afterAll(() => database.end());

const askingIn = (language: Language): Asking => ({
  catalog,
  measure: createMeasure(database.reader),
  say: sayIn(language, localeFor(language)),
  language,
  locale: localeFor(language),
  zone: "Asia/Singapore",
  now: DEMO_NOW,
});
const shifted = (): Question => {
  const day = (iso: string): string =>
    new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Singapore" }).format(Date.parse(iso));
  const { before, after } = truths.mixShift;
  return {
    ...blank("metric"),
    metrics: ["overturn"],
    period: { from: day(after.from), to: day(after.to) },
    compare: { from: day(before.from), to: day(before.to) },
  };
};

test("one line names the queue whose share moved the rate, and how much of the change it carries", async () => {
  const line = await driverLine(shifted(), askingIn("en"));
  expect(line).toMatch(
    new RegExp(`^mostly the share of queue ${truths.mixShift.segment}.*: \\+\\d+\\.\\d+\\spp of \\+\\d+\\.\\d+\\spp$`),
  );
});

test("the line is whole in every language", async () => {
  for (const language of LANGUAGES) {
    const line = await driverLine(shifted(), askingIn(language));
    expect(line, language).toContain(truths.mixShift.segment);
    expect(line, language).not.toMatch(/[{}]/);
  }
});

test("a number without a comparison has no driver", async () => {
  expect(await driverLine({ ...shifted(), compare: null }, askingIn("en"))).toBeNull();
});

const dayIn = (zone: string, iso: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(Date.parse(iso));
const earlier = ({ from, to }: Period, days: number): Period => {
  const back = (day: string): string => new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
  return { from: back(from), to: back(to) };
};
async function why(question: Partial<Question>, language: Language = "en") {
  const answered = await answerWhy({ ...blank("why"), ...question }, askingIn(language), database.reader);
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
  const { findings, headline, body, charts } = answered.value;
  return {
    headline,
    body,
    findings,
    charts,
    of: (code: string) => findings.filter((one) => one.code === code).map(({ text }) => text),
  };
}

test("a guideline in some markets: the markets are named, nothing else, and the guideline is the first suspect", async () => {
  const { before, after, treated, guideline } = truths.guidelineChange;
  const window = ({ from, to }: { from: string; to: string }): Period => ({
    from: dayIn("Asia/Singapore", from),
    to: dayIn("Asia/Singapore", to),
  });
  const { of } = await why({ metrics: ["aht"], period: window(after), compare: window(before) });
  expect(of("rate_and_mix")[0]).toMatch(/^Mostly real.*by market/);
  const named = of("segment").map((text) => text.split(" ")[1]?.replace(":", ""));
  expect([...named].sort()).toEqual([...treated].sort());
  expect(of("segment").every((text) => !text.includes("within noise"))).toBe(true);
  expect(of("ledger")[0]).toContain(guideline);
});

test("a dip of automation is in the queue where it was planted", async () => {
  const dip = truths.incidents.find(({ id }) => id === "automation_dip");
  if (!dip) throw new Error("no dip was planted");
  const zone = "Asia/Manila";
  const period = { from: dayIn(zone, dip.window.from), to: dayIn(zone, dip.window.to) };
  const { of } = await why({
    metrics: ["automation_rate"],
    filters: { market: [dip.filters.market ?? ""] },
    period,
    compare: earlier(period, 14),
  });
  expect(of("segment")[0]).toContain(`queue ${dip.filters.queue}: −`);
  // By who decided, the rate is 0 % or 100 %: its own definition, never its cause.
  expect(of("rate_and_mix")[0]).not.toContain("decider");
});

test("a spike of reports is in the market where it was planted", async () => {
  const spike = truths.incidents.find(({ id }) => id === "report_spike");
  if (!spike) throw new Error("no spike was planted");
  const zone = "Asia/Ho_Chi_Minh";
  const period = { from: dayIn(zone, spike.window.from), to: dayIn(zone, spike.window.to) };
  const { of } = await why({ metrics: ["reports"], period, compare: earlier(period, 7) });
  expect(of("segment")[0]).toContain(`market ${spike.filters.market}: +`);
  expect(of("segment")[0]).not.toContain("within noise");
});

test("what changed says of each number that moved what moved it, as why does", async () => {
  const { before, after } = truths.enforcementDoubling;
  const window = ({ from, to }: { from: string; to: string }): Period => ({
    from: dayIn("Asia/Singapore", from),
    to: dayIn("Asia/Singapore", to),
  });
  const about = { metrics: ["removals"], period: window(after), compare: window(before) };
  const parts = { facts: database.reader, writer: database.writer };
  const changed = await answerChanges(parts, { ...blank("changes"), ...about }, askingIn("en"));
  if (!changed.ok) throw new Error(JSON.stringify(changed.error));
  const [first, mover] = changed.value.findings.map(({ text }) => text);
  expect(first).toMatch(/^Moved beyond chance against .*:$/);
  const driver = mover?.match(
    /^Removals [+−][\d,]+ \([\d,]+ → [\d,]+\), mostly market ([\w, ]+): [+−][\d,]+ of [+−][\d,]+$/,
  );
  const named = driver?.[1]?.split(", ") ?? [];
  expect(named.length, mover).toBeGreaterThan(0);
  const segments = (await why(about)).of("segment");
  expect(segments.slice(0, named.length).map((text) => text.match(/^market (\w+):/)?.[1])).toEqual(named);
});

test("a mix shift says by how much the share of the queue grew", async () => {
  const { of } = await why(shifted());
  expect(of("segment")[0]).toMatch(/^queue ip: \+\d+\.\d+\spp \(its share \d+\.\d+\s% → \d+\.\d+\s%, at \d/);
  expect(of("explains")[0]).toMatch(/^These 2 explain \+9\.\d\spp of \+10\.\d\spp\.$/);
});

test("what is open is told by what came in and went out, the hours and the pace, each beside its usual", async () => {
  const { of } = await why({
    metrics: ["backlog"],
    period: null,
    options: { at: "2026-03-17T10:05+08:00" },
    compare: { at: "2026-03-16T10:05+08:00" },
  });
  const flows = of("flow");
  expect(flows.map((text) => text.split(":")[0])).toEqual(["Inflow", "Outflow", "Hours worked", "Throughput"]);
  expect(flows.every((text) => text.includes("usually"))).toBe(true);
});

test("a quantile is split by re-weighting, and a composed cost exactly over its factors", async () => {
  const months = {
    period: { from: "2026-02-01", to: "2026-03-01" },
    compare: { from: "2026-01-01", to: "2026-02-01" },
  };
  const tat = await why({ metrics: ["tat_p95"], filters: { market: ["ID"] }, ...months });
  expect(tat.of("rate_and_mix")[0]).toContain("a quantile is no sum");
  const cost = await why({ metrics: ["cost_per_correct_removal"], ...months });
  expect(cost.of("factors")[0]).toMatch(/Cost .* Removals .* Precision /);
});

test("the waterfall leads from the number before to the number after, steps that no chance explains in full colour", async () => {
  const { charts, of } = await why(shifted());
  const [chart] = charts;
  if (chart?.kind !== "waterfall") throw new Error("no waterfall");
  const reached = chart.steps.reduce((level, { effect }) => level + effect, chart.from.value);
  expect(reached).toBeCloseTo(chart.to.value, 12);
  expect(chart.steps[0]?.label).toBe(truths.mixShift.segment);
  expect(chart.title).toMatch(/^Overturn rate rose \d+\.\d\spp: \+\d+\.\d\spp from queue ip$/);
  expect(of("segment")[0]).toContain(chart.title.match(/\+\d+\.\d/)?.[0] ?? "nothing");
});

test("the waterfall of a composed cost goes over its factors, of a quantile over what re-weighting splits", async () => {
  const months = {
    period: { from: "2026-02-01", to: "2026-03-01" },
    compare: { from: "2026-01-01", to: "2026-02-01" },
  };
  for (const [metric, steps] of [
    ["cost_per_correct_removal", ["Cost", "Removals", "Precision"]],
    ["tat_p95", [expect.stringMatching(/^inside each/), "shift between them"]],
  ] as const) {
    const [chart] = (await why({ metrics: [metric], ...months })).charts;
    if (chart?.kind !== "waterfall") throw new Error("no waterfall");
    expect(chart.steps.map(({ label }) => label)).toEqual(steps);
    const reached = chart.steps.reduce((level, { effect }) => level + effect, chart.from.value);
    expect(reached).toBeCloseTo(chart.to.value, 6);
  }
});

test("the heat map adds up to the change over all its cells, and no cell on few cases is shown", async () => {
  const week = { from: "2026-03-02", to: "2026-03-09" };
  const { charts } = await why({ metrics: ["inflow"], period: week, compare: earlier(week, 21) });
  const heat = charts.find(({ kind }) => kind === "heat");
  if (heat?.kind !== "heat") throw new Error("no heat map");
  const shown = heat.values.flat().reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const whole = Number(
    heat.note
      ?.match(/[+−][\d,]+/)?.[0]
      .replace("−", "-")
      .replace(",", ""),
  );
  if (!heat.values.flat().includes(null)) expect(shown).toBe(whole);
  for (const line of [...heat.values, ...(heat.values[0] ?? []).map((_, at) => heat.values.map((row) => row[at]))])
    expect(line.filter((value) => value === null).length, "one hidden cell alone could be worked out").not.toBe(1);
});

test("a change that is noise gets a picture that blames nobody", async () => {
  const { charts, findings } = await why({
    metrics: ["overturn"],
    period: { from: "2026-02-10", to: "2026-02-12" },
    compare: { from: "2026-02-08", to: "2026-02-10" },
  });
  expect(findings[0]?.code).toBe("within_noise");
  expect(charts[0]?.title).toMatch(/^Overturn rate: [\d.]+\s% → [\d.]+\s%$/);
});

test("no segment is told whose count, before or after, is too small to be shown", async () => {
  const told: string[] = [];
  for (const day of ["2026-03-03", "2026-03-06", "2026-03-11"]) {
    const { findings } = await why({
      metrics: ["reports"],
      period: shifting(day, 0),
      compare: shifting(day, -7),
      filters: { market: ["VN"] },
    });
    told.push(...findings.filter(({ code }) => code === "segment").map(({ text }) => text));
  }
  const counts = told.flatMap((text) =>
    [...text.matchAll(/\((\d+) → (\d+)\)/g)].flatMap(([, a, b]) => [Number(a), Number(b)]),
  );
  expect(counts.length).toBeGreaterThan(0);
  expect(counts.filter((n) => n > 0 && n < 10)).toEqual([]);
});

/** The day so many days from another, as a period. */
function shifting(day: string, days: number): Period {
  const at = (more: number): string =>
    new Date(Date.parse(day) + (days + more) * 86_400_000).toISOString().slice(0, 10);
  return { from: at(0), to: at(1) };
}
