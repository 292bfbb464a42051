import pg from "pg";
import { fillMart } from "../demo/generate.ts";
import type { IncidentTruth } from "../demo/truths.ts";
import { localeFor } from "../src/chat/format.ts";
import { sayIn } from "../src/chat/messages.ts";
import { readCatalog } from "../src/cli/read-catalog.ts";
import type { Asking } from "../src/handlers/asking.ts";
import { composeDigest } from "../src/handlers/digest/digest.ts";
import { findingLine } from "../src/handlers/digest/finding-words.ts";
import { dayIn, dayStart, shiftDay } from "../src/handlers/scan/days.ts";
import { createMeasure } from "../src/queries/create-measure.ts";
import { migrate } from "../src/queries/database/migrate.ts";
import { openPools, type Pools } from "../src/queries/database/pools.ts";
import { withServer } from "../tests/support/passing-server.ts";

/**
 * The digest of the day of each planted incident, in several worlds: `npm run bench:digest [-- SEED …]`. Prints per world and day what stood
 * first, whether that is what was planted, how many findings there were, and how long it took.
 */
const NOW = Date.parse("2026-03-17T10:05+08:00");
const ZONE = "Asia/Singapore";
const seeds = process.argv.slice(2).map(Number);
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
/** Days before any planted change of what is scanned. */
const QUIET_DAYS = ["2025-10-20", "2025-10-21", "2025-10-22", "2025-11-04"];
let incidents = 0;
/** Of how many incidents the first, second … day was the first on which it stood first. */
const firstOn: Record<number, number> = {};
await withServer(async (url) => {
  for (const seed of seeds.length > 0 ? seeds : [1, 7, 2026]) await world(url, seed);
});
console.log(
  `\n${incidents} incidents; first in the digest ${Object.entries(firstOn)
    .map(([nth, n]) => `of their day ${nth}: ${n}`)
    .join(", ")}`,
);

async function world(server: string, seed: number): Promise<void> {
  const name = `world_${seed}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const pools = openPools({ url, kind: "postgres" }, { statementTimeoutMs: 120_000, waitMsMax: 120_000 });
  try {
    await migrate(pools.writer);
    const { truths } = await fillMart({ url, now: NOW, seed });
    incidents += truths.incidents.length;
    for (const incident of truths.incidents) await incidentDays(pools, seed, incident);
    for (const quiet of QUIET_DAYS) await day(pools, seed, null, quiet);
  } finally {
    await pools.end();
  }
}

/** The first day of the incident, and where it was not first then, the following days of it. A drift is looked at on its last day. */
async function incidentDays(pools: Pools, seed: number, incident: IncidentTruth): Promise<void> {
  const dayOf = (iso: string): string => dayIn(Date.parse(iso) + 12 * 3_600_000, ZONE);
  const drifts = incident.kind === "slow_drift";
  let about = drifts ? shiftDay(dayIn(NOW, ZONE), -1) : dayOf(incident.window.from);
  const until = drifts || !incident.business ? shiftDay(about, 1) : dayOf(incident.window.to);
  for (let nth = 1; about < until; nth += 1, about = shiftDay(about, 1)) {
    if (!(await day(pools, seed, incident, about))) continue;
    firstOn[nth] = (firstOn[nth] ?? 0) + 1;
    return;
  }
}

async function day(pools: Pools, seed: number, incident: IncidentTruth | null, about: string): Promise<boolean> {
  const started = performance.now();
  const now = Math.min(NOW, dayStart(shiftDay(about, 1), ZONE) + 9 * 3_600_000);
  const locale = localeFor("en");
  const say = sayIn("en", locale);
  const asking: Asking = {
    catalog,
    measure: createMeasure(pools.reader),
    say,
    language: "en",
    locale,
    zone: ZONE,
    now,
  };
  const asked = { filters: {}, metrics: [], period: null, channel: null };
  const composed = await composeDigest(asked, asking, { facts: pools.reader, writer: pools.writer });
  if (!composed.ok) throw new Error(composed.error.code, { cause: composed.error.cause });
  const { findings, more, health, healthSince } = composed.value;
  const top = findings[0]?.deviation;
  const missing = health.gaps.filter(({ to }) => to > healthSince);
  const isRight =
    incident === null
      ? findings.length === 0
      : incident.business
        ? top?.metric === incident.metric &&
          JSON.stringify(top.segment) ===
            JSON.stringify(Object.fromEntries(Object.entries(incident.filters).map(([key, value]) => [key, [value]])))
        : missing.some(({ segment }) => Object.keys(segment).length === 0) && top?.metric !== incident.metric;
  const told = top ? findingLine(top, asking) : missing.length > 0 ? "missing data" : "quiet";
  console.log(
    `${isRight ? "ok  " : "MISS"} seed ${seed} ${(incident?.id ?? "quiet day").padEnd(15)} ${about} ${Math.round(performance.now() - started)} ms, ${findings.length + more} findings: ${told}`,
  );
  return isRight;
}
