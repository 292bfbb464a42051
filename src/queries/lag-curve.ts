import type { Catalog } from "../catalog/catalog.ts";
import type { ProportionMeasure } from "../catalog/definition.ts";
import { limits } from "../kernel/limits.ts";
import type { LagCurve } from "../kernel/measurement.ts";
import { expression, type Scope, scopedRows } from "./compile-scope.ts";
import { scopeOf } from "./compose.ts";
import type { MetricPlan } from "./plan.ts";
import type { Row } from "./run.ts";
import { float, instant, secondsBetween } from "./spelling.ts";
import { all, type SqlText, sql } from "./sql.ts";

const DAY_MS = 86_400_000;

export interface LagQuery {
  readonly text: SqlText;
  readonly read: (rows: readonly Row[]) => LagCurve;
  /** With fewer hits the curve says too little, and the next statement is asked. */
  readonly hitsMin: number;
}

/**
 * The statements that tell how long after its start a cohort's hits happen, over the newest mature days before the watermark `through`: a week, which is
 * enough where much happens, then two months; under the filters of the plan, then (where there are any) without them. Empty for a metric
 * that does not say when a hit happens.
 */
export function lagQueries(plan: MetricPlan, through: number, catalog: Catalog): LagQuery[] {
  const { definition, maturityDays } = plan.metric;
  if (definition.kind !== "proportion" || maturityDays === null) return [];
  const happened = definition.hitAt ?? definition.missAt;
  if (happened === null) return [];
  const end = through - maturityDays * DAY_MS;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const of = definition.hitAt === null ? "miss" : "hit";
  const spans = [
    { days: limits.lagWeekDays, hitsMin: limits.lagWeekHitsMin },
    { days: limits.lagCohortDays, hitsMin: limits.lagHitsMin },
  ];
  return (plan.filters.length > 0 ? [plan.filters, []] : [plan.filters]).flatMap((filters) =>
    spans.map(({ days, hitsMin }) => {
      const period = { from: iso(end - days * DAY_MS), to: iso(end) };
      const one: MetricPlan = { ...plan, by: [], filters, when: { kind: "period", period, grain: "total" } };
      return {
        text: lagText(definition, happened, scopeOf(inOneZone(one), definition, [], through, catalog), maturityDays),
        read: (rows: readonly Row[]) => curveOf(rows, maturityDays, of),
        hitsMin,
      };
    }),
  );
}

/** The span is given in instants, which are the same in every zone. */
const inOneZone = (plan: MetricPlan): MetricPlan => ({ ...plan, zoning: { kind: "one", zone: plan.zoning.zone } });

function lagText(
  measure: ProportionMeasure,
  happened: NonNullable<ProportionMeasure["hitAt"]>,
  scope: Scope,
  maturityDays: number,
): SqlText {
  const start = scope.fact.times[measure.on];
  if (!start) throw new RangeError(`the fact has no time ${measure.on}`);
  const began = expression(start.expr, scope);
  const rows = scopedRows(
    scope,
    measure.on,
    [sql`${began} as began`, sql`${expression(happened, scope)} as happened`],
    [measure.where, happened],
    measure.where ? [expression(measure.where, scope)] : [],
  );
  const seconds = secondsBetween(sql`began`, sql`happened`);
  const within = all([
    sql`happened <= ${instant(scope.through)}`,
    sql`${seconds} <= ${float(sql`${maturityDays * 86_400}`)}`,
  ]);
  // Materialised, or the sub-select of the instant would be run once for each mention of it.
  return sql`with rows as materialized (${rows})
    select greatest(least(floor(${seconds} / 86400), ${float(sql`${maturityDays - 1}`)}), 0) as day, ${float(sql`count(*)`)} as hits
    from rows
    where ${within}
    group by day
    order by day`;
}

function curveOf(rows: readonly Row[], maturityDays: number, of: LagCurve["of"]): LagCurve {
  const found = new Map(rows.map(({ day, hits }) => [Number(day), Number(hits)]));
  return { of, hits: Array.from({ length: maturityDays }, (_, day) => found.get(day) ?? 0) };
}
