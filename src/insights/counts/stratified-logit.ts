import { rootFrom } from "../special/brent.ts";
import { type StratumCell, strataOf } from "./stratified-tables.ts";

export interface StratifiedLogit {
  readonly bTreat: number | null;
  readonly se: number | null;
  readonly oddsRatio: number | null;
  readonly reason?: string;
}

/**
 * Logistic regression x/n ~ group + stratum by maximum likelihood. For a given group effect b each stratum's intercept solves its own
 * equation (fitted = observed successes), so b is the root of one profile score. Source: McCullagh & Nelder (1989) §4.
 */
export function stratifiedLogit(cells: readonly StratumCell[]): StratifiedLogit {
  const none = { bTreat: null, se: null, oddsRatio: null };
  const strata = strataOf(cells).filter(({ x1, n1, x2, n2 }) => n1 > 0 && n2 > 0 && x1 + x2 > 0 && x1 + x2 < n1 + n2);
  if (strata.length === 0) return { ...none, reason: "no stratum has both groups and both outcomes" };
  const low = strata.every(({ x1, n1, x2 }) => x2 === 0 || x1 === n1);
  const high = strata.every(({ x1, x2, n2 }) => x1 === 0 || x2 === n2);
  if (low || high) return { ...none, reason: "the groups are separated: the odds ratio is unbounded" };
  const score = (b: number) => strata.reduce((sum, s) => sum + s.x2 - s.n2 * expit(intercept(s, b) + b), 0);
  const bTreat = rootFrom(score, 0, 0.5);
  const information = strata.reduce((sum, s) => {
    const p1 = expit(intercept(s, bTreat));
    const p2 = expit(intercept(s, bTreat) + bTreat);
    const [w1, w2] = [s.n1 * p1 * (1 - p1), s.n2 * p2 * (1 - p2)];
    return sum + (w1 * w2) / (w1 + w2);
  }, 0);
  return { bTreat, se: 1 / Math.sqrt(information), oddsRatio: Math.exp(bTreat) };
}

interface Stratum {
  readonly x1: number;
  readonly n1: number;
  readonly x2: number;
  readonly n2: number;
}

/** a with n₁·expit(a) + n₂·expit(a+b) = x₁ + x₂. */
function intercept({ x1, n1, x2, n2 }: Stratum, b: number): number {
  const x = x1 + x2;
  const start = Math.log(x / (n1 + n2 - x));
  return rootFrom((a) => x - n1 * expit(a) - n2 * expit(a + b), start, Math.abs(b) + 0.5);
}

const expit = (u: number): number => 1 / (1 + Math.exp(-u));
