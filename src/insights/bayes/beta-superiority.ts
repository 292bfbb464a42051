import { incompleteBeta, logBinomialTerm } from "../special/incomplete-beta.ts";

/** A beta posterior of a share. */
export interface BetaShare {
  readonly alpha: number;
  readonly beta: number;
}

/**
 * P(second share > first share) for independent beta posteriors: ∫ f₂(x) F₁(x) dx by the trapezoid rule in ln(x/(1−x)), where the
 * integrand is smooth and falls off at both ends (1e-10 relative, also for tiny probabilities).
 */
export function betaSuperiority(first: BetaShare, second: BetaShare): number | null {
  if (![first.alpha, first.beta, second.alpha, second.beta].every((value) => value > 0)) return null;
  const integrand = (u: number) => {
    const [x, y] = [1 / (1 + Math.exp(-u)), 1 / (1 + Math.exp(u))];
    return logDensity(second, x, y) + Math.log(incompleteBeta(first.alpha, first.beta, x, y).lower);
  };
  const centre = highest(integrand, first, second);
  const peak = integrand(centre);
  const low = edge(integrand, centre, peak, -1);
  const high = edge(integrand, centre, peak, 1);
  const panels = 1000;
  const width = (high - low) / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) sum += Math.exp(integrand(low + i * width) - peak);
  return Math.min(1, Math.exp(peak) * sum * width);
}

/** Density of ln(x/(1−x)): x^α (1−x)^β / B(α, β). */
function logDensity({ alpha, beta }: BetaShare, x: number, y: number): number {
  return logBinomialTerm(alpha, beta, x, y) + Math.log((alpha * beta) / (alpha + beta));
}

/** The top of a log-concave function, by golden section between (and beyond) the two means. */
function highest(f: (u: number) => number, first: BetaShare, second: BetaShare): number {
  const means = [first, second].map(({ alpha, beta }) => Math.log(alpha / beta));
  let low = Math.min(...means) - 5;
  let high = Math.max(...means) + 5;
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 60; i++) {
    const a = high - ratio * (high - low);
    const b = low + ratio * (high - low);
    if (f(a) > f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** Where the function has fallen by e^−45 on one side. */
function edge(f: (u: number) => number, centre: number, peak: number, side: 1 | -1): number {
  let step = 1e-4;
  while (f(centre + side * step) > peak - 45) step *= 1.3;
  return centre + side * step;
}
