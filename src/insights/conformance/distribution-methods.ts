import { betaCdf, betaQuantile, betaSf } from "../distributions/beta.ts";
import { chi2Cdf, chi2Quantile, chi2Sf } from "../distributions/chi2.ts";
import { fCdf, fQuantile, fSf } from "../distributions/f.ts";
import { normalCdf, normalQuantile, normalSf } from "../distributions/normal.ts";
import { tCdf, tQuantile, tSf } from "../distributions/t.ts";
import type { VectorMethod, VectorMethods } from "./method.ts";

type At = (x: number, ...parameters: number[]) => number;
const of =
  (distribution: unknown): VectorMethod =>
  ({ x, params }) => ({ value: (distribution as At)(x, ...params) });

/** dist.*: x or p with the distribution's parameters. */
export const distributionMethods: VectorMethods = {
  "dist.normal.cdf": of(normalCdf),
  "dist.normal.sf": of(normalSf),
  "dist.normal.quantile": of(normalQuantile),
  "dist.t.cdf": of(tCdf),
  "dist.t.sf": of(tSf),
  "dist.t.quantile": of(tQuantile),
  "dist.chi2.cdf": of(chi2Cdf),
  "dist.chi2.sf": of(chi2Sf),
  "dist.chi2.quantile": of(chi2Quantile),
  "dist.beta.cdf": of(betaCdf),
  "dist.beta.sf": of(betaSf),
  "dist.beta.quantile": of(betaQuantile),
  "dist.f.cdf": of(fCdf),
  "dist.f.sf": of(fSf),
  "dist.f.quantile": of(fQuantile),
};
