import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
import { startEmbedded } from "../src/queries/database/embedded.ts";
import { migrate } from "../src/queries/database/migrate.ts";
import { openPools } from "../src/queries/database/pools.ts";

/**
 * The digest of the day of each planted incident, in several worlds: `npm run bench:digest [-- SEED …]`. Prints per world and day what stood
 * first, whether that is what was planted, how many findings there were, and how long it took.
 */
const NOW = Date.parse("2026-03-17T10:05+08:00");
const ZONE = "Asia/Singapore";
const seeds = process.argv.slice(2).map(Number);
const dataDir = mkdtempSync(join(tmpdir(), "modstats-bench-"));
const server = await startEmbedded({ dataDir, durable: false });
const catalog = readCatalog({ MODSTATS_CATALOG_DIRS: [] });
let [right, all] = [0, 0];
try {
  for (const seed of seeds.length > 0 ? seeds : [1, 7, 2026]) await world(seed);
  console.log(`\n${right} of ${all} incidents first on their day`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function world(seed: number): Promise<void> {
  const name = `world_${seed}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const pools = openPools({ url, kind: "postgres" }, { statementTimeoutMs: 120_000, waitMsMax: 120_000 });
  try {
    await migrate(pools.writer);
    const { truths } = await fillMart({ url, now: NOW, seed });
    for (const incident of truths.incidents) await day(pools, seed, incident);
    for (const quiet of ["2026-01-13", "2026-01-14", "2026-01-15"]) await day(pools, seed, null, quiet);
  } finally {
    await pools.end();
  }
}

async function day(
  pools: ReturnType<typeof openPools>,
  seed: number,
  incident: IncidentTruth | null,
  quiet = "",
): Promise<void> {
  const started = performance.now();
  const first = incident ? dayIn(Date.parse(incident.window.from) + 12 * 3_600_000, ZONE) : quiet;
  // A drift is looked at on its last day.
  const about = incident?.kind === "slow_drift" ? shiftDay(dayIn(NOW, ZONE), -1) : first;
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
  if (incident) {
    all += 1;
    if (isRight) right += 1;
  }
  const told = top ? findingLine(top, asking) : missing.length > 0 ? "missing data" : "quiet";
  console.log(
    `${isRight ? "ok  " : "MISS"} seed ${seed} ${(incident?.id ?? "quiet day").padEnd(15)} ${about} ${Math.round(performance.now() - started)} ms, ${findings.length + more} findings: ${told}`,
  );
}
