import { betaSuperiority } from "../bayes/beta-superiority.ts";
import { bayesEffect } from "../bayes/normal-effect.ts";
import { cuped } from "../experiments/cuped.ts";
import { cupedRatio } from "../experiments/cuped-ratio.ts";
import { postStratifiedEffect } from "../experiments/post-stratified.ts";
import { ratioEffect } from "../experiments/ratio-metric.ts";
import { classicalSe, leastSquares } from "../regression/least-squares.ts";
import { linEstimator } from "../regression/lin-estimator.ts";
import { robustSe } from "../regression/robust-errors.ts";
import { anytimeCoefficient } from "../sequential/anytime-regression.ts";
import { type Boundary, groupSequentialBounds } from "../sequential/group-sequential.ts";
import { ar1Interruption } from "../timeseries/ar1-regression.ts";
import { causalImpact } from "../timeseries/causal-impact.ts";
import { localLevelCounterfactual } from "../timeseries/local-level.ts";
import { fitLocalLevel } from "../timeseries/local-level-ml.ts";
import { segmentedRegression } from "../timeseries/segmented-regression.ts";
import { fields, orReason, type VectorInput, type VectorMethods } from "./method.ts";

const BOUNDARIES: Readonly<Record<string, Boundary>> = {
  "OBrien-Fleming": "obrien-fleming",
  Pocock: "pocock",
  "LanDeMets-OBrienFleming spending": "spending-obrien-fleming",
  "LanDeMets-Pocock spending": "spending-pocock",
};
const RATIO_NAMES = ["num_post", "den_post", "num_pre", "den_pre"];

const ratioArm = ({ n, sum_num, sum_num2, sum_den, sum_den2, sum_num_den }: VectorInput) => ({
  n,
  num: sum_num,
  num2: sum_num2,
  den: sum_den,
  den2: sum_den2,
  numDen: sum_num_den,
});
const cupedArm = ({ n, sum_post, sum_post2, sum_pre, sum_pre2, sum_post_pre }: VectorInput) => ({
  n,
  post: sum_post,
  post2: sum_post2,
  pre: sum_pre,
  pre2: sum_pre2,
  postPre: sum_post_pre,
});
const cupedRatioArm = (arm: VectorInput) => ({
  n: arm.n,
  sums: RATIO_NAMES.map((name) => arm[`sum_${name}`]) as [number, number, number, number],
  products: RATIO_NAMES.map((a) => RATIO_NAMES.map((b) => arm[`sum_${a}*${b}`])),
});
const stratum = ({ arm1, arm2 }: VectorInput) => ({
  arm1: { n: arm1.n, sum: arm1.sum, sum2: arm1.sum2 },
  arm2: { n: arm2.n, sum: arm2.sum, sum2: arm2.sum2 },
});

/** Ratio metrics, CUPED, Bayes, sequential designs, regression, interrupted series. */
export const experimentMethods: VectorMethods = {
  "ratio_metric.delta": ({ arm1, arm2, difference, conf }) =>
    fields(ratioEffect(ratioArm(arm1), ratioArm(arm2), difference, conf)),
  cuped: ({ arm1, arm2, difference, conf }) =>
    fields(cuped(cupedArm(arm1), cupedArm(arm2), difference, conf), { adjMean1: "adj_mean1", adjMean2: "adj_mean2" }),
  cuped_ratio: ({ arm1, arm2, difference, conf }) =>
    fields(cupedRatio(cupedRatioArm(arm1), cupedRatioArm(arm2), difference, conf)),
  post_stratified_difference: ({ strata, difference, conf }) =>
    fields(postStratifiedEffect(strata.map(stratum), difference, conf)),
  bayes_normal_effect: ({ n1, mean1, var1, n2, mean2, var2, prior, difference, conf }) =>
    fields(
      bayesEffect(
        { n: n1, mean: mean1, variance: var1 },
        { n: n2, mean: mean2, variance: var2 },
        { prior: prior.proper ? { mean: prior.mean, variance: prior.var } : null, scale: difference, level: conf },
      ),
    ),
  bayes_beta_prob_superior: ({ alpha1, beta1, alpha2, beta2 }) =>
    orReason(
      "p_arm2_greater",
      betaSuperiority({ alpha: alpha1, beta: beta1 }, { alpha: alpha2, beta: beta2 }),
      "beta parameters must be positive",
    ),
  group_sequential_bounds: ({ information_fractions, alpha_two_sided, type }) =>
    fields(groupSequentialBounds(information_fractions, alpha_two_sided, BOUNDARIES[type] ?? "pocock")),
  anytime_valid_lm: ({ y, x, z, g, alpha = 0.05 }) =>
    fields(
      anytimeCoefficient(
        y.map((_: number, i: number) => [1, x[i], z[i]]),
        y,
        1,
        { g, level: 1 - alpha },
      ),
    ),
  ols_hc: ({ y, d, x }) => {
    const fit = leastSquares(
      y.map((_: number, i: number) => [1, d[i], x[i]]),
      y,
    );
    if (!fit) return { coef_d: null, reason: "the model is not identified" };
    return {
      coef_d: fit.coefficients[1],
      se_classic: classicalSe(fit, 1),
      HC0: robustSe(fit, 1, "HC0"),
      HC1: robustSe(fit, 1, "HC1"),
      HC2: robustSe(fit, 1, "HC2"),
      HC3: robustSe(fit, 1, "HC3"),
    };
  },
  lin_estimator_hc2: ({ y, d, x, conf = 0.95 }) => fields(linEstimator(y, d, x, conf), { effect: "ate" }),
  its_segmented_ols_hac: ({ y, t0, lag }) =>
    fields(segmentedRegression(y, t0, lag), {
      seLevelHacAdjusted: "se_level_hac_adj",
      pLevelHacAdjusted: "p_level_hac_adj",
    }),
  its_arima100_ml: ({ y, t0 }) => fields(ar1Interruption(y, t0), { sigma2: "sigma2" }),
  causalimpact: ({ y, x, pre_end, alpha }) =>
    fields(causalImpact(y, x, pre_end, 1 - alpha), {
      averageActual: "avg_actual",
      averagePrediction: "avg_pred",
      averageEffect: "avg_effect",
      averageEffectSd: "avg_effect_sd",
      averageEffectLow: "avg_effect_lower",
      averageEffectHigh: "avg_effect_upper",
      relativeEffect: "rel_effect",
      cumulativeEffect: "cum_effect",
      tailProbability: "p_max",
    }),
  bsts_fixed_variance: ({ y, x, t0, sigma2_obs, sigma2_level }) =>
    counterfactual(y, x, t0, { observation: sigma2_obs, level: sigma2_level }),
  bsts_ml: ({ y, x, t0 }) => {
    const variances = fitLocalLevel(y.slice(0, t0), x);
    if (!variances) return { avg_effect: null, reason: "the model is not identified" };
    return {
      ...counterfactual(y, x, t0, variances),
      loglik_diffuse: localLevelCounterfactual(y, x, t0, variances)?.loglik,
      sigma2_obs: variances.observation,
      sigma2_level: variances.level,
    };
  },
};

/**
 * The diffuse log-likelihood is only compared where it was maximised: KFAS rounds it to about 1e-5 when the control hardly moves
 * between the first two times, which is beyond the tolerance of the fixed-variance vectors (50-digit arithmetic agrees with ours).
 */
function counterfactual(y: number[], x: number[], t0: number, variances: { observation: number; level: number }) {
  const found = localLevelCounterfactual(y, x, t0, variances);
  if (!found) return { avg_effect: null, reason: "the model is not identified" };
  const { loglik: _, ...exposed } = found;
  return fields(exposed, {
    prediction: "counterfactual",
    predictionSe: "pred_se",
    averageEffect: "avg_effect",
    cumulativeEffect: "cum_effect",
    beta: "beta_smoothed",
  });
}
