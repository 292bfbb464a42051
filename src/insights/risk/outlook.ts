import { normalQuantile } from "../distributions/normal.ts";
import { type Foretold, type Judgement, judgeChances } from "./judge.ts";
import { type Example, fitRisk, REASONS, type Reason, type RiskModel } from "./model.ts";
import { LOOK_BACK_DAYS, recordAt, type SellerHistory, type SellerRecord, violatedAfter } from "./record.ts";

/** How far ahead, and how long after it a violation may still be overturned; both in days. */
export interface RiskAsked {
  readonly horizon: number;
  readonly settle: number;
}
export interface ScoredSeller {
  readonly id: string;
  readonly record: SellerRecord;
  readonly p: number;
  /** Each reason's part of the log odds less its mean over all active sellers, in the order of `REASONS`. */
  readonly parts: Float64Array;
}
export interface RiskOutlook {
  /** Every active seller, the riskiest first. */
  readonly sellers: readonly ScoredSeller[];
  /** Those of the test whose records `inScope`, foretold at the cut-off with what was known then. */
  readonly test: Judgement | null;
  /** The same over all sellers. */
  readonly testOfAll: Judgement;
  /** Days before the watermark: the test's cut-off, and the first and last cut-off that the judged model learned from. */
  readonly cuts: { readonly test: number; readonly first: number; readonly last: number };
  /** Seller-months learned from by the model that speaks of today, and violations in them. */
  readonly learned: { readonly examples: number; readonly violations: number };
  /** Standard deviation of what happened over what was foretold, beyond chance: how much a month differs from others. */
  readonly drift: number;
  /** Over the active sellers, by the number of standing violations in the look-back: none, one, more. */
  readonly byRecord: readonly { readonly sellers: number; readonly p: number }[];
}
export type RiskOutcome =
  | { readonly kind: "made"; readonly outlook: RiskOutlook }
  | { readonly kind: "short"; readonly violations: number };

const WINDOWS_MAX = 4;
/** Seller-months that a model learns from, a part of the sellers from each window: more takes longer and says the same. */
const EXAMPLES_MAX = 10_000;
const HISTORY_LEAST_DAYS = 60;
/** Violations below which nothing is learned, and below which nothing is judged. */
const LEARN_LEAST = 50;
const JUDGE_LEAST = 15;
/** A month is not known better than this, whatever two of them did. */
const DRIFT_LEAST = 0.1;

/** Days of history that the outlook can use. */
export const historyDaysOf = ({ horizon, settle }: RiskAsked): number =>
  firstCut({ horizon, settle }) + horizon * (skippedOf({ horizon, settle }) + WINDOWS_MAX) + LOOK_BACK_DAYS;

/** The latest cut-off whose outcome has settled. */
const firstCut = ({ horizon, settle }: RiskAsked): number => horizon + settle;
/** At the test's cut-off, the outcomes of this many windows before it had not settled either. */
const skippedOf = ({ horizon, settle }: RiskAsked): number => Math.ceil((horizon + settle) / horizon);

/**
 * Chances of a confirmed violation in the next `horizon` days for every active seller, from a model that learned from earlier windows of the
 * same length; and how a model that knew only what was known at an earlier cut-off did on the window after it. Pure and deterministic.
 * Source of the set-up: validation in time, Steyerberg (2019), Clinical Prediction Models, ch. 17.
 */
export function riskOutlook(
  sellers: readonly SellerHistory[],
  asked: RiskAsked,
  inScope: (record: SellerRecord) => boolean,
): RiskOutcome {
  const dataDays = Math.max(0, ...sellers.map(({ created }) => Math.max(0, ...created)));
  const every = Math.ceil((sellers.length * WINDOWS_MAX) / EXAMPLES_MAX);
  const windows = Array.from({ length: skippedOf(asked) + WINDOWS_MAX }, (_, k) => firstCut(asked) + k * asked.horizon)
    .filter((cut) => cut + HISTORY_LEAST_DAYS <= dataDays)
    .map((cut, k) => {
      const some = sellers.filter((_, i) => (i + k) % every === 0);
      return { cut, examples: examplesAt(some, cut, dataDays, asked) };
    });
  const [latest] = windows;
  const test = latest && { ...latest, examples: examplesAt(sellers, latest.cut, dataDays, asked) };
  const known = windows.slice(skippedOf(asked));
  const before = known.flatMap(({ examples }) => examples);
  const recent = windows.slice(0, WINDOWS_MAX).flatMap(({ examples }) => examples);
  const short: RiskOutcome = { kind: "short", violations: violationsIn(recent) };
  if (!test || violationsIn(before) < LEARN_LEAST) return short;
  const [judged, model] = [fitRisk(before), fitRisk(recent)];
  const testOfAll = judged && judgeChances(foretell(judged, test.examples));
  if (!judged || !model || !testOfAll) return short;
  const scope = foretell(judged, test.examples.filter(({ record }) => inScope(record))); // biome-ignore format: short
  const isEnough = Math.min(...[true, false].map((way) => scope.filter(({ happened }) => happened === way).length));
  const scored = scoreNow(sellers, model, dataDays);
  return {
    kind: "made",
    outlook: {
      sellers: scored,
      test: isEnough >= JUDGE_LEAST ? judgeChances(scope) : null,
      testOfAll,
      cuts: { test: test.cut, first: known[known.length - 1]?.cut ?? test.cut, last: known[0]?.cut ?? test.cut },
      learned: { examples: recent.length, violations: violationsIn(recent) },
      drift: driftOf(windows.slice(0, skippedOf(asked)).map(({ examples }) => foretell(judged, examples))),
      byRecord: byRecord(scored.filter(({ record }) => inScope(record))),
    },
  };
}

const violationsIn = (examples: readonly Example[]): number => examples.filter(({ violated }) => violated).length;

function examplesAt(
  sellers: readonly SellerHistory[],
  cut: number,
  dataDays: number,
  { horizon, settle }: RiskAsked,
): Example[] {
  return sellers.flatMap((seller) => {
    const record = recordAt(seller, cut, dataDays);
    return record ? [{ record, violated: violatedAfter(seller, cut, horizon, settle) }] : [];
  });
}

const foretell = (model: RiskModel, examples: readonly Example[]): Foretold[] =>
  examples.map(({ record, violated }) => ({ p: model.chance(record), happened: violated }));

function scoreNow(sellers: readonly SellerHistory[], model: RiskModel, dataDays: number): ScoredSeller[] {
  const active = sellers.flatMap((seller): ScoredSeller[] => {
    const record = recordAt(seller, 0, dataDays);
    return record ? [{ id: seller.id, record, p: model.chance(record), parts: model.parts(record) }] : [];
  });
  const usual = meanParts(active);
  for (const { parts } of active)
    usual.forEach((mean, i) => {
      parts[i] = (parts[i] ?? 0) - mean;
    });
  return active.sort((a, b) => b.p - a.p || (a.id < b.id ? -1 : 1));
}

function meanParts(sellers: readonly ScoredSeller[]): Float64Array {
  const mean = new Float64Array(REASONS.length);
  for (const { parts } of sellers)
    parts.forEach((part, i) => {
      mean[i] = (mean[i] ?? 0) + part / sellers.length;
    });
  return mean;
}

/** What sets these sellers apart from the average one: odds by reason, the strongest first. */
export function reasonsOf(sellers: readonly ScoredSeller[]): { readonly reason: Reason; readonly odds: number }[] {
  const mean = meanParts(sellers);
  return REASONS.map((reason, i) => ({ reason, odds: Math.exp(mean[i] ?? 0) })).sort(
    (a, b) => Math.abs(Math.log(b.odds)) - Math.abs(Math.log(a.odds)),
  );
}

/** Of windows that the model had not seen: (happened ÷ foretold − 1)², less what chance gives, at least 10 %. */
function driftOf(windows: readonly (readonly Foretold[])[]): number {
  const squares = windows.flatMap((items) => {
    const expected = items.reduce((sum, { p }) => sum + p, 0);
    const chance = items.reduce((sum, { p }) => sum + p * (1 - p), 0);
    const happened = items.filter((item) => item.happened).length;
    return expected > 0 ? [(happened / expected - 1) ** 2 - chance / expected ** 2] : [];
  });
  const mean = squares.reduce((sum, value) => sum + value, 0) / Math.max(1, squares.length);
  return Math.max(DRIFT_LEAST, Math.sqrt(Math.max(0, mean)));
}

function byRecord(scored: readonly ScoredSeller[]): RiskOutlook["byRecord"] {
  const groups = [0, 1, 2].map((count) => scored.filter(({ record }) => Math.min(2, record.violations) === count));
  return groups.map((own) => ({ sellers: own.length, p: meanChance(own) }));
}

export const meanChance = (sellers: readonly ScoredSeller[]): number =>
  sellers.reduce((sum, { p }) => sum + p, 0) / Math.max(1, sellers.length);

/** How many of these sellers will violate: the sum of their chances, and its 80 % range with chance and the drift of months in it. */
export function expectedViolators(
  sellers: readonly ScoredSeller[],
  drift: number,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const mean = sellers.reduce((sum, { p }) => sum + p, 0);
  const chance = sellers.reduce((sum, { p }) => sum + p * (1 - p), 0);
  const margin = normalQuantile(0.9) * Math.sqrt(chance + (drift * mean) ** 2);
  return { mean, low: Math.max(0, mean - margin), high: Math.min(sellers.length, mean + margin) };
}
