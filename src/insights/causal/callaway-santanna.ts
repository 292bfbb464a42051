import { inverse, Matrix } from "ml-matrix";
import { chi2Sf } from "../distributions/chi2.ts";
import { type DidMethod, doublyRobustDid } from "./doubly-robust.ts";
import { type PanelRow, timesOf } from "./panel.ts";

export interface StaggeredOptions {
  /** Compared with units never treated, or with all not treated yet. */
  readonly control: "never" | "not-yet";
  readonly method: DidMethod;
  /** Before treatment: compared with the period before, or always with the last one untreated. */
  readonly base?: "varying" | "universal";
  /** Covariates of a unit, without the constant. */
  readonly covariates?: (unit: PanelRow["unit"]) => readonly number[];
}

interface Estimate {
  readonly att: number;
  readonly se: number;
  /** Influence of each unit: se = √(Σ influence²)/n. */
  readonly influence: readonly number[];
}

export interface GroupTimeEffect extends Estimate {
  readonly group: number;
  readonly time: number;
}

export interface StaggeredEffects {
  readonly cells: readonly GroupTimeEffect[];
  /** Weighted by group size over all treated cells. */
  readonly simple: Estimate;
  readonly dynamic: readonly (Estimate & { readonly relative: number })[];
  /** Mean over relative times from 0 on. */
  readonly dynamicOverall: Estimate;
  readonly byGroup: readonly { readonly group: number; readonly att: number }[];
  readonly groupOverall: number;
  readonly calendarOverall: number;
  /** Joint test that all effects before treatment are 0; null where there are none. */
  readonly pretestP: number | null;
}

interface Unit {
  readonly id: PanelRow["unit"];
  readonly cohort: number;
  readonly y: ReadonlyMap<number, number>;
}

/**
 * Callaway & Sant'Anna's effects by cohort and time for staggered roll-outs, and their averages, with influence-function errors.
 * Units that lack a period are left out, as are those treated from the first period on. Before treatment the base is the period before
 * ("varying"), after it the last one untreated. Null where no cell can be estimated. Source: Callaway & Sant'Anna (2021); did::att_gt.
 */
export function callawaySantAnna(panel: readonly PanelRow[], options: StaggeredOptions): StaggeredEffects | null {
  const times = timesOf(panel);
  const units = balancedUnits(panel, times);
  const groups = [...new Set(units.map(({ cohort }) => cohort))].filter(Number.isFinite).sort((a, b) => a - b);
  const universal = options.base === "universal";
  const cells = groups.flatMap((group) =>
    times
      .slice(universal ? 0 : 1)
      .flatMap((time, before) => groupTime(units, times, { group, time, before }, options) ?? []),
  );
  if (!cells.some(({ group, time }) => time >= group)) return null;
  return aggregate(units, cells, groups);
}

/** Units seen at every time and not treated at the first. */
function balancedUnits(panel: readonly PanelRow[], times: readonly number[]): Unit[] {
  const byUnit = new Map<PanelRow["unit"], { cohort: number; y: Map<number, number> }>();
  for (const { unit, cohort, time, y } of panel) {
    const found = byUnit.get(unit) ?? { cohort, y: new Map<number, number>() };
    found.y.set(time, y);
    byUnit.set(unit, found);
  }
  return [...byUnit].flatMap(([id, { cohort, y }]) =>
    y.size === times.length && cohort > (times[0] ?? 0) ? [{ id, cohort, y }] : [],
  );
}

function groupTime(
  units: readonly Unit[],
  times: readonly number[],
  cell: { readonly group: number; readonly time: number; readonly before: number },
  { control, method, covariates, base: kind }: StaggeredOptions,
): GroupTimeEffect | null {
  const { group, time } = cell;
  const base = time >= group || kind === "universal" ? times.findLast((other) => other < group) : times[cell.before];
  if (base === undefined) return null;
  if (time === base) return { group, time, ...withError(0, new Array<number>(units.length).fill(0)) };
  const latest = Math.max(time, base);
  const isControl = ({ cohort }: Unit) =>
    cohort === Number.POSITIVE_INFINITY || (control === "not-yet" && cohort > latest && cohort !== group);
  const used = units.map((unit, i) => ({ unit, i })).filter(({ unit }) => unit.cohort === group || isControl(unit));
  const change = used.map(({ unit }) => (unit.y.get(time) ?? 0) - (unit.y.get(base) ?? 0));
  const treated = used.map(({ unit }) => (unit.cohort === group ? 1 : 0));
  if (!treated.includes(1) || !treated.includes(0)) return null;
  const rows = used.map(({ unit }) => [1, ...(covariates?.(unit.id) ?? [])]);
  const found = doublyRobustDid(change, treated, rows, method);
  if (!found) return null;
  const influence = new Array<number>(units.length).fill(0);
  used.forEach(({ i }, at) => {
    influence[i] = (found.influence[at] ?? 0) * (units.length / used.length);
  });
  return { group, time, ...withError(found.att, influence) };
}

function withError(att: number, influence: readonly number[]): Estimate {
  const n = influence.length;
  return { att, influence, se: Math.sqrt(influence.reduce((sum, value) => sum + value * value, 0)) / n };
}

function aggregate(
  units: readonly Unit[],
  cells: readonly GroupTimeEffect[],
  groups: readonly number[],
): StaggeredEffects {
  const shares = new Map(
    groups.map((group) => [group, units.filter(({ cohort }) => cohort === group).length / units.length]),
  );
  const treated = cells.filter(({ group, time }) => time >= group);
  const relatives = [...new Set(cells.map(({ group, time }) => time - group))].sort((a, b) => a - b);
  const dynamic = relatives.map((relative) => ({
    relative,
    ...weighted(
      units,
      cells.filter(({ group, time }) => time - group === relative),
      shares,
    ),
  }));
  const after = dynamic.filter(({ relative }) => relative >= 0);
  const byGroup = groups.flatMap((group) => {
    const own = treated.filter((cell) => cell.group === group);
    return own.length > 0 ? [{ group, att: mean(own.map(({ att }) => att)) }] : [];
  });
  const groupShare = byGroup.reduce((sum, { group }) => sum + (shares.get(group) ?? 0), 0);
  const calendar = [...new Set(treated.map(({ time }) => time))].map(
    (time) =>
      weighted(
        units,
        treated.filter((cell) => cell.time === time),
        shares,
      ).att,
  );
  return {
    cells,
    simple: weighted(units, treated, shares),
    dynamic,
    dynamicOverall: withError(
      mean(after.map(({ att }) => att)),
      units.map((_, i) => mean(after.map(({ influence }) => influence[i] ?? 0))),
    ),
    byGroup,
    groupOverall: byGroup.reduce((sum, { group, att }) => sum + ((shares.get(group) ?? 0) / groupShare) * att, 0),
    calendarOverall: mean(calendar),
    pretestP: pretest(cells.filter(({ group, time, se }) => time < group && se > 0)),
  };
}

/** Mean of cells weighted by group share; the sampling of the shares themselves is part of the error. */
function weighted(
  units: readonly Unit[],
  cells: readonly GroupTimeEffect[],
  shares: ReadonlyMap<number, number>,
): Estimate {
  const share = cells.map(({ group }) => shares.get(group) ?? 0);
  const total = share.reduce((a, b) => a + b, 0);
  const att = cells.reduce((sum, cell, k) => sum + ((share[k] ?? 0) / total) * cell.att, 0);
  const influence = units.map(({ cohort }, i) =>
    cells.reduce((sum, cell, k) => {
      const member = (cohort === cell.group ? 1 : 0) - (share[k] ?? 0);
      return sum + ((share[k] ?? 0) / total) * (cell.influence[i] ?? 0) + (member / total) * (cell.att - att);
    }, 0),
  );
  return withError(att, influence);
}

/** Wald test n·a'V⁻¹a that the effects before treatment are 0 together. */
function pretest(cells: readonly GroupTimeEffect[]): number | null {
  const n = cells[0]?.influence.length ?? 0;
  if (cells.length === 0) return null;
  const v = new Matrix(
    cells.map((a) =>
      cells.map((b) => a.influence.reduce((sum, value, i) => sum + value * (b.influence[i] ?? 0), 0) / n),
    ),
  );
  const a = Matrix.columnVector(cells.map(({ att }) => att));
  try {
    const wald = n * a.transpose().mmul(inverse(v)).mmul(a).get(0, 0);
    return chi2Sf(wald, cells.length);
  } catch {
    return null;
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
