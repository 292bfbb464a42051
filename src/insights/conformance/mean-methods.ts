import { sampleRatio } from "../experiments/sample-ratio.ts";
import { deltaLift } from "../lift/delta.ts";
import { fiellerLift } from "../lift/fieller.ts";
import { logRatio } from "../lift/log-ratio.ts";
import { equivalenceTest } from "../means/equivalence.ts";
import { binsOf, mannWhitney } from "../means/mann-whitney.ts";
import { type Moments, momentsFromShifted } from "../means/moments.ts";
import { pairedT } from "../means/paired-t.ts";
import { welchTest } from "../means/welch.ts";
import { type Adjustment, adjustP } from "../multiplicity/adjust-p.ts";
import { confidenceSequence } from "../sequential/confidence-sequence.ts";
import { msprt } from "../sequential/msprt.ts";
import { fields, type VectorInput, type VectorMethod, type VectorMethods } from "./method.ts";

const arm1 = ({ n1, mean1, var1 }: VectorInput): Moments => ({ n: n1, mean: mean1, variance: var1 });
const arm2 = ({ n2, mean2, var2 }: VectorInput): Moments => ({ n: n2, mean: mean2, variance: var2 });
const shareMoments = (x: number, n: number): Moments => ({ n, mean: x / n, variance: (x / n) * ((n - x) / n) });
const adjusted =
  (method: Adjustment): VectorMethod =>
  ({ p }) => ({ adjusted: adjustP(p, method) });
const rankNames = { superiority: "prob_superiority", pContinuity: "p_value_cc", pPlain: "p_value_nocc", u2: "U2" };

/** Means, lifts, ranks, sample ratios, multiple tests, sequential tests. */
export const meanMethods: VectorMethods = {
  welch_t: (input) => fields(welchTest(arm1(input), arm2(input), input.conf), { log10P: "log10_p" }),
  paired_t: ({ before, after }) => fields(pairedT(before, after)),
  moments_centered: ({ n, shift, sum_shifted, sumsq_shifted }) =>
    fields(momentsFromShifted({ n, shift, sum: sum_shifted, sumSquares: sumsq_shifted }), { variance: "var" }),
  "relative_lift.delta": (input) => fields(deltaLift(arm1(input), arm2(input), input.conf)),
  "relative_lift.log_ratio": (input) => fields(logRatio(arm1(input), arm2(input), input.conf)),
  "relative_lift.fieller": (input) => fields(fiellerLift(arm1(input), arm2(input), input.conf)),
  "relative_lift.gb_proportion": ({ x1, n1, x2, n2, conf }) =>
    fields(deltaLift(shareMoments(x1, n1), shareMoments(x2, n2), conf)),
  tost_welch: (input) =>
    fields(equivalenceTest(arm1(input), arm2(input), { low: input.margin_low, high: input.margin_high }, input.alpha), {
      low: "lower_1sided",
      high: "upper_1sided",
    }),
  mann_whitney: ({ sample1, sample2 }) => fields(mannWhitney(binsOf(sample1, sample2)), rankNames),
  mann_whitney_histogram: ({ values, count1, count2 }) =>
    fields(
      mannWhitney(values.map((value: number, i: number) => ({ value, count1: count1[i], count2: count2[i] }))),
      rankNames,
    ),
  srm_chi2: ({ observed, weights }) => fields(sampleRatio(observed, weights), { log10P: "log10_p" }),
  "adjust_p.bonferroni": adjusted("bonferroni"),
  "adjust_p.holm": adjusted("holm"),
  "adjust_p.hommel": adjusted("hommel"),
  "adjust_p.simes-hochberg": adjusted("hochberg"),
  "adjust_p.fdr_bh": adjusted("benjamini-hochberg"),
  "adjust_p.fdr_by": adjusted("benjamini-yekutieli"),
  asymptotic_confidence_sequence: (input) =>
    fields(
      confidenceSequence(arm1(input), arm2(input), {
        alpha: input.alpha,
        tuning: input.tuning,
        scale: input.difference,
      }),
      { logE: "log_e_value" },
    ),
  msprt_normal: ({ n_per_arm, diff, var1, var2, tau2, alpha }) =>
    fields(msprt({ n: n_per_arm, diff, variance1: var1, variance2: var2, tau2, alpha })),
};
