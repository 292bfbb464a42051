import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import { addStates } from "../../src/kernel/add-states.ts";
import { type MetricState, OTHER } from "../../src/kernel/measurement.ts";
import { blank, type Question } from "../../src/kernel/question.ts";
import type { Refusal } from "../../src/kernel/refusal.ts";
import { compileQuestion, createMeasure } from "../../src/queries/create-measure.ts";
import type { Measure, MeasuredRow, Measurement } from "../../src/queries/measure.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { fillSmallMart, NOW } from "./small-mart.ts";

const ASKER = "Asia/Singapore";
const PERIOD = { from: "2026-03-01", to: "2026-03-15" };

let db: TestDatabase;
let measure: Measure;
let catalog: Catalog;

beforeAll(async () => {
  db = await testDatabase();
  await fillSmallMart(db.writer);
  const loaded = loadCatalog({ dirs: ["catalog"] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  catalog = loaded.value;
  measure = createMeasure(db.reader);
});
afterAll(async () => {
  await db.end();
});

const asked = (question: Partial<Question>): Question => ({ ...blank("metric"), period: PERIOD, ...question });
const context = (now = NOW) => ({ catalog, now, zone: ASKER });
async function ask(question: Partial<Question>, now = NOW): Promise<Measurement> {
  const answer = await measure(asked(question), context(now));
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}
async function refused(question: Partial<Question>): Promise<Refusal> {
  const answer = await measure(asked(question), context());
  if (answer.ok) throw new Error("it was answered");
  return answer.error;
}
const count = (row: MeasuredRow | undefined): number => (row?.state.kind === "count" ? row.state.n : Number.NaN);
const one = async (text: string, params: unknown[] = []): Promise<Record<string, number>> =>
  (await db.reader.query(text, params)).rows[0];
const sumOf = (rows: readonly MeasuredRow[]): number => rows.reduce((sum, row) => sum + count(row), 0);

describe("buckets are the calendar's", () => {
  test("a day of 23 hours has 23 buckets, and they sum to the day", async () => {
    const day = { from: "2026-03-08", to: "2026-03-09" };
    const hours = await ask({ metrics: ["decisions"], filters: { market: ["US"] }, period: day, grain: "hour" });
    expect(hours.rows).toHaveLength(23);
    expect(hours.rows[1]?.key.bucket).toBe("2026-03-08T01:00-08:00");
    expect(hours.rows[2]?.key.bucket).toBe("2026-03-08T03:00-07:00");
    const { n } =
      await one(`select count(*) as n from mart.decisions join mart.cases using (case_id) where market = 'US'
      and decided_at >= '2026-03-08 00:00-08' and decided_at < '2026-03-09 00:00-07'`);
    expect(n).toBeGreaterThan(0);
    expect(sumOf(hours.rows)).toBe(n);
  });

  test.each([
    ["day", "YYYY-MM-DD", "day", 14],
    ["week", "YYYY-MM-DD", "week", 3],
    ["month", "YYYY-MM", "month", 1],
  ] as const)("%s", async (grain, format, unit, buckets) => {
    const { rows } = await ask({ metrics: ["decisions"], grain });
    expect(rows).toHaveLength(buckets);
    const { rows: byHand } = await db.reader.query<{ bucket: string; n: number }>(
      `select to_char(date_trunc('${unit}', decided_at at time zone 'Asia/Singapore'), '${format}') as bucket, count(*) as n from mart.decisions
       where decided_at >= '2026-03-01 00:00+08' and decided_at < '2026-03-15 00:00+08' group by 1 order by 1`,
    );
    expect(rows.map((row) => ({ bucket: row.key.bucket, n: count(row) }))).toEqual(byHand);
  });

  test.each([
    ["hour_of_day", "hour", 24, 0],
    ["day_of_week", "isodow", 7, 1],
  ] as const)("%s sums over the period", async (grain, field, buckets, first) => {
    const { rows } = await ask({ metrics: ["decisions"], grain });
    const { rows: byHand } = await db.reader.query<{ bucket: number; n: number }>(
      `select extract(${field} from decided_at at time zone 'Asia/Singapore')::int as bucket, count(*) as n from mart.decisions
       where decided_at >= '2026-03-01 00:00+08' and decided_at < '2026-03-15 00:00+08' group by 1 order by 1`,
    );
    expect(rows).toHaveLength(buckets);
    expect(rows[0]?.key.bucket).toBe(first);
    expect(rows.map((row) => ({ bucket: row.key.bucket, n: count(row) }))).toEqual(byHand);
  });

  test("ends to the minute are instants for everybody, whichever market's days count", async () => {
    const period = { from: "2026-03-10T09:30+08:00", to: "2026-03-10T21:30+08:00" };
    const { rows } = await ask({ metrics: ["decisions"], by: ["market"], period });
    const { n } = await one(
      "select count(*) as n from mart.decisions where decided_at >= '2026-03-10 01:30Z' and decided_at < '2026-03-10 13:30Z'",
    );
    expect(sumOf(rows)).toBe(n);
  });
});

describe("what the clock says about a row", () => {
  test("a day that is not over is partial, one ahead has no data, the others are whole", async () => {
    const { rows } = await ask({
      metrics: ["decisions"],
      grain: "day",
      period: { from: "2026-03-15", to: "2026-03-19" },
    });
    expect(rows.map(({ flags }) => flags)).toEqual([[], [], ["partial"], ["no_data"]]);
    const ahead = await ask({ metrics: ["sla"], period: { from: "2026-04-01", to: "2026-04-08" } });
    expect(ahead.rows).toMatchObject([{ key: {}, flags: ["no_data"] }]);
  });

  test("a late table makes partial what the others would have completed", async () => {
    const period = { from: "2026-03-16", to: "2026-03-17" };
    const flagsAt = async (through: string) => {
      await db.writer.query("update mart.watermarks set complete_through = $1 where source = 'appeals'", [through]);
      const answer = await ask({ metrics: ["overturn", "decisions"], period });
      expect(answer.watermarks).toContainEqual({ source: "appeals", completeThrough: through });
      return answer.rows.map(({ flags }) => flags);
    };
    expect(await flagsAt("2026-03-16T03:00:00.000Z")).toEqual([["partial"], []]);
    expect(await flagsAt("2026-03-17T00:00:00.000Z")).toEqual([[], []]);
  });

  test("today reaches to now and is partial, also with a watermark ahead of now", async () => {
    const now = Date.parse("2026-03-10T02:05:30Z");
    const { rows } = await ask(
      { metrics: ["inflow"], period: { from: "2026-03-10", to: "2026-03-10T10:05+08:00" } },
      now,
    );
    expect(rows[0]?.flags).toEqual(["partial"]);
    const earlier = await ask(
      { metrics: ["inflow"], period: { from: "2026-03-09T18:00+08:00", to: "2026-03-09T22:00+08:00" } },
      now,
    );
    expect(earlier.rows[0]?.flags).toEqual([]);
  });

  test("a cohort is immature until its last case could have been overturned", async () => {
    const flags = async (to: string) =>
      (await ask({ metrics: ["overturn_cohort"], period: { from: "2026-02-20", to } })).rows[0]?.flags;
    expect(await flags("2026-02-28")).toEqual([]);
    expect(await flags("2026-02-28T08:00+08:00")).toEqual([]);
    expect(await flags("2026-02-28T08:01+08:00")).toEqual(["immature"]);
  });

  test("a QA number is immature while fewer than nine of ten drawn labels are in, however old it is", async () => {
    const { rows } = await ask({
      metrics: ["accuracy"],
      grain: "week",
      period: { from: "2026-02-02", to: "2026-03-16" },
    });
    const { rows: byHand } = await db.reader.query<{ share: number }>(
      `select (count(labelled_at)::float8 / count(*)) as share from mart.qa_labels join mart.decisions using (decision_id)
       where decided_at >= '2026-02-02 00:00+08' and decided_at < '2026-03-16 00:00+08'
       group by date_trunc('week', decided_at at time zone 'Asia/Singapore') order by min(decided_at)`,
    );
    expect(rows.map(({ flags }) => flags)).toEqual(byHand.map(({ share }) => (share < 0.9 ? ["immature"] : [])));
    expect(new Set(rows.map(({ flags }) => flags.length))).toEqual(new Set([0, 1]));
  });

  test("empty is not zero", async () => {
    const { rows } = await ask({
      metrics: ["decisions", "overturn"],
      period: { from: "2025-01-01", to: "2025-01-08" },
    });
    expect(rows.map(({ flags }) => flags)).toEqual([["no_data"], ["no_data"]]);
    const split = await ask({
      metrics: ["decisions"],
      by: ["queue"],
      filters: { queue: ["ip", "live"], team: ["lon-1"] },
    });
    expect(split.rows.map(({ key, flags }) => [key.queue, flags])).toEqual([
      ["live", ["no_data"]],
      ["ip", ["no_data"]],
    ]);
  });
});

describe("splits and limits", () => {
  test("what a limit folds away stands in one row, so that the rows still sum", async () => {
    const whole = await ask({ metrics: ["decisions"] });
    const top = await ask({ metrics: ["decisions"], by: ["category"], options: { limit: 2 } });
    expect(top.rows.map(({ key }) => key.category).at(-1)).toBe(OTHER);
    expect(top.rows).toHaveLength(3);
    expect(count(top.rows[0])).toBeGreaterThanOrEqual(count(top.rows[1]));
    expect(sumOf(top.rows)).toBe(count(whole.rows[0]));
    const low = await ask({
      metrics: ["overturn"],
      by: ["queue"],
      options: { limit: 1, order: "asc" },
      compare: { from: "2026-02-15", to: "2026-03-01" },
    });
    const { rows } = await db.reader.query<{ queue: string }>(
      `select queue from mart.appeals a join mart.decisions using (decision_id) join mart.cases using (case_id)
       where resolved_at >= '2026-03-01 00:00+08' and resolved_at < '2026-03-15 00:00+08' and outcome <> 'withdrawn'
       group by 1 order by avg((outcome in ('overturned', 'partial'))::int) limit 1`,
    );
    expect(low.rows.map(({ key }) => key.queue)).toEqual([rows[0]?.queue, OTHER]);
    expect(low.compare?.map(({ key }) => key.queue)).toEqual([rows[0]?.queue, OTHER]);
  });

  test("prevalence by reason narrows what is violating, never the views", async () => {
    const whole = (await ask({ metrics: ["prevalence"] })).rows[0]?.state as Extract<MetricState, { kind: "weighted" }>;
    const { rows } = await ask({ metrics: ["prevalence"], by: ["reason"], options: { limit: 2 } });
    const states = rows.map(({ state }) => state as typeof whole);
    expect(rows.at(-1)?.key.reason).toBe(OTHER);
    for (const state of states) expect(state.sw).toBeCloseTo(whole.sw, 6);
    expect(states.reduce((sum, { swy }) => sum + swy, 0)).toBeCloseTo(whole.swy, 6);
    const filtered = await ask({ metrics: ["prevalence"], filters: { reason: [String(rows[0]?.key.reason)] } });
    expect(filtered.rows[0]?.state).toEqual(states[0]);
    const both = await ask({ metrics: ["prevalence"], by: ["reason", "market"], grain: "week" });
    expect(both.rows.length).toBeGreaterThan(40);
  });

  test("all but these keeps rows without a value", async () => {
    const [all, kept, gone] = await Promise.all([
      ask({ metrics: ["decisions"] }),
      ask({ metrics: ["decisions"], filters: { "!reason": ["spam"] } }),
      ask({ metrics: ["decisions"], filters: { reason: ["spam"] } }),
    ]);
    expect(sumOf(kept.rows) + sumOf(gone.rows)).toBe(sumOf(all.rows));
    expect(sumOf(gone.rows)).toBeGreaterThan(0);
  });

  test("the parts of any split, at any grain, under any filter, sum to the whole", async () => {
    const metrics = [...catalog.metrics.values()].filter(
      (metric) => metric.shows.length === 0 && metric.id !== "prevalence" && metric.group !== "data",
    );
    const whole = fc.constantFrom(...metrics).chain((metric) =>
      fc.record({
        metrics: fc.constant([metric.id]),
        by: fc.subarray(metric.dimensions.filter((id) => id !== "market") as string[], { minLength: 1, maxLength: 2 }),
        filters: fc.constantFrom<Question["filters"]>({}, { market: ["US"] }, { "!queue": ["live", "video"] }),
        grain: metric.moment
          ? fc.constant("total" as const)
          : fc.constantFrom("total", "day", "week", "hour_of_day" as const),
        limit: fc.option(fc.constantFrom(1, 3), { nil: undefined }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(whole, async ({ limit, grain, ...question }) => {
        const unsplit = await ask({ ...question, by: [] } as Partial<Question>);
        const options = limit === undefined ? {} : { limit };
        const parts = await ask({ ...question, grain, options } as Partial<Question>);
        const states = parts.rows.map(({ state }) => state);
        const sum = states.slice(1).reduce(addStates, states[0] ?? (unsplit.rows[0]?.state as MetricState));
        expectClose(flat(sum), flat(unsplit.rows[0]?.state as MetricState));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

/** Every number of a state by name; an age is a maximum, and bins are compared by what they sum to. */
function flat(state: MetricState, prefix = ""): Record<string, number> {
  if (state.kind === "parts") {
    return Object.assign({}, ...Object.entries(state.parts).map(([name, part]) => flat(part, `${prefix}${name}.`)));
  }
  if (state.kind === "agreement") return { [`${prefix}items`]: state.items, [`${prefix}agreed`]: state.agreed };
  if (state.kind === "lifetimes") {
    return Object.fromEntries(
      state.bins.map(({ index, events, censored }) => [`${prefix}${index}`, events + censored]),
    );
  }
  const numbers = Object.entries(state).filter(([, value]) => typeof value === "number");
  return Object.fromEntries(numbers.map(([name, value]) => [prefix + name, value as number]));
}

function expectClose(found: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs((found[name] ?? Number.NaN) - value), name).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(value)),
    );
  }
}

describe("refusals", () => {
  test("what is not known is offered nearby, what does not fit is said by name", async () => {
    expect(await refused({ metrics: ["overtrun"] })).toMatchObject({
      code: "unknown_metric",
      params: { value: "overtrun" },
    });
    expect((await refused({ metrics: ["overtrun"] })).instead?.[0]?.metrics).toEqual(["overturn"]);
    expect(await refused({ metrics: ["inflow"], by: ["team"] })).toMatchObject({
      code: "dimension_not_of_metric",
      params: {
        metric: "inflow",
        dimension: "team",
        possible: "market, queue, source, content_type, category, seller_tier, severity",
      },
    });
    expect(await refused({ metrics: ["inflow"], filters: { market: ["IN"] } })).toMatchObject({
      code: "unknown_value",
    });
    expect(await refused({ metrics: ["decisions"], filters: { model_version: ["m77"] } })).toMatchObject({
      code: "unknown_value",
      params: { value: "m77", nearest: "m7, m8" },
    });
    expect(await refused({ metrics: ["decisions"], by: ["market", "queue", "team"] })).toMatchObject({
      code: "too_many_dimensions",
    });
    expect(await refused({ metrics: ["backlog"], grain: "hour_of_day" })).toMatchObject({
      code: "grain_not_of_metric",
    });
    expect(await refused({ metrics: ["aht"], options: { age: { gt: "PT4H" } } })).toMatchObject({
      code: "option_not_of_metric",
    });
    expect(await refused({ metrics: ["aht"], period: { from: "2019-01-01", to: "2026-01-01" } })).toMatchObject({
      code: "period_too_long",
    });
    expect(await refused({ metrics: ["aht"], period: { from: "2026-13-01", to: "yesterday" } })).toMatchObject({
      code: "fault",
    });
  });

  test("a slow statement, a rejected one and a database that is away are told apart", async () => {
    const slow = createMeasure(db.reader);
    await db.writer.query("begin; lock table mart.decisions in access exclusive mode");
    const waiting = await slow(asked({ metrics: ["decisions"] }), context());
    await db.writer.query("commit");
    expect(waiting).toMatchObject({ ok: false, error: { code: "timeout", params: { seconds: 3 } } });
    const { default: pg } = await import("pg");
    const away = new pg.Pool({ connectionString: "postgres://nobody@127.0.0.1:1/none", connectionTimeoutMillis: 500 });
    expect(await createMeasure(away)(asked({ metrics: ["decisions"] }), context())).toMatchObject({
      ok: false,
      error: { code: "database_down" },
    });
    await away.end();
  });
});

describe("words of a person never become SQL", () => {
  const hostile = [
    "'; drop table mart.cases; --",
    "x') or true --",
    "$1",
    "%(a)s",
    "\u0000",
    "\\'; select pg_sleep(9)",
    ":through",
  ];
  const world = () =>
    db.reader.query(`select (select count(*) from mart.cases) as cases, (select count(*) from mart.decisions) as decisions,
      (select md5(string_agg(table_schema || table_name || column_name, ',' order by 1)) from (select * from information_schema.columns order by 1, 2, 3, 4) c) as schema`);

  test("as values of filters, as dimensions, as metrics, as moments", async () => {
    const before = (await world()).rows;
    for (const text of hostile) {
      for (const question of [
        { metrics: ["decisions"], filters: { model_version: [text] } },
        { metrics: ["decisions"], filters: { "!guideline_version": [text] } },
        { metrics: ["decisions"], filters: { market: [text] } },
        { metrics: ["decisions"], by: [text] },
        { metrics: [text] },
        { metrics: ["backlog"], period: null, options: { at: text } },
      ]) {
        const answer = await measure(asked(question), context());
        if (!answer.ok)
          expect(["unknown_value", "unknown_dimension", "unknown_metric", "fault"]).toContain(answer.error.code);
        const compiled = compileQuestion(asked(question), context());
        if (compiled.ok && text.length > 5)
          for (const { text: statement } of compiled.value) expect(statement).not.toContain(text);
      }
    }
    expect((await world()).rows).toEqual(before);
  });
});
