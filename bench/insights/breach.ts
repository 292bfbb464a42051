/**
 * p(breach) held against what happened on the simulated marketplace: every evening of the last `--days` (40) in every market and queue with
 * enough cases, asked at 18:00 as of then, until midnight. Prints foretold against happened by bin, Brier score and log loss beside those of
 * always saying the base rate, and the cover of the 80 % range of late cases beside what the model itself gives that range: late cases are
 * whole and mostly none, so that it must hold more than 80 %. Needs a filled mart: `npm run demo -- --fill-only`.
 */
import { readConfig } from "../../src/config.ts";
import { prepareQueue } from "../../src/handlers/queue/state.ts";
import { breachOutlook } from "../../src/insights/queueing/outlook.ts";
import { NO_EXTRA, type QueueState, simulateQueue } from "../../src/insights/queueing/simulate.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { limits } from "../../src/kernel/limits.ts";
import { openHouse } from "../../src/main.ts";
import { postgresEngine } from "../../src/queries/engine.ts";
import { dayOf, instantOf } from "../../src/queries/periods.ts";
import { readQueueLoad } from "../../src/queries/queue-load.ts";

const HOUR_MS = 3_600_000;
const DUE_MIN = 10;

interface Evening {
  readonly queue: string;
  readonly end: number;
  readonly due: number;
  readonly late: number;
}

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const days = Number(argument("--days") ?? 40);
const now = Date.parse(argument("--now") ?? new Date().toISOString());
const patient = { ...readConfig(process.env), MODSTATS_STATEMENT_TIMEOUT_MS: 60_000 };
const house = await openHouse(patient, fixedClock(new Date(now).toISOString()));
const seen: { p: number; breached: boolean; late: number; low: number; high: number; own: number }[] = [];
try {
  for (const [market, zone] of house.catalog.zoned?.zones ?? [])
    for (const evening of await eveningsOf(market, zone)) await hold(market, evening);
} finally {
  await house.close();
}
report();

/** Evenings with enough cases due, with what became of them: one row per queue and local day. */
async function eveningsOf(market: string, zone: string): Promise<Evening[]> {
  const ends = Array.from({ length: days }, (_, back) => instantOf(dayOf(now - back * 24 * HOUR_MS, zone), zone));
  const { rows } = await house.pools.reader.query(
    `select e.end_at, c.queue, count(*)::int as due, count(*) filter (where coalesce(f.at > c.sla_due_at, true))::int as late
     from unnest($2::timestamptz[]) as e(end_at)
       join mart.cases c on c.market = $1 and c.sla_due_at > e.end_at - interval '6 hours' and c.sla_due_at <= e.end_at
       left join lateral (select min(d.decided_at) as at from mart.decisions d where d.case_id = c.case_id) f on true
     group by 1, 2 having count(*) >= $3`,
    [market, ends.map((end) => new Date(end)), DUE_MIN],
  );
  return rows.map((row) => ({ queue: row.queue, end: Number(row.end_at), due: row.due, late: row.late }));
}

async function hold(market: string, { queue, end, due, late }: Evening): Promise<void> {
  const throughMs = end - 6 * HOUR_MS;
  const load = await readQueueLoad(postgresEngine(house.pools.reader), {
    markets: [market],
    queues: [queue],
    throughMs,
    historyDays: 56,
  });
  if (!load.ok) throw new Error(JSON.stringify(load.error));
  const prepared = prepareQueue(load.value, throughMs, 6);
  if (!prepared) return;
  const steps = prepared.state.inflow.length;
  const made = breachOutlook(prepared.state, steps, limits.slaTargetShare);
  const { low, high } = made.late;
  seen.push({
    p: made.probability,
    breached: 1 - late / due < limits.slaTargetShare,
    late,
    low,
    high,
    own: massWithin(prepared.state, low, high),
  });
}

/** Share of the model's own paths whose late cases are within the range. */
function massWithin(state: QueueState, low: number, high: number): number {
  const paths = simulateQueue(state, NO_EXTRA, { paths: 400, seed: 1, dueWithin: state.inflow.length });
  return paths.filter(({ late }) => late >= low && late <= high).length / paths.length;
}

function report(): void {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const base = mean(seen.map(({ breached }) => Number(breached)));
  const scores = (p: (one: (typeof seen)[number]) => number): string => {
    const within = (one: (typeof seen)[number]): number => Math.min(0.999, Math.max(0.001, p(one)));
    const brier = mean(seen.map((one) => (p(one) - Number(one.breached)) ** 2));
    const loss = mean(seen.map((one) => -Math.log(one.breached ? within(one) : 1 - within(one))));
    return `Brier ${brier.toFixed(4)}, log loss ${loss.toFixed(4)}`;
  };
  console.log(`${seen.length} evenings; breached ${percent(base)}, foretold ${percent(mean(seen.map(({ p }) => p)))}`);
  for (let bin = 0; bin < 5; bin++) {
    const own = seen.filter(({ p }) => Math.min(4, Math.floor(5 * p)) === bin);
    if (own.length === 0) continue;
    const [said, was] = [mean(own.map(({ p }) => p)), mean(own.map(({ breached }) => Number(breached)))];
    console.log(
      `  p ${bin * 20}–${bin * 20 + 20} %: n ${own.length}, foretold ${percent(said)}, happened ${percent(was)}`,
    );
  }
  console.log(`${scores(({ p }) => p)}; base rate: ${scores(() => base)}`);
  const inside = mean(seen.map(({ late, low, high }) => Number(late >= low && late <= high)));
  console.log(
    `late cases inside the 80 % range: ${percent(inside)}; of the model's own paths ${percent(mean(seen.map(({ own }) => own)))}`,
  );
}
