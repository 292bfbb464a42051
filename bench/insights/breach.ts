/**
 * p(breach) held against what happened on the simulated marketplace: every evening of the last `--days` (40) in every market and queue with
 * enough cases, asked at 18:00 as of then, until midnight. Prints foretold against happened by bin, the Brier score beside the one of always
 * saying the base rate, and the cover of the 80 % range of late cases. Needs a filled mart: `npm run demo -- --fill-only`.
 */
import { readConfig } from "../../src/config.ts";
import { prepareQueue } from "../../src/handlers/queue-state.ts";
import { breachOutlook } from "../../src/insights/queueing/outlook.ts";
import { fixedClock } from "../../src/kernel/clock.ts";
import { limits } from "../../src/kernel/limits.ts";
import { openHouse } from "../../src/main.ts";
import { dayOf, instantOf } from "../../src/queries/periods.ts";
import { readQueueLoad } from "../../src/queries/queue-load.ts";

const HOUR_MS = 3_600_000;
const DUE_MIN = 10;

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const days = Number(argument("--days") ?? 40);
const now = Date.parse(argument("--now") ?? new Date().toISOString());
const house = await openHouse(readConfig(process.env), fixedClock(new Date(now).toISOString()));
const zones = house.catalog.zoned?.zones ?? new Map<string, string>();
const queues = house.catalog.dimensions.get("queue")?.values.map(({ id }) => id) ?? [];
const seen: { p: number; breached: boolean; late: number; low: number; high: number }[] = [];
try {
  for (const [market, zone] of zones)
    for (const queue of queues) for (let back = 1; back <= days; back++) await evening(market, zone, queue, back);
} finally {
  await house.close();
}
report();

async function evening(market: string, zone: string, queue: string, back: number): Promise<void> {
  const end = instantOf(dayOf(now - (back - 1) * 24 * HOUR_MS, zone), zone);
  const throughMs = end - 6 * HOUR_MS;
  const { rows } = await house.pools.reader.query(
    `select count(*)::int as due, count(*) filter (where coalesce(f.at > c.sla_due_at, true))::int as late
     from mart.cases c left join lateral (select min(d.decided_at) as at from mart.decisions d where d.case_id = c.case_id) f on true
     where c.market = $1 and c.queue = $2 and c.sla_due_at > $3 and c.sla_due_at <= $4`,
    [market, queue, new Date(throughMs), new Date(end)],
  );
  const { due, late } = rows[0] as { due: number; late: number };
  if (due < DUE_MIN) return;
  const load = await readQueueLoad(house.pools.reader, {
    markets: [market],
    queues: [queue],
    throughMs,
    historyDays: 56,
  });
  if (!load.ok) throw new Error(JSON.stringify(load.error));
  const prepared = prepareQueue(load.value, throughMs, 6);
  if (!prepared) return;
  const made = breachOutlook(prepared.state, prepared.state.inflow.length, limits.slaTargetShare);
  seen.push({
    p: made.probability,
    breached: 1 - late / due < limits.slaTargetShare,
    late,
    low: made.late.low,
    high: made.late.high,
  });
}

function report(): void {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const base = mean(seen.map(({ breached }) => Number(breached)));
  const brier = (p: (one: (typeof seen)[number]) => number): number =>
    mean(seen.map((one) => (p(one) - Number(one.breached)) ** 2));
  console.log(
    `${seen.length} evenings; breached ${(100 * base).toFixed(1)} %, foretold ${(100 * mean(seen.map(({ p }) => p))).toFixed(1)} %`,
  );
  for (let bin = 0; bin < 5; bin++) {
    const own = seen.filter(({ p }) => Math.min(4, Math.floor(5 * p)) === bin);
    if (own.length === 0) continue;
    const [said, was] = [mean(own.map(({ p }) => p)), mean(own.map(({ breached }) => Number(breached)))];
    console.log(
      `  p ${bin * 20}–${bin * 20 + 20} %: n ${own.length}, foretold ${(100 * said).toFixed(1)} %, happened ${(100 * was).toFixed(1)} %`,
    );
  }
  console.log(`Brier ${brier(({ p }) => p).toFixed(4)}, base rate ${brier(() => base).toFixed(4)}`);
  const inside = mean(seen.map(({ late, low, high }) => Number(late >= low && late <= high)));
  console.log(`late cases inside the 80 % range: ${(100 * inside).toFixed(1)} %`);
}
