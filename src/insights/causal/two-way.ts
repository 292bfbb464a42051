import { clusteredP, clusteredRegression } from "../regression/clustered.ts";
import { tTwoSided } from "../special/p-value.ts";
import { type PanelRow, timeDummies, timesOf } from "./panel.ts";

export interface TwoWayEffect {
  readonly att: number | null;
  readonly seCluster: number | null;
  readonly t: number | null;
  readonly pValue: number | null;
  readonly seCr2: number | null;
  readonly dfSatterthwaite: number | null;
  readonly pCr2: number | null;
  readonly rows: number;
  readonly clusters: number;
  readonly reason?: string;
}

/**
 * Two-way fixed effects y ~ treated | unit + time, errors clustered by unit (and CR2 with Satterthwaite df). Right for one date of
 * treatment; with several dates and effects that grow it is biased: use `callawaySantAnna`. Source: fixest::feols; clubSandwich.
 */
export function twoWayEffect(panel: readonly PanelRow[]): TwoWayEffect {
  const times = timesOf(panel);
  const fit = clusteredRegression(
    panel.map((row) => ({
      y: row.y,
      x: [row.time >= row.cohort ? 1 : 0, ...timeDummies(times, row.time)],
      cluster: row.unit,
    })),
    true,
  );
  if (!fit) {
    const none = { att: null, seCluster: null, t: null, pValue: null, seCr2: null, dfSatterthwaite: null, pCr2: null };
    return { ...none, rows: panel.length, clusters: 0, reason: "no unit changes treatment while others do not" };
  }
  const att = fit.coefficients[0] ?? 0;
  const varies = fit.covariance.get(0, 0) > 0;
  const seCluster = Math.sqrt(fit.covariance.get(0, 0));
  const { se: seCr2, df } = fit.cr2(0);
  return {
    att,
    seCluster,
    t: varies ? att / seCluster : null,
    pValue: clusteredP(fit, 0),
    seCr2,
    dfSatterthwaite: df,
    pCr2: varies ? tTwoSided(att / seCr2, df) : null,
    rows: fit.rows,
    clusters: fit.clusters,
    ...(varies ? {} : { reason: "the outcomes do not vary" }),
  };
}
