import { normalCritical } from "../distributions/normal.ts";
import type { Interval } from "../interval.ts";
import { wilson } from "../intervals/wilson.ts";
import { ridgeLogistic } from "./logistic.ts";

/** A chance that was foretold, and whether it came true. */
export interface Foretold {
  readonly p: number;
  readonly happened: boolean;
}
export interface Ranged {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How well chances did against what happened. Intervals are of 95 %. */
export interface Judgement {
  readonly n: number;
  readonly events: number;
  /** Chance that one who violated was given more than one who did not. */
  readonly auc: Ranged;
  /** Mean squared error of the chances, and of always saying the share that happened. */
  readonly brier: number;
  readonly brierOfBase: number;
  /** Of the base rate's error, the share that the chances save. */
  readonly skill: Ranged;
  /** Share that happened less the mean chance. */
  readonly inTheLarge: Ranged;
  /** Of the log odds: 1 = neither too bold (below 1) nor too timid; null where it cannot be fitted. */
  readonly slope: Ranged | null;
  /** Mean gap between chance and share over ten equal bins, and what chance alone would give. */
  readonly calibrationError: number;
  readonly calibrationErrorByChance: number;
  /** Of the tenth with the highest chances: times the base rate, and the share of all events that it holds. */
  readonly lift: Ranged;
  readonly held: number;
  /** Ten equal bins, the lowest chances first. */
  readonly tenths: readonly Tenth[];
}
export interface Tenth {
  readonly n: number;
  readonly foretold: number;
  readonly happened: Interval;
}

const LEVEL = 0.95;
const BINS = 10;

/**
 * Discrimination, calibration and accuracy of foretold chances; null unless both outcomes happened. AUC: DeLong, DeLong & Clarke-Pearson
 * (1988), its interval on the logit. Calibration in the large and slope: Cox (1958). Skill: Brier (1950) against the base rate, with the
 * interval of a mean of pairs. Calibration error: ten bins of equal size, its value by chance Σ share · √(2/π) · standard error. Lift: the
 * top tenth's share of the events, Wilson's interval, over its share of the sellers.
 */
export function judgeChances(items: readonly Foretold[]): Judgement | null {
  const n = items.length;
  const events = items.filter(({ happened }) => happened).length;
  if (events === 0 || events === n) return null;
  const base = events / n;
  const sorted = [...items].sort((a, b) => a.p - b.p);
  const bins = binsOf(sorted);
  const gains = items.map(({ p, happened }) => (base - Number(happened)) ** 2 - (p - Number(happened)) ** 2);
  const brierOfBase = base * (1 - base);
  const top = bins[bins.length - 1] ?? [];
  const caught = wilson(top.filter(({ happened }) => happened).length, events, LEVEL);
  const perShare = n / Math.max(1, top.length);
  return {
    n,
    events,
    auc: aucOf(sorted),
    brier: meanOf(items, ({ p, happened }) => (p - Number(happened)) ** 2),
    brierOfBase,
    skill: scaled(meanWithin(gains), 1 / brierOfBase),
    inTheLarge: inTheLarge(items, base),
    slope: slopeOf(items),
    calibrationError: bins.reduce((sum, bin) => sum + (bin.length / n) * Math.abs(shareOf(bin) - meanOf(bin, ({ p }) => p)), 0),
    calibrationErrorByChance: bins.reduce((sum, bin) => sum + (bin.length / n) * Math.sqrt(2 / Math.PI) * errorOf(bin), 0),
    lift: scaled({ value: caught.estimate ?? 0, low: caught.low ?? 0, high: caught.high ?? 1 }, perShare),
    held: caught.estimate ?? 0,
    tenths: bins.map((bin) => ({
      n: bin.length,
      foretold: meanOf(bin, ({ p }) => p),
      happened: wilson(bin.filter(({ happened }) => happened).length, bin.length, LEVEL),
    })),
  }; // biome-ignore format: one record
}

const meanOf = <T>(list: readonly T[], read: (item: T) => number): number =>
  list.reduce((sum, item) => sum + read(item), 0) / Math.max(1, list.length);
const shareOf = (bin: readonly Foretold[]): number => meanOf(bin, ({ happened }) => Number(happened));
/** Standard error of a share whose cases have these chances. */
const errorOf = (bin: readonly Foretold[]): number =>
  Math.sqrt(bin.reduce((sum, { p }) => sum + p * (1 - p), 0)) / Math.max(1, bin.length);
const scaled = ({ value, low, high }: Ranged, by: number): Ranged => ({
  value: value * by,
  low: low * by,
  high: high * by,
});
const around = (value: number, error: number): Ranged => {
  const margin = normalCritical(LEVEL) * error;
  return { value, low: value - margin, high: value + margin };
};

function binsOf(sorted: readonly Foretold[]): Foretold[][] {
  const bins = Math.min(BINS, sorted.length);
  return Array.from({ length: bins }, (_, i) =>
    sorted.slice(Math.round((i * sorted.length) / bins), Math.round(((i + 1) * sorted.length) / bins)),
  );
}

function meanWithin(values: readonly number[]): Ranged {
  const mean = meanOf(values, Number);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return around(mean, Math.sqrt(variance / values.length));
}

const inTheLarge = (items: readonly Foretold[], base: number): Ranged =>
  around(base - meanOf(items, ({ p }) => p), errorOf(items));

/** Mid-ranks: each event's share of non-events below it and the reverse; their variances add up. */
function aucOf(sorted: readonly Foretold[]): Ranged {
  const events = sorted.filter(({ happened }) => happened).length;
  const others = sorted.length - events;
  const [ofEvents, ofOthers]: [number[], number[]] = [[], []];
  let [eventsBelow, othersBelow] = [0, 0];
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j]?.p === sorted[i]?.p) j++;
    const tied = sorted.slice(i, j).filter(({ happened }) => happened).length;
    const tiedOthers = j - i - tied;
    for (let k = 0; k < tied; k++) ofEvents.push((othersBelow + tiedOthers / 2) / others);
    for (let k = 0; k < tiedOthers; k++) ofOthers.push(1 - (eventsBelow + tied / 2) / events);
    [eventsBelow, othersBelow] = [eventsBelow + tied, othersBelow + tiedOthers];
    i = j;
  }
  const value = meanOf(ofEvents, Number);
  const variance = (list: readonly number[]): number =>
    list.length < 2 ? 0 : list.reduce((sum, one) => sum + (one - value) ** 2, 0) / (list.length - 1) / list.length;
  const error = Math.sqrt(variance(ofEvents) + variance(ofOthers));
  return onLogit(value, error);
}

/** An interval that stays within 0 and 1. */
function onLogit(value: number, error: number): Ranged {
  if (value <= 0 || value >= 1) return { value, low: value, high: value };
  const margin = (normalCritical(LEVEL) * error) / (value * (1 - value));
  const at = (shift: number): number => 1 / (1 + ((1 - value) / value) * Math.exp(-shift));
  return { value, low: at(-margin), high: at(margin) };
}

function slopeOf(items: readonly Foretold[]): Ranged | null {
  const rows = items.map(({ p }) => [Math.log(p / (1 - p))]);
  if (!rows.every(([u]) => Number.isFinite(u))) return null;
  const fit = ridgeLogistic(
    rows,
    items.map(({ happened }) => Number(happened)),
    0,
  );
  const [slope] = fit?.coefficients ?? [];
  return fit && slope !== undefined ? around(slope, fit.errors[1] ?? Number.NaN) : null;
}
