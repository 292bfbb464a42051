export interface Msprt {
  /** ln Λ: the mixture likelihood ratio. */
  readonly logLambda: number | null;
  /** min(1, 1/Λ) at this look; the always-valid p is the running minimum over looks. */
  readonly pValue: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reject: boolean;
  readonly reason?: string;
}

/**
 * Mixture sequential probability ratio test of a difference of two means with `n` per arm, normal mixture of variance τ².
 * V = v₁ + v₂; ln Λ = ½ ln(V/(V+nτ²)) + n²τ²Δ²/(2V(V+nτ²)). Source: Johari, Koomen, Pekelis & Walsh (2022).
 */
export function msprt(input: {
  readonly n: number;
  readonly diff: number;
  readonly variance1: number;
  readonly variance2: number;
  readonly tau2: number;
  readonly alpha: number;
}): Msprt {
  const { n, diff, tau2, alpha } = input;
  const variance = input.variance1 + input.variance2;
  if (!(variance > 0 && n > 0 && tau2 > 0)) {
    const reason = "needs observations, spread and a mixture variance";
    return { logLambda: null, pValue: null, low: null, high: null, reject: false, reason };
  }
  const r = (n * tau2) / variance;
  const logLambda = -0.5 * Math.log1p(r) + (((n * diff * diff) / variance) * r) / (2 * (1 + r));
  const margin = Math.sqrt((variance / n) * ((1 + r) / r) * (Math.log1p(r) - 2 * Math.log(alpha)));
  return {
    logLambda,
    pValue: Math.min(1, Math.exp(-logLambda)),
    low: diff - margin,
    high: diff + margin,
    reject: logLambda >= -Math.log(alpha),
  };
}
