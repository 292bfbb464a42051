import { normalCritical, normalSf } from "../distributions/normal.ts";
import { badLevel } from "../interval.ts";
import { normalTwoSided, normalTwoSidedLog10 } from "../special/p-value.ts";
import { badTwoProportions, shareDifference, type TwoProportions } from "./two-proportions.ts";

export interface PooledZTest {
  readonly diff: number | null;
  readonly z: number | null;
  readonly pValue: number | null;
  readonly log10P: number | null;
  /** P(Z > z): small where the second share is larger. */
  readonly pGreater: number | null;
  readonly pLess: number | null;
  readonly reason?: string;
}

/** Score test of equal shares: z = (p₂ − p₁)/√(p̄q̄(1/n₁+1/n₂)) with the pooled share p̄. Undefined where all outcomes are alike. */
export function pooledZTest(data: TwoProportions): PooledZTest {
  const none = { z: null, pValue: null, log10P: null, pGreater: null, pLess: null };
  const bad = badTwoProportions(data);
  if (bad) return { diff: null, ...none, reason: bad };
  const { x1, n1, x2, n2 } = data;
  const diff = shareDifference(data);
  const n = n1 + n2;
  const x = x1 + x2;
  const variance = (x / n) * ((n - x) / n) * (1 / n1 + 1 / n2);
  if (variance === 0) return { diff, ...none, reason: "all outcomes are alike: there is no variance to test against" };
  const z = diff / Math.sqrt(variance);
  return {
    diff,
    z,
    pValue: normalTwoSided(z),
    log10P: normalTwoSidedLog10(z),
    pGreater: normalSf(z),
    pLess: normalSf(-z),
  };
}

export interface UnpooledZTest {
  readonly diff: number | null;
  readonly se: number | null;
  readonly z: number | null;
  readonly pValue: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/** Wald test and interval of p₂ − p₁: se² = p₁q₁/n₁ + p₂q₂/n₂. For comparison; Newcombe's interval is the one to show. */
export function unpooledZTest(data: TwoProportions, level: number): UnpooledZTest {
  const bad = badTwoProportions(data) ?? badLevel(level);
  if (bad) return { diff: null, se: null, z: null, pValue: null, low: null, high: null, reason: bad };
  const { x1, n1, x2, n2 } = data;
  const diff = shareDifference(data);
  const se = Math.sqrt(((x1 / n1) * ((n1 - x1) / n1)) / n1 + ((x2 / n2) * ((n2 - x2) / n2)) / n2);
  if (se === 0) {
    return { diff, se, z: null, pValue: null, low: diff, high: diff, reason: "each side is all alike: no variance" };
  }
  const z = diff / se;
  const margin = normalCritical(level) * se;
  return { diff, se, z, pValue: normalTwoSided(z), low: diff - margin, high: diff + margin };
}
