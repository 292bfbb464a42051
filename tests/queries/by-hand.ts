/**
 * Every metric of the dictionary as one SQL statement over the mart, written by hand and independent of the catalog and the compiler.
 * $1 and $2: the local period's ends as timestamps without a zone; $3: the zone that everybody's days are of, or 'own' for each row's
 * own market; $4: a queue, or null for all; $5: the watermark that open cases are seen at. One row per market and one, with market
 * null, for the total.
 */
const DAYS = `(select market, case when $3::text = 'own' then zone else $3::text end as zone from (values
  ('ID', 'Asia/Jakarta'), ('VN', 'Asia/Ho_Chi_Minh'), ('TH', 'Asia/Bangkok'), ('MY', 'Asia/Kuala_Lumpur'), ('PH', 'Asia/Manila'),
  ('SG', 'Asia/Singapore'), ('US', 'America/Los_Angeles'), ('GB', 'Europe/London')) days(market, zone))`;
const PARAMS = "($4::text is null or c.queue = $4::text) and $5::timestamptz is not null";
const BY_MARKET = "group by grouping sets ((), (c.market))";
const REMOVAL = "('remove', 'restrict', 'ban')";

const cases = (select: string, time: string, where = "true", more = ""): string => `
  select c.market, ${select}
  from mart.cases c join ${DAYS} z using (market) ${more}
  where (${time} at time zone z.zone) >= $1::timestamp and (${time} at time zone z.zone) < $2::timestamp
    and ${PARAMS} and (${where}) ${BY_MARKET}`;

const decisions = (select: string, where = "true", time = "d.decided_at", more = ""): string => `
  select c.market, ${select}
  from mart.decisions d join mart.cases c using (case_id) join ${DAYS} z using (market) ${more}
  where (${time} at time zone z.zone) >= $1::timestamp and (${time} at time zone z.zone) < $2::timestamp
    and ${PARAMS} and (${where}) ${BY_MARKET}`;

const labels = (among: string, hit: string, prefix = ""): string => {
  const w = "1 / q.inclusion_prob";
  const over = `q.labelled_at is not null and ${among}`;
  const sum = (what: string, where: string) => `coalesce(sum(${what}) filter (where ${where}), 0)::float8`;
  return [
    `${sum(w, over)} as "${prefix}sw"`,
    `${sum(w, `${over} and ${hit}`)} as "${prefix}swy"`,
    `${sum(`(${w}) * (${w})`, over)} as "${prefix}sw2"`,
    `${sum(`(${w}) * (${w})`, `${over} and ${hit}`)} as "${prefix}sw2y"`,
    `count(*) filter (where ${over})::float8 as "${prefix}n"`,
    `count(*) filter (where ${over} and ${hit})::float8 as "${prefix}x"`,
  ].join(", ");
};
const QA = "join mart.qa_labels q using (decision_id)";
const APPROVALS = `count(*) filter (where d.action = 'approve' and q.labelled_at is not null)::float8 as "labelled_approvals.n"`;
const firstDecision =
  "left join lateral (select x.decided_at, x.decider from mart.decisions x where x.case_id = c.case_id order by 1 limit 1) f on true";

const staffed = (numerator: string, hours: string): string => `
  select coalesce(a.market, b.market) as market, coalesce(a.amount, 0)::float8 as numerator, coalesce(b.amount, 0)::float8 as denominator from (
    select coalesce(c.market, '*') as market, ${numerator} as amount
    from mart.decisions d join mart.cases c using (case_id) join ${DAYS} z using (market)
    where (d.decided_at at time zone z.zone) >= $1::timestamp and (d.decided_at at time zone z.zone) < $2::timestamp
      and ${PARAMS} and d.decider = 'human' ${BY_MARKET}) a
  full join (
    select coalesce(s.market, '*') as market, sum(s.${hours}::float8) as amount
    from mart.staffing s join ${DAYS} z using (market)
    where (s.hour at time zone z.zone) >= $1::timestamp and (s.hour at time zone z.zone) < $2::timestamp
      and ($4::text is null or s.queue = $4::text)
    group by grouping sets ((), (s.market))) b using (market)`;

const lived = (from: string, more: string, event: string, censor: string, where: string): string => {
  const happened = `coalesce(${event} <= $5, false)`;
  return `
  select c.market, count(*) filter (where ${happened})::float8 as events, count(*) filter (where not ${happened})::float8 as censored,
    coalesce(sum(extract(epoch from ${event} - ${from})) filter (where ${happened}), 0)::float8 as seconds
  from mart.cases c join ${DAYS} z using (market) ${more}
  where (${from} at time zone z.zone) >= $1::timestamp and (${from} at time zone z.zone) < $2::timestamp
    and ${PARAMS} and ${from} <= $5 and ${censor} is not null and (${where}) ${BY_MARKET}`;
};

const severityParts = ["low", "medium", "high", "critical"]
  .flatMap((severity) => [
    `count(distinct d.decision_id) filter (where d.action in ${REMOVAL} and c.severity = '${severity}')::float8 as "removals.${severity}.n"`,
    `count(distinct d.decision_id) filter (where d.action = 'approve' and c.severity = '${severity}')::float8 as "approvals.${severity}.n"`,
    labels(
      `d.action in ${REMOVAL} and c.severity = '${severity}'`,
      `q.correct_action not in ${REMOVAL}`,
      `over_enforcement.${severity}.`,
    ),
    labels(
      `d.action = 'approve' and c.severity = '${severity}'`,
      `q.correct_action in ${REMOVAL}`,
      `leakage.${severity}.`,
    ),
  ])
  .join(", ");

export const BY_HAND: Readonly<Record<string, string>> = {
  inflow: cases("count(*)::float8 as n", "c.created_at"),
  outflow: `
    select c.market, count(*)::float8 as n
    from (select case_id, min(decided_at) as decided_at from mart.decisions group by case_id) d
    join mart.cases c using (case_id) join ${DAYS} z using (market)
    where (d.decided_at at time zone z.zone) >= $1::timestamp and (d.decided_at at time zone z.zone) < $2::timestamp and ${PARAMS} ${BY_MARKET}`,
  decisions: decisions("count(*)::float8 as n"),
  removals: decisions("count(*)::float8 as n", `d.action in ${REMOVAL}`),
  reports: cases("count(*)::float8 as n", "c.created_at", "c.source = 'user_report'"),
  appeals_filed: decisions("count(*)::float8 as n", "true", "a.filed_at", "join mart.appeals a using (decision_id)"),
  accuracy: decisions(labels("true", "q.correct_action = d.action"), "true", "d.decided_at", QA),
  precision: decisions(labels(`d.action in ${REMOVAL}`, `q.correct_action in ${REMOVAL}`), "true", "d.decided_at", QA),
  over_enforcement: decisions(
    labels(`d.action in ${REMOVAL}`, `q.correct_action not in ${REMOVAL}`),
    "true",
    "d.decided_at",
    QA,
  ),
  fp_rate: decisions(
    `${labels(`q.correct_action not in ${REMOVAL}`, `d.action in ${REMOVAL}`, "rate.")}, ${APPROVALS}`,
    "true",
    "d.decided_at",
    QA,
  ),
  leakage: decisions(labels("d.action = 'approve'", `q.correct_action in ${REMOVAL}`), "true", "d.decided_at", QA),
  recall: decisions(
    `${labels(`q.correct_action in ${REMOVAL} and d.action <> 'warn'`, `d.action in ${REMOVAL}`, "rate.")}, ${APPROVALS}`,
    "true",
    "d.decided_at",
    QA,
  ),
  wrong_reason: decisions(
    labels(`d.action in ${REMOVAL} and q.correct_action in ${REMOVAL}`, "d.reason is distinct from q.correct_reason"),
    "true",
    "d.decided_at",
    QA,
  ),
  prevalence: `
    select c.market, ${labels("true", "c.violating").replaceAll("q.", "c.")}
    from mart.view_samples c join ${DAYS} z using (market)
    where (c.viewed_at at time zone z.zone) >= $1::timestamp and (c.viewed_at at time zone z.zone) < $2::timestamp and ${PARAMS} ${BY_MARKET}`,
  overturn: decisions(
    "count(*) filter (where a.outcome in ('overturned', 'partial'))::float8 as x, count(*)::float8 as n",
    "a.outcome <> 'withdrawn'",
    "a.resolved_at",
    "join mart.appeals a using (decision_id)",
  ),
  overturn_cohort: decisions(
    `count(*) filter (where d.decision_id in (select decision_id from mart.appeals a join mart.decisions e using (decision_id)
      where a.outcome in ('overturned', 'partial') and a.resolved_at - e.decided_at <= interval '17 days'))::float8 as x, count(*)::float8 as n`,
    `d.action in ${REMOVAL}`,
  ),
  appeal_rate: decisions(
    `count(*) filter (where d.decision_id in (select decision_id from mart.appeals a join mart.decisions e using (decision_id)
      where a.filed_at - e.decided_at <= interval '14 days'))::float8 as x, count(*)::float8 as n`,
    `d.action in ${REMOVAL}`,
  ),
  agreement: `
    with doubled as (
      select decision_id, min(correct_action) as a, max(correct_action) as b from mart.qa_labels where labelled_at is not null
      group by decision_id having count(*) = 2 and min(auditor_id) <> max(auditor_id))
    ${decisions("count(*)::float8 as items, count(*) filter (where a = b)::float8 as agreed", "true", "d.decided_at", "join doubled using (decision_id)")}`,
  proactive_rate: decisions(
    "count(*) filter (where c.source in ('model', 'random_audit'))::float8 as x, count(*)::float8 as n",
    `d.action in ${REMOVAL}`,
  ),
  repeat_violation: `
    with removed as (select d.*, c.seller_id from mart.decisions d join mart.cases c using (case_id) where d.action in ${REMOVAL}),
    firsts as (select distinct on (seller_id) * from removed order by seller_id, decided_at, decision_id)
    select c.market, count(*)::float8 as n, count(*) filter (where exists (
        select from removed r where r.seller_id = d.seller_id and r.case_id <> d.case_id
        and r.decided_at > d.decided_at and r.decided_at - d.decided_at <= interval '30 days'))::float8 as x
    from firsts d join mart.cases c using (case_id) join ${DAYS} z using (market)
    where (d.decided_at at time zone z.zone) >= $1::timestamp and (d.decided_at at time zone z.zone) < $2::timestamp and ${PARAMS} ${BY_MARKET}`,
  tat_p50: lived("c.created_at", firstDecision, "f.decided_at", "$5", "true"),
  tat_p90: lived("c.created_at", firstDecision, "f.decided_at", "$5", "true"),
  tat_p95: lived("c.created_at", firstDecision, "f.decided_at", "$5", "true"),
  queue_wait: lived(
    "c.created_at",
    `${firstDecision} left join (select case_id, min(claimed_at) as claimed_at from mart.claims group by case_id) k using (case_id)`,
    "k.claimed_at",
    "coalesce(f.decided_at, $5)",
    "coalesce(k.claimed_at <= $5, false) or f.decider is null or f.decided_at > $5 or f.decider <> 'model'",
  ),
  sla: cases(
    "count(*) filter (where (select min(x.decided_at) from mart.decisions x where x.case_id = c.case_id) <= c.sla_due_at)::float8 as x, count(*)::float8 as n",
    "c.sla_due_at",
    "c.sla_due_at <= $5",
  ),
  aht: decisions(
    "count(*)::float8 as n, sum(d.handle_seconds)::float8 as sum, sum(d.handle_seconds::float8 ^ 2)::float8 as sumsq",
    "d.decider = 'human' and d.handle_seconds is not null",
  ),
  throughput: staffed("count(*)", "productive_hours"),
  utilisation: staffed("sum(d.handle_seconds) / 3600.0", "staffed_hours"),
  automation_rate: decisions("count(*) filter (where d.decider = 'model')::float8 as x, count(*)::float8 as n"),
  automation_stood: decisions(
    `count(*) filter (where (d.superseded_at is null or d.superseded_at - d.decided_at > interval '17 days') and d.decision_id not in (
      select decision_id from mart.appeals a join mart.decisions e using (decision_id)
      where a.outcome in ('overturned', 'partial') and a.resolved_at - e.decided_at <= interval '17 days'))::float8 as x, count(*)::float8 as n`,
    "d.decider = 'model'",
  ),
  rework: decisions(
    "count(*) filter (where d.superseded_at - d.decided_at <= interval '7 days')::float8 as x, count(*)::float8 as n",
  ),
  exposure_before_action: `
    select c.market, count(*)::float8 as n, sum(c.views)::float8 as sum, sum(c.views::float8 ^ 2)::float8 as sumsq
    from (select case_id, min(decided_at) as decided_at from mart.decisions where action in ${REMOVAL} group by case_id) d
    join mart.cases c using (case_id) join ${DAYS} z using (market)
    where (d.decided_at at time zone z.zone) >= $1::timestamp and (d.decided_at at time zone z.zone) < $2::timestamp and ${PARAMS} ${BY_MARKET}`,
  cost: decisions("sum(d.cost_usd)::float8 as sum, count(*)::float8 as n"),
  cost_per_decision: decisions(
    `sum(d.cost_usd)::float8 as "cost.numerator", count(*)::float8 as "cost.denominator",
     sum(d.cost_usd) filter (where d.decider = 'human')::float8 as "cost.human.numerator",
     count(*) filter (where d.decider = 'model')::float8 as "cost.model.denominator"`,
  ),
  cost_per_correct_removal: `
    select a.market, a."cost.sum", a."removals.n", b."precision.sw", b."precision.swy", b."precision.n" from (
      ${decisions(`sum(d.cost_usd)::float8 as "cost.sum", count(*) filter (where d.action in ${REMOVAL})::float8 as "removals.n"`)}) a
    join (${decisions(labels(`d.action in ${REMOVAL}`, `q.correct_action in ${REMOVAL}`, "precision."), "true", "d.decided_at", QA)}) b
    on a.market is not distinct from b.market`,
  error_cost: decisions(severityParts, "true", "d.decided_at", "left join mart.qa_labels q using (decision_id)"),
};
