import type { Reading } from "../forecast/forecast-rows.ts";
import type { Grain } from "../forecast/timeline.ts";
import { twoSided } from "./discrete-tails.ts";
import type { Finding } from "./finding.ts";
import type { Cycle } from "./levels.ts";
import type { ScanSeries } from "./series.ts";
import { settledHits } from "./settled-hits.ts";
import type { Track } from "./track.ts";

const DAY_MINUTES = 1_440;
const LEARN_BUCKETS = 21;

/** Every bucket against the beta-binomial (rates) or negative binomial (ratios, counts) of its baseline. */
export function hitFindings(
  reads: readonly (Reading | null)[],
  kind: "share" | "ratio" | "count",
  grain: Grain,
  seasons: readonly number[],
  chance: number,
): Finding[] {
  const series = seriesOf(reads, kind);
  const last = reads.length - 1;
  const cycles = cyclesOf(reads.length, grain, seasons);
  const [track] = settledHits([series], last, [], cycles);
  if (!track) return [];
  const findings: Finding[] = [];
  let seen = 0;
  for (let bucket = 0; bucket <= last; bucket++) {
    if (Number.isNaN(track.score[bucket] ?? Number.NaN)) continue;
    if (++seen > LEARN_BUCKETS) findings.push(findingOf(track, bucket, chance));
  }
  return findings;
}

function seriesOf(reads: readonly (Reading | null)[], kind: "share" | "ratio" | "count"): ScanSeries {
  return {
    id: "file",
    parent: null,
    kind: kind === "count" ? "count" : "rate",
    days: [],
    values: reads.map((read) => read?.value ?? null),
    denominators: kind === "count" ? null : reads.map((read) => read?.denominator ?? null),
    masked: reads.map(() => false),
    calendar: reads.map(() => null),
  };
}

/** Half-lives: the level 28 days (or buckets, where they are longer), a phase 12 rounds. Below a day: the day, then the days of the week. */
function cyclesOf(length: number, { unit, every }: Grain, seasons: readonly number[]): Cycle[] {
  const perDay = unit === "minutes" ? Math.max(1, DAY_MINUTES / every) : 1;
  const levelDecay = 2 ** (-1 / (28 * perDay));
  const decay = 2 ** (-1 / 12);
  const cycle = (count: number, phaseOf: (t: number) => number): Cycle => ({
    phases: Uint16Array.from({ length }, (_, t) => phaseOf(t)),
    count,
    decay,
    levelDecay,
  });
  if (seasons.length === 0) return [cycle(1, () => 0)];
  const [short = 1, long] = seasons;
  const around = cycle(short, (t) => t % short);
  return long === undefined ? [around] : [around, cycle(long / short, (t) => Math.floor(t / short) % (long / short))];
}

function findingOf(track: Track, bucket: number, chance: number): Finding {
  const of = (values: Float64Array): number => values[bucket] ?? 0;
  const [value, mean, variance, cases] = [
    of(track.observed),
    of(track.expected),
    of(track.variance),
    of(track.exposure),
  ];
  const p = twoSided(track.tails(value, mean, variance, cases));
  const sd = Math.sqrt(variance);
  const tailsAt = (k: number) => track.tails(k, mean, variance, cases);
  const half = chance / 2;
  const most = Math.max(Math.ceil(mean + 12 * sd + 20), value);
  return {
    bucket,
    odd: p < chance,
    direction: value > mean ? "up" : "down",
    value: value / cases,
    expected: mean / cases,
    low: firstWhere(0, Math.ceil(mean), (k) => tailsAt(k).lower > half) / cases,
    high: Math.max(mean, firstWhere(Math.floor(mean), most, (k) => tailsAt(k).upper < half) - 1) / cases,
    score: sd > 0 ? Math.abs(value - mean) / sd : 0,
    p,
    part: "value",
  };
}

/** The smallest whole number in the range for which a monotone condition holds. */
export function firstWhere(from: number, to: number, holds: (k: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
