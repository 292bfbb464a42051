import { type AmountTrack, amountTails, besideSiblings, tailFreedoms, trackAmount } from "./amount-track.ts";
import { isBinomial, trackHits } from "./hits-track.ts";
import type { ScanSeries } from "./series.ts";
import { settledHits } from "./settled-hits.ts";
import { amountShocks, hitsShock, type Shock } from "./shock.ts";
import type { Track } from "./track.ts";
import { medianOf, windowInflation } from "./windows.ts";

/** A series with what was expected of it, ready to be judged. */
export interface Tracked {
  readonly series: ScanSeries;
  readonly track: Track;
  /** Null for a whole. */
  readonly shock: Shock | null;
  /** Inflation of the variance of sums over these many days. */
  readonly inflation: Readonly<Record<WindowDays, number>>;
  readonly depth: number;
}

type Baseline = Pick<Tracked, "track" | "shock">;

export const WINDOWS = [7, 28] as const;
export type WindowDays = (typeof WINDOWS)[number];

/** Windows' worth of trust in the usual inflation. */
const PRIOR_WINDOWS = 4;
/** A variance from few windows is uncertain itself. */
const FEW_WINDOWS = 4;

/** Baselines of all series, wholes before their parts; over-dispersion is shrunk towards the median of series of the same kind and depth. */
export function tracksOf(all: readonly ScanSeries[], at: number): Tracked[] {
  const byId = new Map(all.map((series) => [series.id, series]));
  const depths = all.map((series) => depthOf(series, byId));
  const made = new Map<string, Baseline>();
  for (let depth = 0; depth <= Math.max(0, ...depths); depth++) {
    const level = all.filter((_, i) => depths[i] === depth);
    for (const group of groupsOf(level, at)) trackGroup(group, at, made);
  }
  const rough = all.map((series, i) => {
    const own = made.get(series.id);
    if (!own) throw new Error(`No baseline of ${series.id}`);
    return { series, ...own, depth: depths[i] ?? 0 };
  });
  return withInflation(rough, at);
}

function depthOf(series: ScanSeries, byId: ReadonlyMap<string, ScanSeries>): number {
  let depth = 0;
  for (let own = parentOf(series, byId); own; own = parentOf(own, byId)) {
    depth += 1;
    if (depth > byId.size) throw new RangeError(`${series.id} is a part of itself.`);
  }
  return depth;
}

const parentOf = (series: ScanSeries, byId: ReadonlyMap<string, ScanSeries>): ScanSeries | undefined =>
  series.parent === null ? undefined : byId.get(series.parent);

/** Rates, ratios, counts and amounts apart. */
function groupsOf(level: readonly ScanSeries[], at: number): ScanSeries[][] {
  const groups = new Map<string, ScanSeries[]>();
  for (const series of level) {
    const key = series.kind === "rate" && !isBinomial(series, at) ? "ratio" : series.kind;
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return [...groups.values()];
}

function trackGroup(group: readonly ScanSeries[], at: number, made: Map<string, Baseline>): void {
  if (group[0]?.kind === "amount") {
    trackAmounts(group, at, made);
    return;
  }
  const shocks = group.map((series) => {
    const parent = series.parent === null ? undefined : made.get(series.parent)?.track;
    return parent ? hitsShock(parent, trackHits(series, at, 0, null)) : null;
  });
  const tracks = settledHits(group, at, shocks);
  group.forEach((series, i) => {
    const track = tracks[i];
    if (track) made.set(series.id, { track, shock: shocks[i] ?? null });
  });
}

function trackAmounts(group: readonly ScanSeries[], at: number, made: Map<string, Baseline>): void {
  const tracks = group.map((series) => trackAmount(series, at));
  const shocks = new Map<AmountTrack, Shock | null>();
  for (const parent of new Set(group.map((series) => series.parent))) {
    const siblings = parent === null ? [] : tracks.filter((_, i) => group[i]?.parent === parent);
    amountShocks(siblings).forEach((shock, i) => {
      shocks.set(siblings[i] as AmountTrack, shock);
    });
  }
  const own = tracks.map((track) => {
    const shock = shocks.get(track) ?? null;
    return { track: shock ? besideSiblings(track, shock) : track, shock };
  });
  const freedoms = tailFreedoms(own.map(({ track }) => track));
  own.forEach(({ track, shock }, i) => {
    const { id } = group[i] as ScanSeries;
    made.set(id, { track: { ...track, tails: amountTails(freedoms[i] ?? 5) }, shock });
  });
}

function withInflation(rough: readonly Omit<Tracked, "inflation">[], at: number): Tracked[] {
  const own = rough.map(({ track }) => ({
    7: windowInflation(track, 7, at - 7),
    28: windowInflation(track, 28, at - 28),
  }));
  const usual = new Map<string, number>();
  const keyOf = (series: ScanSeries, days: WindowDays): string => `${series.kind} ${days}`;
  for (const days of WINDOWS)
    for (const kind of new Set(rough.map(({ series }) => series.kind))) {
      const known = own.flatMap((each, i) =>
        rough[i]?.series.kind === kind && each[days].windows > 0 ? [each[days].inflation] : [],
      );
      usual.set(`${kind} ${days}`, known.length > 0 ? Math.max(1, medianOf(known)) : FIRST_GUESS[days]);
    }
  return rough.map((each, i) => {
    const of = (days: WindowDays): number => {
      const { inflation, windows } = own[i]?.[days] ?? { inflation: 1, windows: 0 };
      const prior = usual.get(keyOf(each.series, days)) ?? FIRST_GUESS[days];
      const pooled = (inflation * windows + PRIOR_WINDOWS * prior) / (windows + PRIOR_WINDOWS);
      return Math.max(0.7, pooled) * (1 + FEW_WINDOWS / (windows + PRIOR_WINDOWS));
    };
    return { ...each, inflation: { 7: of(7), 28: of(28) } };
  });
}

/** Days are taken as independent, and what a week and four weeks have beyond that grows evenly with the days. */
export function inflationOver(inflation: Tracked["inflation"], days: number): number {
  if (days <= 7) return 1 + ((inflation[7] - 1) * (days - 1)) / 6;
  return inflation[7] + ((inflation[28] - inflation[7]) * (Math.min(28, days) - 7)) / 21;
}

/** Where no window of that length fits into the past. */
const FIRST_GUESS: Readonly<Record<WindowDays, number>> = { 7: 2, 28: 4 };
