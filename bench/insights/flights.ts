/**
 * A real panel of rates that nobody here made: three million flights from January to June 2001 (package vega-datasets, BSD-3-Clause), the share that
 * came more than a quarter of an hour late by airport of origin and day. Alarms a day on the days as they were, and how many injected one-day
 * events are among the 1 % most surprising airport-days. Seeded.
 *
 *   npm pack vega-datasets@2.11.0 && tar xzf vega-datasets-2.11.0.tgz
 *   npm run bench:flights -- --data package/data [--write]
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { twoSided } from "../../src/insights/detect/discrete-tails.ts";
import { type ScanSeries, scan } from "../../src/insights/detect/scan.ts";
import { tracksOf } from "../../src/insights/detect/tracks.ts";
import { adjustP } from "../../src/insights/multiplicity/adjust-p.ts";
import { randomOf } from "./random.ts";
import { RATE_PEERS } from "./rate-peers.ts";
import { goal, report, writeTable } from "./report.ts";

const { values: flags } = parseArgs({
  options: { data: { type: "string", default: "package/data" }, write: { type: "boolean", default: false } },
});

const DAYS = 181;
/** The last 97 days are judged; those before are history. */
const FIRST = DAYS - 97;
const LATE_MINUTES = 15;
/** Flights a day at the median, without which an airport has no rate to speak of. */
const FLIGHTS_MIN = 10;
const WHOLE = "all airports";
const Q = 0.1;
const FACTORS = [0.25, 1.75, 2.5, 3.5];
const OURS = "**modstats: beta-binomial, weekday, shrunk over-dispersion, the whole's shock divided out**";

const panel = await readPanel(join(flags.data, "flights-3m.parquet"));
const airports = panel.filter(({ parent }) => parent !== null);
console.log(`${airports.length} airports, ${DAYS - FIRST} days`);
const disturbed = [7, 17, 27].map((seed) => withEvents(panel, seed));

type PByDay = (all: readonly ScanSeries[], at: number) => Map<string, number>;
const methods: Record<string, PByDay> = {
  ...Object.fromEntries(
    Object.entries(RATE_PEERS).map(([name, peer]): [string, PByDay] => [
      name,
      (all, at) => new Map(all.filter(({ parent }) => parent !== null).map((one) => [one.id, known(peer(one, at))])),
    ]),
  ),
  [OURS]: ownP,
};

const lines = Object.entries(methods).map(([name, pOf]) => {
  const alarms = name === OURS ? ownAlarms() : peerAlarms(pOf);
  const recall = recallOf(pOf);
  if (name === OURS) {
    goal("flights: alarms a day, BH 10 %", alarms, alarms <= 0.3);
    goal("flights: injected events among the 1 % most surprising", recall, recall >= 0.27);
  }
  return `| ${name} | ${alarms.toFixed(2)} | ${recall.toFixed(3)} |`;
});
writeTable(
  "flights",
  [
    `| ${airports.length} airports, ${DAYS - FIRST} days | alarms a day, BH 10 % | injected events found at 1 % |`,
    "|---|---|---|",
    ...lines,
  ].join("\n"),
);
report();

function judged(): number[] {
  return Array.from({ length: DAYS - FIRST }, (_, index) => FIRST + index);
}

function known(p: number): number {
  return Number.isNaN(p) ? 1 : p;
}

/** Alarms as a digest gives them: wholes first, parts without their echo. */
function ownAlarms(): number {
  const all = judged().flatMap((at) => scan(panel, { at, q: Q, minEffect: 0, minVolume: 0 }));
  return all.length / (DAYS - FIRST);
}

function peerAlarms(pOf: PByDay): number {
  const all = judged().flatMap((at) =>
    adjustP([...pOf(panel, at).values()], "benjamini-hochberg").filter((q) => q <= Q),
  );
  return all.length / (DAYS - FIRST);
}

function ownP(all: readonly ScanSeries[], at: number): Map<string, number> {
  const parts = tracksOf(all, at).filter(({ series }) => series.parent !== null);
  return new Map(
    parts.map(({ series, track }) => {
      const [value, mean, variance] = [track.observed[at] ?? 0, track.expected[at] ?? 0, track.variance[at] ?? 0];
      return [series.id, known(twoSided(track.tails(value, mean, variance, track.exposure[at] ?? 0)))];
    }),
  );
}

/** Share of injected events whose p is among the lowest 1 % of the days as they were. */
function recallOf(pOf: PByDay): number {
  const quiet = judged()
    .flatMap((at) => [...pOf(panel, at).values()])
    .sort((a, b) => a - b);
  const threshold = quiet[Math.floor(quiet.length / 100)] ?? 0;
  let [found, all] = [0, 0];
  for (const { series, events } of disturbed) {
    for (const [at, ids] of events) {
      const p = pOf(series, at);
      found += ids.filter((id) => (p.get(id) ?? 1) < threshold).length;
      all += ids.length;
    }
  }
  return found / all;
}

/** One day of each airport with another rate than it had: times 0.25 to 3.5, at most 95 %. */
function withEvents(series: readonly ScanSeries[], seed: number) {
  const random = randomOf(seed);
  const events = new Map<number, string[]>();
  const made = series.map((one): ScanSeries => {
    if (one.parent === null) return one;
    const at = FIRST + Math.floor(random.uniform() * (DAYS - FIRST));
    const [n, late] = [one.denominators?.[at] ?? 0, one.values[at] ?? 0];
    const factor = FACTORS[Math.floor(random.uniform() * FACTORS.length)] ?? 1;
    if (n === 0) return one;
    events.set(at, [...(events.get(at) ?? []), one.id]);
    const values = [...one.values];
    values[at] = random.binomial(n, Math.min(0.95, (factor * late) / n));
    return { ...one, values };
  });
  return { series: made, events };
}

async function readPanel(path: string): Promise<ScanSeries[]> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file, compressors, columns: ["date", "delay", "origin"] });
  const counts = new Map<string, { flights: number[]; late: number[] }>();
  const nothing = () => ({ flights: new Array<number>(DAYS).fill(0), late: new Array<number>(DAYS).fill(0) });
  for (const { date, delay, origin } of rows as { date: string; delay: bigint | null; origin: string }[]) {
    const day = Math.round(
      (Date.UTC(2001, Number(date.slice(0, 2)) - 1, Number(date.slice(2, 4))) - Date.UTC(2001, 0, 1)) / 86_400_000,
    );
    if (delay === null || day < 0 || day >= DAYS) continue;
    for (const id of [WHOLE, origin]) {
      const own = counts.get(id) ?? nothing();
      counts.set(id, own);
      own.flights[day] = (own.flights[day] ?? 0) + 1;
      if (Number(delay) > LATE_MINUTES) own.late[day] = (own.late[day] ?? 0) + 1;
    }
  }
  const days = Array.from({ length: DAYS }, (_, day) =>
    new Date(Date.UTC(2001, 0, 1 + day)).toISOString().slice(0, 10),
  );
  return [...counts]
    .filter(([, { flights }]) => ([...flights].sort((a, b) => a - b)[DAYS >> 1] ?? 0) >= FLIGHTS_MIN)
    .map(([id, { flights, late }]) => ({
      id,
      parent: id === WHOLE ? null : WHOLE,
      kind: "rate",
      days,
      values: late.map((count, day) => (flights[day] === 0 ? null : count)),
      denominators: flights,
      masked: days.map(() => false),
      calendar: days.map(() => null),
    }));
}
