/**
 * What a digest's scan of 1,000 series costs: half a year of days, ten wholes with their parts, each kind alone and all together. CPU of one core (the
 * judging runs on a thread of its own), median of five, first run apart. Exit code 1 where the goal is missed.
 */
import { type ScanSeries, scan } from "../../src/insights/detect/scan.ts";
import { type Random, randomOf } from "./random.ts";
import { isoDays } from "./rates-world.ts";
import { goal, report, writeTable } from "./report.ts";

const DAYS = 180;
const WHOLES = 10;
const PARTS = 99;
const ROUNDS = 5;
const GOAL_SECONDS = 10;
const KINDS = ["rate", "count", "amount"] as const;

const worlds = new Map<string, ScanSeries[]>(KINDS.map((kind) => [`1,000 ${kind}s`, world([kind])]));
worlds.set("1,000 of all three", world(KINDS));
const rows = [...worlds].map(([name, series]) => {
  const [first, ...others] = Array.from({ length: ROUNDS + 1 }, () => cpuSeconds(series));
  const usual = others.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  goal(`${name}, CPU seconds`, usual, usual <= GOAL_SECONDS);
  return `| ${[name, usual.toFixed(2), first?.toFixed(2)].join(" | ")} |`;
});
writeTable("scan-speed", ["| series of 180 days | CPU seconds | first scan |", "|---|---|---|", ...rows].join("\n"));
report();

function cpuSeconds(series: readonly ScanSeries[]): number {
  const started = process.cpuUsage();
  scan(series, { at: DAYS - 1 });
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** Whole by whole of the kinds in turn. */
function world(kinds: readonly ScanSeries["kind"][]): ScanSeries[] {
  const random = randomOf(7);
  return Array.from({ length: WHOLES }, (_, whole) => {
    const kind = kinds[whole % kinds.length] as ScanSeries["kind"];
    const parts = Array.from({ length: PARTS }, (_, part) => seriesOf(`${whole}/${part}`, `${whole}`, kind, random));
    return [wholeOf(`${whole}`, kind, parts, random), ...parts];
  }).flat();
}

function seriesOf(id: string, parent: string | null, kind: ScanSeries["kind"], random: Random): ScanSeries {
  const days = isoDays(DAYS);
  const week = Array.from({ length: 7 }, () => Math.exp(0.2 * random.normal()));
  const size = 5 * 1000 ** random.uniform();
  const rate = 0.05 * 10 ** random.uniform();
  const cases = days.map((_, t) => Math.max(1, random.poisson(size * (week[t % 7] ?? 1))));
  const valueAt = (n: number, t: number): number => {
    if (kind === "amount") return 40 * (week[t % 7] ?? 1) * Math.exp(0.1 * random.normal());
    return kind === "rate" ? random.binomial(n, rate) : n;
  };
  return {
    id,
    parent,
    kind,
    days,
    values: cases.map(valueAt),
    denominators: kind === "rate" ? cases : null,
    masked: days.map(() => false),
    calendar: days.map(() => null),
  };
}

/** Hits, cases and events add up; an amount of the whole is one more series. */
function wholeOf(id: string, kind: ScanSeries["kind"], parts: readonly ScanSeries[], random: Random): ScanSeries {
  const [first] = parts as [ScanSeries, ...ScanSeries[]];
  if (kind === "amount") return seriesOf(id, null, kind, random);
  const sum = (of: (series: ScanSeries) => readonly (number | null)[] | null): number[] =>
    first.days.map((_, t) => parts.reduce((all, series) => all + (of(series)?.[t] ?? 0), 0));
  return {
    ...first,
    id,
    parent: null,
    values: sum(({ values }) => values),
    denominators: kind === "rate" ? sum(({ denominators }) => denominators) : null,
  };
}
