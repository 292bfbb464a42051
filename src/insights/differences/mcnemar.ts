import { binomialCdf } from "../distributions/binomial.ts";
import { chi2Sf } from "../distributions/chi2.ts";

export interface McNemar {
  readonly pExact: number | null;
  readonly chi2: number | null;
  readonly pAsymptotic: number | null;
  readonly reason?: string;
}

/**
 * McNemar's test on pairs: b items right only in the first, c only in the second. Exact: 2·P(Bin(b+c, ½) ≤ min(b, c)), at most 1;
 * asymptotic: (b−c)²/(b+c) on χ²₁. Source: McNemar (1947).
 */
export function mcnemar(b: number, c: number): McNemar {
  const n = b + c;
  if (!(n > 0)) return { pExact: null, chi2: null, pAsymptotic: null, reason: "no discordant pairs" };
  const chi2 = (b - c) ** 2 / n;
  return {
    pExact: Math.min(1, 2 * binomialCdf(Math.min(b, c), n, 0.5)),
    chi2,
    pAsymptotic: chi2Sf(chi2, 1),
  };
}
