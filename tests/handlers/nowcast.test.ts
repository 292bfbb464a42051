import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import type { AnswerValue } from "../../src/chat/answer.ts";
import { sayIn } from "../../src/chat/messages.ts";
import { readCatalog } from "../../src/cli/read-catalog.ts";
import type { Draft } from "../../src/handlers/asking.ts";
import { answerMetric } from "../../src/handlers/metric.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";

/**
 * A marketplace as it was known at moments in its past: what came later is taken out of the tables before each of them is asked about, so
 * that the cohorts that were young then can be held against what they became.
 */
const DAY_MS = 86_400_000;
const WEEKS = 26;
const ZONE = "Asia/Singapore";
const METRICS = ["overturn_cohort", "appeal_rate", "automation_stood", "rework", "repeat_violation"];

interface Moment {
  readonly now: number;
  /** The week before, complete but young. */
  readonly young: Draft;
}

let db: TestDatabase;
let catalog: Catalog;
/** Every week as it is known in the end. */
let final: Draft;
let moments: Moment[];

beforeAll(async () => {
  db = await testDatabase();
  catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
  await fillMart({ url: db.url, cases: 100_000, now: DEMO_NOW });
  // The demo's now is a Tuesday; the moments are Mondays at the same hour, the newest one 36 days before it.
  const mondays = Array.from({ length: WEEKS }, (_, week) => DEMO_NOW - (36 + 7 * week) * DAY_MS);
  const [newest = 0, oldest = 0] = [mondays[0], mondays.at(-1)];
  final = await ask(
    { metrics: METRICS, period: { from: dayOf(oldest - 7 * DAY_MS), to: dayOf(newest) }, grain: "week" },
    DEMO_NOW,
  );
  moments = [];
  for (const now of mondays) {
    await forgetAfter(now);
    const period = { from: dayOf(now - 7 * DAY_MS), to: dayOf(now) };
    moments.push({ now, young: await ask({ metrics: METRICS, period, grain: "week" }, now) });
  }
}, 180_000);
afterAll(() => db.end());

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

async function forgetAfter(now: number): Promise<void> {
  const at = [new Date(now).toISOString()];
  await db.writer.query("delete from mart.decisions where decided_at > $1", at);
  await db.writer.query("update mart.decisions set superseded_at = null where superseded_at > $1", at);
  await db.writer.query("delete from mart.appeals where filed_at > $1", at);
  await db.writer.query("update mart.appeals set resolved_at = null, outcome = null where resolved_at > $1", at);
  await db.writer.query("update mart.watermarks set complete_through = least(complete_through, $1)", at);
}

async function ask(question: Partial<Question>, now: number): Promise<Draft> {
  const asking = {
    catalog,
    measure: createMeasure(db.reader),
    say: sayIn("en", "en-GB"),
    language: "en",
    locale: "en-GB",
    zone: ZONE,
    now,
  } as const;
  const answered = await answerMetric({ ...blank("metric"), ...question }, asking);
  if (!answered.ok) throw new Error(answered.error.code, { cause: answered.error.cause });
  return answered.value;
}

interface Told {
  readonly young: AnswerValue;
  readonly became: number;
}

/** A metric's young weeks, each with what it became. */
const toldOf = (metric: string): Told[] =>
  moments.flatMap(({ young: draft }) => {
    const young = draft.values.find((value) => value.metric === metric);
    const became = final.values.find(
      (value) => value.metric === metric && value.key?.bucket === young?.key?.bucket,
    )?.value;
    return young && became != null ? [{ young, became }] : [];
  });

const contains = (low: number | null | undefined, high: number | null | undefined, value: number): boolean =>
  low != null && high != null && low <= value && value <= high;
const missBy = (told: readonly Told[], of: (value: AnswerValue) => number): number =>
  told.reduce((sum, { young, became }) => sum + Math.abs(of(young) - became), 0) / told.length;

test.each(METRICS.filter((metric) => metric !== "repeat_violation"))(
  "%s: what a week became lies in the nowcast's interval, which misses by less than the number so far",
  (metric) => {
    const told = toldOf(metric).filter(({ young }) => young.extra?.nowcast != null);
    expect(told.length).toBeGreaterThan(0.8 * WEEKS);
    const held = told.filter(({ young: { extra }, became }) =>
      contains(extra?.nowcast_low, extra?.nowcast_high, became),
    );
    expect(held.length / told.length).toBeGreaterThanOrEqual(0.9);
    expect(missBy(told, ({ extra }) => extra?.nowcast ?? 0)).toBeLessThan(missBy(told, ({ value }) => value ?? 0));
  },
);

test("of the few sellers whose first removal fell into a week, nothing is foretold", () => {
  const told = toldOf("repeat_violation");
  expect(told).toHaveLength(WEEKS);
  expect(told.filter(({ young }) => young.extra?.nowcast != null)).toEqual([]);
});

test.each(["overturn_cohort", "appeal_rate"])(
  "%s: the number so far, read with its own interval, misleads in most weeks",
  (metric) => {
    const told = toldOf(metric);
    const fooled = told.filter(
      ({ young, became }) => young.value !== null && young.value < became && !contains(young.low, young.high, became),
    );
    expect(fooled.length / told.length).toBeGreaterThan(0.5);
  },
);

/** The oldest moment is the one whose tables are left. */
const last = (): number => moments.at(-1)?.now ?? 0;

test.each(METRICS)(
  "%s: the lag curve counts the very hits that the metric counts over the same cohorts",
  async (metric) => {
    const now = last();
    const measure = createMeasure(db.reader);
    const context = { catalog, now, zone: ZONE };
    const young = await measure(
      { ...blank("metric"), metrics: [metric], period: { from: dayOf(now - 7 * DAY_MS), to: dayOf(now) } },
      context,
    );
    if (!young.ok) throw new Error(young.error.code);
    const curve = young.value.lags.get(metric);
    const end = Date.parse(young.value.dataThrough ?? "") - (catalog.metrics.get(metric)?.maturityDays ?? 0) * DAY_MS;
    const period = { from: new Date(end - 60 * DAY_MS).toISOString(), to: new Date(end).toISOString() };
    const cohorts = await measure({ ...blank("metric"), metrics: [metric], period }, context);
    const state = cohorts.ok ? cohorts.value.rows[0]?.state : undefined;
    if (state?.kind !== "proportion") throw new Error("no proportion");
    expect(curve?.of).toBe(metric === "automation_stood" ? "miss" : "hit");
    expect(curve?.hits.reduce((sum, hits) => sum + hits, 0)).toBe(curve?.of === "miss" ? state.n - state.x : state.x);
    expect(cohorts.ok && cohorts.value.lags.size).toBe(0);
  },
);

test("too few hits under a filter: the curve is that of all cohorts", async () => {
  const measure = createMeasure(db.reader);
  const question: Question = {
    ...blank("metric"),
    metrics: ["overturn_cohort"],
    period: { from: dayOf(last() - 7 * DAY_MS), to: dayOf(last()) },
  };
  const curveOf = async (filters: Question["filters"]) => {
    const measured = await measure({ ...question, filters }, { catalog, now: last(), zone: ZONE });
    return measured.ok ? measured.value.lags.get("overturn_cohort") : undefined;
  };
  const all = await curveOf({});
  expect(all).toBeDefined();
  expect(await curveOf({ market: ["TH"] })).toEqual(all);
});

test("the answer says it in a line, in the table for people and in the one for machines; the number itself stays", async () => {
  const now = last();
  const period = { from: dayOf(now - 42 * DAY_MS), to: dayOf(now) };
  const draft = await ask({ metrics: ["appeal_rate"], period, grain: "week" }, now);
  const newest = draft.values.at(-1);
  expect(newest?.value).toBe((newest?.numerator ?? 0) / (newest?.denominator ?? 1));
  expect(draft.caveats.find(({ code }) => code === "nowcast")?.text).toMatch(
    /^Not final: Appeal rate, .+ reads [\d.]+\s% so far; by the lag of mature cohorts it will settle near [\d.]+\s% \([\d.]+\s% – [\d.]+\s%\)\.$/,
  );
  const ids = draft.table.columns.map(({ id }) => id);
  const cells = draft.table.rows.map((row) => row[ids.indexOf("appeal_rate.nowcast")]);
  expect(ids).toEqual(
    expect.arrayContaining(["appeal_rate.nowcast", "appeal_rate.nowcast_low", "appeal_rate.nowcast_high"]),
  );
  expect(cells.map((cell) => cell === null)).toEqual(draft.values.map(({ flags }) => !flags.includes("immature")));
  expect(cells.filter((cell) => cell === null).length).toBeGreaterThan(1);
  const column = draft.view?.columns.findIndex(({ label }) => label === "Nowcast") ?? -1;
  expect(draft.view?.rows.at(-1)?.[column]).toMatch(/^[\d.]+\s% \([\d.]+\s% – [\d.]+\s%\)$/);
});

test("where all is final there is no nowcast and no statement for it", async () => {
  const now = last();
  const draft = await ask(
    { metrics: ["rework"], period: { from: dayOf(now - 42 * DAY_MS), to: dayOf(now - 14 * DAY_MS) } },
    now,
  );
  expect(draft.caveats.map(({ code }) => code)).not.toContain("nowcast");
  expect(draft.table.columns.map(({ id }) => id)).not.toContain("rework.nowcast");
  expect(draft.sql).toHaveLength(1);
});
