import type { Metric } from "../../catalog/catalog.ts";
import { type Decomposition, decomposeCount, decomposeRate, type Segment } from "../../insights/drivers/decompose.ts";
import { limits } from "../../kernel/limits.ts";
import type { MetricState } from "../../kernel/measurement.ts";
import type { Question } from "../../kernel/question.ts";
import type { Measurement } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { valueName } from "../names.ts";

/** Splits tried. */
const SPLITS_MAX = 9;

/** What one split says about the change. */
export interface Explained {
  readonly dimension: string;
  readonly decomposition: Decomposition;
  readonly measurement: Measurement;
  readonly segments: readonly Segment[];
  /** False for counts and amounts: then all of it is volume. */
  readonly isRate: boolean;
}

/** The change of a metric, split along every dimension that is still open, one query each; a split that cannot be had is left out. */
export async function readSplits(plain: Question, metric: Metric, asking: Asking): Promise<Explained[]> {
  const context = { catalog: asking.catalog, now: asking.now, zone: asking.zone };
  const dimensions = openDimensions(plain, metric, asking);
  const splits = await Promise.all(
    dimensions.map((dimension) => asking.measure({ ...plain, by: [dimension] }, context)),
  );
  return splits.flatMap((split, index): Explained[] => {
    const dimension = dimensions[index];
    if (!split.ok || dimension === undefined) return [];
    const made = explain(split.value, dimension, asking);
    return made ? [made] : [];
  });
}

/** Splits with more than one value left; those that a filter pins down explain nothing. */
export function openDimensions(question: Question, metric: Metric, asking: Asking): string[] {
  return metric.dimensions
    .filter((id) => question.filters[id]?.length !== 1 && !asking.catalog.dimensions.get(id)?.private)
    .slice(0, SPLITS_MAX);
}

function explain(measurement: Measurement, dimension: string, asking: Asking): Explained | null {
  if (measurement.compare === null) return null;
  const segments = segmentsOf(measurement, dimension, asking);
  if (segments.length < 2) return null;
  const isRate = segments.some((segment) => segment.before.weight > 0 || segment.after.weight > 0);
  const decomposition = isRate ? decomposeRate(segments) : decomposeCount(segments);
  return decomposition && { dimension, decomposition, measurement, segments, isRate };
}

/** Both periods by segment; segments too small to be named go together as "other", so that the parts still add up. */
function segmentsOf(measurement: Measurement, dimension: string, asking: Asking): Segment[] {
  const sides = new Map<string, { before: Side; after: Side }>();
  for (const [when, rows] of [
    ["after", measurement.rows],
    ["before", measurement.compare ?? []],
  ] as const) {
    for (const row of rows) {
      const side = row.flags.includes("no_data") ? nothing : sideOf(row.state);
      if (side === null) return [];
      const name = valueName(row.key[dimension], asking);
      const known = sides.get(name) ?? { before: nothing, after: nothing };
      sides.set(name, { ...known, [when]: side });
    }
  }
  const segments = [...sides].map(([name, both]) => ({ name, ...both }));
  const small = segments.filter((segment) => Math.max(segment.before.n, segment.after.n) < limits.cellMin);
  if (small.length === 0) return segments;
  const rest = small.reduce((all, one) => ({ before: add(all.before, one.before), after: add(all.after, one.after) }), {
    before: nothing,
    after: nothing,
  });
  return [...segments.filter((segment) => !small.includes(segment)), { name: asking.say("other"), ...rest }];
}

interface Side {
  readonly hits: number;
  readonly weight: number;
  readonly n: number;
}
const nothing: Side = { hits: 0, weight: 0, n: 0 };
const add = (a: Side, b: Side): Side => ({ hits: a.hits + b.hits, weight: a.weight + b.weight, n: a.n + b.n });

/** Hits and weight of states that are a count or a ratio of sums; null for those that are not (quantiles, extremes, compositions). */
function sideOf(state: MetricState): Side | null {
  switch (state.kind) {
    case "count":
      return { hits: state.n, weight: 0, n: state.n };
    case "sum":
      return { hits: state.sum, weight: 0, n: state.n };
    case "proportion":
      return { hits: state.x, weight: state.n, n: state.n };
    case "ratio":
      return { hits: state.numerator, weight: state.denominator, n: state.n };
    case "mean":
      return { hits: state.sum, weight: state.n, n: state.n };
    case "weighted":
      return { hits: state.swy, weight: state.sw, n: state.n };
    case "agreement":
      return { hits: state.agreed, weight: state.items, n: state.items };
    case "lifetimes":
    case "max":
    case "parts":
      return null;
    default:
      return state satisfies never;
  }
}
