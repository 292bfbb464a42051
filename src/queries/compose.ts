import type { Catalog } from "../catalog/catalog.ts";
import type { JoinedRatioMeasure, PartsMeasure, PlainMeasure } from "../catalog/definition.ts";
import { addStates } from "../kernel/add-states.ts";
import type { MetricState } from "../kernel/measurement.ts";
import { addCells, addLabels, type Cell, cellKey, type Labels } from "./cells.ts";
import { compile } from "./compile.ts";
import type { Scope } from "./compile-scope.ts";
import type { MetricPlan } from "./plan.ts";
import type { Query } from "./read-cells.ts";

/** The statements of one measure: their rows are disjoint, so their cells add up. */
export type CompileMeasure = (measure: PlainMeasure, scope: Scope) => readonly Query[];

/** The statements of a metric by measure, and how what the measures found becomes one state per key. */
export interface Composed {
  readonly queries: readonly (readonly Query[])[];
  readonly combine: (found: readonly (readonly Cell[])[]) => Cell[];
}

/** A plan as statements: one, or one for each part of a composed metric. `through` is the metric's watermark. */
export function compose(
  plan: MetricPlan,
  through: number,
  catalog: Catalog,
  compileMeasure: CompileMeasure = fromEvents,
): Composed {
  const definition = plan.metric.definition;
  const query = (measure: PlainMeasure, by: readonly string[]): readonly Query[] =>
    compileMeasure(measure, scopeOf(plan, measure, by, through, catalog));
  if (definition.kind === "parts") return composeParts(definition, plan.by, query);
  if (definition.kind === "joined_ratio") return composeRatio(definition, plan.by, query);
  return { queries: [query(definition, plan.by)], combine: ([cells]) => [...(cells ?? [])] };
}

const fromEvents: CompileMeasure = (measure, scope) => [compile(measure, scope)];

/** A plan as the scope of one of its measures. */
export function scopeOf(
  plan: MetricPlan,
  measure: PlainMeasure,
  by: readonly string[],
  through: number,
  catalog: Catalog,
): Scope {
  const fact = catalog.facts.get(measure.fact)?.definition;
  if (!fact) throw new RangeError(`there is no fact ${measure.fact}`);
  const { metric: _, sets, ...rest } = plan;
  const more = by.filter((id) => !plan.by.includes(id));
  const wider = sets?.map((set) => [...set, ...more.filter((id) => !set.includes(id))]);
  return { ...rest, by, ...(wider ? { sets: distinctSets(wider) } : {}), fact, through };
}

/** A set that came twice would be counted twice. */
const distinctSets = (sets: readonly (readonly string[])[]): (readonly string[])[] => [
  ...new Map(sets.map((set) => [JSON.stringify([...set].sort()), set])).values(),
];

type Compiled = (measure: PlainMeasure, by: readonly string[]) => readonly Query[];

function composeRatio(definition: JoinedRatioMeasure, by: readonly string[], query: Compiled): Composed {
  return {
    queries: [query(definition.numerator, by), query(definition.denominator, by)],
    combine: ([above = [], below = []]) => {
      const cells = new Map<string, Cell>();
      for (const cell of above) {
        const { amount, n } = amountOf(cell.state);
        cells.set(cellKey(cell), { ...cell, state: { kind: "ratio", numerator: amount, denominator: 0, n } });
      }
      for (const cell of below) {
        const state: MetricState = { kind: "ratio", numerator: 0, denominator: amountOf(cell.state).amount, n: 0 };
        const known = cells.get(cellKey(cell));
        cells.set(cellKey(cell), { ...cell, state: known ? addStates(known.state, state) : state });
      }
      return [...cells.values()];
    },
  };
}

function amountOf(state: MetricState): { readonly amount: number; readonly n: number } {
  if (state.kind === "count") return { amount: state.n, n: state.n };
  if (state.kind === "sum") return { amount: state.sum, n: state.n };
  throw new RangeError(`a ratio has no part of kind ${state.kind}`);
}

function composeParts(definition: PartsMeasure, by: readonly string[], query: Compiled): Composed {
  const names = Object.keys(definition.parts);
  const each = definition.each;
  const split = each === null || by.includes(each) ? by : [...by, each];
  return {
    queries: Object.values(definition.parts).map((measure) => query(measure, split)),
    combine: (found) => {
      const groups = new Map<string, PartsCell>();
      found.forEach((cells, index) => {
        for (const cell of cells)
          gather(groups, cell, names[index] as string, by.length, each === null ? null : split.indexOf(each));
      });
      return [...groups.values()].map(({ values, bucket, parts, labels }) => ({
        values,
        bucket,
        state: { kind: "parts", parts: Object.fromEntries(parts) },
        ...(labels && { labels }),
      }));
    },
  };
}

interface PartsCell extends Pick<Cell, "values" | "bucket"> {
  readonly parts: Map<string, MetricState>;
  labels: Labels | undefined;
}

/** Puts a part's cell under its group: under its own name, and with `each` under `name.value` too. */
function gather(groups: Map<string, PartsCell>, cell: Cell, name: string, split: number, each: number | null): void {
  const place = { values: cell.values.slice(0, split), bucket: cell.bucket };
  const group = groups.get(cellKey(place)) ?? { ...place, parts: new Map(), labels: undefined };
  groups.set(cellKey(place), group);
  const names = each === null ? [name] : [name, `${name}.${cell.values[each] ?? "(none)"}`];
  for (const one of names) {
    const known = group.parts.get(one);
    group.parts.set(one, known ? addStates(known, cell.state) : cell.state);
  }
  group.labels = addLabels(group.labels, cell.labels);
}

/** Cells of the same key as one; the order of first appearance stays. */
export function unite(cells: readonly Cell[]): Cell[] {
  const united = new Map<string, Cell>();
  for (const cell of cells) {
    const known = united.get(cellKey(cell));
    united.set(cellKey(cell), known ? addCells(known, cell) : cell);
  }
  return [...united.values()];
}
