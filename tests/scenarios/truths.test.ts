import { afterAll, beforeAll, expect, test } from "vitest";
import { fillMart } from "../../demo/generate.ts";
import type { Truths, Window } from "../../demo/truths.ts";
import type { Answer, AnswerValue } from "../../src/chat/answer.ts";
import type { Act, Bot } from "../../src/chat/port.ts";
import { blank, type Period, type Question } from "../../src/kernel/question.ts";
import { coreOver } from "../support/core.ts";
import { DEMO_NOW, type TestDatabase, testDatabase } from "../support/database.ts";

/**
 * What the marketplace hides, asked of the bot as a person would: the answer must be right, and the number that plain SQL gives at first
 * must be seen to mislead, or the test would prove nothing.
 */
let database: TestDatabase;
let bot: Bot;
let truths: Truths;
let asked = 0;

beforeAll(async () => {
  database = await testDatabase();
  ({ truths } = await fillMart({ url: database.url, now: DEMO_NOW }));
  bot = coreOver(database);
}, 120_000);
afterAll(() => database.end());

async function respond(act: Act): Promise<Answer> {
  asked += 1;
  const reply = await bot.respond({
    where: { platform: "terminal", tenant: "local", channel: "truths" },
    thread: null,
    person: { id: "asker", zone: "Asia/Singapore" },
    deliveries: [`truths/${asked}`],
    act,
  });
  if (reply.type !== "answer" || reply.answer.status !== "answered") throw new Error(JSON.stringify(reply));
  return reply.answer;
}
const say = (text: string): Promise<Answer> => respond({ type: "words", text, spokenTo: true });
const choose = (question: Partial<Question>): Promise<Answer> =>
  respond({ type: "choice", question: { ...blank("metric"), ...question } });

/** The only value of an answer, or that of one split row. */
function shownOf(answer: Answer, key: Readonly<Record<string, string>> = {}): AnswerValue & { value: number } {
  const found = answer.values.find((value) =>
    Object.entries(key).every(
      ([name, wanted]) => (value.key as Record<string, unknown> | undefined)?.[name] === wanted,
    ),
  );
  if (found?.value == null) throw new Error(`no value in ${JSON.stringify(answer.values)}`);
  return { ...found, value: found.value };
}

/** One row of plain SQL, as numbers. */
async function naive<K extends string>(sql: string, ...params: unknown[]): Promise<Record<K, number>> {
  const { rows } = await database.writer.query(sql, params);
  const row = rows[0] as Record<K, unknown>;
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value)])) as Record<K, number>;
}

/** A planted window as the local days that it covers; every one begins and ends at a local midnight. */
const daysOf = (window: Window, zone: string): Period => {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  return { from: day.format(Date.parse(window.from)), to: day.format(Date.parse(window.to)) };
};

test("mix shift: the overturn rate rises by ten points and no queue got worse", async () => {
  const { before, after, segment } = truths.mixShift;
  const why = await choose({
    kind: "why",
    metrics: ["overturn"],
    period: daysOf(after, "Asia/Singapore"),
    compare: daysOf(before, "Asia/Singapore"),
  });

  // What a peer shows: one rate that rose, and the difference is no chance. With the queues weighted as before, it did not rise.
  const peer = await naive<"before" | "after" | "standardised">(
    `with resolved as (
       select c.queue, a.resolved_at >= $3 as later, count(*)::float8 as n, count(*) filter (where a.outcome <> 'upheld') as x
       from mart.appeals a join mart.decisions d using (decision_id) join mart.cases c using (case_id)
       where a.outcome in ('upheld', 'overturned', 'partial')
         and (a.resolved_at >= $1 and a.resolved_at < $2 or a.resolved_at >= $3 and a.resolved_at < $4)
       group by 1, 2)
     select sum(x) filter (where not later) / sum(n) filter (where not later) as before,
            sum(x) filter (where later) / sum(n) filter (where later) as after,
            (select sum(old.n * new.x / new.n) / sum(old.n) from resolved old join resolved new using (queue)
              where not old.later and new.later) as standardised
     from resolved`,
    before.from,
    before.to,
    after.from,
    after.to,
  );
  const { value, compare } = shownOf(why);
  const change = value - (compare?.value ?? Number.NaN);
  expect(value).toBeCloseTo(peer.after, 12);
  expect(compare?.value).toBeCloseTo(peer.before, 12);
  expect(change).toBeGreaterThan(0.05);
  expect(compare?.verdict).toBe("real");
  expect(Math.abs(peer.standardised - peer.before)).toBeLessThan(0.02);

  // What is true: nearly all of it is the mix of queues, and the queue named is the one that was planted.
  const split = why.findings.find(({ code }) => code === "rate_and_mix")?.text ?? "";
  const [mix, rate] = [...split.matchAll(/([+−]?)(\d+\.\d+)\spp/g)].map(
    ([, sign, size]) => (sign === "−" ? -1 : 1) * (Number(size) / 100),
  ) as [number, number];
  expect(split).toMatch(/^Mostly mix.*by queue/);
  expect(Math.abs(mix - change)).toBeLessThan(0.02);
  expect(Math.abs(rate)).toBeLessThan(0.02);
  expect(why.findings.find(({ code }) => code === "segment")?.text).toContain(`queue ${segment}`);
});

test("doubled enforcement: overturns of today over removals of today fall, the cohorts' rate does not", async () => {
  const { market, before, after } = truths.enforcementDoubling;
  const days = daysOf(after, "Asia/Jakarta");
  const cohort = await choose({
    metrics: ["overturn_cohort"],
    filters: { market: [market] },
    period: days,
    compare: daysOf(before, "Asia/Jakarta"),
  });
  const { compare, flags } = shownOf(cohort);
  expect(flags).toEqual([]);
  expect(compare?.verdict).toBe("within_noise");
  expect(cohort.headline).toContain("within noise");

  const sameDay = (from: string, to: string) =>
    naive<"rate">(
      `select (select count(*) from mart.appeals a join mart.decisions d using (decision_id) join mart.cases c using (case_id)
               where c.market = $1 and a.outcome in ('overturned', 'partial') and a.resolved_at >= $2 and a.resolved_at < $3)::float8
            / (select count(*) from mart.decisions d join mart.cases c using (case_id)
               where c.market = $1 and d.action in ('remove', 'restrict', 'ban') and d.decided_at >= $2 and d.decided_at < $3) as rate`,
      market,
      from,
      to,
    );
  const fiveDaysIn = new Date(Date.parse(after.from) + 5 * 86_400_000).toISOString();
  const [calm, busy] = [await sameDay(before.from, before.to), await sameDay(after.from, fiveDaysIn)];
  expect(busy.rate).toBeLessThan(0.8 * calm.rate);
});

test("quota sample: the raw share of right labels is not the accuracy, nor that of sampled views the prevalence", async () => {
  const accuracy = await say("QA accuracy last 365 days");
  const { value, low, high, n, neff } = shownOf(accuracy);
  const labels = `from mart.qa_labels q join mart.decisions d using (decision_id)
    where q.labelled_at is not null and d.decided_at >= timestamptz '2026-03-17 00:00+08' - interval '365 days'
      and d.decided_at < '2026-03-17 00:00+08'`;
  const raw = await naive<"share" | "n">(
    `select avg((d.action = q.correct_action)::int) as share, count(*) as n ${labels}`,
  );
  expect(n).toBe(raw.n);
  expect(neff).toBeLessThan(n ?? 0);
  expect(raw.share).toBeLessThan(low ?? 0);
  expect(accuracy.caveats.find(({ code }) => code === "weighted")?.text).toContain(`${(100 * raw.share).toFixed(1)}`);

  // By another road: each stratum's own share, by how many decisions its labels stand for.
  const strata = await naive<"share">(
    `select sum(share * size) / sum(size) as share from (
       select avg((d.action = q.correct_action)::int) as share, sum(1 / q.inclusion_prob) as size ${labels}
       group by q.stratum, q.inclusion_prob) s`,
  );
  expect(value).toBeCloseTo(strata.share, 9);
  expect(strata.share).toBeLessThan(high ?? 0);

  const prevalence = await say("prevalence last 90 days");
  const { value: seen, high: most, extra } = shownOf(prevalence);
  expect(extra?.unweighted).toBeGreaterThan(5 * seen);
  expect(extra?.unweighted).toBeGreaterThan(most ?? 1);
});

test("long tail: closed cases flatter the turnaround of the newest cohort, the bot does not", async () => {
  const slow = { queue: ["appeals"] };
  const young = await choose({ metrics: ["tat_p95"], filters: slow, period: { from: "2026-03-10", to: "2026-03-17" } });
  // A cohort of the same desk two months old: what is open there lies beyond any p95, so that the empirical quantile is the truth.
  const settled = { from: "2026-01-01", to: "2026-03-01" };
  const single = (period: Period) =>
    naive<"closed" | "all" | "open">(
      `select percentile_disc(0.95) within group (order by extract(epoch from f.decided_at - c.created_at) / 3600) as closed,
              percentile_disc(0.95) within group (order by coalesce(extract(epoch from f.decided_at - c.created_at) / 3600, 1e9)) as "all",
              count(*) filter (where f.decided_at is null) as open
       from mart.cases c left join lateral (select min(decided_at) as decided_at from mart.decisions d where d.case_id = c.case_id) f on true
       where c.queue = 'appeals' and c.created_at >= $1::timestamp at time zone 'Asia/Singapore'
         and c.created_at < $2::timestamp at time zone 'Asia/Singapore'`,
      period.from,
      period.to,
    );
  const [truth, newest] = [await single(settled), await single({ from: "2026-03-10", to: "2026-03-17" })];
  expect(newest.open).toBeGreaterThan(0);
  expect(newest.closed).toBeLessThan(0.85 * truth.all);

  const { value, low, high, extra } = shownOf(young);
  expect(Math.abs(value / truth.all - 1)).toBeLessThan(Math.abs(newest.closed / truth.all - 1));
  expect(low ?? 0).toBeLessThan(truth.all);
  expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(truth.all);
  expect(extra?.closed_only).toBeCloseTo(newest.closed, 0);
  expect(young.caveats.map(({ code }) => code)).toContain("censored");

  // Asked of that cohort, the bot says the truth to the width of a bin.
  const old = shownOf(await choose({ metrics: ["tat_p95"], filters: slow, period: settled }));
  expect(Math.abs(old.value / truth.all - 1)).toBeLessThan(0.01);
});

test("late table: today's appeals look like a fall, the bot judges the last complete day and says how far the data reach", async () => {
  const days = await choose({
    metrics: ["appeals_filed"],
    period: { from: "2026-03-10", to: "2026-03-17T10:05+08:00" },
    grain: "day",
  });
  const today = days.values.find(({ key }) => key?.bucket === "2026-03-17");
  expect(today?.flags).toContain("partial");
  expect(days.values.filter(({ flags }) => flags.includes("partial"))).toHaveLength(1);
  expect(days.dataThrough).toBe("2026-03-16T20:00:00.000Z");
  expect(days.caveats.map(({ code }) => code)).toEqual(expect.arrayContaining(["late", "partial"]));

  // The last 24 hours by the clock against those before: the table is six hours behind, the business is not.
  const clock = await naive<"last" | "usual">(
    `select count(*) filter (where filed_at >= $1::timestamptz - interval '1 day') as last,
            count(*) filter (where filed_at < $1::timestamptz - interval '1 day') / 7.0 as usual
     from mart.appeals where filed_at >= $1::timestamptz - interval '8 days' and filed_at < $1`,
    truths.now,
  );
  const complete = await naive<"last">(
    `select count(*) as last from mart.appeals where filed_at >= '2026-03-16 00:00+08' and filed_at < '2026-03-17 00:00+08'`,
  );
  expect(clock.last).toBeLessThan(0.85 * clock.usual);
  const yesterday = shownOf(days, { bucket: "2026-03-16" });
  expect(yesterday.value).toBe(complete.last);
  expect(yesterday.flags).not.toContain("partial");
  expect(yesterday.value).toBeGreaterThan(0.85 * clock.usual);
  expect(days.headline).not.toContain("17 Mar");
});
