import type { Metric } from "../../catalog/catalog.ts";
import { type BinnedSegment, type QuantileChange, reweighQuantile } from "../../insights/drivers/reweigh-quantile.ts";
import { quantileOf } from "../../insights/estimate/simple.ts";
import type { DurationBin } from "../../kernel/measurement.ts";
import type { MeasuredRow, Measurement } from "../../queries/measure.ts";
import type { Asking } from "../asking.ts";
import { valueName } from "../names.ts";
import type { Split } from "./splits.ts";

/** One split of a quantile's change. */
export interface QuantileSplit {
  readonly dimension: string;
  readonly change: QuantileChange;
  readonly measurement: Measurement;
}

/**
 * The change of a quantile by re-weighting along each of the splits; the one whose single strongest value moves it most comes first. A split on
 * which the quantile is not reached is left out.
 */
export function quantileSplits(splits: readonly Split[], metric: Metric, asking: Asking): QuantileSplit[] {
  const { quantile } = metric;
  if (quantile === null) return [];
  const made = splits.flatMap(({ dimension, measurement }): QuantileSplit[] => {
    const segments = segmentsOf(measurement, dimension, asking);
    const change = reweighQuantile(segments, (bins) => quantileOf(bins, quantile));
    return change && change.alone.length > 1 ? [{ dimension, change, measurement }] : [];
  });
  return made.sort((a, b) => strength(b) - strength(a));
}

/** How near the strongest value alone comes to the whole change, or the mix does. */
function strength({ change }: QuantileSplit): number {
  if (change.change === 0) return 0;
  const nearness = (part: number): number => -Math.abs(1 - part / change.change);
  return Math.max(nearness(change.alone[0]?.effect ?? 0), nearness(change.mix));
}

function segmentsOf(measurement: Measurement, dimension: string, asking: Asking): BinnedSegment[] {
  const binsOf = (rows: readonly MeasuredRow[]): Map<string, readonly DurationBin[]> =>
    new Map(
      rows.flatMap((row) =>
        row.state.kind === "lifetimes" ? [[valueName(row.key[dimension], asking), row.state.bins] as const] : [],
      ),
    );
  const [after, before] = [binsOf(measurement.rows), binsOf(measurement.compare ?? [])];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return names.map((name) => ({ name, before: before.get(name) ?? [], after: after.get(name) ?? [] }));
}
