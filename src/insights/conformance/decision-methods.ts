import { detectableDifference, meanPowerT, meanPowerZ } from "../power/two-means.ts";
import { detectableShare, proportionPower, proportionSampleSize } from "../power/two-proportions.ts";
import { betaBinomialMoments, betaBinomialShrinkage } from "../shrinkage/beta-binomial.ts";
import { metaAnalysis } from "../shrinkage/meta-analysis.ts";
import { coxTwoGroups } from "../survival/cox.ts";
import { kmQuantile, type LifePoint } from "../survival/kaplan-meier.ts";
import { type GroupedLife, logRank } from "../survival/logrank.ts";
import { restrictedMean } from "../survival/rmst.ts";
import { survivalAt } from "../survival/survival-at.ts";
import { autoApproveShift } from "../tradeoff/auto-approve-shift.ts";
import { mixRate } from "../tradeoff/mix-rate.ts";
import { offPolicyValue } from "../tradeoff/off-policy.ts";
import { calibrationError, rankingMetrics, type ScoredItem } from "../tradeoff/ranking-metrics.ts";
import { thresholdCurve, thresholdPrecision } from "../tradeoff/threshold-curve.ts";
import { fields, orReason, type VectorInput, type VectorMethods } from "./method.ts";

const points = ({ time, event }: VectorInput): LifePoint[] =>
  time.map((at: number, i: number) => ({ time: at, events: event[i], censored: 1 - event[i] }));
const lives = ({ time, event, group }: VectorInput): GroupedLife[] =>
  time.map((at: number, i: number) => ({ time: at, event: event[i], group: group[i] }));
const scored = ({ score, label, weight }: VectorInput): ScoredItem[] =>
  score.map((value: number, i: number) => ({ score: value, label: label[i], weight: weight[i] }));
const counts = ({ x, n }: VectorInput) => x.map((value: number, i: number) => ({ x: value, n: n[i] }));

/** Survival, shrinkage, trade-offs and power. */
export const decisionMethods: VectorMethods = {
  km_quantile: (input) => {
    const quantiles = [50, 90, 95].map((percent) => ({
      percent,
      found: kmQuantile(points(input), percent / 100, input.conf, { transform: input.conf_type, flat: "midpoint" }),
    }));
    const named = quantiles.flatMap(({ percent, found }) => [
      [`p${percent}`, found.value],
      [`p${percent}_lower`, found.low],
      [`p${percent}_upper`, found.high],
    ]);
    return { ...Object.fromEntries(named), reason: quantiles.find(({ found }) => found.reason)?.found.reason };
  },
  km_survival_at: (input) => {
    const rows = survivalAt(points(input), input.times, input.conf, input.conf_type);
    return {
      surv: rows.map((row) => row.survival),
      std_err: rows.map((row) => row.se),
      lower: rows.map((row) => row.low),
      upper: rows.map((row) => row.high),
      n_risk: rows.map((row) => row.atRisk),
      reason: rows.find((row) => row.reason)?.reason,
    };
  },
  rmst: (input) => fields(restrictedMean(points(input), input.tau)),
  logrank: (input) => fields(logRank(lives(input)), { petoChi2: "peto_chi2" }),
  cox_two_group: (input) => fields(coxTwoGroups(lives(input), input.conf ?? 0.95, input.ties)),
  beta_binomial_eb: (input) => fields(betaBinomialShrinkage(counts(input), input.conf)),
  beta_binomial_mom: (input) => fields(betaBinomialMoments(counts(input))),
  meta_analysis: ({ effects, variances }) =>
    fields(metaAnalysis(effects, variances), { tau2Dl: "tau2_dl", tau2Reml: "tau2_reml", q: "Q", qP: "Q_p", i2: "I2" }),
  weighted_ranking_metrics: (input) => fields(rankingMetrics(scored(input))),
  threshold_curve: ({ bins, thresholds, cost }) => {
    const { points: rows, best } = thresholdCurve(
      bins.map((bin: VectorInput) => ({ score: bin.score, bad: bin.w_bad, good: bin.w_good })),
      thresholds,
      { falseFlag: cost.fp, miss: cost.fn, review: cost.review },
    );
    return { rows: rows.map((row) => fields(row)), best_threshold: best };
  },
  threshold_precision_se: (input) => fields(thresholdPrecision(scored(input), input.threshold)),
  weighted_ece: (input) => fields(calibrationError(scored(input), input.bins)),
  off_policy_value: ({ action, propensity, reward, target_prob_action1, q0, q1, clip }) =>
    fields(
      offPolicyValue(
        action.map((taken: number, i: number) => ({
          action: taken,
          propensity: propensity[i],
          reward: reward[i],
          target: target_prob_action1[i],
          q0: q0[i],
          q1: q1[i],
        })),
        clip,
      ),
    ),
  auto_approve_shift: (input) =>
    fields(
      autoApproveShift(
        input.strata.map(({ score_low, score_high, N, n, violating }: VectorInput) => ({
          scoreLow: score_low,
          scoreHigh: score_high,
          N,
          n,
          violating,
        })),
        { from: input.from_threshold, to: input.to_threshold },
        {
          minutesPerReview: input.minutes_per_review,
          costPerHour: input.cost_per_hour,
          harmPerEscape: input.harm_cost_per_escape,
        },
      ),
    ),
  mix_rate_decomposition: ({ segments }) => fields(mixRate(segments)),
  "power.two_proportions": ({ p1, p2, n1, ratio, alpha }) =>
    orReason(
      "power",
      proportionPower({ p1, p2 }, n1, ratio * n1, alpha),
      "sizes must be positive and shares lie between 0 and 1",
    ),
  "sample_size.two_proportions": ({ p1, p2, power, alpha }) => {
    const exact = proportionSampleSize({ p1, p2 }, power, alpha);
    if (exact === null) return { n_per_arm_exact: null, n_per_arm: null, reason: "equal shares cannot be told apart" };
    return { n_per_arm_exact: exact, n_per_arm: Math.ceil(exact) };
  },
  "power.two_means_t": ({ effect_size_d, n1, ratio, alpha }) =>
    orReason("power", meanPowerT(effect_size_d, n1, ratio * n1, alpha), "needs more than two units"),
  "power.two_means_z": ({ effect_size_d, n1, ratio, alpha }) => ({
    power: meanPowerZ(effect_size_d, n1, ratio * n1, alpha),
  }),
  "mde.two_means": ({ n1, n2, sd, power, alpha }) => ({ mde: detectableDifference({ n1, n2 }, sd, power, alpha) }),
  "mde.two_proportions": ({ p1, n1, n2, power, alpha }) => {
    const share = detectableShare(p1, { n1, n2 }, power, alpha);
    if (share === null) return { p2_up: null, mde_abs: null, mde_rel: null, reason: "not even a share of 1 is found" };
    return { p2_up: share, mde_abs: share - p1, mde_rel: (share - p1) / p1 };
  },
};
