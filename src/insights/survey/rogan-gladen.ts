import { normalCritical } from "../distributions/normal.ts";
import { badProportion, type Interval } from "../interval.ts";

export interface RoganGladen extends Interval {
  /** Before it is clipped to [0, 1]: below 0 = not distinguishable from 0. */
  readonly raw: number | null;
  readonly se: number | null;
}

/**
 * True prevalence behind imperfect labels: (p + Sp − 1)/(Se + Sp − 1), with the delta-method error of p, Se and Sp.
 * Null where the labels are no better than chance (Se + Sp ≤ 1). Source: Rogan & Gladen (1978).
 */
export function roganGladen(
  input: {
    readonly x: number;
    readonly n: number;
    readonly sensitivity: number;
    readonly specificity: number;
    readonly nSensitivity: number;
    readonly nSpecificity: number;
  },
  level: number,
): RoganGladen {
  const { x, n, sensitivity: se, specificity: sp } = input;
  const youden = se + sp - 1;
  const bad = badProportion(x, n) ?? (youden > 0 ? null : "the labels are no better than chance");
  if (bad) return { raw: null, estimate: null, se: null, low: null, high: null, reason: bad };
  const p = x / n;
  const raw = (p + sp - 1) / youden;
  const variance =
    (p * (1 - p)) / n +
    (raw * raw * se * (1 - se)) / input.nSensitivity +
    ((1 - raw) ** 2 * sp * (1 - sp)) / input.nSpecificity;
  const error = Math.sqrt(variance) / youden;
  const margin = normalCritical(level) * error;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return { raw, estimate: clip(raw), se: error, low: clip(raw - margin), high: clip(raw + margin) };
}
