import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { loadCatalog } from "../../src/catalog/load.ts";
import type { MetricState } from "../../src/kernel/measurement.ts";
import { blank, type Period, type Question } from "../../src/kernel/question.ts";
import { rankValue } from "../../src/kernel/rank-value.ts";
import { createMeasure } from "../../src/queries/create-measure.ts";
import type { Measure, MeasuredRow, Measurement } from "../../src/queries/measure.ts";
import { openRollups } from "../../src/queries/rollup/open-rollups.ts";
import { demoDatabase, type TestDatabase, testDatabase } from "../support/database.ts";
import { BY_HAND } from "./by-hand.ts";
import { rollUpAll } from "./rollup/support.ts";
import { fillSmallMart, NOW } from "./small-mart.ts";

const ASKER = "Asia/Singapore";
/** Over the Sunday on which clocks in the United States go forward. */
const PERIOD: Period = { from: "2026-03-01", to: "2026-03-15" };
const BEFORE: Period = { from: "2026-02-15", to: "2026-03-01" };

let db: TestDatabase;
let measure: Measure;
let catalog: Catalog;
/** The watermark of cases, claims and decisions together. */
let through: string;

const MARTS = [
  {
    mart: "small mart",
    open: async () => {
      const made = await testDatabase();
      await fillSmallMart(made.writer);
      return made;
    },
  },
  { mart: "simulated marketplace", open: demoDatabase },
  {
    mart: "small mart, from roll-ups",
    open: async () => {
      const made = await testDatabase();
      await fillSmallMart(made.writer);
      const loaded = loadCatalog({ dirs: ["catalog"] });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
      const dates = { from: "2026-02-13", to: "2026-03-17" };
      await rollUpAll(made, loaded.value, NOW, { ...dates, budgetShare: 3, eventsPerCellMin: 1 });
      return made;
    },
  },
];

const ask = async (question: Partial<Question>, now = NOW): Promise<Measurement> => {
  const answered = await measure({ ...blank("metric"), period: PERIOD, ...question }, { catalog, now, zone: ASKER });
  if (!answered.ok)
    throw new Error(JSON.stringify(answered.error, (_, value) => (value instanceof Error ? value.message : value)));
  return answered.value;
};

type Numbers = Record<string, number>;

/** The hand-written statement's rows by market; `*` is the total. */
async function byHand(
  metric: string,
  period: Period,
  zone: string,
  queue: string | null,
): Promise<Map<string, Numbers>> {
  const { rows } = await db.reader.query(BY_HAND[metric] as string, [period.from, period.to, zone, queue, through]);
  return new Map(rows.map(({ market, ...numbers }) => [market ?? "*", numbers as Numbers]));
}

/** A state's numbers under the names that the hand-written statements give them. */
function numbersOf(state: MetricState, prefix = ""): Numbers {
  if (state.kind === "parts") {
    return Object.assign(
      {},
      ...Object.entries(state.parts).map(([name, part]) => numbersOf(part, `${prefix}${name}.`)),
    );
  }
  const named = (numbers: object): Numbers =>
    Object.fromEntries(
      Object.entries(numbers).flatMap(([name, n]) => (typeof n === "number" ? [[prefix + name, n]] : [])),
    );
  if (state.kind !== "lifetimes") return named(state);
  const sum = (of: "events" | "censored" | "seconds") => state.bins.reduce((total, bin) => total + bin[of], 0);
  return named({ events: sum("events"), censored: sum("censored"), seconds: sum("seconds") });
}

function expectSame(row: MeasuredRow | undefined, expected: Numbers | undefined, what: string): void {
  const found = row ? numbersOf(row.state) : {};
  for (const [name, value] of Object.entries(expected ?? {})) {
    const n = found[name] ?? 0;
    expect(Math.abs(n - value), `${what}: ${name} is ${n}, by hand ${value}`).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(value)),
    );
  }
}

const periodMetrics = Object.keys(BY_HAND);

describe.each(MARTS)("in the $mart", ({ open: openMart }) => {
  beforeAll(async () => {
    db = await openMart();
    const loaded = loadCatalog({ dirs: ["catalog"] });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    catalog = loaded.value;
    measure = createMeasure(db.reader, openRollups(db.reader).compiler);
    const { rows } = await db.reader.query(
      "select min(complete_through) as through from mart.watermarks where source in ('cases', 'claims', 'decisions')",
    );
    through = new Date(Math.min(NOW, rows[0].through.getTime())).toISOString();
  });
  afterAll(async () => {
    await db.end();
  });

  describe("every metric equals a statement written by hand", () => {
    test("no metric of a period is left out", () => {
      const known = [...catalog.metrics.values()]
        // What is known about the data themselves is no statement over events.
        .filter((metric) => !metric.moment && metric.shows.length === 0 && metric.group !== "data")
        .map(({ id }) => id);
      expect([...periodMetrics].sort()).toEqual(known.sort());
    });

    test.each(periodMetrics)(
      "%s: total, filtered, compared, and split by market in each market's own days",
      async (metric) => {
        const total = await ask({ metrics: [metric], compare: BEFORE });
        expect(total.zone).toBe(ASKER);
        expect(total.rows).toHaveLength(1);
        const expected = await byHand(metric, PERIOD, ASKER, null);
        expect(
          Object.values(expected.get("*") ?? {}).some((n) => n > 0),
          "the small mart has rows for it",
        ).toBe(true);
        expectSame(total.rows[0], expected.get("*"), "total");
        expectSame(total.compare?.[0], (await byHand(metric, BEFORE, ASKER, null)).get("*"), "compared");

        const filtered = await ask({ metrics: [metric], filters: { queue: ["video"] } });
        expectSame(filtered.rows[0], (await byHand(metric, PERIOD, ASKER, "video")).get("*"), "filtered");

        const split = await ask({ metrics: [metric], by: ["market"], compare: BEFORE });
        expect(split.zone).toBeNull();
        const own = await byHand(metric, PERIOD, "own", null);
        expect(own.size).toBeGreaterThan(4);
        const ownBefore = await byHand(metric, BEFORE, "own", null);
        for (const market of ["ID", "VN", "TH", "MY", "PH", "SG", "US", "GB"]) {
          expectSame(
            split.rows.find(({ key }) => key.market === market),
            own.get(market),
            market,
          );
          expectSame(
            split.compare?.find(({ key }) => key.market === market),
            ownBefore.get(market),
            `${market} before`,
          );
        }

        const single = await ask({ metrics: [metric], filters: { market: ["US"] } });
        expect(single.zone).toBe("America/Los_Angeles");
        expectSame(single.rows[0], own.get("US"), "US in its own days");
      },
    );
  });

  test("a quantile read from bins is within 1 % of Kaplan–Meier over single cases", async () => {
    const { rows } = await ask({ metrics: ["tat_p50", "tat_p90"] });
    const { rows: single } = await db.reader.query<{ t: number; happened: boolean }>(
      `select extract(epoch from least(coalesce(f.decided_at, $1), $1) - c.created_at)::float8 as t, coalesce(f.decided_at <= $1, false) as happened
     from mart.cases c left join lateral (select min(decided_at) as decided_at from mart.decisions d where d.case_id = c.case_id) f on true
     where c.created_at >= '2026-03-01 00:00+08' and c.created_at < '2026-03-15 00:00+08' order by 1, 2 desc`,
      [through],
    );
    for (const [index, q] of [0.5, 0.9].entries()) {
      let survival = 1;
      const exact = single.find(({ happened }, at) => {
        if (happened) survival *= 1 - 1 / (single.length - at);
        return happened && survival <= 1 - q;
      })?.t as number;
      const row = rows[index] as MeasuredRow;
      const found = rankValue(row.state, { quantile: q, unitCosts: null }) as number;
      expect(Math.abs(found / exact - 1)).toBeLessThan(0.01);
    }
  });

  describe("what is open at a moment", () => {
    const open = `select count(*)::float8 as n, count(*) filter (where c.sla_due_at < $1)::float8 as late,
      max(extract(epoch from $1 - c.created_at))::float8 / 3600 as oldest,
      count(*) filter (where $1 - c.created_at > interval '24 hours')::float8 as older
    from mart.cases c where c.created_at <= $1::timestamptz and ($2::text is null or c.market = $2)
      and not exists (select from mart.decisions d where d.case_id = c.case_id and d.decided_at <= $1)`;
    const byHandAt = async (at: string, market: string | null = null) =>
      (await db.reader.query(open, [at, market])).rows[0];

    test("backlog, what of it is past its SLA, and the oldest case, an hour ago and now", async () => {
      const metrics = ["backlog", "backlog_past_sla", "oldest_age"];
      const answer = await ask({
        metrics,
        period: null,
        options: { at: "2026-03-10T09:00+08:00" },
        compare: { at: "2026-03-03T09:00+08:00" },
      });
      for (const [rows, at] of [
        [answer.rows, "2026-03-10T01:00Z"],
        [answer.compare, "2026-03-03T01:00Z"],
      ] as const) {
        const expected = await byHandAt(at);
        expect(rows?.map(({ state }) => state)).toMatchObject([
          { n: expected.n },
          { n: expected.late },
          { value: expected.oldest },
        ]);
      }
      const now = await ask({ metrics: ["backlog"], period: null, options: { at: "2026-03-17T10:05+08:00" } });
      expect(now.rows[0]).toMatchObject({ state: { n: (await byHandAt(through)).n }, flags: ["partial"] });
    });

    test("older than a day", async () => {
      const { rows } = await ask({
        metrics: ["backlog"],
        period: null,
        options: { at: "2026-03-10T09:00+08:00", age: { gt: "PT24H" } },
      });
      expect(rows[0]?.state).toEqual({ kind: "count", n: (await byHandAt("2026-03-10T01:00Z")).older });
    });

    test("over a period: at the end of each market's own days, also of the day of 23 hours", async () => {
      const { rows } = await ask({
        metrics: ["backlog"],
        by: ["market"],
        grain: "day",
        period: { from: "2026-03-07", to: "2026-03-10" },
      });
      const ends = {
        US: ["2026-03-08 00:00-08", "2026-03-09 00:00-07", "2026-03-10 00:00-07"],
        ID: ["2026-03-08 00:00+07", "2026-03-09 00:00+07", "2026-03-10 00:00+07"],
      };
      for (const [market, moments] of Object.entries(ends)) {
        const found = rows.filter(({ key }) => key.market === market);
        expect(found.map(({ key }) => key.bucket)).toEqual(["2026-03-07", "2026-03-08", "2026-03-09"]);
        for (const [index, moment] of moments.entries()) {
          expect(found[index]?.state).toEqual({ kind: "count", n: (await byHandAt(moment, market)).n });
        }
      }
    });
  });
});
