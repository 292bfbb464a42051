import { chi2Sf } from "../distributions/chi2.ts";
import { brentRoot } from "../special/brent.ts";

export interface MetaAnalysis {
  readonly fixed: number | null;
  readonly fixedSe: number | null;
  /** Random effects with DerSimonian–Laird's τ². */
  readonly dl: number | null;
  readonly dlSe: number | null;
  readonly tau2Dl: number | null;
  /** Random effects with τ² by restricted maximum likelihood. */
  readonly reml: number | null;
  readonly remlSe: number | null;
  readonly tau2Reml: number | null;
  readonly q: number | null;
  readonly qP: number | null;
  /** Share of the spread that is not chance, percent. */
  readonly i2: number | null;
  readonly reason?: string;
}

/**
 * Combines effects of several markets with their variances: fixed and random effects, heterogeneity Q and I².
 * Source: DerSimonian & Laird (1986); metafor::rma.
 */
export function metaAnalysis(effects: readonly number[], variances: readonly number[]): MetaAnalysis {
  const none = {
    fixed: null,
    fixedSe: null,
    dl: null,
    dlSe: null,
    tau2Dl: null,
    reml: null,
    remlSe: null,
    tau2Reml: null,
    q: null,
    qP: null,
    i2: null,
  };
  if (effects.length === 0 || !variances.every((v) => v > 0))
    return { ...none, reason: "needs effects with a variance each" };
  const data = effects.map((y, i) => ({ y, v: variances[i] ?? 1 }));
  const fixed = pooled(data, 0);
  const k = data.length;
  if (k < 2) {
    return { ...none, fixed: fixed.mean, fixedSe: fixed.se, reason: "one effect has no spread between effects" };
  }
  const q = data.reduce((sum, { y, v }) => sum + (y - fixed.mean) ** 2 / v, 0);
  const size = fixed.weight - data.reduce((sum, { v }) => sum + 1 / v ** 2, 0) / fixed.weight;
  const tau2Dl = Math.max(0, (q - (k - 1)) / size);
  const tau2Reml = restrictedTau2(data);
  const [dl, reml] = [pooled(data, tau2Dl), pooled(data, tau2Reml)];
  return {
    fixed: fixed.mean,
    fixedSe: fixed.se,
    dl: dl.mean,
    dlSe: dl.se,
    tau2Dl,
    reml: reml.mean,
    remlSe: reml.se,
    tau2Reml,
    q,
    qP: chi2Sf(q, k - 1),
    i2: q > 0 ? 100 * Math.max(0, (q - (k - 1)) / q) : 0,
  };
}

interface Effect {
  readonly y: number;
  readonly v: number;
}

function pooled(data: readonly Effect[], tau2: number): { mean: number; se: number; weight: number } {
  const weight = data.reduce((sum, { v }) => sum + 1 / (v + tau2), 0);
  const mean = data.reduce((sum, { y, v }) => sum + y / (v + tau2), 0) / weight;
  return { mean, se: 1 / Math.sqrt(weight), weight };
}

/** τ² ≥ 0 where the restricted score is 0; 0 where it falls from the start. */
function restrictedTau2(data: readonly Effect[]): number {
  const score = (tau2: number) => {
    const { mean, weight } = pooled(data, tau2);
    return data.reduce((sum, { y, v }) => {
      const w = 1 / (v + tau2);
      return sum + w * w * (y - mean) ** 2 - w + (w * w) / weight;
    }, 0);
  };
  if (score(0) <= 0) return 0;
  let high = Math.max(...data.map(({ v }) => v));
  while (score(high) > 0) high *= 4;
  return brentRoot(score, 0, high);
}
