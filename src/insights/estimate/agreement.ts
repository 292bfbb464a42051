import type { MetricState } from "../../kernel/measurement.ts";
import type { Made } from "./made.ts";
import { shareEstimate } from "./simple.ts";

/**
 * Share of double-labelled items on which the two auditors agree, with κ in Fleiss's form (auditors are interchangeable; Fleiss 1971)
 * and Gwet's AC1 (2008) beside it: κ alone misleads when one class is rare.
 */
export function agreementEstimate(state: Extract<MetricState, { kind: "agreement" }>, level: number): Made {
  if (state.items === 0) return null;
  const share = shareEstimate({ kind: "proportion", x: state.agreed, n: state.items }, level);
  if (share === null) return null;
  const observed = state.agreed / state.items;
  const shares = Object.values(state.ratings).map((count) => count / (2 * state.items));
  const byChance = shares.reduce((sum, p) => sum + p * p, 0);
  const gwetChance = shares.length > 1 ? shares.reduce((sum, p) => sum + p * (1 - p), 0) / (shares.length - 1) : 0;
  return {
    ...share,
    extra: {
      kappa: byChance < 1 ? (observed - byChance) / (1 - byChance) : null,
      ac1: gwetChance < 1 ? (observed - gwetChance) / (1 - gwetChance) : null,
      largest_class: shares.length > 0 ? Math.max(...shares) : null,
    },
  };
}
