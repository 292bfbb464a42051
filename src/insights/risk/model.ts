import { betaBinomialMoments } from "../shrinkage/beta-binomial.ts";
import { expit, linear, ridgeLogistic } from "./logistic.ts";
import { mixRates } from "./mixed-poisson.ts";
import type { SellerRecord } from "./record.ts";

/** What moves a seller's risk, by where it comes from. */
export const REASONS = ["violations", "cases", "reports", "tenure", "tier", "category", "market"] as const;
export type Reason = (typeof REASONS)[number];

/** A fitted model of the chance of a violation within the horizon. */
export interface RiskModel {
  /** Chance of a violation. */
  chance(record: SellerRecord): number;
  /** Each reason's part of the log odds, in the order of `REASONS`. */
  parts(record: SellerRecord): Float64Array;
}
export interface Example {
  readonly record: SellerRecord;
  readonly violated: boolean;
}

/** On standardised columns: as a prior, coefficients scatter by 1 around 0. */
const PENALTY = 1;

/**
 * Ridge logistic regression on what is known at the cut-off: the empirical-Bayes chance of at least one violating case in a month at the
 * seller's own pace and the usual share of violations; what the seller's own shrunken share adds to it; how fresh the last violation is, cases
 * of the last month, the shrunken share of user reports, time on the platform; tier, category and market. Null where the examples
 * are too alike to fit. Source: `mixRates`, Kleinman (1973) for the shares' prior, `ridgeLogistic`.
 */
export function fitRisk(examples: readonly Example[]): RiskModel | null {
  const columns = columnsOf(examples.map(({ record }) => record));
  const rows = examples.map(({ record }) => Float64Array.from(columns, (column) => column.read(record)));
  const scales = columns.map((_, j) => scaleOf(rows, j));
  const standardise = (row: Float64Array): Float64Array => {
    scales.forEach(({ mean, sd }, j) => {
      row[j] = ((row[j] ?? 0) - mean) / sd;
    });
    return row;
  };
  for (const row of rows) standardise(row);
  const labels = examples.map(({ violated }) => Number(violated));
  const fit = ridgeLogistic(rows, labels, PENALTY);
  if (!fit) return null;
  const beta = [fit.intercept, ...fit.coefficients];
  const places = columns.map(({ reason }) => REASONS.indexOf(reason));
  const rowOf = (record: SellerRecord): Float64Array =>
    standardise(Float64Array.from(columns, (column) => column.read(record)));
  return {
    chance: (record) => expit(linear(rowOf(record), beta)),
    parts: (record) => {
      const parts = new Float64Array(REASONS.length);
      rowOf(record).forEach((value, j) => {
        const place = places[j] ?? 0;
        parts[place] = (parts[place] ?? 0) + value * (fit.coefficients[j] ?? 0);
      });
      return parts;
    },
  };
}

interface Column {
  readonly reason: Reason;
  read(record: SellerRecord): number;
}

function columnsOf(records: readonly SellerRecord[]): Column[] {
  const pace = mixRates(records.map(({ cases, days }) => ({ events: cases, months: days / 30 })));
  const violating = betaPrior(records.map(({ violations, cases }) => ({ x: Math.min(violations, cases), n: cases })));
  const reporting = betaPrior(records.map(({ reported, cases }) => ({ x: reported, n: cases })));
  const usual = violating.hits / violating.cases;
  const chanceAt = ({ cases, days }: SellerRecord, each: number): number =>
    logit(pace.atLeastOne({ events: cases, months: days / 30 }, each));
  const shareOf = ({ violations, cases }: SellerRecord): number =>
    shrunk(violations, Math.max(cases, violations), violating);
  const numeric: Column[] = [
    { reason: "violations", read: (record) => chanceAt(record, shareOf(record)) - chanceAt(record, usual) },
    { reason: "violations", read: ({ sinceViolation }) => (sinceViolation === null ? 0 : Math.exp(-sinceViolation / 60)) },
    { reason: "cases", read: (record) => chanceAt(record, usual) },
    { reason: "cases", read: ({ recentCases }) => Math.log1p(recentCases) },
    { reason: "reports", read: ({ reported, cases }) => logit(shrunk(reported, cases, reporting)) },
    { reason: "tenure", read: ({ tenure }) => Math.log1p(tenure) },
  ]; // biome-ignore format: a table
  const named = (["tier", "category", "market"] as const).flatMap((reason) =>
    [...new Set(records.map((record) => record[reason]))]
      .sort()
      .map((value): Column => ({ reason, read: (record) => Number(record[reason] === value) })),
  );
  return [...numeric, ...named];
}

/** Of a chance that is kept from 0 and 1, where the logarithm ends. */
function logit(p: number): number {
  const within = Math.min(0.999, Math.max(0.001, p));
  return Math.log(within / (1 - within));
}

interface BetaPrior {
  readonly hits: number;
  readonly cases: number;
}
const shrunk = (x: number, n: number, { hits, cases }: BetaPrior): number => (x + hits) / (n + cases);

/** Prior counts by moments: α and α + β of the beta-binomial; between 2 and 200 cases, so that no history rules alone. */
function betaPrior(units: readonly { readonly x: number; readonly n: number }[]): BetaPrior {
  const { p, rho } = betaBinomialMoments(units.filter(({ n }) => n > 0));
  const cases = Math.min(200, Math.max(2, rho ? 1 / rho - 1 : 200));
  return { hits: Math.min(0.99, Math.max(0.001, p ?? 0.1)) * cases, cases };
}

function scaleOf(rows: readonly Float64Array[], j: number): { mean: number; sd: number } {
  const n = Math.max(1, rows.length);
  let [sum, squares] = [0, 0];
  for (const row of rows) sum += row[j] ?? 0;
  for (const row of rows) squares += ((row[j] ?? 0) - sum / n) ** 2;
  return { mean: sum / n, sd: Math.sqrt(squares / n) || 1 };
}
