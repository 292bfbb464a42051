import { writeFileSync } from "node:fs";
import pg from "pg";
import { createCalendar } from "./calendar.ts";
import { sampleViews, staff } from "./crowd.ts";
import { createEffects } from "./effects.ts";
import { createExperiments } from "./experiments.ts";
import { changeRows, experimentRows } from "./ledgers.ts";
import { type Around, iso, live } from "./life.ts";
import { Random, STREAMS } from "./random.ts";
import { createSellers, type Sellers } from "./sellers.ts";
import { type Cell, copyInto, insertInto, type TableSink } from "./tables.ts";
import { DEFAULT_SEED, plantTruths, type Truths } from "./truths.ts";
import { DAY, HOUR, MARKET, MARKETS, type Market, MINUTE, QUEUE, QUEUES, SOURCE_CHOICE } from "./world.ts";

export interface FillOptions {
  /** A migrated database; its mart is emptied first. */
  readonly url: string;
  /** `pglite`: one connection, INSERT instead of COPY. */
  readonly kind?: "postgres" | "pglite" | "external";
  /** DEFAULT_SEED where none is given. */
  readonly seed?: number;
  /** About this many cases. */
  readonly cases?: number;
  /** Ending at `now`. */
  readonly days?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the planted truths are written, as JSON. */
  readonly truthsPath?: string;
  /** `done` cases are on their way, of about `cases`. */
  readonly onProgress?: (progress: { readonly done: number; readonly cases: number }) => void;
}

export interface Filled {
  readonly truths: Truths;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Fills the mart with the simulated marketplace: the same seed, scale, days and `now` give the same rows. Streams hour by hour, so memory
 * does not grow with the scale. `mart.watermarks` is written last: a mart that has them is complete.
 */
export async function fillMart(options: FillOptions): Promise<Filled> {
  const { seed = DEFAULT_SEED, now, cases = 250_000, days = 400 } = options;
  const truths = plantTruths(seed, cases, days, now);
  const start = Math.floor((now - days * DAY) / HOUR) * HOUR;
  const knownThrough = Math.floor(now / MINUTE) * MINUTE - 5 * MINUTE;
  const appealsKnownThrough = Math.floor(now / HOUR) * HOUR - 6 * HOUR;
  const tables = await openTables(options);
  await writeLedgers(tables.sinks, truths, start, now);

  const effects = createEffects(truths);
  const sellers = createSellers(new Random(seed), cases, start, now);
  const around: Around = {
    random: new Random(seed),
    sellers,
    calendar: createCalendar(now),
    effects,
    experiments: createExperiments(new Random(seed), effects, sellers.count, tables.sinks.exposures),
    now,
    knownThrough,
    appealsKnownThrough,
    sinks: tables.sinks,
    ids: { case: 0, claim: 0, decision: 0, appeal: 0, label: 0 },
  };
  await writeSellers(tables.sinks.sellers, sellers);
  await runMarket(around, tables, { start, cases, onProgress: options.onProgress });
  const rows = await tables.close();
  await finish(options.url, { knownThrough, appealsKnownThrough, now });
  if (options.truthsPath) writeFileSync(options.truthsPath, `${JSON.stringify(truths, null, 2)}\n`);
  return { truths, rows };
}

const COLUMNS = {
  cases:
    "case_id created_at market queue source content_type category seller_id seller_tier severity sla_due_at views gmv_usd",
  claims: "claim_id case_id moderator_id team claimed_at released_at outcome",
  decisions:
    "decision_id case_id decided_at decider moderator_id team action reason score model_version guideline_version handle_seconds cost_usd superseded_at",
  appeals: "appeal_id decision_id filed_at resolved_at outcome",
  qa_labels:
    "label_id decision_id sampled_at labelled_at stratum inclusion_prob correct_action correct_reason auditor_id",
  view_samples: "sample_id viewed_at market queue category inclusion_prob violating reason labelled_at",
  staffing: "hour market queue team staffed_hours productive_hours",
  sellers: "seller_id market tier category joined_at",
  changes: "change_id kind title starts_at ends_at markets queues",
  experiments: "experiment_id title unit starts_at ends_at arms control primary_metric guardrails",
  exposures: "experiment_id unit_id arm exposed_at",
} as const;
type TableName = keyof typeof COLUMNS;
type Sinks = Readonly<Record<TableName, TableSink>>;

interface Tables {
  readonly sinks: Sinks;
  drain(): Promise<void>;
  close(): Promise<Record<string, number>>;
}

async function openTables(options: FillOptions): Promise<Tables> {
  const single = options.kind === "pglite" ? new pg.Client({ connectionString: options.url }) : null;
  await single?.connect();
  const sinks: Partial<Record<TableName, TableSink>> = {};
  for (const name of Object.keys(COLUMNS) as TableName[]) {
    const columns = COLUMNS[name].split(" ");
    sinks[name] = single
      ? await insertInto(single, `mart.${name}`, columns)
      : await copyInto(options.url, `mart.${name}`, columns);
  }
  const open = Object.entries(sinks);
  return {
    sinks: sinks as Sinks,
    drain: async () => {
      for (const [, sink] of open) await sink.drain();
    },
    close: async () => {
      const rows: Record<string, number> = {};
      for (const [name, sink] of open) rows[name] = await sink.close();
      await single?.end();
      return rows;
    },
  };
}

async function writeLedgers(sinks: Sinks, truths: Truths, start: number, now: number): Promise<void> {
  const write = (sink: TableSink, rows: readonly (readonly Cell[])[]) => {
    for (const row of rows) sink.add(...row);
  };
  write(sinks.changes, changeRows(truths, start, now));
  write(sinks.experiments, experimentRows(truths));
}

async function writeSellers(sink: TableSink, sellers: Sellers): Promise<void> {
  for (let id = 1; id <= sellers.count; id++) {
    const { market, tier, category, joinedAt } = sellers.get(id);
    sink.add(id, market, tier, category, iso(joinedAt));
    if (id % 5_000 === 0) await sink.drain();
  }
}

interface Run {
  readonly start: number;
  readonly cases: number;
  readonly onProgress: FillOptions["onProgress"];
}

/** Hour by hour, market by market. */
async function runMarket(around: Around, tables: Tables, run: Run): Promise<void> {
  const { calendar, knownThrough, random } = around;
  const perWeight = run.cases / totalWeight(around, run.start);
  let sampleId = 0;
  for (let hour = run.start; hour <= knownThrough; hour += HOUR) {
    for (const market of MARKETS) {
      const mean = perWeight * MARKET[market].share * calendar.rhythm(market, hour);
      for (const intake of intakes(around, market, hour, mean)) live(around, intake);
      sampleViews(
        random,
        tables.sinks.view_samples,
        { market, at: hour, mean: mean * 0.2, knownThrough },
        () => ++sampleId,
      );
      const casesPerDay = perWeight * MARKET[market].share * 24;
      staff(random, tables.sinks.staffing, { market, at: hour, casesPerDay, calendar });
    }
    await tables.drain();
    if (hour % DAY === 0) run.onProgress?.({ done: around.ids.case, cases: run.cases });
  }
  run.onProgress?.({ done: around.ids.case, cases: around.ids.case });
}

function totalWeight(around: Around, start: number): number {
  let total = 0;
  for (let hour = start; hour <= around.knownThrough; hour += HOUR) {
    for (const market of MARKETS) total += MARKET[market].share * around.calendar.rhythm(market, hour);
  }
  return total;
}

/** What comes in within one hour, in order of time: the ordinary flow, and what the planted truths add to it. */
function intakes(around: Around, market: Market, hour: number, mean: number) {
  const { effects, knownThrough } = around;
  const random = around.random.begin(STREAMS.inflow, (hour / HOUR) * MARKETS.length + MARKETS.indexOf(market));
  const found: { market: Market; at: number; queue?: (typeof QUEUES)[number]; source?: "user_report" }[] = [];
  const add = (count: number, forced: { queue?: (typeof QUEUES)[number]; source?: "user_report" }) => {
    for (let i = 0; i < count; i++) found.push({ market, at: hour + random.next() * HOUR, ...forced });
  };
  add(random.poisson(mean), {});
  for (const queue of QUEUES) {
    const extra = effects.queueInflow(queue, hour) - 1;
    if (extra > 0) add(random.poisson(mean * QUEUE[queue].share * extra), { queue });
  }
  const reports = effects.reports(market, hour) - 1;
  if (reports > 0)
    add(random.poisson(mean * REPORT_SHARE * reports), {
      queue: random.chance(0.6) ? "product" : "video",
      source: "user_report",
    });
  return found.filter(({ at }) => at <= knownThrough && !effects.intakeLost(at)).sort((a, b) => a.at - b.at);
}

const REPORT_SHARE = QUEUES.reduce((sum, queue) => {
  const { values, cumulated, total } = SOURCE_CHOICE[queue];
  const at = (values as readonly string[]).indexOf("user_report");
  return at < 0 ? sum : sum + (QUEUE[queue].share * ((cumulated[at] as number) - (cumulated[at - 1] ?? 0))) / total;
}, 0);

/** Watermarks, and the planner's statistics. Appeals are some hours late, as they are in life. */
async function finish(
  url: string,
  known: { knownThrough: number; appealsKnownThrough: number; now: number },
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = Object.keys(COLUMNS);
  await client.query("truncate mart.watermarks");
  await client.query(
    `insert into mart.watermarks (source, complete_through, loaded_at)
     select name, case when name = 'appeals' then $2::timestamptz else $3::timestamptz end, $4 from unnest($1::text[]) as name`,
    [names, iso(known.appealsKnownThrough), iso(known.knownThrough), iso(known.now)],
  );
  for (const name of names) await client.query(`analyze mart.${name}`);
  await client.end();
}
