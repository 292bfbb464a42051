import { Matrix } from "ml-matrix";
import { clusteredRegression } from "../regression/clustered.ts";
import { type PanelRow, timeDummies, timesOf } from "./panel.ts";

export interface EventStudy {
  /** Periods relative to treatment, without the reference period. */
  readonly relTime: readonly number[] | null;
  readonly estimate: readonly number[] | null;
  readonly se: readonly number[] | null;
  readonly reason?: string;
}

export interface AggregatedEventStudy extends EventStudy {
  /** Average over treated observations after treatment. */
  readonly att: number | null;
  readonly attSe: number | null;
}

const NONE = { relTime: null, estimate: null, se: null };

/** Event study y ~ dummies of relative time | unit + time, never-treated units in the reference period. Source: fixest::i(). */
export function twoWayEventStudy(panel: readonly PanelRow[], reference: number): EventStudy {
  const relTime = relativeTimes(panel).filter((relative) => relative !== reference);
  const fit = saturated(panel, (row) => relTime.map((relative) => (row.time - row.cohort === relative ? 1 : 0)));
  if (!fit) return { ...NONE, reason: "the relative periods are not identified" };
  return {
    relTime,
    estimate: relTime.map((_, j) => fit.coefficients[j] ?? 0),
    se: relTime.map((_, j) => Math.sqrt(fit.covariance.get(j, j))),
  };
}

/**
 * Sun & Abraham's event study: a dummy for every cohort and relative period, then averaged over cohorts by their share of the
 * observations, so that cohorts with other effects do not contaminate each other. Source: Sun & Abraham (2021); fixest::sunab.
 */
export function sunAbraham(panel: readonly PanelRow[], reference = -1): AggregatedEventStudy {
  const cells = new Map<string, { cohort: number; relative: number; count: number }>();
  for (const { cohort, time } of panel) {
    if (!Number.isFinite(cohort) || time - cohort === reference) continue;
    const key = `${cohort}:${time - cohort}`;
    const cell = cells.get(key) ?? { cohort, relative: time - cohort, count: 0 };
    cell.count += 1;
    cells.set(key, cell);
  }
  const list = [...cells.values()];
  const fit = saturated(panel, (row) =>
    list.map(({ cohort, relative }) => (row.cohort === cohort && row.time - row.cohort === relative ? 1 : 0)),
  );
  if (!fit) return { ...NONE, att: null, attSe: null, reason: "the cohorts' periods are not identified" };
  const average = (belongs: (cell: { relative: number }) => boolean) => {
    const total = list.reduce((sum, cell) => sum + (belongs(cell) ? cell.count : 0), 0);
    const weights = fit.coefficients.map((_, j) => {
      const cell = list[j];
      return cell && belongs(cell) ? cell.count / total : 0;
    });
    const w = Matrix.columnVector(weights);
    const estimate = weights.reduce((sum, weight, j) => sum + weight * (fit.coefficients[j] ?? 0), 0);
    return { estimate, se: Math.sqrt(w.transpose().mmul(fit.covariance).mmul(w).get(0, 0)) };
  };
  const relTime = relativeTimes(panel).filter((relative) => relative !== reference);
  const by = relTime.map((relative) => average((cell) => cell.relative === relative));
  const overall = average((cell) => cell.relative >= 0);
  return {
    relTime,
    estimate: by.map(({ estimate }) => estimate),
    se: by.map(({ se }) => se),
    att: overall.estimate,
    attSe: overall.se,
  };
}

function saturated(panel: readonly PanelRow[], dummies: (row: PanelRow) => number[]) {
  const times = timesOf(panel);
  return clusteredRegression(
    panel.map((row) => ({ y: row.y, x: [...dummies(row), ...timeDummies(times, row.time)], cluster: row.unit })),
    true,
  );
}

function relativeTimes(panel: readonly PanelRow[]): number[] {
  const relative = panel.flatMap(({ time, cohort }) => (Number.isFinite(cohort) ? [time - cohort] : []));
  return [...new Set(relative)].sort((a, b) => a - b);
}
