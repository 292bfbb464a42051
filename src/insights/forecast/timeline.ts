import { err, ok, type Result } from "../../kernel/result.ts";

/** One row as observed: a moment in milliseconds (wall clock or instant), and what was read there. */
export interface Row<T> {
  readonly at: number;
  readonly read: T;
}

/** The distance between neighbouring buckets. */
export type Grain =
  | { readonly unit: "minutes"; readonly every: number }
  | { readonly unit: "months"; readonly every: number };

export interface Timeline<T> {
  readonly grain: Grain;
  /** One a bucket, oldest first; null where no row stood. */
  readonly reads: readonly (T | null)[];
  /** Lengths of the seasons that the grain suggests, in buckets, ascending. */
  readonly periods: readonly number[];
  /** The moment of a bucket; those after the last row count on. */
  readonly momentOf: (bucket: number) => number;
  readonly missing: number;
}

export type TimelineProblem =
  | { readonly code: "empty" }
  | { readonly code: "repeated"; readonly at: number }
  | { readonly code: "irregular"; readonly at: number }
  | { readonly code: "too_long"; readonly buckets: number };

const MINUTE = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * Rows on an even grid. The grain is the most frequent distance between neighbours; a single row is a day. Rows may come in any order;
 * missing ones are null. Refused: two rows of one bucket, rows off the grid, more than `bucketsMax` buckets.
 */
export function timelineOf<T>(rows: readonly Row<T>[], bucketsMax: number): Result<Timeline<T>, TimelineProblem> {
  const sorted = [...rows].sort((a, b) => a.at - b.at);
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  if (!first || !last) return err({ code: "empty" });
  for (let i = 1; i < sorted.length; i++) {
    const { at } = sorted[i] ?? first;
    if (at === sorted[i - 1]?.at) return err({ code: "repeated", at });
  }
  const grain = grainOf(sorted.map(({ at }) => at));
  const buckets = Math.round(bucketOf(last.at, first.at, grain)) + 1;
  if (buckets > bucketsMax) return err({ code: "too_long", buckets });
  const reads: (T | null)[] = new Array(buckets).fill(null);
  for (const { at, read } of sorted) {
    const place = bucketOf(at, first.at, grain);
    const bucket = Math.round(place);
    if (Math.abs(place - bucket) > 0.2 || reads[bucket] !== null) return err({ code: "irregular", at });
    reads[bucket] = read;
  }
  return ok({
    grain,
    reads,
    periods: periodsOf(grain),
    momentOf: (bucket) => momentOf(first.at, bucket, grain),
    missing: buckets - sorted.length,
  });
}

/** Most frequent distance; of equally frequent ones the shorter. Distances of 28 days and more are counted in months. */
function grainOf(moments: readonly number[]): Grain {
  const counts = new Map<number, number>();
  for (let i = 1; i < moments.length; i++) {
    const minutes = roundedMinutes((moments[i] ?? 0) - (moments[i - 1] ?? 0));
    counts.set(minutes, (counts.get(minutes) ?? 0) + 1);
  }
  const [minutes] = [...counts].reduce(
    (best, own) => (own[1] > best[1] || (own[1] === best[1] && own[0] < best[0]) ? own : best),
    [DAY, 0],
  );
  return (minutes >= 28 * DAY && minutes % WEEK !== 0) || isMonthly(moments, minutes)
    ? { unit: "months", every: Math.max(1, Math.round(minutes / (30.44 * DAY))) }
    : { unit: "minutes", every: minutes };
}

/** All on the same day of the month, and at least four weeks apart. */
const isMonthly = (moments: readonly number[], minutes: number): boolean =>
  minutes >= 28 * DAY && new Set(moments.map((at) => new Date(at).getUTCDate())).size === 1;

/** Days that a change of the clocks made an hour longer or shorter are days. */
function roundedMinutes(milliseconds: number): number {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  const days = Math.round(minutes / DAY);
  return days >= 1 && Math.abs(minutes - days * DAY) <= HOUR ? days * DAY : minutes;
}

function bucketOf(at: number, first: number, { unit, every }: Grain): number {
  if (unit === "minutes") {
    const place = (at - first) / (every * MINUTE);
    return every >= DAY && Math.abs(place - Math.round(place)) * every <= HOUR ? Math.round(place) : place;
  }
  const [start, own] = [new Date(first), new Date(at)];
  const months = 12 * (own.getUTCFullYear() - start.getUTCFullYear()) + own.getUTCMonth() - start.getUTCMonth();
  return months / every;
}

function momentOf(first: number, bucket: number, { unit, every }: Grain): number {
  if (unit === "minutes") return first + bucket * every * MINUTE;
  const start = new Date(first);
  const month = start.getUTCMonth() + bucket * every;
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(
    start.getUTCFullYear(),
    month,
    Math.min(start.getUTCDate(), lastDay),
    start.getUTCHours(),
    start.getUTCMinutes(),
  );
}

/** Below a day: the day and the week. Days: the week. Weeks and months: the year. */
function periodsOf({ unit, every }: Grain): number[] {
  if (unit === "months") return 12 % every === 0 && every < 12 ? [12 / every] : [];
  if (every === WEEK) return [52];
  if (every === DAY) return [7];
  return every < DAY && DAY % every === 0 ? [DAY / every, WEEK / every] : [];
}
