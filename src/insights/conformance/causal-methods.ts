import { callawaySantAnna, type StaggeredEffects } from "../causal/callaway-santanna.ts";
import { didOfMeans } from "../causal/did-means.ts";
import { sunAbraham, twoWayEventStudy } from "../causal/event-study.ts";
import type { PanelRow } from "../causal/panel.ts";
import { placeboInSpace, rootMeanSquare } from "../causal/placebo.ts";
import { type BlockPanel, blockDid, gaps, syntheticControl, syntheticDid } from "../causal/synthetic-control.ts";
import { twoWayEffect } from "../causal/two-way.ts";
import type { Moments } from "../means/moments.ts";
import { clusteredP, clusteredRegression } from "../regression/clustered.ts";
import { tTwoSided } from "../special/p-value.ts";
import { fields, type VectorInput, type VectorMethods } from "./method.ts";
import { parseTable } from "./table.ts";

type Data = (name: string) => string;

const cell = ({ n, mean, var: variance }: VectorInput): Moments => ({ n, mean, variance });
const UNTREATED = 0;

/** Rows of a panel data set; a cohort of 0 is never treated. */
function panelOf(input: VectorInput, data: Data): PanelRow[] {
  const cohortName = input.cohort ?? "first.treat";
  const rows = parseTable(data(input.dataset)).map((row) => ({
    unit: row[input.unit] ?? "",
    time: Number(row[input.time]),
    cohort: Number(row[cohortName]) === UNTREATED ? Number.POSITIVE_INFINITY : Number(row[cohortName]),
    y: Number(row[input.y]),
  }));
  return rows.filter(rowFilter(String(input.filter ?? "all")));
}

/** The part of a filter text that selects rows: "first.treat in (0,2006) and year in (2005,2006)". */
function rowFilter(text: string): (row: PanelRow) => boolean {
  const list = (name: string) => new RegExp(`${name} in \\(([^)]*)\\)`).exec(text)?.[1]?.split(",").map(Number);
  const cohorts = list("first\\.treat");
  const times = list("year");
  const cohortNumber = ({ cohort }: PanelRow) => (Number.isFinite(cohort) ? cohort : UNTREATED);
  return (row) => (cohorts?.includes(cohortNumber(row)) ?? true) && (times?.includes(row.time) ?? true);
}

function staggered(input: VectorInput, data: Data): StaggeredEffects | null {
  const panel = panelOf(input, data);
  const names = [input.covariates ?? "none"].flat().filter((name) => name !== "none");
  const values = new Map(
    names.length === 0
      ? []
      : parseTable(data(input.dataset)).map((row) => [row[input.unit] ?? "", names.map((name) => Number(row[name]))]),
  );
  const never = panel.some(({ cohort }) => cohort === Number.POSITIVE_INFINITY);
  return callawaySantAnna(panel, {
    control: input.control_group === "notyettreated" || !never ? "not-yet" : "never",
    method: input.est_method ?? "dr",
    base: input.base_period === "universal" ? "universal" : "varying",
    covariates: (unit) => values.get(String(unit)) ?? [],
  });
}

function states(input: VectorInput, data: Data) {
  const rows = parseTable(data(input.dataset));
  const treatedName = /^\w[\w ]*?(?= \(|$)/.exec(input.treated)?.[0] ?? "";
  const names = [...new Set(rows.map((row) => row.State ?? ""))].sort();
  const times = [...new Set(rows.map((row) => Number(row.Year)))].sort((a, b) => a - b);
  const value = new Map(rows.map((row) => [`${row.State}:${row.Year}`, Number(row.PacksPerCapita)]));
  const said = /\((\d{4})\+\)/.exec(input.treated)?.[1];
  const marked = rows.filter((row) => row.treated === "1").map((row) => Number(row.Year));
  const start = said ? Number(said) : Math.min(...marked);
  const series = (name: string) => times.map((time) => value.get(`${name}:${time}`) ?? Number.NaN);
  const donors = names.filter((name) => name !== treatedName);
  const panel: BlockPanel = {
    y: [...donors.map(series), series(treatedName)],
    n0: donors.length,
    t0: times.filter((time) => time < start).length,
  };
  return { panel, donors, times };
}

/** The base period itself: 0 by construction, without an error. */
const orNull = (se: number): number | null => (se > 0 ? se : null);

/** The weights that a vector names, by label. */
const named = (labels: readonly (string | number)[], weights: readonly number[]) =>
  Object.fromEntries(labels.map((label, i) => [String(label), weights[i]]));

/** Panels: differences in differences, staggered roll-outs, synthetic controls, clustered experiments. */
export const causalMethods: VectorMethods = {
  did_2x2_means: (input) =>
    fields(
      didOfMeans(
        {
          controlPre: cell(input.control_pre),
          controlPost: cell(input.control_post),
          treatedPre: cell(input.treated_pre),
          treatedPost: cell(input.treated_post),
        },
        input.conf,
      ),
    ),
  twfe: (input, data) =>
    fields(twoWayEffect(panelOf(input, data)), {
      rows: "nobs",
      clusters: "n_clusters",
      seCr2: "se_CR2",
      pCr2: "p_CR2",
    }),
  twfe_event_study: (input, data) => fields(twoWayEventStudy(panelOf(input, data), input.ref)),
  sun_abraham_event_study: (input, data) => fields(sunAbraham(panelOf(input, data))),
  callaway_santanna: (input, data) => {
    const found = staggered(input, data);
    if (!found) return { simple_att: null, reason: "no cohort can be compared" };
    return {
      group: found.cells.map(({ group }) => group),
      time: found.cells.map(({ time }) => time),
      att: found.cells.map(({ att }) => att),
      se: found.cells.map(({ se }) => orNull(se)),
      simple_att: found.simple.att,
      simple_se: found.simple.se,
      dynamic_e: found.dynamic.map(({ relative }) => relative),
      dynamic_att: found.dynamic.map(({ att }) => att),
      dynamic_se: found.dynamic.map(({ se }) => orNull(se)),
      dynamic_overall: found.dynamicOverall.att,
      dynamic_overall_se: found.dynamicOverall.se,
      group_g: found.byGroup.map(({ group }) => group),
      group_att: found.byGroup.map(({ att }) => att),
      group_overall: found.groupOverall,
      calendar_overall: found.calendarOverall,
      wald_pretest_p: found.pretestP,
      reason: "the base period has no error, and without periods before there is no pretest",
    };
  },
  staggered_dynamic: (input, data) => {
    const twoWay = twoWayEffect(panelOf(input, data));
    const found = staggered(input, data);
    return {
      twfe: twoWay.att,
      twfe_se: twoWay.seCluster,
      cs_simple: found?.simple.att ?? null,
      cs_simple_se: found?.simple.se ?? null,
      reason: twoWay.reason,
    };
  },
  synthdid: (input, data) => {
    const { panel, donors, times } = states(input, data);
    const { att, zeta, unitWeights, timeWeights } = syntheticDid(panel);
    return {
      att,
      zeta_omega: zeta,
      top_unit_weights: named(donors, unitWeights),
      time_weights: named(times.slice(0, panel.t0), timeWeights),
    };
  },
  synthetic_control: (input, data) => {
    const { panel, donors } = states(input, data);
    const { att, unitWeights } = syntheticControl(panel);
    return {
      att,
      pre_rmse: rootMeanSquare(gaps(panel, unitWeights).slice(0, panel.t0)),
      top_unit_weights: named(donors, unitWeights),
    };
  },
  did_block: (input, data) => ({ att: blockDid(states(input, data).panel).att }),
  placebo_in_space: (input, data) => {
    const { panel } = states(input, data);
    const placebo = placeboInSpace(panel.y, panel.n0, panel.t0);
    return {
      ratio_california: placebo.ratios[panel.n0],
      rank: placebo.rank,
      n_units: placebo.units,
      p_value: placebo.pValue,
    };
  },
  cluster_randomised_ols: ({ y, d, cluster }) => {
    const fit = clusteredRegression(
      y.map((value: number, i: number) => ({ y: value, x: [1, d[i]], cluster: cluster[i] })),
      false,
    );
    if (!fit) return { est: null, reason: "needs two arms and two clusters" };
    const est = fit.coefficients[1] ?? 0;
    const { se, df } = fit.cr2(1);
    return {
      est,
      se_stata: Math.sqrt(fit.covariance.get(1, 1)),
      p_stata: clusteredP(fit, 1),
      se_CR2: se,
      df_CR2: df,
      p_CR2: se > 0 ? tTwoSided(est / se, df) : null,
      reason: "the outcomes do not vary",
      se_naive: fit.naiveSe[1],
    };
  },
};
