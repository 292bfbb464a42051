import { firstTrue } from "../distributions/binomial.ts";
import { logBinomialTerm } from "../special/incomplete-beta.ts";
import { badTwoProportions, type TwoProportions } from "./two-proportions.ts";

/**
 * Fisher's exact test of equal shares, two-sided: the probability, given the margins, of all tables no more likely than the
 * observed (up to 1e-7). Both tails are summed outwards from their border until nothing is added, so n may be 1e9.
 * Source: R stats::fisher.test; probabilities after Loader (2000).
 */
export function fisherExact(data: TwoProportions): { readonly pValue: number | null; readonly reason?: string } {
  const bad = badTwoProportions(data);
  if (bad) return { pValue: null, reason: bad };
  const { x1, n1, n2 } = data;
  const drawn = x1 + data.x2;
  const low = Math.max(0, drawn - n2);
  const high = Math.min(n1, drawn);
  if (low === high) return { pValue: 1 };
  const density = (k: number) => hypergeometricPmf(k, n1, n2, drawn);
  const limit = density(x1) * (1 + 1e-7);
  const mode = Math.min(high, Math.max(low, Math.floor(((drawn + 1) * (n1 + 1)) / (n1 + n2 + 2))));
  const upper = firstTrue(mode, high + 1, (k) => density(k) <= limit);
  const lower = -firstTrue(-mode, -low + 1, (k) => density(-k) <= limit);
  if (lower >= upper) return { pValue: 1 };
  const ratioUp = (k: number) => (((n1 - k) / (k + 1)) * (drawn - k)) / (n2 - drawn + k + 1);
  const ratioDown = (k: number) => ((k / (n1 - k + 1)) * (n2 - drawn + k)) / (drawn - k + 1);
  const sumUp = upper > high ? 0 : density(upper) * tailSum(high - upper, (i) => ratioUp(upper + i));
  const sumDown = lower < low ? 0 : density(lower) * tailSum(lower - low, (i) => ratioDown(lower - i));
  return { pValue: Math.min(1, sumUp + sumDown) };
}

/** P(X = k): k of `drawn` are from the first n₁ of n₁ + n₂. */
function hypergeometricPmf(k: number, n1: number, n2: number, drawn: number): number {
  const n = n1 + n2;
  const p = drawn / n;
  const q = (n - drawn) / n;
  if (q === 0) return k === n1 ? 1 : 0;
  const log =
    logBinomialTerm(k, n1 - k, p, q) +
    logBinomialTerm(drawn - k, n2 - drawn + k, p, q) -
    logBinomialTerm(drawn, n - drawn, p, q);
  return Math.exp(log);
}

/** 1 + r₀ + r₀r₁ + … of falling terms, until a term adds nothing. */
function tailSum(terms: number, ratio: (i: number) => number): number {
  let sum = 1;
  let term = 1;
  for (let i = 0; i < terms; i++) {
    term *= ratio(i);
    sum += term;
    if (term < sum * 1e-18) break;
  }
  return sum;
}
