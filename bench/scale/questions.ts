/** One question, in our words and in the SQL that an expert of each engine would write over the wide table. Peers count days in UTC. */
export interface BenchQuestion {
  readonly id: string;
  readonly words: string;
  readonly postgres: string;
  readonly duckdb: string;
  readonly clickhouse: string;
  /** Beyond the thirteen: what a planner finds hardest. */
  readonly worst?: true;
}

const REMOVES = "action in ('remove', 'restrict', 'ban')";
const DECIDED = { d14: since("decided_at", 14), d30: since("decided_at", 30), d90: since("decided_at", 90) };

/** A window that ends with the last complete day. */
function since(column: string, days: number, until = 0): string {
  const at = (back: number) => new Date(Date.UTC(2026, 2, 17) - back * 86_400_000).toISOString().slice(0, 10);
  return `${column} >= '${at(days + until)}' and ${column} < '${at(until)}'`;
}

/** The same text for three engines where their dialects agree but for the names of time and quantile functions. */
function same(id: string, words: string, sql: string, worst?: true): BenchQuestion {
  const write = (names: Readonly<Record<string, string>>): string =>
    sql.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, column: string) =>
      (names[name] ?? "").replaceAll("$", column ?? ""),
    );
  return {
    id,
    words,
    ...(worst && { worst }),
    postgres: write({
      day: "date_trunc('day', $)",
      hour: "date_trunc('hour', $)",
      week: "date_trunc('week', $)",
      clock: "extract(hour from $)",
      weekday: "extract(isodow from $)",
      tat95: "percentile_disc(0.95) within group (order by extract(epoch from decided_at - created_at))",
      tat50: "percentile_disc(0.5) within group (order by extract(epoch from decided_at - created_at))",
    }),
    duckdb: write({
      day: "date_trunc('day', $)",
      hour: "date_trunc('hour', $)",
      week: "date_trunc('week', $)",
      clock: "extract(hour from $)",
      weekday: "extract(isodow from $)",
      tat95: "approx_quantile(epoch(decided_at) - epoch(created_at), 0.95)",
      tat50: "approx_quantile(epoch(decided_at) - epoch(created_at), 0.5)",
    }),
    clickhouse: write({
      day: "toStartOfDay($)",
      hour: "toStartOfHour($)",
      week: "toMonday($)",
      clock: "toHour($)",
      weekday: "toDayOfWeek($)",
      tat95: "quantileTDigest(0.95)(dateDiff('second', created_at, decided_at))",
      tat50: "quantileTDigest(0.5)(dateDiff('second', created_at, decided_at))",
    }),
  };
}

/** `sum(condition)` in all three. */
const hits = (condition: string): string => `sum(case when ${condition} then 1 else 0 end)`;
const weighted = (condition: string): string => `sum(case when ${condition} then weight else 0 end)`;

export const QUESTIONS: readonly BenchQuestion[] = [
  same(
    "1 daily overturn rate × market, 14 d",
    "overturn rate by market daily last 14d",
    `select market, {day:appeal_resolved_at} as bucket, ${hits("appeal_outcome in ('overturned', 'partial')")} as x, count(*) as n from wide
     where ${since("appeal_resolved_at", 14)} and appeal_outcome in ('overturned', 'partial', 'upheld') group by 1, 2`,
  ),
  same(
    "2 top reasons, 30 d",
    "removals by reason last 30d",
    `select reason, count(*) as n from wide where ${DECIDED.d30} and ${REMOVES} group by 1 order by 2 desc limit 10`,
  ),
  same(
    "3 TAT p50, p95 hourly × queue, 30 d",
    "tat by queue hourly last 30d",
    `select queue, {hour:created_at} as bucket, {tat50} as p50, {tat95} as p95, count(*) as n from wide where ${since("created_at", 30)} group by 1, 2`,
  ),
  same(
    "4 TAT p95 by queue, 30 d",
    "tat p95 by queue last 30d",
    `select queue, {tat95} as p95, count(*) as n from wide where ${since("created_at", 30)} group by 1`,
  ),
  same(
    "5 week on week, market × category",
    "decisions by market and category last 7d vs last week",
    `select market, category, ${hits(since("decided_at", 7))} as n, ${hits(since("decided_at", 7, 7))} as n_before from wide
     where ${DECIDED.d14} group by 1, 2`,
  ),
  same(
    "6 handle time by team, 30 d",
    "aht by team last 30d",
    `select team, count(handle_seconds) as n, avg(handle_seconds) as mean, stddev_samp(handle_seconds) as sd from wide
     where ${DECIDED.d30} and decider = 'human' group by 1`,
  ),
  same(
    "7 cost per correct removal × market, 30 d",
    "cost per correct removal by market last 30d",
    `select market, sum(cost_usd) as cost, ${hits(REMOVES)} as removals,
       ${weighted(`${REMOVES} and correct_action in ('remove', 'restrict', 'ban')`)} as good, ${weighted(`${REMOVES}`)} as labelled
     from wide where ${DECIDED.d30} group by 1`,
  ),
  same(
    "8 a year weekly",
    "removals weekly last 365d",
    `select {week:decided_at} as bucket, count(*) as n from wide where ${since("decided_at", 365)} and ${REMOVES} group by 1`,
  ),
  same(
    "9 rare seller tier daily, 90 d",
    "removals brand sellers daily last 90d",
    `select {day:decided_at} as bucket, count(*) as n from wide where ${DECIDED.d90} and seller_tier = 'brand' and ${REMOVES} group by 1`,
  ),
  same(
    "10 model against human accuracy × source, 30 d",
    "accuracy by decider and source last 30d",
    `select decider, source, ${weighted("correct_action = action")} as good, sum(weight) as w, sum(weight * weight) as w2, count(weight) as n from wide
     where ${DECIDED.d30} group by 1, 2`,
  ),
  same(
    "11 accuracy × market, 30 d",
    "accuracy by market last 30d",
    `select market, ${weighted("correct_action = action")} as good, sum(weight) as w, sum(weight * weight) as w2, count(weight) as n from wide
     where ${DECIDED.d30} group by 1`,
  ),
  same(
    "12 hours of the day, one market, 28 d",
    "inflow ID by hour of day last 28d",
    `select {clock:created_at} as bucket, count(*) as n from wide where ${since("created_at", 28)} and market = 'ID' group by 1`,
  ),
  same(
    "13 market and queue hourly, today",
    "decisions ID live hourly today",
    `select {hour:decided_at} as bucket, count(*) as n from wide where decided_at >= '2026-03-16 17:00:00' and market = 'ID' and queue = 'live' group by 1`,
  ),
  same(
    "category × reason, 30 d",
    "removals by category and reason last 30d",
    `select category, reason, count(*) as n from wide where ${DECIDED.d30} and ${REMOVES} group by 1, 2`,
    true,
  ),
  same(
    "overturned cohort, team × reason, 90 d",
    "overturn cohort by team and reason last 90d",
    `select team, reason, count(*) as n, ${hits("appeal_outcome in ('overturned', 'partial')")} as x from wide where ${DECIDED.d90} and ${REMOVES} group by 1, 2`,
    true,
  ),
  same(
    "accuracy with 3 filters, 90 d weekly",
    "accuracy ID product video human weekly last 90d",
    `select {week:decided_at} as bucket, ${weighted("correct_action = action")} as good, sum(weight) as w, count(weight) as n from wide
     where ${DECIDED.d90} and market = 'ID' and queue in ('product', 'video') and decider = 'human' group by 1`,
    true,
  ),
];
