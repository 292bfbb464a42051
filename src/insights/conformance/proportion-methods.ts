import { negativeBinomialModel, poissonModel } from "../counts/count-regression.ts";
import { poissonRate } from "../counts/poisson-rate.ts";
import { rateRatioExact, rateRatioWald } from "../counts/poisson-rate-ratio.ts";
import { stratifiedLogit } from "../counts/stratified-logit.ts";
import { cochranMantelHaenszel } from "../counts/stratified-tables.ts";
import { agrestiCaffo } from "../differences/agresti-caffo.ts";
import { chi2Independence } from "../differences/chi2-independence.ts";
import { fisherExact } from "../differences/fisher-exact.ts";
import { mcnemar } from "../differences/mcnemar.ts";
import { miettinenNurminen } from "../differences/miettinen-nurminen.ts";
import { oddsRatio, riskRatio } from "../differences/ratios.ts";
import { pooledZTest, unpooledZTest } from "../differences/z-test.ts";
import type { Interval } from "../interval.ts";
import { agrestiCoull } from "../intervals/agresti-coull.ts";
import { clopperPearson } from "../intervals/clopper-pearson.ts";
import { jeffreys } from "../intervals/jeffreys.ts";
import { newcombe } from "../intervals/newcombe.ts";
import { wald } from "../intervals/wald.ts";
import { wilson, wilsonContinuity } from "../intervals/wilson.ts";
import { fields, type VectorMethod, type VectorMethods } from "./method.ts";

const share =
  (interval: (x: number, n: number, level: number) => Interval): VectorMethod =>
  ({ x, n, conf }) =>
    fields(interval(x, n, conf));

/** prop_ci.*, two_prop.*, tables, counts and rates. */
export const proportionMethods: VectorMethods = {
  "prop_ci.wald": share(wald),
  "prop_ci.wilson": share(wilson),
  "prop_ci.wilson_cc": share(wilsonContinuity),
  "prop_ci.agresti_coull": share(agrestiCoull),
  "prop_ci.clopper_pearson": share(clopperPearson),
  "prop_ci.jeffreys": share(jeffreys),
  "two_prop.z_pooled": (input) => fields(pooledZTest(input), { log10P: "log10_p" }),
  "two_prop.z_unpooled": (input) => fields(unpooledZTest(input, input.conf)),
  "two_prop.newcombe": ({ x1, n1, x2, n2, conf }) => fields(newcombe(x1, n1, x2, n2, conf), { estimate: "diff" }),
  "two_prop.agresti_caffo": (input) => fields(agrestiCaffo(input, input.conf), { estimate: "diff" }),
  "two_prop.miettinen_nurminen": (input) => fields(miettinenNurminen(input, input.conf), { estimate: "diff" }),
  "two_prop.risk_ratio_katz": (input) => fields(riskRatio(input, input.conf), { ratio: "rr" }),
  "two_prop.odds_ratio_woolf": (input) => fields(oddsRatio(input, input.conf), { ratio: "odds_ratio" }),
  "two_prop.fisher_exact": (input) => fields(fisherExact(input)),
  chi2_independence: ({ table }) => fields(chi2Independence(table)),
  mcnemar: ({ b, c }) => fields(mcnemar(b, c)),
  poisson_rate_exact_ci: ({ x, exposure, conf }) => fields(poissonRate(x, exposure, conf), { estimate: "rate" }),
  poisson_rate_ratio_exact: (input) => fields(rateRatioExact(input, input.conf)),
  poisson_rate_ratio_wald: (input) => fields(rateRatioWald(input, input.conf)),
  glm_poisson: (input) => fields(poissonModel(input), { seB1: "se_b1", seB1Hc0: "se_b1_HC0" }),
  glm_quasipoisson: (input) => {
    const { b1, seB1Quasi, dispersion, reason } = poissonModel(input);
    return { b1, se_b1: seB1Quasi, dispersion, reason };
  },
  glm_negative_binomial: (input) => fields(negativeBinomialModel(input)),
  glm_logit_grouped: ({ cells }) => fields(stratifiedLogit(cells)),
  cmh_stratified: ({ cells, conf = 0.95 }) => fields(cochranMantelHaenszel(cells, conf), { oddsRatio: "common_or" }),
};
