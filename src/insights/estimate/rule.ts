/**
 * EstimateRule: how a metric's state becomes a number with its interval. One rule a metric, chosen from the catalog's `interval`.
 */
export type EstimateRule =
  /** A census or a sum: the number itself, no interval. */
  | { readonly method: "plain" }
  /** Share of n independent cases: Wilson; Clopper–Pearson at 0 and at n. */
  | { readonly method: "wilson" }
  /** Weighted share: Wilson on the effective n; Clopper–Pearson on p̂·n_eff when n < 30 or all are alike. */
  | { readonly method: "weighted" }
  /** Weighted share of a sample with probabilities of its own: linearised ratio variance. */
  | { readonly method: "linearised" }
  /** Kaplan–Meier quantile in hours, Greenwood log–log. */
  | { readonly method: "kaplan_meier"; readonly quantile: number }
  /** Mean with Student's t. */
  | { readonly method: "t" }
  /** Share of double-labelled items on which both agree, delta method; κ (Fleiss) and AC1 beside it. */
  | { readonly method: "agreement" }
  /** A weighted share that is known only where approvals were labelled too (recall, FP rate): else not identifiable. */
  | { readonly method: "identified"; readonly interval: "weighted" | "linearised" }
  /** Cost over removals that were right; precision is sampled: Fieller. */
  | { readonly method: "cost_per_correct_removal" }
  /** Errors at their unit cost, by severity; variances propagated. */
  | {
      readonly method: "error_cost";
      readonly unitCosts: Readonly<Record<string, { readonly wrongRemoval: number; readonly wrongApproval: number }>>;
    }
  /** A blend and its named parts. */
  | { readonly method: "blend" };
