import { tSf } from "../distributions/t.ts";
import { adjustP } from "../multiplicity/adjust-p.ts";
import type { Judgement, ScanSeries } from "./series.ts";

/** Weeks that may drift, and weeks before them that say what is usual. */
const RECENT = 6;
const LATEST = 2;
const USUAL_MAX = 20;
const USUAL_MIN = 8;
const WEEK = 7;
/** The six weeks must climb by this much evidence, and the middle two be this far on the way to the latest two. */
const SLOPE_P = 0.05;
const MIDDLE_MIN = 0.25;
/** Days of a week that must be known. */
const DAYS_MIN = 4;

/**
 * Rates and amounts that creep away so slowly that a baseline of the days before creeps with them. By whole weeks: the last two lie beyond what
 * weeks have been in the months before (two-sample t with the noise of those weeks, so a series that always wanders has to wander further), and
 * the shape is that of a drift: the last six climb, or sink, and are half-way there half-way through. Over all series the false discovery share
 * is held at `q`. Counts have seasons of their own and are left out.
 */
export function slowDrifts(
  all: readonly ScanSeries[],
  { at, q }: { readonly at: number; readonly q: number },
): Judgement[] {
  const tested = all.flatMap((series) => (series.kind === "count" ? [] : (driftOf(series, at) ?? [])));
  const adjusted = adjustP(
    tested.map(({ p }) => p),
    "benjamini-hochberg",
  );
  return tested
    .map((one, index) => ({ ...one, q: adjusted[index] ?? 1 }))
    .filter((one) => one.q <= q)
    .sort((a, b) => a.p - b.p);
}

function driftOf(series: ScanSeries, at: number): Judgement | null {
  const weeks = weeklyMeans(series, at);
  const recent = weeks.slice(0, RECENT).reverse();
  const usual = weeks.slice(RECENT, RECENT + USUAL_MAX).filter((value) => value !== null);
  if (usual.length < USUAL_MIN || recent.some((value) => value === null)) return null;
  const climb = recent as number[];
  const mean = average(usual);
  const sd = Math.sqrt(usual.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (usual.length - 1));
  if (!(sd > 0)) return null;
  const latest = average(climb.slice(-LATEST));
  const level = (latest - mean) / (sd * Math.sqrt(1 / LATEST + 1 / usual.length));
  const slope = slopeOf(climb) / (sd / Math.sqrt(squares(RECENT)));
  const df = usual.length - 1;
  const isClimb = level * slope > 0 && 2 * tSf(Math.abs(slope), df) <= SLOPE_P;
  // Half-way there half-way through: a dip of some days in the latest week is no drift.
  const middle = average(climb.slice(LATEST, -LATEST)) - mean;
  if (!isClimb || middle / (latest - mean) < MIDDLE_MIN) return null;
  const half = 1.96 * sd * Math.sqrt(1 + 1 / usual.length);
  const from = Math.max(0, at - RECENT * WEEK + 1);
  return {
    id: series.id,
    from,
    to: at,
    kind: "drift",
    direction: level > 0 ? "up" : "down",
    value: climb.at(-1) ?? latest,
    expected: mean,
    low: Math.max(0, mean - half),
    high: mean + half,
    n: series.kind === "rate" ? sumOf(series.denominators, from, at) : null,
    p: 2 * tSf(Math.abs(level), df),
    q: 1,
    parentShock: 1,
  };
}

/** Means of whole weeks, the newest first, each by its rows; null where too few days are known. */
function weeklyMeans(series: ScanSeries, at: number): (number | null)[] {
  const weeks: (number | null)[] = [];
  for (let end = at; end - WEEK + 1 >= 0; end -= WEEK) weeks.push(meanOf(series, end - WEEK + 1, end));
  return weeks;
}

function meanOf(series: ScanSeries, from: number, to: number): number | null {
  let [value, weight, days] = [0, 0, 0];
  for (let day = from; day <= to; day += 1) {
    const x = series.values[day];
    if (x == null || series.masked[day]) continue;
    const rows = series.denominators?.[day] ?? 1;
    value += series.kind === "rate" ? x : x * rows;
    weight += rows;
    days += 1;
  }
  return days < DAYS_MIN || weight === 0 ? null : value / weight;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (n: number): number => (n * (n * n - 1)) / 12;

/** Least squares a week. */
function slopeOf(values: readonly number[]): number {
  const centre = (values.length - 1) / 2;
  return values.reduce((sum, value, index) => sum + (index - centre) * value, 0) / squares(values.length);
}

const sumOf = (values: readonly (number | null)[] | null, from: number, to: number): number | null =>
  values ? values.slice(from, to + 1).reduce<number>((sum, value) => sum + (value ?? 0), 0) : null;
