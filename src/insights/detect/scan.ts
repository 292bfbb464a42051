import { adjustP } from "../multiplicity/adjust-p.ts";
import { twoSided } from "./discrete-tails.ts";
import { type Look, lookAt } from "./look.ts";
import { byRarerSide, ofTheHits } from "./rarer-side.ts";
import { reportOf } from "./report.ts";
import type { Judgement, ScanSeries } from "./series.ts";
import { type Tracked, tracksOf } from "./tracks.ts";

export type { Judgement, ScanSeries } from "./series.ts";

export interface ScanOptions {
  /** The day to judge, an index into `days`; nothing after it is looked at. */
  readonly at: number;
  /** Share of false findings among all findings (Benjamini–Hochberg over everything tested). */
  readonly q?: number;
  /** Least relative change that is worth a word. */
  readonly minEffect?: number;
  /** Least number of cases (rates) or of expected events (counts) over the days looked at. */
  readonly minVolume?: number;
}

/**
 * What left its expectation on day `at`, each finding once: the whole or, where the rest of the whole is quiet without it, the part.
 * Five looks at each series (the day, the last 4, 7 and 28, their spread) make one p by their weighted harmonic mean; over all series the false
 * discovery share is held at `q`. Findings come with the smallest p first.
 * Sources: Farrington et al. (1996) and Noufaily et al. (2013) for baselines; Benjamini & Hochberg (1995); Genovese et al. (2006) for weights.
 */
export function scan(all: readonly ScanSeries[], options: ScanOptions): Judgement[] {
  const { at, q = 0.05, minEffect = 0.05, minVolume = 20 } = options;
  const { series, exchanged } = byRarerSide(all);
  const told = (judgement: Judgement): Judgement => (exchanged.has(judgement.id) ? ofTheHits(judgement) : judgement);
  const tested = tracksOf(series, at)
    .map((tracked) => ({ tracked, look: lookAt(tracked, at, minVolume) }))
    .filter((each): each is { tracked: Tracked; look: Look } => each.look !== null);
  const adjusted = adjustP(
    tested.map(({ look }) => look.p),
    "benjamini-hochberg",
  );
  const found = tested
    .map(({ tracked, look }, i) => ({ tracked, look, q: adjusted[i] ?? 1 }))
    .filter((each) => each.q <= q)
    .map((each) => ({ ...each, judgement: reportOf(each.tracked, at, each.look, each.q) }))
    .filter(({ judgement }) => effectOf(told(judgement)) >= minEffect);
  return withoutEchoes(found, minVolume)
    .map(({ judgement }) => told(judgement))
    .sort((a, b) => a.p - b.p);
}

/** Relative; of a spread, of the standard deviation. */
const effectOf = ({ value, expected }: Judgement): number =>
  expected === 0 ? Number.POSITIVE_INFINITY : Math.abs((value - expected) / expected);

interface Found {
  readonly tracked: Tracked;
  readonly look: Look;
  readonly judgement: Judgement;
}

/** A whole that is quiet without its found parts is their echo. */
function withoutEchoes(found: readonly Found[], minVolume: number): Found[] {
  return found.filter(({ tracked, look, judgement }) => {
    if (tracked.series.kind === "amount" || look.by === "spread") return true;
    const parts = found.filter(
      (other) => other.tracked.series.parent === tracked.series.id && other.judgement.direction === judgement.direction,
    );
    if (parts.length === 0) return true;
    const rest = restLook(tracked, parts, judgement, minVolume);
    return rest !== null && rest < ECHO_P;
  });
}

const ECHO_P = 0.01;

/** p of the whole without those parts over the finding's days; null where nothing is left. */
function restLook(
  { track }: Tracked,
  parts: readonly Found[],
  { from, to }: Judgement,
  minVolume: number,
): number | null {
  const sum = { value: 0, mean: 0, variance: 0, cases: 0 };
  for (let t = from; t <= to; t++) {
    if (Number.isNaN(track.score[t] ?? Number.NaN)) continue;
    let [value, mean, cases] = [track.observed[t] ?? 0, track.expectedFrom(t, from), track.exposure[t] ?? 0];
    const whole = mean;
    for (const { tracked } of parts) {
      if (Number.isNaN(tracked.track.score[t] ?? Number.NaN)) continue;
      value -= tracked.track.observed[t] ?? 0;
      mean -= tracked.track.plain[t] ?? 0;
      cases -= tracked.series.kind === "rate" ? (tracked.track.exposure[t] ?? 0) : 0;
    }
    sum.value += value;
    sum.mean += mean;
    sum.cases += cases;
    sum.variance += ((track.variance[t] ?? 0) * Math.max(mean, 0)) / Math.max(whole, 1e-9);
  }
  if (!(sum.mean > 0) || !(sum.cases > 0) || Math.max(sum.cases, sum.mean) < minVolume) return null;
  return twoSided(track.tails(Math.max(0, sum.value), sum.mean, sum.variance, sum.cases));
}
