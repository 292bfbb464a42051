import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Filled, fillMart } from "../../demo/generate.ts";
import type { Truths, Window } from "../../demo/truths.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";

/** The default marketplace: what it hides must be there to find, by plain SQL. */
let database: TestDatabase;
let truths: Truths;
let filled: Filled;
const truthsPath = join(tmpdir(), `truths-${process.pid}.json`);

beforeAll(async () => {
  database = await testDatabase();
  filled = await fillMart({ url: database.url, now: DEMO_NOW, truthsPath });
  truths = JSON.parse(readFileSync(truthsPath, "utf8")) as Truths;
}, 120_000);
afterAll(() => database.end());

/** One row of numbers. */
async function numbers<K extends string>(sql: string, ...params: unknown[]): Promise<Record<K, number>> {
  const { rows } = await database.writer.query(sql, params);
  return Object.fromEntries(
    Object.entries(rows[0] as Record<K, unknown>).map(([key, value]) => [key, Number(value)]),
  ) as Record<K, number>;
}
const share = (x: number, n: number): number => x / n;
/** Standard errors between two shares. */
const z = (x1: number, n1: number, x2: number, n2: number): number => {
  const pooled = (x1 + x2) / (n1 + n2);
  return (x2 / n2 - x1 / n1) / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
};
const RESOLVED = "a.outcome in ('upheld', 'overturned', 'partial')";
const OVERTURNED = "a.outcome in ('overturned', 'partial')";
const REMOVAL = "d.action in ('remove', 'restrict', 'ban')";

test("the truths are written down as they were planted, and the scale is about as asked", () => {
  expect(truths).toEqual(filled.truths);
  expect(filled.rows.cases).toBeGreaterThan(240_000);
  expect(filled.rows.cases).toBeLessThan(285_000);
});

describe("the mix shift", () => {
  const resolved = async (window: Window, queues: string) =>
    numbers<"n" | "x" | "segment">(
      `select count(*) as n, count(*) filter (where ${OVERTURNED}) as x,
              count(*) filter (where c.queue = $3) as segment
       from mart.appeals a join mart.decisions d using (decision_id) join mart.cases c using (case_id)
       where ${RESOLVED} and a.resolved_at >= $1 and a.resolved_at < $2 and (${queues})`,
      window.from,
      window.to,
      truths.mixShift.segment,
    );

  test("the overall overturn rate rises", async () => {
    const [before, after] = [
      await resolved(truths.mixShift.before, "true"),
      await resolved(truths.mixShift.after, "true"),
    ];
    expect(z(before.x, before.n, after.x, after.n)).toBeGreaterThan(3);
    expect(share(after.segment, after.n)).toBeGreaterThan(2 * share(before.segment, before.n));
  });

  test.each(["c.queue = 'ip'", "c.queue = 'product'", "c.queue = 'video'", "c.queue in ('live', 'seller', 'appeals')"])(
    "it is flat where %s",
    async (segment) => {
      const [before, after] = [
        await resolved(truths.mixShift.before, segment),
        await resolved(truths.mixShift.after, segment),
      ];
      expect(Math.abs(z(before.x, before.n, after.x, after.n))).toBeLessThan(2.6);
    },
  );
});

test("enforcement doubles, the mature overturn rate stays, and the naive same-day ratio falls", async () => {
  const { market, before, after, removalsFactor } = truths.enforcementDoubling;
  const days = (window: Window) => (Date.parse(window.to) - Date.parse(window.from)) / 86_400_000;
  const cohort = (window: Window) =>
    numbers<"n" | "x">(
      `select count(distinct d.decision_id) as n,
              count(*) filter (where ${OVERTURNED} and a.resolved_at <= d.decided_at + interval '17 days') as x
       from mart.decisions d join mart.cases c using (case_id) left join mart.appeals a using (decision_id)
       where c.market = $1 and ${REMOVAL} and d.decided_at >= $2 and d.decided_at < $3`,
      market,
      window.from,
      window.to,
    );
  const [calm, busy] = [await cohort(before), await cohort(after)];
  const ratio = busy.n / days(after) / (calm.n / days(before));
  expect(ratio).toBeGreaterThan(removalsFactor * 0.85);
  expect(ratio).toBeLessThan(removalsFactor * 1.2);
  expect(Math.abs(z(calm.x, calm.n, busy.x, busy.n))).toBeLessThan(2.6);

  // The first days: removals of today, overturns of removals of weeks ago.
  const sameDay = (from: string, to: string) =>
    numbers<"removals" | "overturns">(
      `select (select count(*) from mart.decisions d join mart.cases c using (case_id)
               where c.market = $1 and ${REMOVAL} and d.decided_at >= $2 and d.decided_at < $3) as removals,
              (select count(*) from mart.appeals a join mart.decisions d using (decision_id) join mart.cases c using (case_id)
               where c.market = $1 and ${OVERTURNED} and a.resolved_at >= $2 and a.resolved_at < $3) as overturns`,
      market,
      from,
      to,
    );
  const firstDays = new Date(Date.parse(after.from) + 5 * 86_400_000).toISOString();
  const [naiveBefore, naiveAfter] = [await sameDay(before.from, before.to), await sameDay(after.from, firstDays)];
  expect(naiveAfter.overturns / naiveAfter.removals).toBeLessThan((0.8 * naiveBefore.overturns) / naiveBefore.removals);
});

test("the guideline lowers overturns and lengthens handling where it is in force, and nowhere else", async () => {
  const { treated, controls, before, after, overturnFactor, handleFactor } = truths.guidelineChange;
  const overturn = (markets: readonly string[], window: Window) =>
    numbers<"n" | "x">(
      `select count(*) as n, count(*) filter (where ${OVERTURNED}) as x
       from mart.appeals a join mart.decisions d using (decision_id) join mart.cases c using (case_id)
       where ${RESOLVED} and c.market = any($1) and d.decided_at >= $2 and d.decided_at < $3`,
      markets,
      window.from,
      window.to,
    );
  const [treatedBefore, treatedAfter] = [await overturn(treated, before), await overturn(treated, after)];
  const [controlBefore, controlAfter] = [await overturn(controls, before), await overturn(controls, after)];
  const rate = ({ x, n }: Record<"x" | "n", number>) => share(x, n);
  const relative = rate(treatedAfter) / rate(treatedBefore) / (rate(controlAfter) / rate(controlBefore));
  expect(relative).toBeGreaterThan(overturnFactor - 0.15);
  expect(relative).toBeLessThan(overturnFactor + 0.15);
  expect(z(treatedBefore.x, treatedBefore.n, treatedAfter.x, treatedAfter.n)).toBeLessThan(-3);
  expect(Math.abs(z(controlBefore.x, controlBefore.n, controlAfter.x, controlAfter.n))).toBeLessThan(2.6);

  // Geometric means against each queue's own, so that a few long reviews do not decide; without the queue that drifts for another reason.
  const handling = await numbers<"ratio">(
    `select exp(avg(v) filter (where treated and later) - avg(v) filter (where treated and not later)
              - avg(v) filter (where not treated and later) + avg(v) filter (where not treated and not later)) as ratio
     from (select c.market = any($1) as treated, d.decided_at >= $4 as later,
                  ln(d.handle_seconds) - avg(ln(d.handle_seconds)) over (partition by c.queue) as v
           from mart.decisions d join mart.cases c using (case_id)
           where d.handle_seconds > 0 and c.queue <> 'live' and d.decided_at >= $2 and d.decided_at < $3) s`,
    treated,
    before.from,
    after.to,
    after.from,
  );
  expect(handling.ratio).toBeGreaterThan(handleFactor - 0.05);
  expect(handling.ratio).toBeLessThan(handleFactor + 0.05);
});

describe("the experiments", () => {
  const experiment = (truth: string) => {
    const found = truths.experiments.find((candidate) => candidate.truth === truth);
    if (!found) throw new Error(truth);
    return found;
  };
  const arms = async (id: string) => {
    const { rows } = await database.writer.query(
      "select arm, count(*) as n from mart.exposures where experiment_id = $1 group by arm",
      [id],
    );
    return Object.fromEntries(rows.map(({ arm, n }) => [arm, Number(n)])) as Record<string, number>;
  };
  /** χ² of one degree of freedom against an even split. */
  const imbalance = (counts: Record<string, number>) => {
    const [a, b] = Object.values(counts) as [number, number];
    return (a - b) ** 2 / (a + b);
  };

  test("the clearer notice lowers appeals by what was planted, in an even split", async () => {
    const planted = experiment("effect");
    const { rows } = await database.writer.query(
      `select e.arm, count(distinct d.decision_id) as n, count(a.appeal_id) as x
       from mart.exposures e join mart.cases c on c.seller_id = e.unit_id join mart.decisions d using (case_id)
       left join mart.appeals a using (decision_id)
       where e.experiment_id = $1 and ${REMOVAL} and c.created_at >= e.exposed_at and c.created_at < $2 group by e.arm`,
      [planted.id, planted.window.to],
    );
    const of = (arm: string) => rows.find((row) => row.arm === arm) as { n: number; x: number };
    const [control, treatment] = [of("control"), of("clear_notice")];
    expect(z(control.x, control.n, treatment.x, treatment.n)).toBeLessThan(-3);
    const ratio = share(treatment.x, treatment.n) / share(control.x, control.n);
    expect(Math.abs(ratio - planted.ratio)).toBeLessThan(0.15);
    expect(imbalance(await arms(planted.id))).toBeLessThan(10.8);
  });

  test("the new layout changes nothing, in an even split", async () => {
    const planted = experiment("null");
    const { t } = await numbers<"t">(
      `select (avg(v) filter (where arm = 'control') - avg(v) filter (where arm <> 'control'))
              / sqrt(variance(v) * (1.0 / count(*) filter (where arm = 'control') + 1.0 / count(*) filter (where arm <> 'control'))) as t
       from (select e.arm, ln(d.handle_seconds) as v from mart.exposures e join mart.decisions d on d.case_id = e.unit_id
             where e.experiment_id = $1 and d.handle_seconds > 0) s`,
      planted.id,
    );
    expect(Math.abs(t)).toBeLessThan(2.8);
    expect(imbalance(await arms(planted.id))).toBeLessThan(10.8);
  });

  test("the third split is broken, and reads as an effect that is not there", async () => {
    const planted = experiment("broken_split");
    expect(imbalance(await arms(planted.id))).toBeGreaterThan(20);
    const naive = await numbers<"control" | "treatment">(
      `select avg(removals) filter (where arm = 'control') as control, avg(removals) filter (where arm <> 'control') as treatment
       from (select e.arm, e.unit_id, count(d.decision_id) as removals from mart.exposures e
             join mart.cases c on c.seller_id = e.unit_id and c.created_at >= e.exposed_at
             left join mart.decisions d on d.case_id = c.case_id and ${REMOVAL}
             where e.experiment_id = $1 group by 1, 2) s`,
      planted.id,
    );
    expect(naive.treatment).toBeLessThan(0.97 * naive.control);
  });
});

describe("the incidents", () => {
  const incident = (kind: string) => {
    const found = truths.incidents.find((candidate) => candidate.kind === kind);
    if (!found) throw new Error(kind);
    return found;
  };

  test("automation falls in one segment and is not to be seen in the whole", async () => {
    const { filters, window, factor } = incident("rate_dip");
    const rate = (within: boolean, segment: boolean) =>
      numbers<"n" | "x">(
        `select count(*) as n, count(*) filter (where decider = 'model') as x from mart.decisions d join mart.cases c using (case_id)
         where (not $3 or (c.market = $4 and c.queue = $5))
           and case when $6 then c.created_at >= $1 and c.created_at < $2
                    else c.created_at >= $1::timestamptz - interval '28 days' and c.created_at < $1 end`,
        window.from,
        window.to,
        segment,
        filters.market,
        filters.queue,
        within,
      );
    const [usual, dip] = [await rate(false, true), await rate(true, true)];
    expect(z(usual.x, usual.n, dip.x, dip.n)).toBeLessThan(-5);
    expect(Math.abs(share(dip.x, dip.n) / share(usual.x, usual.n) - factor)).toBeLessThan(0.2);
    const [all, allDip] = [await rate(false, false), await rate(true, false)];
    expect(Math.abs(share(allDip.x, allDip.n) - share(all.x, all.n))).toBeLessThan(0.05);
  });

  test("reports multiply on one day in one market", async () => {
    const { filters, window, factor } = incident("volume_spike");
    const { spike, usual } = await numbers<"spike" | "usual">(
      `select count(*) filter (where created_at >= $2 and created_at < $3) as spike,
              count(*) filter (where created_at < $2) / 28.0 as usual
       from mart.cases where market = $1 and source = 'user_report' and created_at >= $2::timestamptz - interval '28 days' and created_at < $3`,
      filters.market,
      window.from,
      window.to,
    );
    expect((spike - usual) / Math.sqrt(usual)).toBeGreaterThan(6);
    expect(spike / usual).toBeGreaterThan(factor * 0.6);
  });

  test("live reviews get slower, a little every day, and others do not", async () => {
    const { window, factor } = incident("slow_drift");
    const slope = (queues: string) =>
      numbers<"grown">(
        `select exp(regr_slope(ln(handle_seconds), extract(epoch from decided_at - $1) / extract(epoch from $2::timestamptz - $1))) as grown
         from mart.decisions d join mart.cases c using (case_id)
         where handle_seconds > 0 and decided_at >= $1::timestamptz and ${queues}`,
        window.from,
        window.to,
      );
    const live = await slope("c.queue = 'live'");
    expect(Math.abs(live.grown - factor)).toBeLessThan(0.25);
    const others = await slope("c.queue = 'product'");
    expect(Math.abs(others.grown - 1)).toBeLessThan(0.12);
  });

  test("the outage is of the data: no case came in anywhere, people were at work, the ledger says why", async () => {
    const { window, business } = incident("data_outage");
    expect(business).toBe(false);
    const seen = await numbers<"cases" | "staffed" | "week_before" | "ledger">(
      `select (select count(*) from mart.cases where created_at >= $1 and created_at < $2) as cases,
              (select count(*) from mart.staffing where hour >= $1 and hour < $2) as staffed,
              (select count(*) from mart.cases where created_at >= $1::timestamptz - interval '7 days'
                 and created_at < $2::timestamptz - interval '7 days') as week_before,
              (select count(*) from mart.changes where kind = 'outage' and starts_at = $1 and ends_at = $2) as ledger`,
      window.from,
      window.to,
    );
    expect(seen.cases).toBe(0);
    expect(seen.staffed).toBeGreaterThan(0);
    expect(seen.week_before).toBeGreaterThan(100);
    expect(seen.ledger).toBe(1);
  });
});

test("a quota sample read raw is not the rate of the whole", async () => {
  const qa = await numbers<"raw" | "weighted">(
    `select avg((action = correct_action)::int) as raw,
            sum((action = correct_action)::int / inclusion_prob) / sum(1 / inclusion_prob) as weighted
     from mart.qa_labels join mart.decisions using (decision_id) where labelled_at is not null`,
  );
  expect(qa.weighted - qa.raw).toBeGreaterThan(0.015);
  const views = await numbers<"raw" | "weighted">(
    `select avg(violating::int) as raw, sum(violating::int / inclusion_prob) / sum(1 / inclusion_prob) as weighted
     from mart.view_samples where labelled_at is not null`,
  );
  expect(views.raw).toBeGreaterThan(5 * views.weighted);
});

test("closed cases alone flatter the turnaround time", async () => {
  // Of the last days' cases of the slow desks; an open one will take at least until now, so this is a lower bound of the truth.
  const tat = await numbers<"closed" | "bound">(
    `select percentile_cont(0.95) within group (order by extract(epoch from decided - created_at)) as closed,
            percentile_cont(0.95) within group (order by extract(epoch from coalesce(decided, $1) - created_at)) as bound
     from (select c.created_at, (select min(d.decided_at) from mart.decisions d where d.case_id = c.case_id) as decided
           from mart.cases c where c.queue in ('appeals', 'ip', 'seller') and c.created_at > $1::timestamptz - interval '14 days') s`,
    truths.now,
  );
  expect(tat.bound).toBeGreaterThan(1.08 * tat.closed);
});
