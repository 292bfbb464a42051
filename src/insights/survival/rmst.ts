import { kaplanMeier, type LifePoint } from "./kaplan-meier.ts";

export interface RestrictedMean {
  readonly rmst: number | null;
  readonly se: number | null;
  readonly reason?: string;
}

/**
 * Restricted mean ∫₀^τ S: the mean duration when each is counted up to τ. Error Σ A(tᵢ)² d/(n(n−d)), A = area from tᵢ to τ.
 * Beyond the last time the curve is held. Source: Klein & Moeschberger (2003) §4.5; survival::print.survfit(rmean = τ).
 */
export function restrictedMean(points: readonly LifePoint[], tau: number): RestrictedMean {
  const steps = kaplanMeier(points).filter((step) => step.time <= tau);
  if (points.length === 0) return { rmst: null, se: null, reason: "no observations" };
  const ends = [...steps.slice(1).map((step) => step.time), tau];
  let area = 0;
  let variance = 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (!step) continue;
    area += step.survival * ((ends[i] ?? tau) - step.time);
    const left = step.atRisk - step.events;
    if (left > 0) variance += (area * area * step.events) / (step.atRisk * left);
  }
  return { rmst: area + (steps[0]?.time ?? tau), se: Math.sqrt(variance) };
}
