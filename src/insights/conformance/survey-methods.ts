import { cohenKappa } from "../agreement/cohen-kappa.ts";
import { fleissKappa } from "../agreement/fleiss-kappa.ts";
import { gwetAc1 } from "../agreement/gwet-ac1.ts";
import { krippendorffAlpha } from "../agreement/krippendorff-alpha.ts";
import { weightedF1, weightedPrecision, weightedRecall } from "../survey/classifier-quality.ts";
import { hajekMean, horvitzThompsonTotal, poissonSamplingTotal } from "../survey/horvitz-thompson.ts";
import { neymanAllocation } from "../survey/neyman-allocation.ts";
import { rake, weightedMean } from "../survey/raking.ts";
import { roganGladen } from "../survey/rogan-gladen.ts";
import { kornGraubard, logitShareInterval } from "../survey/share-interval.ts";
import { designEffect, stratifiedPrevalence, stratifiedTotal } from "../survey/stratified.ts";
import { sampleRatioOf, sampleTotal } from "../survey/stratified-sample.ts";
import { fields, type VectorInput, type VectorMethods } from "./method.ts";
import { parseTable } from "./table.ts";

const EST = { estimate: "est" };

/** survey_ciprop.*: the interval of the stratified prevalence, by the scale of the interval. */
function designShare({ strata, conf, fpc }: VectorInput) {
  const { estimate, se, df, reason } = stratifiedPrevalence(strata, conf, fpc);
  const n = strata.reduce((sum: number, stratum: { n: number }) => sum + stratum.n, 0);
  return estimate === null || se === null || df === null ? { missing: reason } : { share: { estimate, se, df, n } };
}
const nothing = (reason: string | undefined) => ({ est: null, lower: null, upper: null, reason });

function schools(text: string) {
  return parseTable(text).map((row) => ({
    row,
    stratum: String(row.stype),
    weight: Number(row.pw),
    stratumSize: Number(row.fpc),
    api00: Number(row.api00),
    enroll: Number(row.enroll),
    tested: Number(row["api.stu"]),
  }));
}

/** A column, or a yes/no column derived from one: "hi = api99>650 ? 'y':'n'". */
function category(
  name: string,
  derive: string | undefined,
): (unit: { row: Readonly<Record<string, string>> }) => string {
  const [, derived, column = "", floor] = /^(\w+) = ([\w.]+)>([\d.]+)/.exec(derive ?? "") ?? [];
  if (derived !== name) return ({ row }) => row[name] ?? "";
  return ({ row }) => (Number(row[column]) > Number(floor) ? "y" : "n");
}

/** Weighted samples and agreement between raters. */
export const surveyMethods: VectorMethods = {
  stratified_prevalence: ({ strata, conf, fpc }) => fields(stratifiedPrevalence(strata, conf, fpc), EST),
  stratified_total: ({ strata, conf, fpc }) => fields(stratifiedTotal(strata, conf, fpc), EST),
  design_effect: ({ strata }) => fields(designEffect(strata)),
  "survey_ciprop.mean": ({ strata, conf, fpc }) => fields(stratifiedPrevalence(strata, conf, fpc), EST),
  "survey_ciprop.logit": (input) => {
    const { share, missing } = designShare(input);
    return share ? fields(logitShareInterval(share, input.conf), EST) : nothing(missing);
  },
  "survey_ciprop.beta": (input) => {
    const { share, missing } = designShare(input);
    return share ? fields(kornGraubard(share, input.conf), EST) : nothing(missing);
  },
  weighted_precision: (input) => fields(weightedPrecision(input, input.conf), EST),
  weighted_recall: (input) => fields(weightedRecall(input, input.conf), EST),
  weighted_f1: (input) => fields(weightedF1(input, input.conf), EST),
  horvitz_thompson_total: (input) => fields(horvitzThompsonTotal(input, input.conf), EST),
  hajek_mean: (input) => fields(hajekMean(input, input.conf), EST),
  horvitz_thompson_poisson: (input) => fields(poissonSamplingTotal(input), EST),
  apistrat: ({ dataset }, data) => {
    const units = schools(data(dataset));
    const mean = sampleRatioOf(units, (unit) => unit.api00);
    const total = sampleTotal(units, (unit) => unit.enroll);
    const ratio = sampleRatioOf(
      units,
      (unit) => unit.tested,
      (unit) => unit.enroll,
    );
    const inE = (unit: { stratum: string }) => (unit.stratum === "E" ? 1 : 0);
    const elementary = sampleRatioOf(units, (unit) => inE(unit) * unit.api00, inE);
    return {
      mean_api00: mean.estimate,
      se_api00: mean.se,
      total_enroll: total.estimate,
      se_total_enroll: total.se,
      ratio: ratio.estimate,
      se_ratio: ratio.se,
      mean_E: elementary.estimate,
      se_E: elementary.se,
    };
  },
  raked_mean: ({ dataset, derive, margins }, data) => {
    const units = schools(data(dataset));
    const targets = Object.entries(margins as Record<string, Record<string, number>>);
    const weights = rake(
      units,
      (unit) => unit.weight,
      targets.map(([name, counts]) => ({ category: category(name, derive), counts })),
    );
    if (!weights) return { mean_api00: null, reason: "the margins cannot be met" };
    return { mean_api00: weightedMean(units, weights, (unit) => unit.api00) };
  },
  neyman_allocation: ({ N, sd, n }) => fields(neymanAllocation(N, sd, n)),
  rogan_gladen: ({ x, n, sensitivity, specificity, n_sensitivity, n_specificity, conf }) =>
    fields(
      roganGladen(
        { x, n, sensitivity, specificity, nSensitivity: n_sensitivity, nSpecificity: n_specificity },
        conf ?? 0.95,
      ),
      { raw: "est_raw", ...EST },
    ),
  cohen_kappa: ({ table, weights, conf }) => fields(cohenKappa(table, weights, conf), { zNull: "z_h0" }),
  fleiss_kappa: ({ counts }) => fields(fleissKappa(counts)),
  gwet_ac1: ({ ratings }) => fields(gwetAc1(ratings)),
  krippendorff_alpha: ({ ratings, level }) => fields(krippendorffAlpha(ratings, level)),
};
